/// @file Officers teach haat words: a spelling is added to what it means or taken from it, tried as
/// a draft, and published for all to be understood with. Nothing is ever lost: changes are rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "language/understanding.hpp"

namespace haat::flows {

struct WordChange {
    language::WordKind kind = language::WordKind::kProduct;
    std::string spelling;  ///< A word or phrase, at most 60 code points.
    std::string target;    ///< As language::OfficerWord.
    bool removes = false;
    bool decides = false;  ///< Of products: the other goods lose the spelling.
    std::string reason;    ///< May be empty.
};

/// One more change of the draft.
/// @return flows.not_allowed; flows.bad_word: no word, or marks that lists cannot hold;
/// language.unknown_target; flows.word_collides {spelling, product, other}: it means other goods
/// and `decides` is not set, or means another unit or place; flows.word_known: it means that
/// already; flows.word_unknown: nothing to take away.
[[nodiscard]] Result<catalogue::LexiconChange> change_word(MessagingContext& context,
                                                           const Viewer& viewer,
                                                           const WordChange& change);

/// Makes the draft hold, everywhere within two seconds.
/// @param last_change_no  What the officer saw last. @return flows.not_allowed,
/// flows.words_changed: somebody changed it meanwhile; flows.words_empty.
[[nodiscard]] Result<catalogue::LexiconVersion> publish_words(MessagingContext& context,
                                                              const Viewer& viewer,
                                                              std::int64_t last_change_no,
                                                              std::string_view note);

struct LexiconDraft {
    catalogue::LexiconVersion version;              ///< That holds.
    std::int64_t last_change_no = 0;                ///< Of the draft.
    std::vector<catalogue::LexiconChange> changes;  ///< Not published yet, in their order.
    std::vector<language::Collision> collisions;    ///< Of the draft.
    std::vector<catalogue::LexiconVersion> versions;
};
/// @return flows.not_allowed.
[[nodiscard]] Result<LexiconDraft> read_draft(MessagingContext& context, const Viewer& viewer);

/// A message as the draft and as what holds understands it.
struct TriedWords {
    language::Understanding draft;
    language::Understanding now;
};
/// @return flows.not_allowed.
[[nodiscard]] Result<TriedWords> try_message(MessagingContext& context, const Viewer& viewer,
                                             std::string_view text);

/// What a word means in the draft, and the changes that officers made about it.
struct WordLooked {
    language::WordExplained explained;
    std::vector<catalogue::LexiconChange> changes;
};
[[nodiscard]] Result<WordLooked> look_up_word(MessagingContext& context, const Viewer& viewer,
                                              std::string_view word);

}  // namespace haat::flows
