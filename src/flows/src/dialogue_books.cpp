#include "flows/dialogue_books.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "flows/answer_message.hpp"

namespace haat::flows {
namespace {

using messaging::BookChange;
using messaging::BookSource;
using messaging::DialogueBook;

std::shared_ptr<const DialogueBook> as_book(const BookSource& source) {
    Result<DialogueBook> book = DialogueBook::parse(source, dialogue_actions(), nullptr);
    if (!book) {
        log_error("dialogues.unfit", {{"content", messaging::content_of(source)},
                                      {"code", std::string_view(book.error().code)}});
        return nullptr;
    }
    return std::make_shared<const DialogueBook>(*std::move(book));
}

struct Update {
    messaging::DialogueVersion version;
    BookSource source;
};

/// The new program's book with what officers changed in it.
Update with_changes(const messaging::DialogueVersion& live, const BookSource& live_source,
                    const BookSource& before, const BookSource& shipped) {
    Update update{.version = {.is_shipped = true, .note = {}, .account_id = {}}, .source = shipped};
    for (const BookChange& hers : messaging::difference(before, live_source)) {
        update.version.is_shipped = false;
        messaging::apply(update.source, hers);
        const auto brought = messaging::part_of(shipped, hers.kind, hers.name);
        const bool was_newer = std::ranges::any_of(live.newer, [&](const BookChange& change) {
            return change.kind == hers.kind && change.name == hers.name;
        });
        if (brought != hers.body &&
            (was_newer || brought != messaging::part_of(before, hers.kind, hers.name))) {
            update.version.newer.push_back({.kind = hers.kind, .name = hers.name, .body = brought});
        }
    }
    return update;
}

void take_shipped(storage::Transaction& tx, const BookSource& shipped, UnixSeconds now) {
    const messaging::LatestVersion latest = messaging::latest_dialogue_version(tx);
    const auto before = messaging::shipped_dialogues(tx);
    if (before && *before == shipped) {
        return;
    }
    Update update{.version = {.is_shipped = true, .note = {}, .account_id = {}}, .source = shipped};
    if (latest.number > 0 && before) {
        const auto live = messaging::find_dialogue_version(tx, latest.number);
        const BookSource live_source = messaging::dialogue_source(tx, latest.number).value();
        update = with_changes(*live, live_source, *before, shipped);
        if (as_book(update.source) == nullptr) {  // hers and the new one do not go together
            update.source = live_source;
            update.version.newer = messaging::difference(live_source, shipped);
        }
    }
    update.version.published_at = now;
    messaging::add_dialogue_version(tx, update.version, update.source);
    messaging::set_shipped_dialogues(tx, shipped, now);
}

}  // namespace

Result<void> begin_dialogues(storage::Database& database, const BookSource& shipped,
                             UnixSeconds now, messaging::DialogueBooks& books) {
    auto own = std::make_shared<const DialogueBook>(
        HAAT_TRY(DialogueBook::parse(shipped, dialogue_actions(), &shipped)));
    database.write([&](storage::Transaction& tx) { take_shipped(tx, shipped, now); });
    // Whatever the database holds, there is one to answer by.
    books.publish(std::move(own));
    std::int64_t seen = 0;
    follow_dialogues(database, books, seen);
    return {};
}

void follow_dialogues(storage::Database& database, messaging::DialogueBooks& books,
                      std::int64_t& seen) {
    const auto news = database.read([&](storage::Transaction& tx) -> std::optional<BookSource> {
        const messaging::LatestVersion latest = messaging::latest_dialogue_version(tx);
        const auto shelf = books.now();
        const bool is_here = !shelf->is_empty() && shelf->latest().version() == latest.content;
        if (latest.number == std::exchange(seen, latest.number) || is_here) {
            return std::nullopt;
        }
        return messaging::dialogue_source(tx, latest.number);
    });
    if (news) {
        if (auto book = as_book(*news)) {
            books.publish(std::move(book));
        }
    }
}

std::shared_ptr<const messaging::BookShelf> shelf_for(storage::Transaction& tx,
                                                      messaging::DialogueBooks& books,
                                                      const messaging::DialogueState& state) {
    auto shelf = books.now();
    if (state.dialogue.empty()) {
        return shelf;
    }
    for (const std::int64_t version :
         {state.version, state.host ? state.host->version : state.version}) {
        if (shelf->find(version) != nullptr) {
            continue;
        }
        const auto source = messaging::dialogue_source_of_content(tx, version);
        if (auto book = source ? as_book(*source) : nullptr) {
            books.keep(std::move(book));
        }
    }
    return books.now();
}

}  // namespace haat::flows
