/// What WhatsApp's webhooks say. Everything in them comes from outside: a field of the wrong type is
/// as good as absent, and nothing here throws for what it reads.
#include <algorithm>
#include <boost/json.hpp>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "net/hmac.hpp"

namespace haat::messaging::whatsapp {
namespace {

using boost::json::object;
using boost::json::value;

const object kNoObject;
const boost::json::array kNoArray;

const object& object_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains({key.data(), key.size()});
    return found != nullptr && found->is_object() ? found->get_object() : kNoObject;
}

const boost::json::array& array_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains({key.data(), key.size()});
    return found != nullptr && found->is_array() ? found->get_array() : kNoArray;
}

std::string text_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains({key.data(), key.size()});
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

/// Times come as text ("1760000000"), and now and then as a number.
UnixSeconds time_in(const object& parent, std::string_view key) {
    const value* found = parent.if_contains({key.data(), key.size()});
    if (found != nullptr && found->is_int64()) {
        return {found->get_int64()};
    }
    return {parse_integer(text_in(parent, key)).value_or(0)};
}

/// "919812345678" as "+919812345678".
std::string phone_of(const std::string& digits) {
    return digits.empty() || digits.front() == '+' ? digits : "+" + digits;
}

void read_text(const object& from, Message& message) {
    if (message.kind == "text") {
        message.text = text_in(object_in(from, "text"), "body");
    } else if (message.kind == "button") {
        message.text = text_in(object_in(from, "button"), "text");
        message.button_id = text_in(object_in(from, "button"), "payload");
    } else if (message.kind == "interactive") {
        const object& interactive = object_in(from, "interactive");
        const std::string type = text_in(interactive, "type");
        message.text = text_in(object_in(interactive, type), "title");
        message.button_id = text_in(object_in(interactive, type), "id");
        message.kind = "button";
    } else {
        message.text = text_in(object_in(from, message.kind), "caption");
    }
}

void read_message(const object& from, const object& change, Webhook& webhook) {
    Message message;
    message.message_id = text_in(from, "id");
    const std::string phone = text_in(from, "from");
    message.from = phone.empty() ? text_in(from, "from_user_id") : phone_of(phone);
    message.kind = text_in(from, "type");
    message.at = time_in(from, "timestamp");
    if (message.message_id.empty() || message.from.empty() || message.kind.empty() ||
        !text_in(from, "group_id").empty()) {
        ++webhook.ignored;
        return;
    }
    for (const value& contact : array_in(change, "contacts")) {
        if (contact.is_object() && (text_in(contact.get_object(), "wa_id") == phone ||
                                    text_in(contact.get_object(), "user_id") == message.from)) {
            message.profile_name = text_in(object_in(contact.get_object(), "profile"), "name");
        }
    }
    read_text(from, message);
    message.raw = boost::json::serialize(from);
    webhook.messages.push_back(std::move(message));
}

void read_status(const object& from, Webhook& webhook) {
    Status status;
    status.message_id = text_in(from, "id");
    status.callback_data = text_in(from, "biz_opaque_callback_data");
    status.recipient = phone_of(text_in(from, "recipient_id"));
    status.at = time_in(from, "timestamp");
    const std::string name = text_in(from, "status");
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
        ++webhook.ignored;
        return;
    }
    const boost::json::array& errors = array_in(from, "errors");
    if (!errors.empty() && errors.front().is_object()) {
        const value* code = errors.front().get_object().if_contains("code");
        status.error_code =
            code != nullptr && code->is_int64() ? static_cast<int>(code->get_int64()) : -1;
    }
    webhook.statuses.push_back(std::move(status));
}

void read_change(const object& change, const std::vector<std::string>& ours, Webhook& webhook) {
    const object& content = object_in(change, "value");
    const std::string number = text_in(object_in(content, "metadata"), "phone_number_id");
    if (text_in(change, "field") != "messages" || std::ranges::find(ours, number) == ours.end()) {
        ++webhook.ignored;
        return;
    }
    for (const value& message : array_in(content, "messages")) {
        if (message.is_object()) {
            read_message(message.get_object(), content, webhook);
        }
    }
    for (const value& status : array_in(content, "statuses")) {
        if (status.is_object()) {
            read_status(status.get_object(), webhook);
        }
    }
}

}  // namespace

Result<Webhook> read_webhook(std::string_view body,
                             const std::vector<std::string>& phone_number_ids) {
    boost::system::error_code error;
    boost::json::parse_options limits;
    limits.max_depth = 32;
    const value document =
        is_utf8(body) ? boost::json::parse(boost::json::string_view(body.data(), body.size()),
                                           error, {}, limits)
                      : value(nullptr);
    if (error || !document.is_object() ||
        !document.get_object().contains("entry")) {
        return refuse(ErrorKind::kInvalid, "messaging.webhook_unreadable");
    }
    Webhook webhook;
    for (const value& entry : array_in(document.get_object(), "entry")) {
        if (!entry.is_object()) {
            continue;
        }
        for (const value& change : array_in(entry.get_object(), "changes")) {
            if (change.is_object()) {
                read_change(change.get_object(), phone_number_ids, webhook);
            }
        }
    }
    return webhook;
}

bool signature_fits(std::string_view app_secret, std::string_view body,
                    std::string_view signature) {
    constexpr std::string_view kPrefix = "sha256=";
    if (!signature.starts_with(kPrefix)) {
        return false;
    }
    net::HmacSha256 hmac(app_secret);
    return hmac.verify_hex(body, signature.substr(kPrefix.size()));
}

}  // namespace haat::messaging::whatsapp
