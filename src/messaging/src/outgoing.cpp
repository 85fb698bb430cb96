#include "messaging/outgoing.hpp"

#include <boost/json.hpp>

#include "base/json_writer.hpp"

namespace haat::messaging {
namespace {

std::string text_of(const boost::json::object& object, const char* key) {
    return std::string(object.at(key).as_string());
}

std::vector<std::string> list_of(const boost::json::object& object, const char* key) {
    std::vector<std::string> list;
    for (const boost::json::value& value : object.at(key).as_array()) {
        list.emplace_back(value.as_string());
    }
    return list;
}

void write_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
    json.key(key).begin_array();
    for (const std::string& text : list) {
        json.string(text);
    }
    json.end_array();
}

}  // namespace

std::string with_menu(const TextBody& body) {
    std::string text = body.text;
    for (std::size_t i = 0; i < body.buttons.size(); ++i) {
        text += "\n" + std::to_string(i + 1) + " " + body.buttons[i].title;
    }
    return text;
}

std::string to_json(const TextBody& body) {
    JsonWriter json;
    json.begin_object().field("text", body.text).key("buttons").begin_array();
    for (const Button& button : body.buttons) {
        json.begin_object().field("id", button.id).field("title", button.title).end_object();
    }
    json.end_array();
    if (!body.list_label.empty()) {
        json.field("list_label", body.list_label);
    }
    if (body.voice) {
        json.key("voice").begin_object().field("path", body.voice->path);
        json.field("media_id", body.voice->media_id).field("sender", body.voice->sender);
        json.end_object();
    }
    json.end_object();
    return json.take();
}

std::string to_json(const TemplateBody& body) {
    JsonWriter json;
    json.begin_object().field("name", body.name).field("language", body.language);
    write_list(json, "params", body.params);
    write_list(json, "button_payloads", body.button_payloads);
    json.end_object();
    return json.take();
}

TextBody text_body_from_json(std::string_view json) {
    const boost::json::value document =
        boost::json::parse(boost::json::string_view(json.data(), json.size()));
    const boost::json::object& object = document.as_object();
    TextBody body{.text = text_of(object, "text")};
    for (const boost::json::value& button : object.at("buttons").as_array()) {
        body.buttons.push_back(
            {text_of(button.as_object(), "id"), text_of(button.as_object(), "title")});
    }
    if (object.contains("list_label")) {
        body.list_label = text_of(object, "list_label");
    }
    if (const boost::json::value* voice = object.if_contains("voice")) {
        const boost::json::object& note = voice->as_object();
        body.voice = {text_of(note, "path"), text_of(note, "media_id"), text_of(note, "sender")};
    }
    return body;
}

TemplateBody template_body_from_json(std::string_view json) {
    const boost::json::value document =
        boost::json::parse(boost::json::string_view(json.data(), json.size()));
    const boost::json::object& object = document.as_object();
    return {.name = text_of(object, "name"),
            .language = text_of(object, "language"),
            .params = list_of(object, "params"),
            .button_payloads = list_of(object, "button_payloads")};
}

}  // namespace haat::messaging
