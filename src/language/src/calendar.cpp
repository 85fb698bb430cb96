#include "calendar.hpp"

#include <chrono>

namespace haat::language {

std::int64_t day_number(Date date) {
    const std::chrono::sys_days days = std::chrono::year{date.year} /
                                       std::chrono::month{static_cast<unsigned>(date.month)} /
                                       std::chrono::day{static_cast<unsigned>(date.day)};
    return days.time_since_epoch().count();
}

Date date_of_day_number(std::int64_t day) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

int weekday_of(std::int64_t day) {
    const std::int64_t shifted = (day + 3) % 7;  // 1970-01-01 was a Thursday
    return static_cast<int>(shifted < 0 ? shifted + 7 : shifted) + 1;
}

int days_in_month(int year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace haat::language
