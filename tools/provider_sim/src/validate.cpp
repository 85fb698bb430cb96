#include "validate.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/text.hpp"

namespace haat::sim {

namespace {

constexpr int kInvalid = 100;
constexpr int kMissing = 131008;
constexpr int kWrongValue = 131009;
constexpr int kUnsupportedType = 131051;
constexpr int kParameterCount = 132000;
constexpr int kNoTemplate = 132001;
constexpr int kParameterFormat = 132012;

/// Carries the first problem; every check after it does nothing.
class Checker {
 public:
    [[nodiscard]] bool is_ok() const { return !problem_; }
    [[nodiscard]] const Problem& problem() const { return *problem_; }

    void fail(int code, std::string details, int http_status = 400) {
        if (!problem_) problem_ = Problem{http_status, code, std::move(details)};
    }

    void only(const json::object& object, const std::string& where,
              std::initializer_list<std::string_view> known) {
        for (const auto& member : object) {
            const std::string_view name(member.key().data(), member.key().size());
            if (std::find(known.begin(), known.end(), name) == known.end()) {
                fail(kInvalid, "unknown field " + where + std::string(name));
            }
        }
    }

    /// A text of 1..most code points; empty (and a problem, if it must be there) otherwise.
    std::string text(const json::object& object, std::string_view key, const std::string& where,
                     std::size_t most, bool is_required = true) {
        const std::string name = where + std::string(key);
        const std::optional<std::string> value = text_in(object, key);
        if (!value) {
            if (object.contains({key.data(), key.size()})) {
                fail(kWrongValue, name + " is not a string");
            } else if (is_required) {
                fail(kMissing, name + " is missing");
            }
            return {};
        }
        if (!is_utf8(*value)) {
            fail(kWrongValue, name + " is not UTF-8");
        } else if (value->empty() || count_code_points(*value) > most) {
            fail(kWrongValue, name + " must have 1 to " + std::to_string(most) + " characters");
        }
        return *value;
    }

    const json::object* object(const json::object& from, std::string_view key,
                               const std::string& where) {
        const json::object* const value = object_in(from, key);
        if (!value) fail(kMissing, where + std::string(key) + " must be an object");
        return value;
    }

    const json::array* array(const json::object& from, std::string_view key,
                             const std::string& where, std::size_t least, std::size_t most) {
        const json::array* const value = array_in(from, key);
        if (!value) {
            fail(kMissing, where + std::string(key) + " must be an array");
        } else if (value->size() < least || value->size() > most) {
            fail(kWrongValue, where + std::string(key) + " must have " + std::to_string(least) +
                                  " to " + std::to_string(most) + " entries");
            return nullptr;
        }
        return value;
    }

