/// @file A market series in a few points, for a line that who reads little understands. Private to
/// flows; pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "market/prices.hpp"

namespace haat::flows {

enum class Trend : std::uint8_t { kNone, kUp, kDown, kSame, kMixed };

struct SeriesPoint {
    Date day;
    bool is_month = false;  ///< The average of its month; else the price of the day.
    Paise price;
};

/// Oldest first, the last is the newest price. Before it the averages of the two months before its
/// own; where no month before is known, the two days before. At most three.
/// @param newest_first Of one source and unit.
[[nodiscard]] std::vector<SeriesPoint> points_of(std::span<const market::MandiPrice> newest_first);

/// What changed by less than 3 % is the same. None for one point.
[[nodiscard]] Trend trend_of(std::span<const SeriesPoint> points);

}  // namespace haat::flows
