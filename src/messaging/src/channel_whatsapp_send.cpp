/// What is sent to WhatsApp.
#include "base/json_writer.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "messaging/group_chats.hpp"

namespace haat::messaging::whatsapp {
namespace {

constexpr std::size_t kReplyButtonsMax = 3;

void begin_message(JsonWriter& json, std::string_view to, std::string_view callback_data,
                   std::string_view type) {
    const std::optional<GroupAddress> group = group_address(to);
    json.begin_object()
        .field("messaging_product", "whatsapp")
        .field("recipient_type", group ? "group" : "individual")
        .field("to", group ? group->group_id : to)
        .field("biz_opaque_callback_data", callback_data)
        .field("type", type);
}

void write_parameters(JsonWriter& json, const std::vector<std::string>& params) {
    json.begin_object().field("type", "body").key("parameters").begin_array();
    for (const std::string& text : params) {
        json.begin_object().field("type", "text").field("text", text).end_object();
    }
    json.end_array().end_object();
}

/// More answers than fit as buttons open as a list.
void write_list_message(JsonWriter& json, const TextBody& body) {
    json.key("interactive").begin_object().field("type", "list");
    json.key("body").begin_object().field("text", body.text).end_object();
    json.key("action").begin_object().field("button", body.list_label);
    json.key("sections").begin_array().begin_object().key("rows").begin_array();
    for (const Button& button : body.buttons) {
        json.begin_object().field("id", button.id).field("title", button.title).end_object();
    }
    json.end_array().end_object().end_array().end_object().end_object().end_object();
}

}  // namespace

std::string send_json(std::string_view to, std::string_view callback_data, const TextBody& body) {
    JsonWriter json;
    if (body.buttons.size() > kReplyButtonsMax) {
        begin_message(json, to, callback_data, "interactive");
        write_list_message(json, body);
        return json.take();
    }
    if (body.buttons.empty()) {
        begin_message(json, to, callback_data, "text");
        json.key("text").begin_object().field("body", body.text).end_object().end_object();
        return json.take();
    }
    begin_message(json, to, callback_data, "interactive");
    json.key("interactive").begin_object().field("type", "button");
    json.key("body").begin_object().field("text", body.text).end_object();
    json.key("action").begin_object().key("buttons").begin_array();
    for (const Button& button : body.buttons) {
        json.begin_object().field("type", "reply").key("reply").begin_object();
        json.field("id", button.id).field("title", button.title).end_object().end_object();
    }
    json.end_array().end_object().end_object().end_object();
    return json.take();
}

std::string send_json(std::string_view to, std::string_view callback_data,
                      const TemplateBody& body) {
    JsonWriter json;
    begin_message(json, to, callback_data, "template");
    json.key("template").begin_object().field("name", body.name);
    json.key("language").begin_object().field("code", body.language).end_object();
    json.key("components").begin_array();
    if (!body.params.empty()) {
        write_parameters(json, body.params);
    }
    for (std::size_t i = 0; i < body.button_payloads.size(); ++i) {
        json.begin_object().field("type", "button").field("sub_type", "quick_reply");
        json.field("index", std::to_string(i)).key("parameters").begin_array().begin_object();
        json.field("type", "payload").field("payload", body.button_payloads[i]);
        json.end_object().end_array().end_object();
    }
    json.end_array().end_object().end_object();
    return json.take();
}

}  // namespace haat::messaging::whatsapp
