/// @file A question that she leaves unanswered: one reminder, then the dialogue ends quietly.
#pragma once

#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"

namespace haat::flows {

/// Promise: she is reminded once of a question, only while she can be answered freely (24 hours
/// from her last message), between 8 and 20 o'clock, and never if her phone said stop or a person
/// talks with her. After the step's `wait_hours` the dialogue ends without a word. Looks at those
/// alone whose time has come, at most `limit`; returns how many. Safe to repeat and to crash in.
int remind_waiting(MessagingContext& context, MailSender& sender, int limit);

}  // namespace haat::flows
