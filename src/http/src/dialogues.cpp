/// What haat says: texts and dialogues, their draft, their versions, and trying them.
#include <algorithm>

#include "access/accounts.hpp"
#include "base/text.hpp"
#include "errors.hpp"
#include "flows/answer_message.hpp"
#include "flows/edit_dialogues.hpp"
#include "flows/speak_answers.hpp"
#include "flows/try_dialogue.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

using messaging::BookSource;
using messaging::BookText;
using messaging::PartKind;

constexpr TokenRule kMark{.min = 1, .max = 20, .lower = false};
constexpr TokenRule kDialogueName{.more = "_", .max = 40};
constexpr TokenRule kTextKey{.more = "._", .max = 64};
constexpr TextRule kNote{.max = 300, .blank_allowed = false};
constexpr TextRule kBookText{.min = 0, .max = 4'000};
constexpr TextRule kDialogueJson{.min = 0, .max = 40'000};
constexpr std::size_t kChangesMax = 100;
constexpr std::size_t kMessagesMax = 40;

/// Names of accounts, each looked up once.
class Authors {
 public:
    explicit Authors(storage::Transaction& tx) : tx_(tx) {}

    void write(JsonWriter& json, AccountId account_id) {
        const auto known = names_.find(account_id.value);
        if (known == names_.end()) {
            const auto account = access::find_account(tx_, account_id);
            names_[account_id.value] =
                account ? BookText{account->name_hi, account->name_en} : BookText{};
        }
        const BookText& name = names_[account_id.value];
        nullable_text(json, "who_hi", name.hindi);
        nullable_text(json, "who_en", name.english);
    }

 private:
    storage::Transaction& tx_;
    std::map<std::int64_t, BookText> names_;
};

void write_version(JsonWriter& json, Authors& authors, const messaging::DialogueVersion& version) {
    json.begin_object().field("version_id", version.number);
    json.field("source", version.is_shipped ? "shipped" : "officer");
    nullable_text(json, "note", version.note);
    authors.write(json, version.account_id);
    json.field("published_at", version.published_at);
    json.field("newer", static_cast<std::int64_t>(version.newer.size())).end_object();
}

void write_maybe(JsonWriter& json, std::string_view name, const std::optional<std::string>& text) {
    json.key(name);
    text ? json.string(*text) : json.null();
}

void write_maybe(JsonWriter& json, std::string_view name, const BookText* text) {
    json.key(name);
    if (text == nullptr) {
        json.null();
    } else {
        json.begin_object().field("hi", text->hindi).field("en", text->english).end_object();
    }
}

const BookText* find_text(const BookSource& source, const std::string& key) {
    const auto found = source.texts.find(key);
    return found == source.texts.end() ? nullptr : &found->second;
}

const messaging::BookChange* find_newer(const flows::DialogueDesk& desk, PartKind kind,
                                        const std::string& name) {
    const auto found =
        std::ranges::find_if(desk.published.newer, [&](const messaging::BookChange& change) {
            return change.kind == kind && change.name == name;
        });
    return found == desk.published.newer.end() ? nullptr : &*found;
}

void write_author(JsonWriter& json, Authors& authors, const flows::DialogueDesk& desk,
                  PartKind kind, const std::string& name) {
    const auto part = std::ranges::find_if(desk.parts, [&](const messaging::DraftPart& one) {
        return one.change.kind == kind && one.change.name == name;
    });
    json.key("changed");
    if (part == desk.parts.end()) {
        json.null();
        return;
    }
    json.begin_object();
    authors.write(json, part->account_id);
    json.field("at", part->changed_at).end_object();
}

/// Both books' names, each once.
template <typename Map>
std::vector<std::string> names_of(const Map& one, const Map& other) {
    std::vector<std::string> names;
    for (const Map* map : {&one, &other}) {
        for (const auto& [name, part] : *map) {
            names.push_back(name);
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

void write_dialogues(JsonWriter& json, Authors& authors, const flows::DialogueDesk& desk) {
    json.key("dialogues").begin_array();
    for (const std::string& name :
         names_of(desk.published_source.dialogues, desk.draft_source.dialogues)) {
        json.begin_object().field("name", name);
        write_maybe(json, "draft",
                    messaging::part_of(desk.draft_source, PartKind::kDialogue, name));
        write_maybe(json, "published",
                    messaging::part_of(desk.published_source, PartKind::kDialogue, name));
        const auto* newer = find_newer(desk, PartKind::kDialogue, name);
        write_maybe(json, "newer", newer == nullptr ? std::nullopt : newer->body);
        write_author(json, authors, desk, PartKind::kDialogue, name);
        json.end_object();
    }
    json.end_array();
}

void write_texts(JsonWriter& json, Authors& authors, const flows::DialogueDesk& desk) {
    json.key("texts").begin_array();
    for (const std::string& key : names_of(desk.published_source.texts, desk.draft_source.texts)) {
        json.begin_object().field("key", key);
        const BookText* draft = find_text(desk.draft_source, key);
        write_maybe(json, "draft", draft);
        write_maybe(json, "published", find_text(desk.published_source, key));
        const auto* newer = find_newer(desk, PartKind::kText, key);
        std::optional<BookText> brought;
        if (newer != nullptr && newer->body) {
            brought = messaging::book_text_from_json(*newer->body);
        }
        write_maybe(json, "newer", brought ? &*brought : nullptr);
        const BookText shown = draft == nullptr ? BookText{} : *draft;
        json.field("segments_hi", messaging::sms::segments_of(shown.hindi).segments);
        json.field("segments_en", messaging::sms::segments_of(shown.english).segments);
        write_author(json, authors, desk, PartKind::kText, key);
        json.end_object();
    }
    json.end_array();
}

void write_names(JsonWriter& json, std::string_view key,
                 const std::vector<std::string_view>& names) {
    json.key(key).begin_array();
    for (const std::string_view name : names) {
        json.string(name);
    }
    json.end_array();
}

void write_actions(JsonWriter& json) {
    json.key("actions").begin_array();
    for (const messaging::ActionSpec& action : flows::dialogue_actions()) {
        json.begin_object().field("name", action.name).field("lists", action.lists);
        write_names(json, "outcomes", action.outcomes);
        write_names(json, "fills", action.fills);
        write_names(json, "needs", action.needs);
        json.end_object();
    }
    json.end_array();
}

Result<Answer> desk_answer(Call& call, int status = 200) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const flows::DialogueDesk desk = HAAT_TRY(flows::read_desk(tx));
        Authors authors(tx);
        JsonWriter json;
        json.begin_object().key("published");
        write_version(json, authors, desk.published);
        json.field("mark", std::to_string(desk.mark));
        json.field("changes", static_cast<std::int64_t>(desk.parts.size()));
        const auto book = flows::draft_book(desk);
        json.key("wrong");
        book ? json.null() : json.raw(error_response(call.services.texts, book.error()).body);
        write_dialogues(json, authors, desk);
        write_texts(json, authors, desk);
        write_actions(json);
        return json_answer(json.end_object().take(), status);
    });
}

Result<Answer> version_answer(Call& call, std::int64_t number, int status = 200) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const auto version = messaging::find_dialogue_version(tx, number);
        if (!version) {
            return refuse(ErrorKind::kNotFound, "flows.no_version");
        }
        const BookSource after = messaging::dialogue_source(tx, number).value();
        const BookSource before = messaging::dialogue_source(tx, number - 1).value_or(BookSource{});
        Authors authors(tx);
        JsonWriter json;
        json.begin_object().key("version");
        write_version(json, authors, *version);
        json.key("changes").begin_array();
        // The first has no other to be compared with.
        for (const messaging::BookChange& change : number == 1
                                                       ? std::vector<messaging::BookChange>{}
                                                       : messaging::difference(before, after)) {
            json.begin_object().field("kind", messaging::part_kind_name(change.kind));
            json.field("name", change.name);
            write_maybe(json, "before", messaging::part_of(before, change.kind, change.name));
            write_maybe(json, "after", change.body);
            json.end_object();
        }
        return json_answer(json.end_array().end_object().take(), status);
    });
}

