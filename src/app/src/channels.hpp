/// @file What the channels beside WhatsApp are set up with.
#pragma once

#include "messaging/channel_sms.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/channel_voice.hpp"
#include "settings.hpp"

namespace haat::app {

/// Each is empty where its channel is not set up, and then takes nothing either.
[[nodiscard]] messaging::sms::Settings sms_settings(const Settings& settings);
[[nodiscard]] messaging::telegram::Settings telegram_settings(const Settings& settings);
[[nodiscard]] messaging::voice::Settings voice_settings(const Settings& settings);

}  // namespace haat::app
