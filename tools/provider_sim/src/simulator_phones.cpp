/// The phones: how a message goes sent → delivered → read, and how the user answers.
#include "simulator.hpp"

namespace haat::sim {

namespace {

constexpr DelayRange kOvertaken{300, 1500};

std::string seconds_text(std::int64_t micros) { return std::to_string(micros / 1'000'000); }

std::string reply_content(std::string_view kind, const Choice& choice) {
    JsonWriter out;
    out.begin_object().field("type", kind).key(kind).begin_object();
    out.field("id", choice.id).field("title", choice.title);
    if (!choice.description.empty()) out.field("description", choice.description);
    out.end_object().end_object();
    return out.take();
}

}  // namespace

Phone& Simulator::phone_of(const std::string& number) {
    const auto [entry, is_new] = phones_.try_emplace(number);
    if (is_new) {
        entry->second.number = number;
        entry->second.name = number;
        entry->second.exists = options_.unknown_numbers_exist;
    }
    return entry->second;
}

void Simulator::advance_later(const std::string& number, const std::string& wamid,
                              DelayRange delay) {
    scheduler_.after(pick(delay), [this, number, wamid] {
        const std::lock_guard lock(mutex_);
        advance(number, wamid);
    });
}

void Simulator::advance(const std::string& number, const std::string& wamid) {
    Phone& phone = phone_of(number);
    Message* const message = phone.find(wamid);
    if (!message) return;
    if (message->status == "accepted") {
        if (!phone.exists || strikes(Fault::kFailedLater)) {
            message->status = "failed";
        } else {
            message->status = "sent";
            if (phone.is_online) advance_later(number, wamid, options_.delivered_after);
        }
        tell_status(phone, *message, message->status);
    } else if (message->status == "sent" && phone.is_online) {
        message->status = "delivered";
        tell_status(phone, *message, "delivered");
        if (phone.reads) advance_later(number, wamid, options_.read_after);
        react(phone, *message);
    } else if (message->status == "delivered") {
        message->status = "read";
        tell_status(phone, *message, "read");
    }
}

void Simulator::deliver_waiting(Phone& phone) {
    for (const Message& message : phone.thread) {
        if (!message.is_from_phone && message.status == "sent") {
            advance_later(phone.number, message.wamid, options_.delivered_after);
        }
    }
}

void Simulator::react(Phone& phone, const Message& message) {
    const Rule* const rule = phone.take_rule(message);
    if (!rule) return;
    scheduler_.after(rule->after_ms,
                     [this, number = phone.number, wamid = message.wamid, copy = *rule] {
                         const std::lock_guard lock(mutex_);
                         answer_by_rule(number, wamid, copy);
                     });
}

void Simulator::answer_by_rule(const std::string& number, const std::string& wamid,
                               const Rule& rule) {
    Phone& phone = phone_of(number);
    const Message* const found = phone.find(wamid);
    if (!found) return;
    const Message message = *found;  // the thread grows below
    if (rule.reply_button) {
        const Choice& choice = message.buttons[*rule.reply_button];
        if (message.template_name.empty()) {
            inbound(phone, message.phone_number_id, "interactive", choice.title,
                    reply_content("button_reply", choice), wamid);
            return;
        }
        JsonWriter out;
        out.begin_object().field("payload", choice.id).field("text", choice.title).end_object();
        inbound(phone, message.phone_number_id, "button", choice.title, out.take(), wamid);
    } else if (rule.reply_row) {
        const Choice& choice = message.rows[*rule.reply_row];
        inbound(phone, message.phone_number_id, "interactive", choice.title,
                reply_content("list_reply", choice), wamid);
    } else {
        JsonWriter out;
        out.begin_object().field("body", rule.reply_text).end_object();
        inbound(phone, message.phone_number_id, "text", rule.reply_text, out.take(), "");
    }
}

std::string Simulator::inbound(Phone& phone, const std::string& phone_number_id,
                               const std::string& type, const std::string& text,
                               const std::string& content, const std::string& context_id) {
    const Number* const business = number_by_id(phone_number_id);
    const std::string digits = phone.number.substr(1);
    Message message;
    message.is_from_phone = true;
    message.wamid = make_wamid(phone.number, true);
    message.phone_number_id = phone_number_id;
    message.type = type;
    message.text = text;
    message.status = "received";
    message.at_micros = now_micros();
    if (group_of_message_.empty()) {
        phone.last_inbound_micros[phone_number_id] = message.at_micros;
    }

    JsonWriter item;
    item.begin_object();
    if (!context_id.empty()) {
        item.key("context").begin_object().field("from", business->display);
        item.field("id", context_id).end_object();
    }
    item.field("from", digits).field("id", message.wamid);
    if (!group_of_message_.empty()) item.field("group_id", group_of_message_);
    item.field("timestamp", seconds_text(message.at_micros)).field("type", type);
    item.key(type).raw(content).end_object();
    JsonWriter contact;
    contact.begin_object().key("profile").begin_object().field("name", phone.name).end_object();
    contact.field("wa_id", digits).end_object();
    tell({phone_number_id, business->display, "messages", item.take(), contact.take()});
    const std::string wamid = message.wamid;
    phone.add(std::move(message));
    return wamid;
}

void Simulator::tell_status(const Phone& phone, const Message& message, const std::string& status) {
    const Number* const business = number_by_id(message.phone_number_id);
    JsonWriter item;
    item.begin_object().field("id", message.wamid).field("status", status);
    item.field("timestamp", seconds_text(now_micros()));
    const bool is_group = groups_.contains(phone.number);
    item.field("recipient_id", is_group ? phone.number : phone.number.substr(1));
    if (is_group) item.field("recipient_type", "group");
    if (!message.callback_data.empty()) {
        item.field("biz_opaque_callback_data", message.callback_data);
    }
    if (status == "sent" || status == "delivered") {
        item.key("pricing").begin_object().field("billable", !message.is_free);
        item.field("pricing_model", "PMP").field("category", message.category);
        item.field("type", message.is_free ? "free_customer_service" : "regular").end_object();
    } else if (status == "failed") {
        item.key("errors").begin_array().begin_object().field("code", 131026);
        item.field("title", "Message undeliverable").field("message", "Message undeliverable");
        item.key("error_data").begin_object();
        item.field("details", "Unable to deliver the message.").end_object();
        item.field("href", "https://developers.facebook.com/docs/whatsapp/cloud-api/");
        item.end_object().end_array();
    }
    item.end_object();
    tell({message.phone_number_id, business->display, "statuses", item.take(), ""});
}

void Simulator::tell(Update update) {
    if (strikes(Fault::kWebhookDropped)) return;
    if (strikes(Fault::kWebhookDuplicated)) webhooks_.add(update);
    if (strikes(Fault::kWebhookReordered)) {
        scheduler_.after(pick(kOvertaken), [this, late = std::move(update)]() mutable {
            webhooks_.add(std::move(late));
        });
        return;
    }
    webhooks_.add(std::move(update));
}

}  // namespace haat::sim
