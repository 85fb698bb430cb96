/// @file Whether what a book says can be said. Private.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "messaging/dialogue_book.hpp"

namespace haat::messaging {

/// Refuses messaging.bad_text.
[[nodiscard]] Result<void> check_texts(const BookSource& source,
                                       const std::map<std::string, Script, std::less<>>& scripts,
                                       std::span<const ActionSpec> actions,
                                       const BookSource& shipped);

/// As base/texts.hpp reads them.
[[nodiscard]] std::string texts_json(const BookSource& source);

/// The line in which `name` first stands between quotes; 0 if it does not.
[[nodiscard]] std::int64_t line_of(std::string_view json, std::string_view name);

/// The line at which it stops being JSON; 0 if it is.
[[nodiscard]] std::int64_t line_of_error(std::string_view json);

}  // namespace haat::messaging
