/// What is sent to Telegram, and what its answer proves.
#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "json_in.hpp"
#include "messaging/channel_telegram.hpp"
#include "multipart.hpp"

namespace haat::messaging::telegram {
namespace {

constexpr std::size_t kButtonIdMax = 64;

net::ClientRequest request_of(const Settings& settings, std::string_view method, std::string body) {
    net::ClientRequest request;
    request.path = "/bot" + settings.bot_token + "/" + std::string(method);
    request.body = std::move(body);
    return request;
}

/// Ids are 64-bit numbers in JSON.
void write_chat(JsonWriter& json, std::string_view chat_id) { json.key("chat_id").raw(chat_id); }

void write_keyboard(JsonWriter& json, const std::vector<Button>& buttons) {
    if (buttons.empty()) {
        return;
    }
    json.key("reply_markup").begin_object().key("inline_keyboard").begin_array();
    for (const Button& button : buttons) {
        HAAT_ASSERT(!button.id.empty() && button.id.size() <= kButtonIdMax);
        json.begin_array().begin_object().field("text", button.title);
        json.field("callback_data", button.id).end_object().end_array();
    }
    json.end_array().end_object();
}

std::string accepted_id(const boost::json::object& result) {
    const auto chat = integer_in(object_in(result, "chat"), "id");
    const auto message = integer_in(result, "message_id");
    return chat && message ? std::to_string(*chat) + ":" + std::to_string(*message) : std::string();
}

SendOutcome refusal_of(int code, const boost::json::object& parameters) {
    constexpr int kTooMany = 429;
    if (code == kTooMany) {
        constexpr std::int64_t kLongest = 86'400;
        const std::int64_t wait = integer_in(parameters, "retry_after").value_or(1);
        return {.state = SlotState::kRetry,
                .remedy = Remedy::kRetryLater,
                .error_code = code,
                .retry_after_seconds = static_cast<int>(wait < 1          ? 1
                                                        : wait > kLongest ? kLongest
                                                                          : wait)};
    }
    if (const auto moved = integer_in(parameters, "migrate_to_chat_id")) {
        return {.state = SlotState::kRetry,
                .remedy = Remedy::kRetryLater,
                .error_code = code,
                .moved_to = std::to_string(*moved)};
    }
    if (code == 401 || code == 404) {
        return {.state = SlotState::kRetry, .remedy = Remedy::kStopChannel, .error_code = code};
    }
    return {.state = SlotState::kRejected, .remedy = Remedy::kRejectOne, .error_code = code};
}

}  // namespace

net::ClientRequest send_request(const Settings& settings, std::string_view chat_id,
                                const TextBody& body) {
    JsonWriter json;
    json.begin_object();
    write_chat(json, chat_id);
    json.field("text", body.text);
    write_keyboard(json, body.buttons);
    json.end_object();
    return request_of(settings, "sendMessage", json.take());
}

net::ClientRequest send_voice_request(const Settings& settings, std::string_view chat_id,
                                      std::string_view ogg, std::string_view caption) {
    Multipart form;
    form.field("chat_id", chat_id);
    if (!caption.empty()) {
        form.field("caption", caption);
    }
    form.file("voice", "voice.ogg", "audio/ogg", ogg);
    Multipart::Finished finished = form.finish();
    net::ClientRequest request = request_of(settings, "sendVoice", std::move(finished.body));
    request.content_type = std::move(finished.content_type);
    return request;
}

net::ClientRequest answer_callback_request(const Settings& settings, std::string_view callback_id) {
    JsonWriter json;
    json.begin_object().field("callback_query_id", callback_id).end_object();
    return request_of(settings, "answerCallbackQuery", json.take());
}

net::ClientRequest set_webhook_request(const Settings& settings, std::string_view url) {
    JsonWriter json;
    json.begin_object().field("url", url).field("secret_token", settings.webhook_secret);
    json.key("allowed_updates").begin_array();
    json.string("message").string("callback_query").string("my_chat_member");
    json.end_array().end_object();
    return request_of(settings, "setWebhook", json.take());
}

SendOutcome outcome_of(const net::ClientResult& result) {
    if (result.outcome == net::Outcome::kNotSent) {
        return {.state = SlotState::kRetry, .remedy = Remedy::kRetryLater};
    }
    if (result.outcome == net::Outcome::kUnknown || result.status >= 500) {
        return {};
    }
    const std::optional<boost::json::object> body = parse_object(result.body);
    if (!body) {
        return {};
    }
    const boost::json::value* is_ok = body->if_contains("ok");
    if (is_ok == nullptr || !is_ok->is_bool()) {
        return {};
    }
    if (is_ok->get_bool()) {
        std::string id = accepted_id(object_in(*body, "result"));
        return id.empty() ? SendOutcome{}
                          : SendOutcome{.state = SlotState::kAccepted, .message_id = std::move(id)};
    }
    const std::int64_t code = integer_in(*body, "error_code").value_or(0);
    if (code < 400 || code >= 500) {
        return {};
    }
    return refusal_of(static_cast<int>(code), object_in(*body, "parameters"));
}

std::string start_link(const Settings& settings, std::string_view code) {
    return "https://t.me/" + settings.bot_name + "?start=" + std::string(code);
}

}  // namespace haat::messaging::telegram
