#include "flows/edit_lexicon.hpp"

#include <algorithm>
#include <limits>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/text.hpp"
#include "language/learning.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr std::size_t kWordMost = 60;
constexpr int kVersionsShown = 20;
constexpr int kTries = 3;

/// Lists are split at these, and these mark decisions and stems there.
bool can_be_listed(std::string_view spelling) {
    return is_utf8(spelling) && !spelling.empty() && count_code_points(spelling) <= kWordMost &&
           spelling.find_first_of(";,\"\n\r*|") == std::string_view::npos &&
           !spelling.starts_with('!') && !language::folded_message(spelling).empty();
}

std::unexpected<Error> collides(const WordChange& change, std::string_view other) {
    return refuse(
        ErrorKind::kConflict, "flows.word_collides",
        {{"spelling", change.spelling}, {"target", change.target}, {"other", std::string(other)}});
}

Result<void> check(const language::Lexicon& draft, const WordChange& change) {
    const std::string_view kind = language::word_kind_name(change.kind);
    const language::WordExplained found = draft.explain(change.spelling);
    const auto means = [&](const language::WordMeaning& one) {
        return one.kind == kind && one.target == change.target && one.exact;
    };
    const bool known = std::ranges::any_of(found.meanings, means);
    if (change.removes) {
        return known ? Result<void>{}
                     : refuse(ErrorKind::kNotFound, "flows.word_unknown",
                              {{"spelling", change.spelling}, {"target", change.target}});
    }
    for (const language::WordMeaning& one : found.meanings) {
        const bool other = one.kind == kind && one.target != change.target && !one.derived &&
                           found.likened_to.empty();
        if (other && change.kind != language::WordKind::kCue &&
            !(change.decides && change.kind == language::WordKind::kProduct)) {
            return collides(change, one.target);
        }
    }
    if (known && !change.decides) {
        return refuse(ErrorKind::kConflict, "flows.word_known",
                      {{"spelling", change.spelling}, {"target", change.target}});
    }
    return {};
}

catalogue::LexiconChange row_of(const WordChange& change, const Viewer& viewer, UnixSeconds now) {
    return {.kind = std::string(language::word_kind_name(change.kind)),
            .spelling = change.spelling,
            .target = change.target,
            .removes = change.removes,
            .decides = change.decides,
            .reason = change.reason,
            .account_id = viewer.account_id,
            .changed_at = now};
}

}  // namespace

Result<catalogue::LexiconChange> change_word(MessagingContext& context, const Viewer& viewer,
                                             const WordChange& change) {
    HAAT_TRY(allow(viewer, access::Action::kEditLexicon));
    if (!can_be_listed(change.spelling)) {
        return refuse(ErrorKind::kInvalid, "flows.bad_word");
    }
    const UnixSeconds now = context.flows.clock.now();
    catalogue::LexiconChange row = row_of(change, viewer, now);
    for (int attempt = 0; attempt < kTries; ++attempt) {
        // A lexicon is built outside of the writer: it takes longer than a write may.
        std::vector<catalogue::LexiconChange> all;
        const language::Lexicon draft = HAAT_TRY(
            context.flows.database.read([&](storage::Transaction& tx) -> Result<language::Lexicon> {
                all = catalogue::lexicon_changes(tx, 0, std::numeric_limits<std::int64_t>::max());
                return context.lexicon.draft(tx);
            }));
        HAAT_TRY(check(draft, change));
        const std::int64_t seen = all.empty() ? 0 : all.back().change_no;
        row.change_no = seen + 1;
        all.push_back(row);
        HAAT_TRY(context.lexicon.with(all));
        const bool written = context.flows.database.write([&](storage::Transaction& tx) {
            if (catalogue::last_lexicon_change(tx) != seen) {
                return false;
            }
            row.change_no = catalogue::add_lexicon_change(tx, row);
            storage::audit(tx, now, viewer.account_id, "lexicon.change",
                           "lexicon_change:" + std::to_string(row.change_no), "{}");
            return true;
        });
        if (written) {
            return row;
        }
    }
    return refuse(ErrorKind::kConflict, "flows.words_changed");
}

Result<catalogue::LexiconVersion> publish_words(MessagingContext& context, const Viewer& viewer,
                                                std::int64_t last_change_no,
                                                std::string_view note) {
    HAAT_TRY(allow(viewer, access::Action::kEditLexicon));
    const UnixSeconds now = context.flows.clock.now();
    const auto version = HAAT_TRY(context.flows.database.write(
        [&](storage::Transaction& tx) -> Result<catalogue::LexiconVersion> {
            if (catalogue::last_lexicon_change(tx) != last_change_no) {
                return refuse(ErrorKind::kConflict, "flows.words_changed");
            }
            if (catalogue::lexicon_version(tx).last_change_no == last_change_no) {
                return refuse(ErrorKind::kConflict, "flows.words_empty");
            }
            const catalogue::LexiconVersion made = catalogue::publish_lexicon(
                tx, last_change_no, std::string(note), viewer.account_id, now);
            storage::audit(tx, now, viewer.account_id, "lexicon.publish",
                           "lexicon_version:" + std::to_string(made.version_no), "{}");
            return made;
        }));
    context.lexicon.refresh(context.flows.database);  // others follow within two seconds
    return version;
}

Result<LexiconDraft> read_draft(MessagingContext& context, const Viewer& viewer) {
    HAAT_TRY(allow(viewer, access::Action::kEditLexicon));
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<LexiconDraft> {
        LexiconDraft draft;
        draft.version = catalogue::lexicon_version(tx);
        draft.last_change_no = catalogue::last_lexicon_change(tx);
        draft.changes =
            catalogue::lexicon_changes(tx, draft.version.last_change_no, draft.last_change_no);
        draft.versions = catalogue::lexicon_versions(tx, kVersionsShown);
        const language::Lexicon lexicon = HAAT_TRY(context.lexicon.draft(tx));
        draft.collisions = lexicon.collisions();
        return draft;
    });
}

Result<TriedWords> try_message(MessagingContext& context, const Viewer& viewer,
                               std::string_view text) {
    HAAT_TRY(allow(viewer, access::Action::kCorrectMessages));
    const language::Lexicon draft = HAAT_TRY(context.flows.database.read(
        [&](storage::Transaction& tx) { return context.lexicon.draft(tx); }));
    const Date today = date_in_india(context.flows.clock.now());
    return TriedWords{.draft = language::understand(draft, text, today),
                      .now = language::understand(context.lexicon, text, today)};
}

Result<WordLooked> look_up_word(MessagingContext& context, const Viewer& viewer,
                                std::string_view word) {
    HAAT_TRY(allow(viewer, access::Action::kCorrectMessages));
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<WordLooked> {
        const language::Lexicon draft = HAAT_TRY(context.lexicon.draft(tx));
        WordLooked looked{.explained = draft.explain(word), .changes = {}};
        for (catalogue::LexiconChange& change :
             catalogue::lexicon_changes(tx, 0, std::numeric_limits<std::int64_t>::max())) {
            if (change.spelling == word) {
                looked.changes.push_back(std::move(change));
            }
        }
        return looked;
    });
}

}  // namespace haat::flows
