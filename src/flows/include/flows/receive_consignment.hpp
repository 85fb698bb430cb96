/// @file What was sent arrives, or part of it.
#pragma once

#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/consignments.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

/// Promise: the receiving site holds exactly what arrived, and what did not arrive is on record
/// with its reason. Safe to repeat: a received consignment is returned as it is.
/// @return flows.not_allowed, supply.no_consignment, supply.no_site and what supply::receive
/// refuses.
[[nodiscard]] Result<Made<supply::Consignment>> receive_consignment(
    FlowContext& context, const Viewer& viewer, ConsignmentId consignment_id,
    const std::vector<supply::Difference>& differences);

}  // namespace haat::flows
