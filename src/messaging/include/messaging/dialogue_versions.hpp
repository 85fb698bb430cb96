/// @file Books of dialogues in the database: every version that was ever published, whole; what the
/// programs that ran here brought along; and the draft that officers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "messaging/book_source.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

/// One that was published. Numbers count from 1.
struct DialogueVersion {
    std::int64_t number = 0;
    std::int64_t content = 0;  ///< content_of; the version of a conversation's state.
    bool is_shipped = false;   ///< haat brought it along; else an officer published it.
    /// Parts that an officer changed and that a later program brought anew: hers stay.
    std::vector<BookChange> newer;  ///< With the bodies that the program brought.
    std::string note;
    AccountId account_id;  ///< None: haat itself.
    UnixSeconds published_at;
};

struct LatestVersion {
    std::int64_t number = 0;  ///< 0: none yet.
    std::int64_t content = 0;
};
/// One small read, for who watches.
[[nodiscard]] LatestVersion latest_dialogue_version(storage::Transaction& tx);
[[nodiscard]] std::optional<DialogueVersion> find_dialogue_version(storage::Transaction& tx,
                                                                   std::int64_t number);
/// Before a number (0: all), the latest first.
[[nodiscard]] std::vector<DialogueVersion> list_dialogue_versions(storage::Transaction& tx,
                                                                  std::int64_t before, int limit);
/// What is in it.
[[nodiscard]] std::optional<BookSource> dialogue_source(storage::Transaction& tx,
                                                        std::int64_t number);
[[nodiscard]] std::optional<BookSource> dialogue_source_of_content(storage::Transaction& tx,
                                                                   std::int64_t content);
/// Publishes it under the next number, which is returned. `version.number` and `.content` are made.
std::int64_t add_dialogue_version(storage::Transaction& tx, const DialogueVersion& version,
                                  const BookSource& source);

/// What the last program brought along.
[[nodiscard]] std::optional<BookSource> shipped_dialogues(storage::Transaction& tx);
void set_shipped_dialogues(storage::Transaction& tx, const BookSource& source, UnixSeconds now);

/// One part of the draft.
struct DraftPart {
    BookChange change;
    AccountId account_id;
    UnixSeconds changed_at;
};
[[nodiscard]] std::vector<DraftPart> dialogue_draft(storage::Transaction& tx);
void put_draft_part(storage::Transaction& tx, const DraftPart& part);
void drop_draft_part(storage::Transaction& tx, PartKind kind, std::string_view name);
void clear_dialogue_draft(storage::Transaction& tx);

}  // namespace haat::messaging
