#include "catalogue/lexicon_words.hpp"

#include "sql/lexicon.hpp"

namespace haat::catalogue {
namespace {

template <typename Row>
LexiconVersion version_of(const Row& row) {
    return {.version_no = row.version_no,
            .last_change_no = row.last_change_no,
            .note = row.note,
            .account_id = row.account_id,
            .published_at = row.published_at};
}

}  // namespace

std::int64_t add_lexicon_change(storage::Transaction& tx, const LexiconChange& change) {
    const std::int64_t change_no = last_lexicon_change(tx) + 1;
    sql::lexicon_change_add(tx, {.change_no = change_no,
                                 .kind = change.kind,
                                 .spelling = change.spelling,
                                 .target = change.target,
                                 .action = change.removes ? "remove" : "add",
                                 .decides = change.decides ? 1 : 0,
                                 .reason = change.reason,
                                 .account_id = change.account_id,
                                 .changed_at = change.changed_at});
    return change_no;
}

std::vector<LexiconChange> lexicon_changes(storage::Transaction& tx, std::int64_t after_no,
                                           std::int64_t last_no) {
    std::vector<LexiconChange> changes;
    for (const sql::LexiconChangeListRow& row :
         sql::lexicon_change_list(tx, {.after_no = after_no, .last_no = last_no})) {
        changes.push_back({.change_no = row.change_no,
                           .kind = row.kind,
                           .spelling = row.spelling,
                           .target = row.target,
                           .removes = row.action == "remove",
                           .decides = row.decides != 0,
                           .reason = row.reason,
                           .account_id = row.account_id,
                           .changed_at = row.changed_at});
    }
    return changes;
}

std::int64_t last_lexicon_change(storage::Transaction& tx) {
    return sql::lexicon_change_last(tx).change_no;
}

LexiconVersion lexicon_version(storage::Transaction& tx) {
    const auto row = sql::lexicon_version_last(tx);
    return row ? version_of(*row) : LexiconVersion{};
}

std::vector<LexiconVersion> lexicon_versions(storage::Transaction& tx, int limit) {
    std::vector<LexiconVersion> versions;
    for (const sql::LexiconVersionListRow& row :
         sql::lexicon_version_list(tx, {.row_limit = limit})) {
        versions.push_back(version_of(row));
    }
    return versions;
}

LexiconVersion publish_lexicon(storage::Transaction& tx, std::int64_t last_change_no,
                               std::string note, AccountId account_id, UnixSeconds now) {
    const LexiconVersion version{.version_no = lexicon_version(tx).version_no + 1,
                                 .last_change_no = last_change_no,
                                 .note = std::move(note),
                                 .account_id = account_id,
                                 .published_at = now};
    sql::lexicon_version_add(tx, {.version_no = version.version_no,
                                  .last_change_no = version.last_change_no,
                                  .note = version.note,
                                  .account_id = version.account_id,
                                  .published_at = version.published_at});
    return version;
}

}  // namespace haat::catalogue