std::optional<std::string> text_body(Reader& in, const std::string& hindi,
                                     const std::string& english) {
    const auto hi = in.nullable_text(hindi, kBookText);
    const auto en = in.nullable_text(english, kBookText);
    if (hi.has_value() != en.has_value()) {
        in.refuse_field(english);
    }
    return hi && en ? std::optional(messaging::to_json(BookText{*hi, *en})) : std::nullopt;
}

std::vector<flows::DraftWish> read_wishes(Reader& in) {
    std::vector<flows::DraftWish> wishes;
    in.objects("texts", 0, kChangesMax, [&](Reader& from) {
        flows::DraftWish wish{.change = {.kind = PartKind::kText,
                                         .name = from.token("key", kTextKey),
                                         .body = std::nullopt},
                              .before = std::nullopt};
        wish.before = text_body(from, "before_hi", "before_en");
        wish.change.body = text_body(from, "hi", "en");
        wishes.push_back(std::move(wish));
    });
    in.objects("dialogues", 0, kChangesMax, [&](Reader& from) {
        flows::DraftWish wish{.change = {.kind = PartKind::kDialogue,
                                         .name = from.token("name", kDialogueName),
                                         .body = std::nullopt},
                              .before = std::nullopt};
        wish.before = from.nullable_text("before", kDialogueJson);
        wish.change.body = from.nullable_text("json", kDialogueJson);
        wishes.push_back(std::move(wish));
    });
    return wishes;
}

