/// @file She wrote: understand it, do what it asks, and answer her.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "messaging/dialogue_book.hpp"

namespace haat::flows {

/// Promise: each message is worked on once; what it does and what she is told are kept together or
/// not at all. Safe to repeat and to crash in: a message that was answered is passed over.
void answer_message(MessagingContext& context, MailSender& sender, InboundId inbound_id);

/// What dialogues can have done, with every outcome.
[[nodiscard]] const std::vector<messaging::ActionSpec>& dialogue_actions();

/// A book of dialogues whose actions and texts exist. Refuses messaging.bad_dialogue.
[[nodiscard]] Result<messaging::DialogueBook> read_dialogues(
    std::span<const std::pair<std::string, std::string>> files, const Texts& texts);

/// Works on waiting messages, oldest first, at most `limit`; returns how many there were. A message
/// that fails three times is set aside for an operator and holds nobody else up.
int answer_waiting(MessagingContext& context, MailSender& sender, int limit);

}  // namespace haat::flows
