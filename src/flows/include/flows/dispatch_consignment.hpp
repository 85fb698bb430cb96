/// @file Lots set out for another site.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/consignments.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct ConsignmentRequest {
    std::string device_id;
    SiteId from_site_id;
    SiteId to_site_id;
    std::vector<LotId> lot_ids;          ///< What is left of each goes.
    std::optional<UnixSeconds> sent_at;  ///< By the device's clock; none: now.
};

/// Promise: what left is no longer there and not yet anywhere else; who owns it does not change.
/// Safe to repeat by device id.
/// @return flows.not_allowed, supply.no_site and what supply::send refuses.
[[nodiscard]] Result<Made<supply::Consignment>> dispatch_consignment(
    FlowContext& context, const Viewer& viewer, const ConsignmentRequest& request);

/// Promise: what the women weighed in today reaches the packaging house of the block, in one act
/// where a person of the one site or the other hands it over and takes it in. Safe to repeat by
/// device id.
/// @return As dispatch_consignment, and supply.wrong_site_kind unless it goes to a packaging house.
[[nodiscard]] Result<Made<supply::Consignment>> carry_to_packaging_house(
    FlowContext& context, const Viewer& viewer, const ConsignmentRequest& request);

}  // namespace haat::flows
