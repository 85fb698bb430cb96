#include "bulk_send.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace haat::sim {

namespace {

namespace od = simdjson::ondemand;

/// Each field once; the second time it is for the other validator.
class Once {
 public:
    [[nodiscard]] bool first(unsigned bit) {
        const bool is_new = (seen_ & 1U << bit) == 0;
        seen_ |= 1U << bit;
        return is_new;
    }
    [[nodiscard]] bool has(unsigned bits) const { return (seen_ & bits) == bits; }

 private:
    unsigned seen_ = 0;
};

bool read_text(od::value value, std::string_view& out) {
    return value.get_string().get(out) == simdjson::SUCCESS;
}

bool is_text_of(std::string_view text, std::size_t most) {
    return !text.empty() && (text.size() <= most || count_code_points(text) <= most) &&
           !text.contains('\0');
}

bool read_number(std::string_view input, std::uint64_t& out) {
    const std::string_view digits = input.starts_with('+') ? input.substr(1) : input;
    if (digits.size() < 8 || digits.size() > 15 || digits.front() == '0') return false;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return error == std::errc{} && end == digits.data() + digits.size();
}

bool read_language(od::value value, std::string_view& code) {
    od::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return false;
    std::size_t count = 0;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS || key != "code" || count++ > 0 ||
            !read_text(field.value(), code)) {
            return false;
        }
    }
    return count == 1;
}

struct Component {
    std::string_view type, sub_type, index;
    std::size_t texts = 0;
    std::size_t payloads = 0;
};

/// {"type":"text","text":…} or {"type":"payload","payload":…}
bool read_parameter(od::object object, Component& component) {
    std::string_view type;
    std::string_view text;
    std::string_view payload;
    Once once;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        const bool is_read = key == "type"      ? once.first(0) && read_text(field.value(), type)
                             : key == "text"    ? once.first(1) && read_text(field.value(), text)
                             : key == "payload" ? once.first(2) && read_text(field.value(), payload)
                                                : false;
        if (!is_read) return false;
    }
    if (type == "text" && once.has(0b011) && !once.has(0b100)) {
        ++component.texts;
        return is_text_of(text, 1024) && text.find_first_of("\n\t") == std::string_view::npos &&
               !text.contains("     ");
    }
    ++component.payloads;
    return type == "payload" && once.has(0b101) && !once.has(0b010) && is_text_of(payload, 128);
}

bool read_parameters(od::value value, Component& component) {
    od::array list;
    if (value.get_array().get(list) != simdjson::SUCCESS) return false;
    for (auto entry : list) {
        od::object object;
        if (entry.get_object().get(object) != simdjson::SUCCESS ||
            !read_parameter(object, component)) {
            return false;
        }
    }
    return true;
}

bool read_component(od::object object, Component& component) {
    Once once;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        const bool is_read =
            key == "type"         ? once.first(0) && read_text(field.value(), component.type)
            : key == "sub_type"   ? once.first(1) && read_text(field.value(), component.sub_type)
            : key == "index"      ? once.first(2) && read_text(field.value(), component.index)
            : key == "parameters" ? once.first(3) && read_parameters(field.value(), component)
                                  : false;
        if (!is_read) return false;
    }
    if (component.type == "body") return once.has(0b1001) && component.payloads == 0;
    return component.type == "button" && component.sub_type == "quick_reply" && once.has(0b1111) &&
           component.texts == 0 && component.payloads == 1 && component.index.size() == 1;
}

/// Everything that is sent of a template, before it is known which one it is.
struct Parts {
    std::string_view name, language;
    bool has_body = false;
    std::size_t texts = 0;
    std::size_t buttons = 0;  ///< One more than the highest index.
};

bool read_components(od::value value, Parts& parts) {
    od::array list;
    if (value.get_array().get(list) != simdjson::SUCCESS) return false;
    for (auto entry : list) {
        od::object object;
        Component component;
        if (entry.get_object().get(object) != simdjson::SUCCESS ||
            !read_component(object, component)) {
            return false;
        }
        if (component.type == "body") {
            if (parts.has_body) return false;
            parts.has_body = true;
            parts.texts = component.texts;
            continue;
        }
        const char digit = component.index.front();
        if (digit < '0' || digit > '9') return false;
        parts.buttons = std::max(parts.buttons, static_cast<std::size_t>(digit - '0') + 1);
    }
    return true;
}

bool read_template(od::value value, Parts& parts) {
    od::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return false;
    Once once;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        const bool is_read =
            key == "name"         ? once.first(0) && read_text(field.value(), parts.name)
            : key == "language"   ? once.first(1) && read_language(field.value(), parts.language)
            : key == "components" ? once.first(2) && read_components(field.value(), parts)
                                  : false;
        if (!is_read) return false;
    }
    return once.has(0b011);
}

const BulkForm* find_form(const std::vector<BulkForm>& forms, const Parts& parts) {
    for (const BulkForm& form : forms) {
        if (form.name != parts.name || form.language != parts.language) continue;
        const bool is_counted_right = !form.parameters || *form.parameters == parts.texts;
        return is_counted_right && parts.buttons <= form.buttons ? &form : nullptr;
    }
    return nullptr;
}

bool read_message(od::object object, BulkSend& send, Parts& parts) {
    Once once;
    std::string_view product;
    std::string_view recipient_type = "individual";
    std::string_view type;
    for (auto field : object) {
        std::string_view key;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        const bool is_read =
            key == "messaging_product" ? once.first(0) && read_text(field.value(), product)
            : key == "to"              ? once.first(1) && read_text(field.value(), send.input)
            : key == "type"            ? once.first(2) && read_text(field.value(), type)
            : key == "template"        ? once.first(3) && read_template(field.value(), parts)
            : key == "biz_opaque_callback_data"
                ? once.first(4) && read_text(field.value(), send.callback_data) &&
                      is_text_of(send.callback_data, 512)
            : key == "recipient_type" ? once.first(5) && read_text(field.value(), recipient_type)
                                      : false;
        if (!is_read) return false;
    }
    return once.has(0b1111) && product == "whatsapp" && recipient_type == "individual" &&
           type == "template" && send.callback_data.size() < 0x7FFF;
}

bool is_at_end(od::document& document) {
    const char* more = nullptr;
    return document.current_location().get(more) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace

std::optional<BulkSend> BulkReader::read(std::string& body, const std::vector<BulkForm>& forms) {
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    od::document document;
    od::object root;
    BulkSend send;
    Parts parts;
    if (parser_.iterate(body.data(), body.size(), body.capacity()).get(document) !=
            simdjson::SUCCESS ||
        document.get_object().get(root) != simdjson::SUCCESS || !read_message(root, send, parts) ||
        !is_at_end(document) || !read_number(send.input, send.to)) {
        return std::nullopt;
    }
    send.form = find_form(forms, parts);
    if (send.form == nullptr) return std::nullopt;
    return send;
}

std::vector<BulkForm> bulk_forms(const Templates& templates) {
    std::vector<BulkForm> forms;
    for (const auto& [key, from] : templates) {
        if (from.status != "APPROVED") continue;
        BulkForm form{from.name, from.language, from.category, std::nullopt, from.buttons.size()};
        for (char& c : form.category) {
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        }
        if (from.body) form.parameters = from.placeholders().size();
        forms.push_back(std::move(form));
    }
    return forms;
}

}  // namespace haat::sim
