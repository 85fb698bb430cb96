#include "base/clock.hpp"

#include <fmt/format.h>

#include <chrono>

namespace haat {
namespace {

constexpr std::int64_t kIndiaOffsetSeconds = 5 * 3600 + 30 * 60;
constexpr std::int64_t kDaySeconds = 86'400;

class SystemClock final : public Clock {
  public:
    [[nodiscard]] UnixMicros now_micros() const override {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return {std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
    }
    [[nodiscard]] std::int64_t monotonic_micros() const override {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    }
};

Date date_of_day(std::int64_t days_since_epoch) {
    const std::chrono::year_month_day day{
        std::chrono::sys_days{std::chrono::days{days_since_epoch}}};
    return {static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
            static_cast<int>(static_cast<unsigned>(day.day()))};
}

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

Date date_in_india(UnixSeconds at) {
    return date_of_day(floor_divide(at.value + kIndiaOffsetSeconds, kDaySeconds));
}

int minute_of_day_in_india(UnixSeconds at) {
    const std::int64_t local = at.value + kIndiaOffsetSeconds;
    return static_cast<int>((local - floor_divide(local, kDaySeconds) * kDaySeconds) / 60);
}

UnixSeconds start_of_day_in_india(Date date) {
    const std::chrono::sys_days days =
        std::chrono::year{date.year} / std::chrono::month{static_cast<unsigned>(date.month)} /
        std::chrono::day{static_cast<unsigned>(date.day)};
    return {days.time_since_epoch().count() * kDaySeconds - kIndiaOffsetSeconds};
}

std::string iso_date(Date date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string iso_utc(UnixSeconds at) {
    const std::int64_t days = floor_divide(at.value, kDaySeconds);
    const std::int64_t second = at.value - days * kDaySeconds;
    return fmt::format("{}T{:02}:{:02}:{:02}Z", iso_date(date_of_day(days)), second / 3600,
                       second / 60 % 60, second % 60);
}

}  // namespace haat
