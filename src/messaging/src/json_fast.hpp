/// @file Reading JSON where every microsecond counts: webhooks and answers to sends. The whole text
/// is checked (UTF-8, numbers, nesting) before anything is looked at; a field that is missing or of
/// another type is as good as absent; of a repeated field the last counts. Nothing throws.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace haat::messaging::json_fast {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Valid until this thread reads again. None: not JSON, or nested deeper than 32.
inline std::optional<element> read(std::string_view text) {
    constexpr std::size_t kDepth = 32;
    constexpr std::size_t kLeast = 4096;
    thread_local simdjson::dom::parser parser;
    if (parser.capacity() < text.size() || parser.max_depth() != kDepth) {
        if (parser.allocate(std::max(text.size(), kLeast), kDepth) != simdjson::SUCCESS) {
            return std::nullopt;
        }
    }
    element root;
    if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
    return root;
}

inline std::optional<element> find(const object& from, std::string_view key) {
    std::optional<element> found;
    for (const simdjson::dom::key_value_pair field : from) {
        if (field.key == key) found = field.value;
    }
    return found;
}

template <typename Wanted>
std::optional<Wanted> as(const std::optional<element>& value) {
    Wanted wanted{};
    if (!value || value->get<Wanted>().get(wanted) != simdjson::SUCCESS) return std::nullopt;
    return wanted;
}

inline std::optional<object> object_in(const object& from, std::string_view key) {
    return as<object>(find(from, key));
}
inline std::optional<array> array_in(const object& from, std::string_view key) {
    return as<array>(find(from, key));
}
/// Empty if there is none. Valid as long as the document.
inline std::string_view text_in(const object& from, std::string_view key) {
    return as<std::string_view>(find(from, key)).value_or(std::string_view());
}
/// As text_in, of an object inside.
inline std::string_view text_in(const object& from, std::string_view inner, std::string_view key) {
    const std::optional<object> found = object_in(from, inner);
    return found ? text_in(*found, key) : std::string_view();
}
/// Calls with each entry of that list that is an object; nothing if there is no such list.
template <typename Use>
void each_object_in(const object& from, std::string_view key, const Use& use) {
    const std::optional<array> list = array_in(from, key);
    if (!list) return;  // the library's empty list may not be walked
    for (const element entry : *list) {
        object read;
        if (entry.get_object().get(read) == simdjson::SUCCESS) use(read);
    }
}
/// The first entry of a list.
inline std::optional<object> first_in(const object& from, std::string_view key) {
    const std::optional<array> list = array_in(from, key);
    if (!list || list->size() == 0) return std::nullopt;
    return as<object>(std::optional<element>(*list->begin()));
}

}  // namespace haat::messaging::json_fast
