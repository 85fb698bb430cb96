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

/// What dialogues can have done, with every outcome.
[[nodiscard]] const std::vector<messaging::ActionSpec>& dialogue_actions();

/// A book of dialogues whose actions and texts exist. Refuses messaging.bad_dialogue.
[[nodiscard]] Result<messaging::DialogueBook> read_dialogues(
    std::span<const std::pair<std::string, std::string>> files, const Texts& texts);

/// Works on waiting messages, oldest first, at most `limit`; returns how many there were. Many share
/// a commit, which holds the writer for about 15 ms.
/// Promise: each message is worked on once; what it does and what she is told are kept together or
/// not at all. Messages of one address are answered in their order. One that fails three times is
/// set aside for an operator; until then it is tried alone, and holds up only what the same address
/// wrote after it. Safe to repeat and to crash in.
/// @throws what the database throws if it fails as a whole.
int answer_waiting(MessagingContext& context, MailSender& sender, int limit);

}  // namespace haat::flows
