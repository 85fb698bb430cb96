/// @file One demand is ordered from many small lots, and every producer is asked.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "market/orders.hpp"
#include "supply/lots.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct OrderRequest {
    std::string device_id;
    DemandId demand_id;
    Paise confirm_total;  ///< What the buyer saw in the plan and agreed to.
};

struct PlacedOrder {
    market::Order order;
    std::vector<market::OrderLine> asked;  ///< Who was asked, by line id.
};

/// Promise: either every line of the plan is reserved and every producer is asked, or nothing
/// happened; no lot is ever promised twice. The plan is made again; if it now costs something else
/// than the buyer agreed to, nothing is ordered. Safe to repeat by device id.
/// @return flows.not_allowed, flows.plan_changed (params: total_paise), flows.nothing_fits, and
/// what
///   market::place refuses.
[[nodiscard]] Result<Made<PlacedOrder>> gather_order(FlowContext& context, const Viewer& viewer,
                                                     const OrderRequest& request);

/// Promise: a cancelled order binds nobody; each producer who was asked is told. Safe to repeat.
/// @return flows.not_allowed, market.no_order, market.order_collecting.
[[nodiscard]] Result<market::Order> cancel_order(FlowContext& context, const Viewer& viewer,
                                                 OrderId order_id);

}  // namespace haat::flows
