/// @file Promise: an officer changes what haat says in a draft that fits at every moment, nobody's
/// work is overwritten unseen, and what is published is kept for good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/dialogue_versions.hpp"

namespace haat::flows {

/// What lies on the table: what is published, and what it would become.
struct DialogueDesk {
    messaging::DialogueVersion published;
    messaging::BookSource published_source;
    messaging::BookSource draft_source;
    messaging::BookSource shipped;  ///< What the last program brought along.
    std::vector<messaging::DraftPart> parts;
    /// Names the draft as a whole: who publishes says which one she saw.
    std::int64_t mark = 0;
};
/// flows.no_dialogues if nothing was ever published here.
[[nodiscard]] Result<DialogueDesk> read_desk(storage::Transaction& tx);

/// Whether the draft fits. Refuses messaging.bad_dialogue, messaging.bad_text.
[[nodiscard]] Result<messaging::DialogueBook> draft_book(const DialogueDesk& desk);

/// What is published, as far as this program can carry it out.
[[nodiscard]] Result<messaging::DialogueBook> published_book(const DialogueDesk& desk);

/// A change as its author saw it.
struct DraftWish {
    messaging::BookChange change;
    std::optional<std::string> before;  ///< The body that she changed; none: there was none.
};
/// All or nothing. A part that becomes what is published is no change any more.
/// @return flows.draft_changed {what, who_hi, who_en}: somebody changed that part meanwhile; also
/// flows.not_allowed and what draft_book refuses.
[[nodiscard]] Result<void> change_draft(MessagingContext& context, const Viewer& viewer,
                                        const std::vector<DraftWish>& wishes);

/// Everything is as published again. `mark` as for publish_draft.
[[nodiscard]] Result<void> discard_draft(MessagingContext& context, const Viewer& viewer,
                                         std::int64_t mark);

/// Publishes the draft; here it holds at once, in other processes within two seconds.
/// @param note  What changed, for the history.
/// @return The number; flows.draft_changed if the draft is not `mark` any more,
/// flows.nothing_changed.
[[nodiscard]] Result<std::int64_t> publish_draft(MessagingContext& context, const Viewer& viewer,
                                                 std::string_view note, std::int64_t mark);

/// Publishes an older version anew; the draft stays. @return The number; flows.no_version,
/// flows.nothing_changed, messaging.bad_dialogue if this program cannot carry it out.
[[nodiscard]] Result<std::int64_t> restore_dialogues(MessagingContext& context,
                                                     const Viewer& viewer, std::int64_t number,
                                                     std::string_view note);

}  // namespace haat::flows
