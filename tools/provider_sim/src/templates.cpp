#include "templates.hpp"

#include <algorithm>

namespace haat::sim {

namespace {

void read_components(const json::array& components, Template& form) {
    for (const json::value& entry : components) {
        const json::object* const component = entry.if_object();
        if (!component) continue;
        std::string type = text_in(*component, "type").value_or("");
        std::transform(type.begin(), type.end(), type.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        if (type == "BODY") form.body = text_in(*component, "text");
        const json::array* const buttons = array_in(*component, "buttons");
        if (type != "BUTTONS" || !buttons) continue;
        for (const json::value& button : *buttons) {
            if (button.is_object()) {
                form.buttons.push_back(text_in(button.as_object(), "text").value_or(""));
            }
        }
    }
}

}  // namespace

std::vector<std::string> Template::placeholders() const {
    std::vector<std::string> names;
    const std::string text = body.value_or("");
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        const std::size_t end = text.find("}}", at);
        if (end == std::string::npos) break;
        const std::string placeholder = text.substr(at + 2, end - at - 2);
        if (std::find(names.begin(), names.end(), placeholder) == names.end()) {
            names.push_back(placeholder);
        }
    }
    return names;
}

std::optional<Template> read_template(const json::object& from) {
    Template form;
    form.name = text_in(from, "name").value_or("");
    form.language = text_in(from, "language").value_or("");
    form.category = text_in(from, "category").value_or("UTILITY");
    const bool is_named =
        !form.name.empty() && form.name.size() <= 512 &&
        form.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
    if (!is_named || form.language.empty()) return std::nullopt;
    form.body = text_in(from, "body");
    if (const json::array* const buttons = array_in(from, "buttons")) {
        for (const json::value& button : *buttons) {
            if (button.is_string()) form.buttons.emplace_back(button.as_string().c_str());
        }
    }
    if (const json::array* const components = array_in(from, "components")) {
        form.components = *components;
        read_components(*components, form);
    }
    return form;
}

std::string render_body(const Template& form, const std::vector<std::string>& values) {
    std::string text = form.body.value_or("");
    const std::vector<std::string> names = form.placeholders();
    std::string out;
    std::size_t at = 0;
    for (;;) {
        const std::size_t start = text.find("{{", at);
        const std::size_t end = start == std::string::npos ? start : text.find("}}", start);
        if (end == std::string::npos) break;
        out += text.substr(at, start - at);
        const std::string name = text.substr(start + 2, end - start - 2);
        const auto index =
            static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
        if (index < values.size()) out += values[index];
        at = end + 2;
    }
    return out + text.substr(at);
}

}  // namespace haat::sim
