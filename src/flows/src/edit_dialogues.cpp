#include "flows/edit_dialogues.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "access/accounts.hpp"
#include "allowed.hpp"
#include "base/json_writer.hpp"
#include "flows/answer_message.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::BookChange;
using messaging::BookSource;
using messaging::DialogueBook;

/// "what" is the part, or empty for the whole draft.
std::unexpected<Error> changed_by(storage::Transaction& tx, AccountId account_id,
                                  std::string_view what) {
    const auto account = access::find_account(tx, account_id);
    return refuse(ErrorKind::kConflict, "flows.draft_changed",
                  {{"what", std::string(what)},
                   {"who_hi", account ? account->name_hi : std::string("haat")},
                   {"who_en", account ? account->name_en : std::string("haat")}});
}

/// Who made the part what it is: the draft's author, else the publisher.
AccountId author_of(const DialogueDesk& desk, const BookChange& change) {
    const auto part = std::ranges::find_if(desk.parts, [&](const messaging::DraftPart& one) {
        return one.change.kind == change.kind && one.change.name == change.name;
    });
    return part == desk.parts.end() ? desk.published.account_id : part->account_id;
}

/// Who changed the draft last, else who published.
AccountId last_author(const DialogueDesk& desk) {
    const auto last = std::ranges::max_element(
        desk.parts, {}, [](const messaging::DraftPart& one) { return one.changed_at.value; });
    return last == desk.parts.end() ? desk.published.account_id : last->account_id;
}

bool is_dialogue_name(std::string_view name) {
    return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// What she could not know is not hers to overwrite.
Result<void> take_wish(storage::Transaction& tx, DialogueDesk& desk, const DraftWish& wish) {
    const BookChange& change = wish.change;
    const auto now = messaging::part_of(desk.draft_source, change.kind, change.name);
    if (now == change.body) {
        return {};
    }
    if (now != wish.before) {
        return changed_by(tx, author_of(desk, change), change.name);
    }
    if (change.kind == messaging::PartKind::kDialogue && !is_dialogue_name(change.name)) {
        return refuse(ErrorKind::kInvalid, "messaging.bad_dialogue",
                      {{"file", change.name}, {"why", "bad_name"}, {"where", change.name}});
    }
    messaging::apply(desk.draft_source, change);
    return {};
}

void audit(storage::Transaction& tx, const Viewer& viewer, UnixSeconds now, std::string_view action,
           std::int64_t number, std::size_t parts) {
    JsonWriter details;
    details.begin_object().field("parts", static_cast<std::int64_t>(parts)).end_object();
    storage::audit(tx, now, viewer.account_id, action, fmt::format("dialogue_version:{}", number),
                   details.text());
}

/// What a later program brought anew and nobody looked at yet.
std::vector<BookChange> still_newer(const DialogueDesk& desk, const BookSource& source) {
    std::vector<BookChange> newer = desk.published.newer;
    std::erase_if(newer, [&](const BookChange& change) {
        return messaging::part_of(source, change.kind, change.name) !=
               messaging::part_of(desk.published_source, change.kind, change.name);
    });
    return newer;
}

/// Draft parts that say what is published now are no changes any more.
void settle_draft(storage::Transaction& tx, const DialogueDesk& desk, const BookSource& source) {
    for (const messaging::DraftPart& part : desk.parts) {
        const BookChange& change = part.change;
        if (messaging::part_of(source, change.kind, change.name) == change.body) {
            messaging::drop_draft_part(tx, change.kind, change.name);
        }
    }
}

std::int64_t publish(storage::Transaction& tx, MessagingContext& context, const Viewer& viewer,
                     const DialogueDesk& desk, const BookSource& source, DialogueBook book,
                     std::string_view note) {
    const UnixSeconds now = context.flows.clock.now();
    const std::int64_t number =
        messaging::add_dialogue_version(tx,
                                        {.is_shipped = source == desk.shipped,
                                         .newer = still_newer(desk, source),
                                         .note = std::string(note),
                                         .account_id = viewer.account_id,
                                         .published_at = now},
                                        source);
    settle_draft(tx, desk, source);
    audit(tx, viewer, now, "dialogues.publish", number,
          messaging::difference(desk.published_source, source).size());
    if (context.dialogues != nullptr) {
        tx.after_commit([books = context.dialogues,
                         made = std::make_shared<const DialogueBook>(std::move(book))]() mutable {
            books->publish(std::move(made));
        });
    }
    return number;
}

}  // namespace

