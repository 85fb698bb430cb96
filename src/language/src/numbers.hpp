/// @file Numbers of any spelling: "१,२५०", "साढ़े तीन सौ", "बाईस सौ", "2 लाख 40 हज़ार", "10-12".
#pragma once

#include <cstddef>
#include <optional>

#include "match.hpp"

namespace haat::language {

/// The number that begins at token `at`, with a range's lower end in `low`; none if none begins
/// there. Words that are seldom numbers ("do", "so", "sat") need a unit or the like behind them.
[[nodiscard]] std::optional<Span> parse_number(const Message& message, std::size_t at);

/// True if the token can follow a number as its unit: a unit, money, a day, a multiplier.
[[nodiscard]] bool measures(const Message& message, std::size_t at);

}  // namespace haat::language
