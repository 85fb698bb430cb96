/// What WhatsApp's webhooks say. Everything in them comes from outside: a field of the wrong type
/// is as good as absent, and nothing here throws for what it reads.
#include <algorithm>
#include <optional>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "json_fast.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "net/hmac.hpp"

namespace haat::messaging::whatsapp {
namespace {

using json_fast::array;
using json_fast::element;
using json_fast::object;
using json_fast::text_in;

/// Times come as text ("1760000000"), and now and then as a number.
UnixSeconds time_of(const element& value) {
    std::int64_t number = 0;
    std::string_view text;
    if (value.is_int64() && value.get_int64().get(number) == simdjson::SUCCESS) return {number};
    if (value.get_string().get(text) == simdjson::SUCCESS) return {parse_integer(text).value_or(0)};
    return {0};
}

/// "919812345678" as "+919812345678".
std::string phone_of(std::string_view digits) {
    std::string phone;
    if (!digits.empty() && digits.front() != '+') phone = "+";
    return phone.append(digits);
}

void read_text(const object& from, Message& message) {
    if (message.kind == "text") {
        message.text = text_in(from, "text", "body");
    } else if (message.kind == "button") {
        message.text = text_in(from, "button", "text");
        message.button_id = text_in(from, "button", "payload");
    } else if (message.kind == "interactive") {
        message.kind = "button";
        const std::optional<object> interactive = json_fast::object_in(from, "interactive");
        if (!interactive) return;
        const std::string_view type = text_in(*interactive, "type");
        message.text = text_in(*interactive, type, "title");
        message.button_id = text_in(*interactive, type, "id");
    } else {
        message.text = text_in(from, message.kind, "caption");
    }
}

void read_message(const object& from, const object& content, Webhook& webhook) {
    Message message;
    message.message_id = text_in(from, "id");
    const std::string_view phone = text_in(from, "from");
    message.from = phone.empty() ? std::string(text_in(from, "from_user_id")) : phone_of(phone);
    message.kind = text_in(from, "type");
    if (const std::optional<element> at = json_fast::find(from, "timestamp")) {
        message.at = time_of(*at);
    }
    if (message.message_id.empty() || message.from.empty() || message.kind.empty() ||
        !text_in(from, "group_id").empty()) {
        ++webhook.ignored;
        return;
    }
    json_fast::each_object_in(content, "contacts", [&](const object& contact) {
        if (text_in(contact, "wa_id") == phone || text_in(contact, "user_id") == message.from) {
            message.profile_name = text_in(contact, "profile", "name");
        }
    });
    read_text(from, message);
    message.raw = simdjson::minify(from);
    webhook.messages.push_back(std::move(message));
}

/// False if it is of no kind that we know.
bool take_state(std::string_view name, Status& status) {
    if (name == "sent") {
        status.state = SlotState::kSent;
    } else if (name == "delivered") {
        status.state = SlotState::kDelivered;
    } else if (name == "read") {
        status.state = SlotState::kRead;
    } else if (name == "played") {
        status.state = SlotState::kPlayed;
    } else if (name == "failed") {
        status.state = SlotState::kAccepted;  // it was taken, and failed afterwards
        status.failed = true;
    } else {
        return false;
    }
    return true;
}

int error_code_of(const array& errors) {
    object first;
    if (errors.size() == 0 || (*errors.begin()).get_object().get(first) != simdjson::SUCCESS) {
        return 0;
    }
    const std::optional<std::int64_t> code =
        json_fast::as<std::int64_t>(json_fast::find(first, "code"));
    return code ? static_cast<int>(*code) : -1;
}

/// One pass over its fields: a broadcast brings them by the ten thousand.
void read_status(const object& from, Webhook& webhook) {
    Status status;
    std::string_view id, callback, recipient, name;
    std::optional<element> at, errors;
    for (const simdjson::dom::key_value_pair field : from) {
        const auto text = [&field] {
            return json_fast::as<std::string_view>(field.value).value_or(std::string_view());
        };
        if (field.key == "id") {
            id = text();
        } else if (field.key == "biz_opaque_callback_data") {
            callback = text();
        } else if (field.key == "recipient_id") {
            recipient = text();
        } else if (field.key == "timestamp") {
            at = field.value;
        } else if (field.key == "status") {
            name = text();
        } else if (field.key == "errors") {
            errors = field.value;
        }
    }
    if (!take_state(name, status)) {
        ++webhook.ignored;
        return;
    }
    status.message_id = id;
    status.callback_data = callback;
    status.recipient = phone_of(recipient);
    if (at) status.at = time_of(*at);
    if (const std::optional<array> list = json_fast::as<array>(errors)) {
        status.error_code = error_code_of(*list);
    }
    webhook.statuses.push_back(std::move(status));
}

void read_change(const object& change, const std::vector<std::string>& ours, Webhook& webhook) {
    const std::optional<object> content = json_fast::object_in(change, "value");
    const std::string_view number =
        content ? text_in(*content, "metadata", "phone_number_id") : std::string_view();
    if (!content || text_in(change, "field") != "messages" ||
        std::ranges::find(ours, number) == ours.end()) {
        ++webhook.ignored;
        return;
    }
    json_fast::each_object_in(*content, "messages", [&](const object& message) {
        read_message(message, *content, webhook);
    });
    if (const std::optional<array> statuses = json_fast::array_in(*content, "statuses")) {
        webhook.statuses.reserve(webhook.statuses.size() + statuses->size());
    }
    json_fast::each_object_in(*content, "statuses",
                              [&](const object& status) { read_status(status, webhook); });
}

}  // namespace

Result<Webhook> read_webhook(std::string_view body,
                             const std::vector<std::string>& phone_number_ids) {
    const std::optional<object> document = json_fast::as<object>(json_fast::read(body));
    if (!document || !json_fast::find(*document, "entry")) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    Webhook webhook;
    json_fast::each_object_in(*document, "entry", [&](const object& entry) {
        json_fast::each_object_in(entry, "changes", [&](const object& change) {
            read_change(change, phone_number_ids, webhook);
        });
    });
    return webhook;
}

bool signature_fits(std::string_view app_secret, std::string_view body,
                    std::string_view signature) {
    constexpr std::string_view kPrefix = "sha256=";
    if (!signature.starts_with(kPrefix)) {
        return false;
    }
    // Setting up the key costs more than signing a short body.
    thread_local std::string key(app_secret);
    thread_local net::HmacSha256 hmac(key);
    if (key != app_secret) {
        key = app_secret;
        hmac = net::HmacSha256(key);
    }
    return hmac.verify_hex(body, signature.substr(kPrefix.size()));
}

}  // namespace haat::messaging::whatsapp
