/// @file Small helpers over Boost.JSON for reading what the simulator is sent.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haat::sim {

namespace json = boost::json;

/// None unless `text` is one JSON object, at most 32 deep.
[[nodiscard]] std::optional<json::object> parse_object(std::string_view text);

/// The member of that kind, or nothing.
[[nodiscard]] const json::object* object_in(const json::object& from, std::string_view key);
[[nodiscard]] const json::array* array_in(const json::object& from, std::string_view key);
[[nodiscard]] std::optional<std::string> text_in(const json::object& from, std::string_view key);
[[nodiscard]] std::int64_t integer_in(const json::object& from, std::string_view key,
                                      std::int64_t otherwise);
[[nodiscard]] bool bool_in(const json::object& from, std::string_view key, bool otherwise);

/// The same JSON in ASCII, as Meta writes it: "\u0939" for "ह" and "\/" for "/".
[[nodiscard]] std::string ascii_escaped(std::string_view json_text);

}  // namespace haat::sim
