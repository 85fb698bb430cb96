/// What Telegram's updates say.
#include <array>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "json_in.hpp"
#include "messaging/channel_telegram.hpp"
#include "net/hmac.hpp"

namespace haat::messaging::telegram {
namespace {

using boost::json::object;
using Kind = ChatChange::Kind;

struct Chat {
    std::string id;
    bool is_private = false;
    std::string title;
};

std::optional<Chat> chat_of(const object& message) {
    const object& chat = object_in(message, "chat");
    const std::optional<std::int64_t> id = integer_in(chat, "id");
    if (!id) {
        return std::nullopt;
    }
    return Chat{.id = std::to_string(*id),
                .is_private = text_in(chat, "type") == "private",
                .title = text_in(chat, "title")};
}

std::string name_of(const object& user) {
    const std::string last = text_in(user, "last_name");
    return text_in(user, "first_name") + (last.empty() ? "" : " " + last);
}

/// What a message is, by the member that it has.
std::string kind_of(const object& message) {
    struct Known {
        std::string_view member;
        std::string_view kind;
    };
    constexpr std::array kKnown{
        Known{"text", "text"},         Known{"voice", "audio"},      Known{"audio", "audio"},
        Known{"photo", "image"},       Known{"video", "video"},      Known{"document", "document"},
        Known{"location", "location"}, Known{"contact", "contacts"}, Known{"sticker", "sticker"}};
    for (const Known& known : kKnown) {
        if (message.contains({known.member.data(), known.member.size()})) {
            return std::string(known.kind);
        }
    }
    return {};
}

/// "/start code" is "start" with the code; other text is itself.
struct Command {
    std::string text;
    bool is_start = false;
    std::string code;
};
Command command_of(const std::string& text) {
    const std::size_t blank = text.find(' ');
    const std::string word = text.substr(0, blank);
    if (word == "/start") {
        const std::string_view rest =
            blank == std::string::npos ? std::string_view() : std::string_view(text).substr(blank);
        return {.text = "start", .is_start = true, .code = std::string(trim(rest))};
    }
    const bool is_ours = word == "/stop" || word == "/help";
    return {.text = is_ours ? word.substr(1) : text, .is_start = false, .code = {}};
}

/// Her own contact only: anybody can pass on somebody else's.
bool read_contact(const object& message, const Chat& chat, Update& update) {
    const object& contact = object_in(message, "contact");
    const auto owner = integer_in(contact, "user_id");
    if (!owner || owner != integer_in(object_in(message, "from"), "id")) {
        return false;
    }
    const std::string number = text_in(contact, "phone_number");
    const auto phone = normalise_phone(number.starts_with('+') ? number : "+" + number);
    if (phone) {
        update.changes.push_back({Kind::kSharedPhone, chat.id, *phone});
    }
    return phone.has_value();
}

void read_private(const object& from, const Chat& chat, Update& update) {
    const std::optional<std::int64_t> id = integer_in(from, "message_id");
    Message message{.from = chat.id, .kind = kind_of(from)};
    if (!id || message.kind.empty()) {
        ++update.webhook.ignored;
        return;
    }
    message.message_id = chat.id + ":" + std::to_string(*id);
    message.profile_name = name_of(object_in(from, "from"));
    message.at = {integer_in(from, "date").value_or(0)};
    message.text = text_in(from, message.kind == "text" ? "text" : "caption");
    message.raw = boost::json::serialize(from);
    if (message.kind == "text") {
        Command command = command_of(message.text);
        message.text = std::move(command.text);
        if (command.is_start) {
            update.changes.push_back({Kind::kStarted, chat.id, std::move(command.code)});
        }
    }
    if (read_contact(from, chat, update)) {
        message.kind = "own_contact";
    }
    update.webhook.messages.push_back(std::move(message));
}

void read_message(const object& from, Update& update) {
    const std::optional<Chat> chat = chat_of(from);
    if (!chat) {
        ++update.webhook.ignored;
    } else if (chat->is_private) {
        read_private(from, *chat, update);
    } else if (const auto moved = integer_in(from, "migrate_to_chat_id")) {
        update.changes.push_back({Kind::kMoved, chat->id, std::to_string(*moved)});
    } else {
        ++update.webhook.ignored;
    }
}

/// The words on the pressed button.
std::string title_of(const object& message, const std::string& data) {
    for (const boost::json::value& row :
         array_in(object_in(message, "reply_markup"), "inline_keyboard")) {
        if (!row.is_array()) {
            continue;
        }
        for (const boost::json::value& button : row.get_array()) {
            if (button.is_object() && text_in(button.get_object(), "callback_data") == data) {
                return text_in(button.get_object(), "text");
            }
        }
    }
    return {};
}

void read_callback(const object& query, Update& update) {
    update.callback_id = text_in(query, "id");
    const object& pressed_on = object_in(query, "message");
    const std::optional<Chat> chat = chat_of(pressed_on);
    const std::string data = text_in(query, "data");
    if (!chat || !chat->is_private || update.callback_id.empty() || data.empty()) {
        ++update.webhook.ignored;
        return;
    }
    Message message{.message_id = "callback:" + update.callback_id,
                    .from = chat->id,
                    .profile_name = name_of(object_in(query, "from")),
                    .kind = "button",
                    .text = title_of(pressed_on, data),
                    .button_id = data,
                    .raw = boost::json::serialize(query)};
    update.webhook.messages.push_back(std::move(message));
}

void read_membership(const object& change, Update& update) {
    const std::optional<Chat> chat = chat_of(change);
    const std::string status = text_in(object_in(change, "new_chat_member"), "status");
    const bool is_in = status == "member" || status == "administrator" || status == "restricted";
    if (!chat || (!is_in && status != "kicked" && status != "left")) {
        ++update.webhook.ignored;
    } else if (chat->is_private) {
        update.changes.push_back({is_in ? Kind::kUnblocked : Kind::kBlocked, chat->id, {}});
    } else {
        update.changes.push_back(
            {is_in ? Kind::kJoinedGroup : Kind::kLeftGroup, chat->id, chat->title});
    }
}

}  // namespace

Result<Update> read_update(std::string_view body) {
    const std::optional<object> document = parse_object(body);
    const std::optional<std::int64_t> id =
        document ? integer_in(*document, "update_id") : std::nullopt;
    if (!id) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    Update update;
    update.update_id = *id;
    if (document->contains("message")) {
        read_message(object_in(*document, "message"), update);
    } else if (document->contains("callback_query")) {
        read_callback(object_in(*document, "callback_query"), update);
    } else if (document->contains("my_chat_member")) {
        read_membership(object_in(*document, "my_chat_member"), update);
    } else {
        ++update.webhook.ignored;
    }
    return update;
}

bool secret_fits(const Settings& settings, std::string_view header) {
    return !settings.webhook_secret.empty() &&
           net::equal_in_constant_time(header, settings.webhook_secret);
}

}  // namespace haat::messaging::telegram
