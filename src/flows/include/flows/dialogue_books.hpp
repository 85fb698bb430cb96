/// @file Promise: haat answers by the book of dialogues that was published last, in every process
/// within two seconds, and a conversation goes on by the one that it began with, also after a
/// restart.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "messaging/dialogue.hpp"
#include "messaging/dialogue_versions.hpp"
#include "storage/database.hpp"

namespace haat::flows {

/// At the start: what this program brings along is published if nothing is, or if it changed; what
/// officers changed stays, and is noted where the program brings something newer. Then `books` has
/// the latest. @return messaging.bad_dialogue, messaging.bad_text: of what the program brings.
[[nodiscard]] Result<void> begin_dialogues(storage::Database& database,
                                           const messaging::BookSource& shipped, UnixSeconds now,
                                           messaging::DialogueBooks& books);

/// Takes over what another process published; one small read if nothing was.
/// @param seen  The number looked at last; 0 at first.
void follow_dialogues(storage::Database& database, messaging::DialogueBooks& books,
                      std::int64_t& seen);

/// The books of this moment, with the one that the conversation goes on by: from the database if it
/// is not in memory. A book that this program cannot carry out any more is left out, and what was
/// under way begins anew.
[[nodiscard]] std::shared_ptr<const messaging::BookShelf> shelf_for(
    storage::Transaction& tx, messaging::DialogueBooks& books,
    const messaging::DialogueState& state);

}  // namespace haat::flows
