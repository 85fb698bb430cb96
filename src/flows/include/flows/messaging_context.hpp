/// @file What the flows about messages need beside FlowContext.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/texts.hpp"
#include "flows/context.hpp"
#include "language/lexicon.hpp"
#include "messaging/delivery.hpp"
#include "registry/audience.hpp"

namespace haat::flows {

/// Borrowed for as long as flows run.
struct MessagingContext {
    FlowContext& flows;
    messaging::Delivery& delivery;
    registry::AudienceIndex& audience;
    const language::Lexicon& lexicon;
    const Texts& texts;
    std::string whatsapp_app_secret;
    std::vector<std::string> whatsapp_phone_number_ids;
    /// Called after a commit that stored new messages, on a database thread: wakes the worker that
    /// answers. May be empty.
    std::function<void()> inbound_stored;
};

}  // namespace haat::flows
