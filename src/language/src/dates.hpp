/// @file Days from words, relative to today: "kal", "शनिवार तक", "3 दिन में", "छठ से पहले", "25th".
#pragma once

#include <optional>

#include "match.hpp"

namespace haat::language {

struct Dates {
    std::optional<Date> from;
    std::optional<Date> until;
    bool unsure = false;  ///< The tense of "kal" was a guess, or two days contradict.
};

/// Reads the chosen spans, marks those of dates as kIgnored, so that "28 तारीख" is no quantity.
[[nodiscard]] Dates find_dates(Message& message);

}  // namespace haat::language
