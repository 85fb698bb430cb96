/// @file Reading JSON that came from outside: a member of the wrong type is as good as absent, and
/// nothing here throws for what it reads.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haat::messaging {

/// None unless `text` is UTF-8 and one JSON object, at most 32 deep.
[[nodiscard]] std::optional<boost::json::object> parse_object(std::string_view text);

/// The member, or an empty one.
[[nodiscard]] const boost::json::object& object_in(const boost::json::object& parent,
                                                   std::string_view key);
[[nodiscard]] const boost::json::array& array_in(const boost::json::object& parent,
                                                 std::string_view key);
[[nodiscard]] std::string text_in(const boost::json::object& parent, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_in(const boost::json::object& parent,
                                                     std::string_view key);

}  // namespace haat::messaging
