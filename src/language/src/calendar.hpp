/// @file Days counted, so that dates can be added; pure arithmetic of the calendar.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace haat::language {

/// Days since 1970-01-01.
[[nodiscard]] std::int64_t day_number(Date date);
[[nodiscard]] Date date_of_day_number(std::int64_t day);
/// 1 (Monday) to 7.
[[nodiscard]] int weekday_of(std::int64_t day);
[[nodiscard]] int days_in_month(int year, int month);

}  // namespace haat::language
