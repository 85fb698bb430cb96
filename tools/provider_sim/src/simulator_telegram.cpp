#include "simulator_telegram.hpp"

#include <boost/json/serialize.hpp>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "net/hmac.hpp"

namespace haat::sim {
namespace {

constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kCallbackDataMax = 64;

net::Response response_of(int status, std::string body) {
    net::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

net::Response ok(const std::string& result) {
    return response_of(200, R"({"ok":true,"result":)" + result + "}");
}

std::string chat_json(std::int64_t chat_id, const std::string& name) {
    JsonWriter out;
    out.begin_object().field("id", chat_id).field("type", chat_id < 0 ? "supergroup" : "private");
    out.field(chat_id < 0 ? "title" : "first_name", name).end_object();
    return out.take();
}

std::int64_t now_seconds() { return system_clock().now().value; }

/// The inline keyboard's rows, or null.
const json::array* keyboard_of(const json::object& body) {
    const json::object* const markup = object_in(body, "reply_markup");
    return markup ? array_in(*markup, "inline_keyboard") : nullptr;
}

/// What is wrong with a keyboard; empty if nothing is.
std::string keyboard_problem(const json::array& keyboard) {
    for (const json::value& row : keyboard) {
        for (const json::value& entry : row.is_array() ? row.get_array() : json::array()) {
            const json::object* const button = entry.if_object();
            const auto text = button ? text_in(*button, "text") : std::nullopt;
            const auto data = button ? text_in(*button, "callback_data") : std::nullopt;
            if (!text || text->empty()) return "text buttons are unallowed in the inline keyboard";
            if (!data || data->empty() || data->size() > kCallbackDataMax) {
                return "BUTTON_DATA_INVALID";
            }
        }
    }
    return {};
}

/// The value of a form's part; simple, as only our own forms are read.
std::string part_of(const std::string& body, const std::string& name) {
    const std::size_t head = body.find("name=\"" + name + "\"");
    const std::size_t start = head == std::string::npos ? head : body.find("\r\n\r\n", head);
    if (start == std::string::npos) return {};
    return body.substr(start + 4, body.find("\r\n--", start) - start - 4);
}

}  // namespace

TelegramSimulator::TelegramSimulator(std::string token, std::uint64_t seed, Scheduler& scheduler)
    : token_(std::move(token)), mishaps_(seed, scheduler), poster_(scheduler), judge_(seed) {}

bool TelegramSimulator::owns(std::string_view path) {
    return path.starts_with("/bot") || path.starts_with("/sim/telegram/");
}

void TelegramSimulator::handle(const net::Request& request, net::Reply reply) {
    const std::lock_guard lock(mutex_);
    if (request.path.starts_with("/sim/")) {
        reply(control(request));
        return;
    }
    const std::string prefix = "/bot" + token_ + "/";
    if (!request.path.starts_with(prefix)) {
        reply(response_of(401, R"({"ok":false,"error_code":401,"description":"Unauthorized"})"));
        return;
    }
    const std::string name = request.path.substr(prefix.size());
    if (!name.starts_with("send")) {
        reply(method(request, name));
        return;
    }
    mishaps_.answer(std::move(reply), [&] { return method(request, name); });
}

net::Response TelegramSimulator::method(const net::Request& request, const std::string& name) {
    if (name == "sendVoice") return send_voice(request);
    const std::optional<json::object> body =
        request.body.empty() ? json::object() : parse_object(request.body);
    if (!body) {
        return response_of(
            400, R"({"ok":false,"error_code":400,"description":"Bad Request: can't parse JSON"})");
    }
    if (name == "sendMessage") return send(*body, text_in(*body, "text").value_or(""));
    if (name == "setWebhook") {
        webhook_url_ = text_in(*body, "url").value_or("");
        webhook_secret_ = text_in(*body, "secret_token").value_or("");
        return ok("true");
    }
    if (name == "answerCallbackQuery") return ok("true");
    if (name == "getMe")
        return ok(R"({"id":42,"is_bot":true,"first_name":"haat","username":"haat_bot"})");
    return response_of(404, R"({"ok":false,"error_code":404,"description":"Not Found"})");
}

TelegramSimulator::Refusal TelegramSimulator::refusal_for(const json::object& body,
                                                          const std::string& text) {
    if (const int forced = mishaps_.take_forced(); forced != 0) {
        return {forced, "forced", forced == 429 ? R"({"retry_after":1})" : ""};
    }
    const auto chat = chats_.find(integer_in(body, "chat_id", 0));
    if (text.empty()) return {400, "Bad Request: message text is empty", ""};
    if (count_code_points(text) > kTextMax) return {400, "Bad Request: message is too long", ""};
    if (chat == chats_.end()) return {400, "Bad Request: chat not found", ""};
    if (chat->second.is_blocked) return {403, "Forbidden: bot was blocked by the user", ""};
    if (chat->second.moved_to != 0) {
        return {400, "Bad Request: group chat was upgraded to a supergroup chat",
                R"({"migrate_to_chat_id":)" + std::to_string(chat->second.moved_to) + "}"};
    }
    if (const json::array* const keyboard = keyboard_of(body)) {
        const std::string problem = keyboard_problem(*keyboard);
        if (!problem.empty()) return {400, "Bad Request: " + problem, ""};
    }
    return {};
}

net::Response TelegramSimulator::send(const json::object& body, const std::string& what) {
    const std::int64_t chat_id = integer_in(body, "chat_id", 0);
    const Refusal refusal = refusal_for(body, what);
    const std::int64_t message_id = ++last_id_;
    const std::string id = std::to_string(chat_id) + ":" + std::to_string(message_id);
    judge_.record(
        {.at_micros = system_clock().now_micros().value,
         .to = std::to_string(chat_id),
         .phone_number_id = {},
         .type = "telegram",
         .template_name = {},
         // Nothing of ours is echoed: the same words to the same chat count as one.
         .callback_data = std::to_string(chat_id) + "/" + net::hex(net::sha256(what)).substr(0, 16),
         .wamid = refusal.code == 0 ? id : std::string(),
         .error_code = refusal.code});
    if (refusal.code != 0) {
        JsonWriter out;
        out.begin_object().field("ok", false).field("error_code", refusal.code);
        out.field("description", refusal.description);
        if (!refusal.parameters.empty()) out.key("parameters").raw(refusal.parameters);
        out.end_object();
        return response_of(refusal.code, out.take());
    }
    Chat& chat = chats_[chat_id];
    chat.texts.push_back(what);
    if (const json::array* const keyboard = keyboard_of(body); keyboard && chat.presses >= 0) {
        press(chat_id, message_id, *keyboard, static_cast<std::size_t>(chat.presses));
    }
    JsonWriter out;
    out.begin_object().field("message_id", message_id).field("date", now_seconds());
    out.key("chat").raw(chat_json(chat_id, chat.name)).field("text", what).end_object();
    return ok(out.take());
}

net::Response TelegramSimulator::send_voice(const net::Request& request) {
    const std::string voice = part_of(request.body, "voice");
    if (!voice.starts_with("OggS")) {
        return response_of(
            400, R"({"ok":false,"error_code":400,"description":"Bad Request: wrong file"})");
    }
    json::object body;
    body["chat_id"] = parse_integer(part_of(request.body, "chat_id")).value_or(0);
    return send(body, "(voice " + std::to_string(voice.size()) + " bytes)");
}

/// `member` is `"message":{…}` and the like.
void TelegramSimulator::tell(const std::string& member) {
    Hook hook{.url = webhook_url_,
              .headers = {{"X-Telegram-Bot-Api-Secret-Token", webhook_secret_}},
              .body = R"({"update_id":)" + std::to_string(++last_update_) + "," + member + "}"};
    const bool is_twice = mishaps_.strikes(Fault::kWebhookDuplicated);
    if (is_twice) poster_.post(hook);
    poster_.post(std::move(hook));
}

void TelegramSimulator::press(std::int64_t chat_id, std::int64_t message_id,
                              const json::array& keyboard, std::size_t index) {
    if (index >= keyboard.size() || !keyboard[index].is_array()) return;
    const json::object& button = keyboard[index].get_array().at(0).as_object();
    JsonWriter out;
    out.begin_object().field("id", std::to_string(++last_id_));
    out.key("from").raw(chat_json(chat_id, chats_[chat_id].name));
    out.field("data", text_in(button, "callback_data").value_or(""));
    out.key("message").begin_object().field("message_id", message_id);
    out.key("chat").raw(chat_json(chat_id, chats_[chat_id].name));
    out.key("reply_markup").begin_object().key("inline_keyboard");
    out.raw(json::serialize(keyboard)).end_object().end_object().end_object();
    tell("\"callback_query\":" + out.take());
}

/// {"text":…} or {"contact":"919812345678"}.
void TelegramSimulator::write_from(std::int64_t chat_id, const json::object& body) {
    JsonWriter out;
    out.begin_object().field("message_id", ++last_id_).field("date", now_seconds());
    out.key("chat").raw(chat_json(chat_id, chats_[chat_id].name));
    out.key("from").begin_object().field("id", chat_id).field("is_bot", false);
    out.field("first_name", chats_[chat_id].name).end_object();
    if (const auto contact = text_in(body, "contact")) {
        out.key("contact").begin_object().field("phone_number", *contact);
        out.field("first_name", chats_[chat_id].name).field("user_id", chat_id).end_object();
    } else {
        out.field("text", text_in(body, "text").value_or(""));
    }
    out.end_object();
    tell("\"message\":" + out.take());
}

/// PUT-like calls, all POST: chats {"chat_id","name","blocked","moved_to","presses"}, messages
/// {"chat_id","text"|"contact"}, faults; GET log, GET chats/{id}, GET summary.
net::Response TelegramSimulator::control(const net::Request& request) {
    const std::string what = request.path.substr(std::string_view("/sim/telegram/").size());
    JsonWriter out;
    if (request.method == "GET") {
        if (what == "log") {
            const auto after = parse_integer(request.query_value("after").value_or("0"));
            judge_.write_log(out, static_cast<std::uint64_t>(after.value_or(0)), 10'000);
            return response_of(200, out.take());
        }
        out.begin_object();
        if (const auto chat_id = parse_integer(what.substr(what.find('/') + 1))) {
            out.key("texts").begin_array();
            for (const std::string& text : chats_[*chat_id].texts) out.string(text);
            out.end_array();
        } else {
            judge_.write_summary(out);
            out.field("webhook_updates_waiting", poster_.waiting());
        }
        out.end_object();
        return response_of(200, out.take());
    }
    const std::optional<json::object> body = parse_object(request.body);
    if (!body) return response_of(400, R"({"error":"not an object"})");
    const std::int64_t chat_id = integer_in(*body, "chat_id", 0);
    if (what == "faults") {
        const std::string unknown = mishaps_.change(*body);
        if (!unknown.empty()) return response_of(400, R"({"error":"unknown fault"})");
    } else if (what == "messages") {
        write_from(chat_id, *body);
    } else {
        Chat& chat = chats_[chat_id];
        const bool was_blocked = chat.is_blocked;
        chat.name = text_in(*body, "name").value_or(chat.name.empty() ? "didi" : chat.name);
        chat.is_blocked = bool_in(*body, "blocked", chat.is_blocked);
        chat.moved_to = integer_in(*body, "moved_to", chat.moved_to);
        chat.presses = integer_in(*body, "presses", chat.presses);
        if (chat.moved_to != 0) chats_[chat.moved_to].name = chat.name;
        if (was_blocked != chat.is_blocked) {
            tell("\"my_chat_member\":{\"chat\":" + chat_json(chat_id, chat.name) +
                 ",\"new_chat_member\":{\"status\":\"" + (chat.is_blocked ? "kicked" : "member") +
                 "\"}}");
        }
    }
    return response_of(200, R"({"success":true})");
}

}  // namespace haat::sim
