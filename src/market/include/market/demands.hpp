/// @file What buyers want: product, quantity, the most they pay, by when and where to.
/// A demand is posted once (device id), stays open until it is ordered, closed or its deadline has
/// passed; the last is not stored but follows from the time that is handed in.
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

enum class DemandState : std::uint8_t {
    kOpen,
    kOrdered,  ///< An order gathers it.
    kClosed,   ///< The buyer no longer wants it.
    kExpired,  ///< Open, but the deadline has passed.
};

/// "open"; the name in contract and i18n.
[[nodiscard]] std::string_view name_of(DemandState state);
[[nodiscard]] std::optional<DemandState> demand_state_from(std::string_view name);

struct DemandDraft {
    std::string device_id;  ///< Made by the client, 8..64 of [A-Za-z0-9_-].
    OrganisationId buyer_organisation_id;
    ProductId product_id;
    Milli quantity;                  ///< 1..10^12 thousandths of `unit`.
    std::string unit;                ///< Key of the product's default unit, as "kg".
    std::optional<Paise> max_price;  ///< Per unit; none: any price.
    UnixSeconds deadline_at;         ///< After now.
    PlaceId place_id;                ///< Where the goods are to go.
    std::string note;                ///< At most 500 code points.
};

struct Demand {
    DemandId demand_id;
    OrganisationId buyer_organisation_id;
    ProductId product_id;
    Milli quantity;
    std::string unit;
    std::optional<Paise> max_price;
    UnixSeconds deadline_at;
    PlaceId place_id;
    std::string note;
    DemandState state = DemandState::kOpen;
    AccountId posted_by_account_id;
    UnixSeconds posted_at;
    std::optional<OrderId> order_id;  ///< The newest order that is not cancelled.
};

/// What open offers that fit a demand hold together (product, price, dates).
struct Matched {
    Milli quantity;
    std::int64_t offers = 0;
};

/// Posts a demand. Safe to repeat: the same device id with the same draft returns the first one.
/// @return market.demand_invalid (params: field), market.device_id_reused.
[[nodiscard]] Result<Demand> post(storage::Transaction& tx, const Viewer& viewer,
                                  const DemandDraft& draft, UnixSeconds now);

/// A buyer finds her own organisation's demands only; everyone else finds all.
[[nodiscard]] std::optional<Demand> find_demand(storage::Transaction& tx, const Viewer& viewer,
                                                DemandId demand_id, UnixSeconds now);

struct DemandFilter {
    std::optional<DemandState> state;
    ProductId product_id;  ///< None: every product.
};

/// Newest first, at most `page.limit`.
[[nodiscard]] std::vector<Demand> list_demands(storage::Transaction& tx, const Viewer& viewer,
                                               const DemandFilter& filter, const Page& page,
                                               UnixSeconds now);

/// The open demand that an offer of the product answers: the newest. One query.
[[nodiscard]] std::optional<DemandId> newest_demand(storage::Transaction& tx, ProductId product_id,
                                                    UnixSeconds now);

/// One aggregate over the product's open offers.
[[nodiscard]] Matched matched(storage::Transaction& tx, const Demand& demand, UnixSeconds now);

/// The buyer no longer wants it; safe to repeat. @return market.no_demand, market.demand_ordered.
[[nodiscard]] Result<void> close_demand(storage::Transaction& tx, const Viewer& viewer,
                                        DemandId demand_id, UnixSeconds now);

}  // namespace haat::market