/// A draft's name is a whole number that JavaScript could not keep, so it travels as text.
std::int64_t read_mark(Reader& in) {
    const auto mark = parse_integer(in.token("mark", kMark));
    if (!mark) {
        in.refuse_field("mark");
    }
    return mark.value_or(0);
}

std::string_view form_of(registry::Channel channel, std::size_t buttons) {
    constexpr std::size_t kReplyButtonsMax = 3;
    if (buttons == 0) return "text";
    if (channel == registry::Channel::kSms) return "menu";
    if (channel == registry::Channel::kTelegram) return "keyboard";
    return buttons > kReplyButtonsMax ? "list" : "buttons";
}

void write_reply(JsonWriter& json, const flows::TriedReply& reply, registry::Channel channel) {
    json.begin_object().field("text", reply.shown);
    json.field("form", form_of(channel, reply.body.buttons.size()));
    nullable_text(json, "list_label", reply.body.list_label);
    json.key("buttons").begin_array();
    for (const messaging::Button& button : reply.body.buttons) {
        json.begin_object().field("button_id", button.id).field("title", button.title);
        json.end_object();
    }
    json.end_array().field("spoken", reply.is_spoken);
    json.field("segments", reply.segments.segments);
    json.field("encoding",
               reply.segments.encoding == messaging::sms::Encoding::kGsm7 ? "gsm7" : "ucs2");
    json.end_object();
}

std::optional<registry::Channel> tried_channel(std::string_view name) {
    return name == "whatsapp"   ? std::optional(registry::Channel::kWhatsapp)
           : name == "sms"      ? std::optional(registry::Channel::kSms)
           : name == "telegram" ? std::optional(registry::Channel::kTelegram)
                                : std::nullopt;
}

std::optional<std::string> one_of(std::string_view name, std::string_view one,
                                  std::string_view other) {
    return name == one || name == other ? std::optional(std::string(name)) : std::nullopt;
}

