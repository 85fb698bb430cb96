/// @file What moved today in the viewer's places: offers, orders, sales, shares. Counts and sums,
/// no person. Messages are counted by messaging.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

struct ProductOffers {
    ProductId product_id;
    std::int64_t offers = 0;
    Milli quantity;  ///< In the product's default unit.
};

/// Named as in the contract: producers, group, packaging_house, outlet, prisoners, victims, staff,
/// suspense; and what nobody shares: gst, material, wages.
struct ClassToday {
    std::string code;
    Paise amount;  ///< Net of returns.
};

struct DistrictOffers {
    PlaceId place_id;
    std::int64_t offers = 0;
};

/// Something that just happened.
struct RecentEvent {
    std::string kind;     ///< demand_posted, offer_opened, order_made, lot_weighed, lot_packed,
                          ///< lot_batched, consignment_sent, sale_made.
    std::int64_t id = 0;  ///< Of what the kind names.
    UnixSeconds at;
    PlaceId place_id;
    std::optional<ProductId> product_id;
    std::optional<Milli> quantity;
    std::optional<std::string> unit;
    std::optional<Paise> amount;
    std::optional<std::int64_t> count;  ///< Producers asked, packets made, lots sent.
};

struct TodayCounts {
    Date day;  ///< In India.
    UnixSeconds as_of_at;
    std::int64_t offers_open = 0;
    std::vector<ProductOffers> offers_by_product;  ///< The ten with the most offers.
    std::int64_t orders_open = 0;
    std::int64_t orders_completed = 0;
    std::int64_t sales = 0;
    Paise sales_amount;
    std::vector<ClassToday> shares;
    std::vector<DistrictOffers> district_offers;  ///< Made today; districts with none are left out.
    std::vector<RecentEvent> recent;              ///< At most 20, newest first.
};

/// Reads open offers by an aggregate over them: callers keep the answer for a second.
/// @return flows.not_allowed.
[[nodiscard]] Result<TodayCounts> read_today(storage::Transaction& tx, const Viewer& viewer,
                                             UnixSeconds now);

}  // namespace haat::flows
