/// @file Orders: one demand met from many offers, each line with the producer's own yes. Placing an
/// order reserves every line in the same transaction or none; a no and a missed deadline give the
/// goods back. The order's state follows from its lines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "market/page.hpp"
#include "storage/transaction.hpp"

namespace haat::market {

enum class Answer : std::uint8_t { kWaiting, kYes, kNo, kExpired };

/// "waiting", "yes", "no", "expired"; the names in database, contract and i18n.
[[nodiscard]] std::string_view name_of(Answer answer);
[[nodiscard]] std::optional<Answer> answer_from(std::string_view name);

enum class OrderState : std::uint8_t {
    kAsking,      ///< A producer has not answered; nothing is weighed in.
    kAgreed,      ///< All have answered, at least one yes, nothing weighed in yet.
    kCollecting,  ///< Something is weighed in.
    kCompleted,   ///< Every yes is weighed in.
    kCancelled,   ///< Cancelled, or nobody said yes.
};

[[nodiscard]] std::string_view name_of(OrderState state);
[[nodiscard]] std::optional<OrderState> order_state_from(std::string_view name);

/// One line of a plan: what to ask of whom.
struct LineDraft {
    OfferId offer_id;
    Milli quantity;
    Paise price_per_unit;  ///< As planned; if the offer's differs, nothing is ordered.
    std::int64_t distance_metres = 0;
    Paise transport;
};

struct OrderDraft {
    std::string device_id;
    DemandId demand_id;
    UnixSeconds answer_by_at;      ///< When a missing answer becomes a no; after now.
    std::vector<LineDraft> lines;  ///< 1..5,000, each offer once.
};

struct OrderLine {
    OrderLineId order_line_id;
    OrderId order_id;
    OfferId offer_id;
    PersonId person_id;
    Milli quantity;
    Paise price_per_unit;
    Paise amount;
    std::int64_t distance_metres = 0;
    Paise transport;
    Answer answer = Answer::kWaiting;
    std::optional<UnixSeconds> answered_at;
    Milli weighed;
    std::optional<UnixSeconds> finished_at;  ///< Nothing more of it is expected.
};

/// An order with what follows from its lines. Sums are over lines not refused ('no', 'expired').
struct Order {
    OrderId order_id;
    std::string reference;  ///< "P4K7": what people say and write.
    DemandId demand_id;
    OrganisationId buyer_organisation_id;
    ProductId product_id;
    PlaceId place_id;
    std::string unit;
    Milli wanted;    ///< What the demand asked for.
    Milli quantity;  ///< What the standing lines give.
    Paise goods;
    Paise transport;
    Paise total;
    Milli weighed;
    std::int64_t lines = 0;
    std::int64_t yes = 0;
    std::int64_t no = 0;  ///< Including no answer in time.
    std::int64_t waiting = 0;
    OrderState state = OrderState::kAsking;
    UnixSeconds answer_by_at;
    UnixSeconds placed_at;
};

/// Places an order: reserves each line's offer or none. Cost: 2 statements a line.
/// Safe to repeat: the same device id for the same demand returns the first order.
/// @return market.no_demand, market.demand_not_open, market.order_invalid (params: field),
/// market.device_id_reused, market.offer_price_changed, and what reserve() refuses.
[[nodiscard]] Result<Order> place(storage::Transaction& tx, const Viewer& viewer,
                                  const OrderDraft& draft, UnixSeconds now);

/// The producer's own answer to one line. Safe to repeat; another answer after the first is
/// market.line_answered. `person_id` must be the line's producer, else market.no_line.
/// After the deadline: market.line_expired, and the line is given back by expire_waiting().
[[nodiscard]] Result<OrderLine> answer(storage::Transaction& tx, PersonId person_id,
                                       OrderLineId order_line_id, Answer answer, UnixSeconds now);

/// She gives a part of what a line asks, for the same price: the line is that large from now on, and
/// the rest is hers again. Safe to repeat with the same quantity.
/// @return as answer(); market.line_too_small if it is nothing or not less than the line.
[[nodiscard]] Result<OrderLine> accept_part(storage::Transaction& tx, PersonId person_id,
                                            OrderLineId order_line_id, Milli quantity,
                                            UnixSeconds now);

/// Lines whose deadline has passed without an answer become 'expired' and their goods are free
/// again. At most `limit` lines; returns them, so that the producers can be told.
[[nodiscard]] std::vector<OrderLine> expire_waiting(storage::Transaction& tx, UnixSeconds now,
                                                    std::int64_t limit);

/// Whether more of a line is expected after a weighing.
enum class LineRest : std::uint8_t { kDone, kMoreToCome };

/// Goods of a line were weighed in. With kDone what did not come is given back to the offer.
/// More than ordered is kept as weighed and changes no promise.
/// @return market.no_line, market.line_not_agreed, market.line_finished.
[[nodiscard]] Result<OrderLine> weigh(storage::Transaction& tx, OrderLineId order_line_id,
                                      Milli weighed, LineRest rest, UnixSeconds now);

/// Cancels an order of which nothing is weighed in; gives every line's goods back; the demand is
/// open again. @return market.no_order, market.order_collecting. Safe to repeat.
[[nodiscard]] Result<Order> cancel(storage::Transaction& tx, const Viewer& viewer, OrderId order_id,
                                   UnixSeconds now);

/// A buyer finds her own organisation's orders only; everyone else finds all.
[[nodiscard]] std::optional<Order> find_order(storage::Transaction& tx, const Viewer& viewer,
                                              OrderId order_id);
[[nodiscard]] std::optional<Order> find_order_by_reference(storage::Transaction& tx,
                                                           const Viewer& viewer,
                                                           std::string_view reference);

/// Newest first.
[[nodiscard]] std::vector<Order> list_orders(storage::Transaction& tx, const Viewer& viewer,
                                             std::optional<OrderState> state, const Page& page);

/// The lines of an order, in the order of their ids; for officers only those of their places.
[[nodiscard]] std::vector<OrderLine> lines_of(storage::Transaction& tx, const Viewer& viewer,
                                              OrderId order_id);

[[nodiscard]] std::optional<OrderLine> find_line(storage::Transaction& tx, const Viewer& viewer,
                                                 OrderLineId order_line_id);

/// What a producer is asked or has promised, newest first: for her messages.
[[nodiscard]] std::vector<OrderLine> lines_of_person(storage::Transaction& tx, const Viewer& viewer,
                                                     PersonId person_id,
                                                     std::optional<Answer> answer,
                                                     std::int64_t limit);

/// "P4K7": the `attempt`th candidate for an order's reference. Letter and digit by turns, without
/// what is confused on paper or in speech (no vowels, B G L Q S Z, 0, 1); 4 characters first, two
/// more after every 8 attempts.
[[nodiscard]] std::string reference_for(OrderId order_id, int attempt);

/// The reference that somebody typed: any case, blanks and hyphens, ASCII or Devanagari digits.
/// None if it cannot be one.
[[nodiscard]] std::optional<std::string> normalise_reference(std::string_view text);

}  // namespace haat::market
