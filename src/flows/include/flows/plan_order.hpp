/// @file Which of the many small lots meet a demand at the least cost of goods and transport.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"

namespace haat::flows {

struct PlanLine {
    OfferId offer_id;
    PersonId person_id;
    PlaceId place_id;  ///< Where the goods are.
    Milli quantity;
    Paise price_per_unit;
    Paise amount;  ///< quantity x price.
    std::int64_t distance_metres = 0;
    Paise transport;  ///< Its part of carrying and of the pick-up in its village.
};

struct OrderPlan {
    DemandId demand_id;
    ProductId product_id;
    std::string unit;
    std::vector<PlanLine> lines;  ///< By offer id.
    Milli quantity;
    Milli missing;  ///< What the offers do not cover.
    Paise goods;
    Paise transport;
    Paise total;  ///< goods + transport.
    bool proven_least = false;
    UnixSeconds as_of_at;
};

/// Promise: the buyer sees what her demand would cost, line by line, before anybody is asked.
/// Changes nothing. Looks at the 5,000 cheapest offers that fit.
/// @return flows.not_allowed, market.no_demand, market.demand_not_open.
[[nodiscard]] Result<OrderPlan> plan_order(FlowContext& context, const Viewer& viewer,
                                           DemandId demand_id);

}  // namespace haat::flows
