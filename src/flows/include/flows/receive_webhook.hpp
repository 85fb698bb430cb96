/// @file A provider reports: messages that people wrote, and what became of ours.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "flows/messaging_context.hpp"

namespace haat::flows {

/// Promise: 200 is answered only after everything in the webhook is durable, and each message and
/// status has its effect once, however often it is delivered.
///
/// Verifies the signature over the raw bytes before anything is parsed. What is signed but cannot
/// be read is kept for an operator, and acknowledged: the provider's repetition would not mend it.
/// @param done  Called once, on this or a database thread, with the HTTP status: 200; 401 for a
///              missing or wrong signature; 503 if the database could not keep it (it comes again).
void receive_whatsapp_webhook(MessagingContext& context, std::string body,
                              std::string_view signature, std::function<void(int)> done);

}  // namespace haat::flows
