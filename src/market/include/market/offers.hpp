/// @file What producers have. An offer is confirmed by its producer before it comes here. What is
/// promised from it is changed only by conditional updates, so it is never sold twice, whoever asks
/// at the same moment. Its state follows from quantities and dates; it is not a second truth.
/// Source: docs/domain/trace.md, section 1.
#pragma once

#include <cstdint>
#include <optional>
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

enum class OfferState : std::uint8_t {
    kOpen,       ///< Something is left to be promised.
    kReserved,   ///< All of it is promised; an answer of the producer is awaited.
    kOrdered,    ///< All of it is promised and she has said yes.
    kWithdrawn,  ///< She took back what was not promised.
    kExpired,    ///< Its last day has passed with something left.
};

/// "open"; the name in contract and i18n.
[[nodiscard]] std::string_view name_of(OfferState state);
[[nodiscard]] std::optional<OfferState> offer_state_from(std::string_view name);

struct OfferDraft {
    PersonId person_id;
    ProductId product_id;
    Milli quantity;        ///< 1..10^12 thousandths of `unit`.
    std::string unit;      ///< The product's default unit.
    Paise price_per_unit;  ///< 1..10^11.
    std::string grade;     ///< "a", "b", "c" or empty where she said none.
    PlaceId place_id;      ///< Where the goods are.
    UnixSeconds available_from_at;
    UnixSeconds available_until_at;       ///< After now and after the former.
    std::optional<InboundId> inbound_id;  ///< The message by which she confirmed.
    std::optional<DemandId> demand_id;    ///< The demand that she answers.
    std::string said;                     ///< Her own words, at most 1,000 code points.
};

struct Offer {
    OfferId offer_id;
    PersonId person_id;
    ProductId product_id;
    PlaceId place_id;
    std::optional<DemandId> demand_id;
    std::optional<InboundId> inbound_id;
    std::string said;
    Milli quantity;
    Milli reserved;   ///< Promised; her yes is awaited.
    Milli ordered;    ///< Promised with her yes.
    Milli remaining;  ///< quantity - reserved - ordered; what can still be promised.
    std::string unit;
    Paise price_per_unit;
    std::string grade;
    UnixSeconds available_from_at;
    UnixSeconds available_until_at;
    UnixSeconds offered_at;
    OfferState state = OfferState::kOpen;
};

/// Adds a confirmed offer. Safe to repeat: the same inbound message and product return the first
/// offer. @return market.offer_invalid (params: field), market.no_demand,
/// market.offer_source_reused (the same message with other quantities or price).
[[nodiscard]] Result<Offer> add(storage::Transaction& tx, const OfferDraft& draft, UnixSeconds now);

/// The offer of a product that a message has made before.
[[nodiscard]] std::optional<OfferId> find_offer_of(storage::Transaction& tx, InboundId inbound_id,
                                                   ProductId product_id);

/// Promises `quantity` of it: one conditional update, safe under any concurrency.
/// @return market.no_offer, market.offer_not_open, market.offer_too_small (params:
/// remaining_milli).
[[nodiscard]] Result<void> reserve(storage::Transaction& tx, OfferId offer_id, Milli quantity,
                                   UnixSeconds now);

/// Gives back what was reserved and not ordered. @throws Bug if less than that is reserved.
void release(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now);

/// Her yes: what was reserved is now ordered. @throws Bug if less than that is reserved.
void confirm(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now);

/// Gives back what was ordered (a cancelled order, a line that came short). @throws Bug as above.
void release_ordered(storage::Transaction& tx, OfferId offer_id, Milli quantity, UnixSeconds now);

/// Takes back what is not promised; what is promised stays. Safe to repeat.
/// @param person_id  Whose offer it must be; another's is market.no_offer.
/// @return market.no_offer, market.offer_ordered (nothing is left to take back).
[[nodiscard]] Result<Offer> withdraw(storage::Transaction& tx, PersonId person_id, OfferId offer_id,
                                     UnixSeconds now);

/// What a producer says anew of an offer of hers.
struct OfferChange {
    Milli quantity;  ///< All of it, with what is promised.
    Paise price_per_unit;
    std::string said;
};

/// Changes an open offer; lines of orders keep their price. Safe to repeat.
/// @param person_id  Whose offer it must be; another's is market.no_offer.
/// @return market.no_offer, market.offer_invalid (params: field), market.offer_not_open,
/// market.offer_ordered (no more than that is promised).
[[nodiscard]] Result<Offer> change(storage::Transaction& tx, PersonId person_id, OfferId offer_id,
                                   const OfferChange& to, UnixSeconds now);

/// None if there is none or it lies outside the viewer's places.
[[nodiscard]] std::optional<Offer> find_offer(storage::Transaction& tx, const Viewer& viewer,
                                              OfferId offer_id, UnixSeconds now);

struct OfferFilter {
    ProductId product_id;              ///< None: every product.
    std::optional<PlaceRange> places;  ///< At or under a place; none: all that the viewer may see.
    std::optional<OfferState> state;
    PersonId person_id;  ///< None: everyone.
};

/// Newest first, at most `page.limit`, only from the viewer's places. Buyers see every place.
[[nodiscard]] std::vector<Offer> list_offers(storage::Transaction& tx, const Viewer& viewer,
                                             const OfferFilter& filter, const Page& page,
                                             UnixSeconds now);

/// Offers that fit a demand of `product_id` that ends at `deadline_at`: open, from before it, with
/// a price of at most `max_price` (none: any); cheapest first, at most `limit`. For gathering.
[[nodiscard]] std::vector<Offer> offers_that_fit(storage::Transaction& tx, const Viewer& viewer,
                                                 ProductId product_id, UnixSeconds deadline_at,
                                                 std::optional<Paise> max_price, std::int64_t limit,
                                                 UnixSeconds now);

/// Offers that ended with something left in (after, until], oldest first: whom to tell.
[[nodiscard]] std::vector<Offer> expired_between(storage::Transaction& tx, const Viewer& viewer,
                                                 UnixSeconds after, UnixSeconds until,
                                                 std::int64_t limit);

}  // namespace haat::market
