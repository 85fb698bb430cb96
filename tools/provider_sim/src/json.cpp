#include "json.hpp"

#include <boost/json/parse.hpp>

namespace haat::sim {

namespace {

void append_unit(std::string& out, std::uint32_t unit) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\u";
    for (const int shift : {12, 8, 4, 0}) {
        out += kDigits[unit >> shift & 15];
    }
}

/// The code point that starts at `at` of well-formed UTF-8; moves `at` behind it.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    std::uint32_t point = first & (0x3FU >> more);
    for (int i = 0; i < more && at < text.size(); ++i) {
        point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    return point;
}

}  // namespace

std::optional<json::object> parse_object(std::string_view text) {
    json::parse_options options;
    options.max_depth = 32;
    boost::system::error_code error;
    json::value value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.as_object());
}

const json::object* object_in(const json::object& from, std::string_view key) {
    const json::value* const value = from.if_contains({key.data(), key.size()});
    return value ? value->if_object() : nullptr;
}

const json::array* array_in(const json::object& from, std::string_view key) {
    const json::value* const value = from.if_contains({key.data(), key.size()});
    return value ? value->if_array() : nullptr;
}

std::optional<std::string> text_in(const json::object& from, std::string_view key) {
    const json::value* const value = from.if_contains({key.data(), key.size()});
    const json::string* const text = value ? value->if_string() : nullptr;
    if (!text) return std::nullopt;
    return std::string(text->data(), text->size());
}

std::int64_t integer_in(const json::object& from, std::string_view key, std::int64_t otherwise) {
    const json::value* const value = from.if_contains({key.data(), key.size()});
    const std::int64_t* const number = value ? value->if_int64() : nullptr;
    return number ? *number : otherwise;
}

bool bool_in(const json::object& from, std::string_view key, bool otherwise) {
    const json::value* const value = from.if_contains({key.data(), key.size()});
    const bool* const flag = value ? value->if_bool() : nullptr;
    return flag ? *flag : otherwise;
}

std::string ascii_escaped(std::string_view json_text) {
    std::string out;
    out.reserve(json_text.size() * 2);
    for (std::size_t at = 0; at < json_text.size();) {
        if (static_cast<unsigned char>(json_text[at]) < 0x80) {
            if (json_text[at] == '/') out += '\\';
            out += json_text[at++];
            continue;
        }
        const std::uint32_t point = next_code_point(json_text, at);
        if (point >= 0x10000) {
            append_unit(out, 0xD800 + ((point - 0x10000) >> 10));
            append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            append_unit(out, point);
        }
    }
    return out;
}

}  // namespace haat::sim
