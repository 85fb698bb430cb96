/// @file How the record names what somebody agreed to or refused by writing to us.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace haat::flows {

/// The notice in the dialogue's own texts.
inline constexpr std::string_view kConsentText = "dialogue/1";

/// The notice that she reads before she joins: messages.consent_ask. A changed notice gets the
/// next number.
inline constexpr std::string_view kRegisterText = "register/1";

[[nodiscard]] inline std::string consent_evidence(InboundId inbound_id) {
    return "inbound:" + std::to_string(inbound_id.value);
}

}  // namespace haat::flows
