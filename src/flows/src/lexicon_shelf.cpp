#include "flows/lexicon_shelf.hpp"

#include <map>
#include <tuple>

#include "base/log.hpp"

namespace haat::flows {
namespace {

Result<language::Lexicon> build(const LexiconTexts& texts,
                                const std::vector<language::OfficerWord>& words) {
    return language::Lexicon::build({.lexicon_json = texts.lexicon_json,
                                     .products_csv = texts.products_csv,
                                     .product_keys_csv = texts.product_keys_csv,
                                     .spellings_csv = texts.spellings_csv,
                                     .cues_csv = texts.cues_csv,
                                     .words = words});
}

}  // namespace

std::vector<language::OfficerWord> officer_words(
    const std::vector<catalogue::LexiconChange>& changes) {
    std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> last;
    for (const catalogue::LexiconChange& change : changes) {
        last[{change.kind, change.spelling, change.target}] = change.change_no;
    }
    std::vector<language::OfficerWord> words;
    for (const catalogue::LexiconChange& change : changes) {
        const auto kind = language::word_kind_from_name(change.kind);
        if (!kind || last[{change.kind, change.spelling, change.target}] != change.change_no) {
            continue;
        }
        words.push_back({.kind = *kind,
                         .spelling = change.spelling,
                         .target = change.target,
                         .removed = change.removes,
                         .decides = change.decides});
    }
    return words;
}

Result<std::unique_ptr<LexiconShelf>> LexiconShelf::make(LexiconTexts shipped) {
    language::Lexicon first = HAAT_TRY(build(shipped, {}));
    return std::unique_ptr<LexiconShelf>(new LexiconShelf(std::move(shipped), std::move(first)));
}

language::Lexicon LexiconShelf::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

std::int64_t LexiconShelf::version_no() const {
    const std::lock_guard lock(mutex_);
    return version_no_;
}

bool LexiconShelf::refresh(storage::Database& database) {
    const std::int64_t held = version_no();
    catalogue::LexiconVersion version;
    std::vector<catalogue::LexiconChange> changes;
    database.read([&](storage::Transaction& tx) {
        version = catalogue::lexicon_version(tx);
        if (version.version_no != held) {
            changes = catalogue::lexicon_changes(tx, 0, version.last_change_no);
        }
    });
    if (version.version_no == held) {
        return false;
    }
    Result<language::Lexicon> built = with(changes);
    const std::lock_guard lock(mutex_);
    if (version.version_no < version_no_) {
        return false;
    }
    version_no_ = version.version_no;
    if (!built) {
        log_error("lexicon.not_built", {{"version", version.version_no},
                                        {"code", std::string_view(built.error().code)}});
        return false;
    }
    current_ = std::move(*built);
    log_info("lexicon.published", {{"version", version.version_no},
                                   {"changes", static_cast<std::int64_t>(changes.size())}});
    return true;
}

Result<language::Lexicon> LexiconShelf::with(
    const std::vector<catalogue::LexiconChange>& changes) const {
    return build(shipped_, officer_words(changes));
}

Result<language::Lexicon> LexiconShelf::draft(storage::Transaction& tx) {
    const std::int64_t last = catalogue::last_lexicon_change(tx);
    {
        const std::lock_guard lock(mutex_);
        if (last == draft_change_no_) {
            return draft_;
        }
    }
    language::Lexicon built = HAAT_TRY(with(catalogue::lexicon_changes(tx, 0, last)));
    const std::lock_guard lock(mutex_);
    draft_ = built;
    draft_change_no_ = last;
    return built;
}

}  // namespace haat::flows