flows::DialogueTry read_try(Reader& in) {
    flows::DialogueTry wish;
    wish.of_draft = in.choice("source", [](std::string_view name) {
        return one_of(name, "draft", "published");
    }) == "draft";
    wish.channel = in.choice("channel", tried_channel);
    wish.language =
        in.choice("language", [](std::string_view name) { return one_of(name, "hi", "en"); });
    wish.is_stranger = in.boolean("stranger");
    wish.is_mobiliser = in.has("mobiliser") && in.boolean("mobiliser") && !wish.is_stranger;
    wish.name = in.text("name", {.max = 40, .blank_allowed = false});
    in.objects("messages", 1, kMessagesMax, [&](Reader& from) {
        flows::TriedMessage message;
        message.text = from.text("text", {.min = 0, .max = 1'000});
        message.button_id = from.nullable_text("button_id", {.min = 1, .max = 64}).value_or("");
        if (message.text.empty() && message.button_id.empty()) {
            from.refuse_field("text");
        }
        wish.messages.push_back(std::move(message));
    });
    return wish;
}

}  // namespace

Result<Answer> get_dialogues(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return desk_answer(call);
}

Result<Answer> change_dialogue_draft(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::vector<flows::DraftWish> wishes = read_wishes(in);
    HAAT_TRY(in.done());
    HAAT_TRY(flows::change_draft(call.services.messaging, call.viewer, wishes));
    return desk_answer(call);
}

Result<Answer> discard_dialogue_draft(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::int64_t mark = read_mark(in);
    HAAT_TRY(in.done());
    HAAT_TRY(flows::discard_draft(call.services.messaging, call.viewer, mark));
    return desk_answer(call);
}

Result<Answer> list_dialogue_versions(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Authors authors(tx);
        return json_answer(write_page(
            messaging::list_dialogue_versions(tx, cursor ? cursor->first : 0,
                                              static_cast<int>(paging.limit) + 1),
            paging,
            [&](JsonWriter& json, const messaging::DialogueVersion& version) {
                write_version(json, authors, version);
            },
            [](const messaging::DialogueVersion& version) { return Cursor{version.number, 0}; }));
    });
}

Result<Answer> publish_dialogues(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string note = in.text("note", kNote);
    const std::int64_t mark = read_mark(in);
    HAAT_TRY(in.done());
    const std::int64_t number =
        HAAT_TRY(flows::publish_draft(call.services.messaging, call.viewer, note, mark));
    return version_answer(call, number, 201);
}

Result<Answer> get_dialogue_version(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return version_answer(call, call.id);
}

Result<Answer> restore_dialogue_version(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string note = in.text("note", kNote);
    HAAT_TRY(in.done());
    const std::int64_t number =
        HAAT_TRY(flows::restore_dialogues(call.services.messaging, call.viewer, call.id, note));
    return version_answer(call, number, 201);
}

Result<Answer> try_dialogue(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::DialogueTry wish = read_try(in);
    HAAT_TRY(in.done());
    const std::vector<flows::TriedTurn> turns =
        HAAT_TRY(flows::try_dialogue(call.services.messaging, call.viewer, wish));
    JsonWriter json;
    json.begin_object().key("turns").begin_array();
    for (const flows::TriedTurn& turn : turns) {
        json.begin_object().field("intent", turn.intent);
        nullable_text(json, "dialogue", turn.dialogue);
        nullable_text(json, "step", turn.step);
        json.key("replies").begin_array();
        for (const flows::TriedReply& reply : turn.replies) {
            write_reply(json, reply, wish.channel);
        }
        json.end_array().end_object();
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> speak_text(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string text = in.text("text", {.max = 4'096, .blank_allowed = false});
    const std::string language =
        in.choice("language", [](std::string_view name) { return one_of(name, "hi", "en"); });
    HAAT_TRY(in.done());
    Answer answer;
    answer.body = HAAT_TRY(flows::hear_text(call.services.messaging, call.viewer, text, language));
    answer.content_type = "audio/ogg";
    return answer;
}

}  // namespace haat::http
