/// @file One dialogue from its JSON. What it means together is checked by DialogueBook::parse.
#pragma once

#include <string_view>

#include "messaging/dialogue_book.hpp"

namespace haat::messaging {

/// @throws std::exception saying what is wrong: no JSON, a field of another type, an unknown field.
[[nodiscard]] Script script_from_json(std::string_view json);

}  // namespace haat::messaging
