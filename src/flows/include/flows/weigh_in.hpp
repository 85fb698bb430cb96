/// @file A producer's goods are weighed and graded at the village purchase point.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "market/orders.hpp"
#include "supply/lots.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct WeighingRequest {
    std::string device_id;
    OrderLineId order_line_id;
    Milli weight;       ///< In the unit of the order.
    std::string grade;  ///< "a", "b", "c".
    SiteId site_id;
    market::LineRest rest = market::LineRest::kDone;  ///< Whether she brings more of it later.
    std::optional<UnixSeconds> weighed_at;            ///< By the device's clock; none: now.
};

/// Promise: what she brought is written down once, under her name for good, at the price that was
/// agreed, and the receipt is on her phone (messages.weighed_receipt). Safe to repeat by device id.
/// @return flows.not_allowed, supply.no_site, market.no_line, market.line_not_agreed,
///   market.line_finished and what supply::take_in refuses.
[[nodiscard]] Result<Made<supply::Lot>> weigh_in(FlowContext& context, const Viewer& viewer,
                                                 const WeighingRequest& request);

}  // namespace haat::flows
