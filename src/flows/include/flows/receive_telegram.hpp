/// @file Telegram reports: what people write to the bot, press and allow.
#pragma once

#include <functional>

#include "flows/messaging_context.hpp"
#include "net/http.hpp"

namespace haat::flows {

/// Promise: 200 is answered only after the update is durable, and it has its effect once. Who
/// blocks the bot has said stop to everything there; who shares her own number is from then on
/// known on Telegram as the person of that number. A group that moved keeps its address.
/// @param done  Called once, on this or a database thread: 200; 401 for a missing or wrong
///              secret; 503 if the database could not keep it (Telegram comes again).
void receive_telegram_update(MessagingContext& context, const net::Request& request,
                             std::function<void(int)> done);

}  // namespace haat::flows
