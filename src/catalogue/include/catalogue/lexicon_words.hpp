/// @file Words that officers add to the shipped lexicon or take out of it: rows, grouped into
/// published versions. What the words mean is the language's and judged by flows/edit_lexicon.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::catalogue {

struct LexiconChange {
    std::int64_t change_no = 0;  ///< Counted from 1, without gaps.
    std::string kind;            ///< product, unit, place, cue.
    std::string spelling;
    std::string target;
    bool removes = false;  ///< Takes the spelling from the target; else gives it.
    bool decides = false;  ///< Of all products it means only this one.
    std::string reason;
    AccountId account_id;
    UnixSeconds changed_at;
};

struct LexiconVersion {
    std::int64_t version_no = 0;      ///< 0: the shipped lists alone.
    std::int64_t last_change_no = 0;  ///< The last change that it holds.
    std::string note;
    AccountId account_id;
    UnixSeconds published_at;
};

/// Appends to the draft; `change_no` is given here. Returns it.
std::int64_t add_lexicon_change(storage::Transaction& tx, const LexiconChange& change);

/// Changes in their order, after `after_no` up to `last_no`.
[[nodiscard]] std::vector<LexiconChange> lexicon_changes(storage::Transaction& tx,
                                                         std::int64_t after_no,
                                                         std::int64_t last_no);
[[nodiscard]] std::int64_t last_lexicon_change(storage::Transaction& tx);

/// What holds; version 0 if nothing was ever published.
[[nodiscard]] LexiconVersion lexicon_version(storage::Transaction& tx);
/// The newest first.
[[nodiscard]] std::vector<LexiconVersion> lexicon_versions(storage::Transaction& tx, int limit);
/// Makes the changes up to `last_change_no` hold.
LexiconVersion publish_lexicon(storage::Transaction& tx, std::int64_t last_change_no,
                               std::string note, AccountId account_id, UnixSeconds now);

}  // namespace haat::catalogue