 private:
    std::optional<Problem> problem_;
};

void check_text(Checker& check, const json::object& text, Send& send) {
    check.only(text, "text.", {"body", "preview_url"});
    send.text = check.text(text, "body", "text.", 4096);
}

void check_media(Checker& check, const json::object& media, Send& send) {
    const std::string where = send.type + ".";
    check.only(media, where, {"id", "link", "caption", "filename", "voice", "provider"});
    const bool has_id = media.contains("id");
    if (has_id == media.contains("link")) check.fail(kInvalid, where + "id or link, one of them");
    check.text(media, has_id ? "id" : "link", where, 2048);
    const bool may_have_caption = send.type != "audio" && send.type != "sticker";
    if (media.contains("caption")) {
        if (!may_have_caption) check.fail(kInvalid, "unknown field " + where + "caption");
        send.text = check.text(media, "caption", where, 1024);
    }
    if (media.contains("filename") && send.type != "document") {
        check.fail(kInvalid, "unknown field " + where + "filename");
    }
    if (media.contains("voice") && send.type != "audio") {
        check.fail(kInvalid, "unknown field " + where + "voice");
    }
}

void check_location(Checker& check, const json::object& place) {
    check.only(place, "location.", {"latitude", "longitude", "name", "address"});
    for (const char* key : {"latitude", "longitude"}) {
        const json::value* const value = place.if_contains(key);
        if (!value) {
            check.fail(kMissing, std::string("location.") + key + " is missing");
        } else if (!value->is_number() && !value->is_string()) {
            check.fail(kWrongValue, std::string("location.") + key + " is not a number");
        }
    }
}

void check_reaction(Checker& check, const json::object& reaction, Send& send) {
    check.only(reaction, "reaction.", {"message_id", "emoji"});
    check.text(reaction, "message_id", "reaction.", 512);
    send.text = text_in(reaction, "emoji").value_or("");
}

void check_buttons(Checker& check, const json::object& action, Send& send) {
    check.only(action, "interactive.action.", {"buttons"});
    const json::array* const buttons = check.array(action, "buttons", "interactive.action.", 1, 3);
    if (!buttons) return;
    const std::string where = "interactive.action.buttons[].reply.";
    for (const json::value& entry : *buttons) {
        const json::object* const button = entry.if_object();
        if (!button || text_in(*button, "type") != "reply") {
            check.fail(kWrongValue, "interactive.action.buttons[].type must be reply");
            return;
        }
        check.only(*button, "interactive.action.buttons[].", {"type", "reply"});
        const json::object* const reply = check.object(*button, "reply", "buttons[].");
        if (!reply) return;
        check.only(*reply, where, {"id", "title"});
        Choice choice{
            check.text(*reply, "id", where, 256), check.text(*reply, "title", where, 20), {}};
        for (const Choice& other : send.buttons) {
            if (other.id == choice.id || other.title == choice.title) {
                check.fail(kWrongValue, where + "id and title must differ between buttons");
            }
        }
        send.buttons.push_back(std::move(choice));
    }
}

void check_section(Checker& check, const json::object& section, bool is_only, Send& send) {
    const std::string where = "interactive.action.sections[].";
    check.only(section, where, {"title", "rows"});
    check.text(section, "title", where, 24, !is_only);
    const json::array* const rows = check.array(section, "rows", where, 1, 10);
    if (!rows) return;
    for (const json::value& entry : *rows) {
        const json::object* const row = entry.if_object();
        if (!row) {
            check.fail(kWrongValue, where + "rows[] must be objects");
            return;
        }
        check.only(*row, where + "rows[].", {"id", "title", "description"});
        Choice choice{check.text(*row, "id", where + "rows[].", 200),
                      check.text(*row, "title", where + "rows[].", 24),
                      check.text(*row, "description", where + "rows[].", 72, false)};
        for (const Choice& other : send.rows) {
            if (other.id == choice.id) check.fail(kWrongValue, where + "rows[].id is repeated");
        }
        send.rows.push_back(std::move(choice));
    }
}

void check_list(Checker& check, const json::object& action, Send& send) {
    check.only(action, "interactive.action.", {"button", "sections"});
    check.text(action, "button", "interactive.action.", 20);
    const json::array* const sections =
        check.array(action, "sections", "interactive.action.", 1, 10);
    if (!sections) return;
    for (const json::value& entry : *sections) {
        const json::object* const section = entry.if_object();
        if (!section) {
            check.fail(kWrongValue, "interactive.action.sections[] must be objects");
            return;
        }
        check_section(check, *section, sections->size() == 1, send);
    }
    if (send.rows.size() > 10) {
        check.fail(kWrongValue, "interactive.action.sections: at most 10 rows in total");
    }
}

void check_url_button(Checker& check, const json::object& action) {
    check.only(action, "interactive.action.", {"name", "parameters"});
    const std::string where = "interactive.action.parameters.";
    if (text_in(action, "name") != "cta_url") {
        check.fail(kWrongValue, "interactive.action.name must be cta_url");
    }
    const json::object* const parameters =
        check.object(action, "parameters", "interactive.action.");
    if (!parameters) return;
    check.only(*parameters, where, {"display_text", "url"});
    check.text(*parameters, "display_text", where, 20);
    const std::string url = check.text(*parameters, "url", where, 2000);
    if (!url.starts_with("https://") && !url.starts_with("http://")) {
        check.fail(kWrongValue, where + "url is not a URL");
    }
}

void check_header(Checker& check, const json::object& header, bool is_list) {
    const std::string where = "interactive.header.";
    const std::string type = check.text(header, "type", where, 20);
    check.only(header, where, {"type", "text", "image", "video", "document", "sub_text"});
    if (type == "text") {
        check.text(header, "text", where, 60);
    } else if (is_list || (type != "image" && type != "video" && type != "document")) {
        check.fail(kWrongValue, where + "type " + type + " is not allowed here");
    } else {
        check.object(header, type, where);
    }
}

void check_interactive(Checker& check, const json::object& interactive, Send& send) {
    check.only(interactive, "interactive.", {"type", "header", "body", "footer", "action"});
    const std::string kind = check.text(interactive, "type", "interactive.", 64);
    const bool is_list = kind == "list";
    if (const json::object* const header = object_in(interactive, "header")) {
        check_header(check, *header, is_list);
    }
    if (const json::object* const body = check.object(interactive, "body", "interactive.")) {
        check.only(*body, "interactive.body.", {"text"});
        send.text = check.text(*body, "text", "interactive.body.", is_list ? 4096 : 1024);
    }
    if (const json::object* const footer = object_in(interactive, "footer")) {
        check.only(*footer, "interactive.footer.", {"text"});
        check.text(*footer, "text", "interactive.footer.", 60);
    }
    const json::object* const action = check.object(interactive, "action", "interactive.");
    if (!action) return;
    if (kind == "button") {
        check_buttons(check, *action, send);
    } else if (is_list) {
        check_list(check, *action, send);
    } else if (kind == "cta_url") {
        check_url_button(check, *action);
    } else if (kind == "location_request_message") {
        check.only(*action, "interactive.action.", {"name"});
        if (text_in(*action, "name") != "send_location") {
            check.fail(kWrongValue, "interactive.action.name must be send_location");
        }
    } else {
        check.fail(kUnsupportedType, "interactive.type " + kind + " is not simulated");
    }
}

/// The text that a template parameter shows; empty with a problem if it is wrong.
std::string parameter_text(Checker& check, const json::object& parameter,
                           const std::string& where) {
    const std::string type = check.text(parameter, "type", where, 20);
    check.only(parameter, where,
               {"type", "text", "parameter_name", "currency", "date_time", "image", "video",
                "document", "location", "payload"});
    if (type == "text") {
        const std::string text = check.text(parameter, "text", where, 1024);
        if (text.contains('\n') || text.contains('\t') || text.contains("     ")) {
            check.fail(kParameterFormat, where + "text has a line break, tab or five blanks");
        }
        return text;
    }
    if (type == "currency" || type == "date_time") {
        const json::object* const inner = check.object(parameter, type, where);
        return inner ? check.text(*inner, "fallback_value", where + type + ".", 1024) : "";
    }
    if (type == "image" || type == "video" || type == "document" || type == "location") {
        check.object(parameter, type, where);
        return {};
    }
    if (type == "payload") return check.text(parameter, "payload", where, 128);
    check.fail(kParameterFormat, where + "type " + type + " is unknown");
    return {};
}

void check_body_parameters(Checker& check, const json::array& parameters, const Template& form,
                           std::vector<std::string>& values) {
    const std::vector<std::string> names = form.placeholders();
    const bool is_counted = form.body.has_value();
    values.resize(is_counted ? names.size() : parameters.size());
    if (is_counted && parameters.size() != names.size()) {
        check.fail(kParameterCount, "body: number of localizable_params (" +
                                        std::to_string(parameters.size()) +
                                        ") does not match the expected number of params (" +
                                        std::to_string(names.size()) + ")");
        return;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const json::object* const parameter = parameters[i].if_object();
        if (!parameter) {
            check.fail(kParameterFormat, "template.components[].parameters[] must be objects");
            return;
        }
        std::size_t index = i;
        if (const auto name = text_in(*parameter, "parameter_name"); name && is_counted) {
            index = static_cast<std::size_t>(std::find(names.begin(), names.end(), *name) -
                                             names.begin());
            if (index == names.size()) {
                check.fail(kInvalid, "Parameter name is missing or wrong: " + *name);
                return;
            }
        }
        values[index] = parameter_text(check, *parameter, "template.components[].parameters[].");
    }
}

void check_button_component(Checker& check, const json::object& component, Send& send) {
    const std::string where = "template.components[button].";
    const std::string sub_type = check.text(component, "sub_type", where, 20);
    std::string digits = text_in(component, "index").value_or("");
    if (digits.empty()) digits = std::to_string(integer_in(component, "index", -1));
    const std::optional<long long> index = parse_integer(digits);
    const json::array* const parameters = check.array(component, "parameters", where, 1, 1);
    if (!index || *index < 0 || *index > 9) check.fail(kWrongValue, where + "index must be 0 to 9");
    if (!check.is_ok() || !parameters->front().is_object()) return;
    const std::string value =
        parameter_text(check, parameters->front().as_object(), where + "parameters[].");
    const auto at = static_cast<std::size_t>(*index);
    if (sub_type == "quick_reply") {
        if (at >= send.buttons.size()) {
            check.fail(kParameterCount, where + "index: the template has no such button");
            return;
        }
        send.buttons[at].id = value;
    } else if (sub_type != "url" && sub_type != "copy_code" && sub_type != "flow") {
        check.fail(kWrongValue, where + "sub_type " + sub_type + " is unknown");
    }
}

void check_components(Checker& check, const json::object& message, const Template& form,
                      Send& send) {
    std::vector<std::string> values;
    bool has_body = false;
    const json::array* const components = array_in(message, "components");
    for (const json::value& entry : components ? *components : json::array()) {
        const json::object* const component = entry.if_object();
        if (!component) {
            check.fail(kWrongValue, "template.components[] must be objects");
            return;
        }
        check.only(*component, "template.components[].",
                   {"type", "sub_type", "index", "parameters"});
        const std::string type = check.text(*component, "type", "template.components[].", 20);
        if (type == "body") {
            has_body = true;
            const json::array* const parameters =
                check.array(*component, "parameters", "template.components[].", 0, 100);
            if (parameters) check_body_parameters(check, *parameters, form, values);
        } else if (type == "button") {
            check_button_component(check, *component, send);
        } else if (type == "header") {
            check.array(*component, "parameters", "template.components[].", 1, 1);
        } else {
            check.fail(kWrongValue, "template.components[].type " + type + " is unknown");
        }
    }
    if (!has_body && !form.placeholders().empty()) {
        check_body_parameters(check, {}, form, values);
    }
    send.text = form.body ? render_body(form, values) : std::string();
    for (std::size_t i = 0; !form.body && i < values.size(); ++i) {
        send.text += (i == 0 ? "" : " ") + values[i];
    }
}

void check_template(Checker& check, const json::object& message, const Templates& templates,
                    Send& send) {
    check.only(message, "template.", {"name", "language", "components"});
    send.is_template = true;
    send.template_name = check.text(message, "name", "template.", 512);
    const json::object* const language = check.object(message, "language", "template.");
    if (!language) return;
    check.only(*language, "template.language.", {"code", "policy"});
    const std::string code = check.text(*language, "code", "template.language.", 20);
    const auto form = templates.find({send.template_name, code});
    if (form == templates.end() || form->second.status == "PENDING" ||
        form->second.status == "REJECTED") {
        check.fail(kNoTemplate,
                   "template name (" + send.template_name + ") does not exist in " + code, 404);
        return;
    }
    if (form->second.status == "PAUSED") check.fail(132015, "template is paused");
    if (form->second.status == "DISABLED") check.fail(132016, "template is disabled");
    for (const std::string& title : form->second.buttons) {
        send.buttons.push_back({title, title, {}});
    }
    send.category = form->second.category;
    for (char& c : send.category) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    check_components(check, message, form->second, send);
}

void check_envelope(Checker& check, const json::object& message, Send& send) {
    check.only(message, "",
               {"messaging_product", "recipient_type", "to", "recipient", "type", "context",
                "biz_opaque_callback_data", send.type});
    if (text_in(message, "messaging_product") != "whatsapp") {
        check.fail(kInvalid, "The parameter messaging_product is required.");
    }
    const std::string recipient_type = text_in(message, "recipient_type").value_or("individual");
    send.is_group = recipient_type == "group";
    if (!send.is_group && recipient_type != "individual") {
        check.fail(100, "recipient_type is individual or group");
    }
    if (!message.contains("to") && !message.contains("recipient")) {
        check.fail(kMissing, "to or recipient is missing");
    } else if (!message.contains("to")) {
        check.fail(131062, "business-scoped user ids are not simulated");
    }
    send.input = text_in(message, "to").value_or("");
    send.to = send.is_group ? send.input : international_number(send.input);
    if (check.is_ok() && send.to.empty()) check.fail(kWrongValue, "to is not a phone number");
    if (message.contains("biz_opaque_callback_data")) {
        send.callback_data = check.text(message, "biz_opaque_callback_data", "", 512);
    }
    if (message.contains("context")) {
        if (const json::object* const context = check.object(message, "context", "")) {
            check.only(*context, "context.", {"message_id"});
            send.context_id = check.text(*context, "message_id", "context.", 512);
        }
    }
}

}  // namespace

std::string international_number(std::string_view text) {
    std::string number = "+";
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            number += c;
        } else if (c != '+' && c != ' ' && c != '-' && c != '(' && c != ')') {
            return {};
        }
    }
    return number.size() >= 9 && number.size() <= 16 ? number : std::string();
}

std::expected<Send, Problem> validate_send(const json::object& message,
                                           const Templates& templates) {
    Checker check;
    Send send;
    send.type = text_in(message, "type").value_or("text");
    check_envelope(check, message, send);
    const bool is_media = send.type == "image" || send.type == "video" || send.type == "audio" ||
                          send.type == "document" || send.type == "sticker";
    const json::object* content = nullptr;
    if (send.type == "contacts") {
        check.array(message, "contacts", "", 1, 5);
    } else {
        content = check.object(message, send.type, "");
    }
    if (content && send.type == "text") {
        check_text(check, *content, send);
    } else if (content && is_media) {
        check_media(check, *content, send);
    } else if (content && send.type == "location") {
        check_location(check, *content);
    } else if (content && send.type == "reaction") {
        check_reaction(check, *content, send);
    } else if (content && send.type == "interactive") {
        check_interactive(check, *content, send);
    } else if (content && send.type == "template") {
        check_template(check, *content, templates, send);
    } else if (content) {
        check.fail(kUnsupportedType, "type " + send.type + " is unknown");
    }
    if (!check.is_ok()) return std::unexpected(check.problem());
    return send;
}

}  // namespace haat::sim
