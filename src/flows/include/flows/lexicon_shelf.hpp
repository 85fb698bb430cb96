/// @file The lexicon that holds now: the shipped lists and the words that officers published. Built
/// off the way of messages (about 25 ms) and put in place of the old one at once; who is reading a
/// message keeps the one that he began with.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "catalogue/lexicon_words.hpp"
#include "language/lexicon.hpp"
#include "storage/database.hpp"

namespace haat::flows {

/// The shipped lists, each a whole file (language::LexiconSources).
struct LexiconTexts {
    std::string lexicon_json;
    std::string products_csv;
    std::string product_keys_csv;
    std::string spellings_csv;
    std::string cues_csv;
};

/// Safe from any thread.
class LexiconShelf {
 public:
    /// Holds the shipped lists until refresh. @return language.lexicon_unreadable.
    [[nodiscard]] static Result<std::unique_ptr<LexiconShelf>> make(LexiconTexts shipped);

    /// What holds now. About 50 ns.
    [[nodiscard]] language::Lexicon current() const;
    // A shelf is handed to flows as the lexicon that they understand with.
    operator language::Lexicon() const { return current(); }  // NOLINT(google-explicit-constructor)

    /// The version that is in place.
    [[nodiscard]] std::int64_t version_no() const;

    /// Puts the published version in place if another one is. Called every second by each process;
    /// one small read if nothing changed. A version that cannot be built is logged and passed over.
    bool refresh(storage::Database& database);

    /// The lexicon that `changes` (all of them, in order) would make.
    /// @return language.unknown_target.
    [[nodiscard]] Result<language::Lexicon> with(
        const std::vector<catalogue::LexiconChange>& changes) const;

    /// With all changes up to now, published or not; the last one built is kept. @return as with().
    [[nodiscard]] Result<language::Lexicon> draft(storage::Transaction& tx);

 private:
    explicit LexiconShelf(LexiconTexts shipped, language::Lexicon first)
        : shipped_(std::move(shipped)), current_(std::move(first)), draft_(current_) {}

    const LexiconTexts shipped_;
    mutable std::mutex mutex_;
    language::Lexicon current_;
    std::int64_t version_no_ = 0;
    language::Lexicon draft_;
    std::int64_t draft_change_no_ = 0;  ///< The last change in draft_.
};

/// Changes in order as the words that result: of a spelling and its target the last change counts.
[[nodiscard]] std::vector<language::OfficerWord> officer_words(
    const std::vector<catalogue::LexiconChange>& changes);

}  // namespace haat::flows
