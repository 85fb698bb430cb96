/// @file A broadcast for the whole state, as two officers send it over HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "demo_web.hpp"

namespace haat::app {

struct PlannedMessage {
    std::string device_id;
    std::string_view purpose;  ///< Of the contract, as "demand".
    std::string tree;          ///< JSON: the audience.
    std::string text;          ///< JSON: PlanText.
};

/// One officer plans it and says yes to the text and the count that she saw, and so does another
/// one, who had no hand in it; then it goes. Returns the broadcast; waits for it up to half a
/// minute. @throws std::runtime_error with the last refusal.
[[nodiscard]] std::int64_t send_planned(WebUser& officer, WebUser& second,
                                        const PlannedMessage& message);

}  // namespace haat::app
