/// @file Who has been written to enough: the weekly cap of market messages, and "not contacted in
/// so many days". The one place that knows how contacts are counted. Private.
#pragma once

#include <cstdint>
#include <vector>

#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/plan_body.hpp"

namespace haat::flows {

/// Who is left, and who was left out why; all ascending.
struct Chosen {
    std::vector<std::uint32_t> people;
    std::vector<std::uint32_t> capped;     ///< Had the week's market messages.
    std::vector<std::uint32_t> contacted;  ///< Written to within exclude_contacted_days.
};

/// Linear in the people and in the recipients of the broadcasts of those days.
[[nodiscard]] Chosen within_limits(MessagingContext& context, const PlanBody& body,
                                   std::vector<std::uint32_t> people);

/// False if the limits can leave nobody out now: then counting is enough.
[[nodiscard]] bool has_limits(MessagingContext& context, const PlanBody& body);

}  // namespace haat::flows