Result<DialogueDesk> read_desk(storage::Transaction& tx) {
    DialogueDesk desk;
    const messaging::LatestVersion latest = messaging::latest_dialogue_version(tx);
    const auto version = messaging::find_dialogue_version(tx, latest.number);
    if (!version) {
        return refuse(ErrorKind::kNotFound, "flows.no_dialogues");
    }
    desk.published = *version;
    desk.published_source = messaging::dialogue_source(tx, latest.number).value();
    desk.shipped = messaging::shipped_dialogues(tx).value_or(BookSource{});
    desk.draft_source = desk.published_source;
    desk.parts = messaging::dialogue_draft(tx);
    for (const messaging::DraftPart& part : desk.parts) {
        messaging::apply(desk.draft_source, part.change);
    }
    desk.mark = messaging::content_of(desk.draft_source);
    return desk;
}

Result<DialogueBook> draft_book(const DialogueDesk& desk) {
    return DialogueBook::parse(desk.draft_source, dialogue_actions(), &desk.shipped);
}

Result<DialogueBook> published_book(const DialogueDesk& desk) {
    return DialogueBook::parse(desk.published_source, dialogue_actions(), nullptr);
}

Result<void> change_draft(MessagingContext& context, const Viewer& viewer,
                          const std::vector<DraftWish>& wishes) {
    HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        DialogueDesk desk = HAAT_TRY(read_desk(tx));
        for (const DraftWish& wish : wishes) {
            HAAT_TRY(take_wish(tx, desk, wish));
        }
        HAAT_TRY(draft_book(desk));
        const UnixSeconds now = context.flows.clock.now();
        for (const DraftWish& wish : wishes) {
            const BookChange& change = wish.change;
            if (messaging::part_of(desk.published_source, change.kind, change.name) ==
                change.body) {
                messaging::drop_draft_part(tx, change.kind, change.name);
            } else {
                messaging::put_draft_part(
                    tx, {.change = change, .account_id = viewer.account_id, .changed_at = now});
            }
        }
        audit(tx, viewer, now, "dialogues.draft", desk.published.number, wishes.size());
        return {};
    });
}

Result<void> discard_draft(MessagingContext& context, const Viewer& viewer, std::int64_t mark) {
    HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        const DialogueDesk desk = HAAT_TRY(read_desk(tx));
        if (desk.mark != mark) {
            return changed_by(tx, last_author(desk), "");
        }
        messaging::clear_dialogue_draft(tx);
        audit(tx, viewer, context.flows.clock.now(), "dialogues.discard", desk.published.number,
              desk.parts.size());
        return {};
    });
}

Result<std::int64_t> publish_draft(MessagingContext& context, const Viewer& viewer,
                                   std::string_view note, std::int64_t mark) {
    HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<std::int64_t> {
        const DialogueDesk desk = HAAT_TRY(read_desk(tx));
        if (desk.mark != mark) {
            return changed_by(tx, last_author(desk), "");
        }
        if (desk.draft_source == desk.published_source) {
            return refuse(ErrorKind::kConflict, "flows.nothing_changed");
        }
        DialogueBook book = HAAT_TRY(draft_book(desk));
        return publish(tx, context, viewer, desk, desk.draft_source, std::move(book), note);
    });
}

Result<std::int64_t> restore_dialogues(MessagingContext& context, const Viewer& viewer,
                                       std::int64_t number, std::string_view note) {
    HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<std::int64_t> {
        const DialogueDesk desk = HAAT_TRY(read_desk(tx));
        const auto source = messaging::dialogue_source(tx, number);
        if (!source) {
            return refuse(ErrorKind::kNotFound, "flows.no_version");
        }
        if (*source == desk.published_source) {
            return refuse(ErrorKind::kConflict, "flows.nothing_changed");
        }
        DialogueBook book = HAAT_TRY(DialogueBook::parse(*source, dialogue_actions(), nullptr));
        return publish(tx, context, viewer, desk, *source, std::move(book), note);
    });
}

}  // namespace haat::flows
