/// @file What the flows about messages need beside FlowContext.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/texts.hpp"
#include "flows/context.hpp"
#include "language/lexicon.hpp"
#include "messaging/channel_sms.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/channel_voice.hpp"
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
    // Without their secrets nothing is taken from these channels.
    messaging::sms::Settings sms;
    messaging::telegram::Settings telegram;
    messaging::voice::Settings voice;
    /// Called after a commit with the callback id of a pressed Telegram button. May be empty.
    std::function<void(std::string)> telegram_pressed;
    /// Called after a commit that stored new messages, on a database thread: wakes the worker that
    /// answers. May be empty.
    std::function<void()> inbound_stored;
};

}  // namespace haat::flows
