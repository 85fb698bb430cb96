/// @file Time is handed in. Only this module reads the system's clock, so a simulation can run a
/// month in a second and a failure replays from its seed.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace haat {

/// Seconds since 1970 UTC; what is stored and sent.
struct UnixSeconds {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(UnixSeconds, UnixSeconds) = default;
};

/// Microseconds since 1970 UTC, for latencies.
struct UnixMicros {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(UnixMicros, UnixMicros) = default;
};

/// Where the time comes from. Safe to call from any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    /// Wall clock; may jump when the machine's clock is set.
    [[nodiscard]] virtual UnixMicros now_micros() const = 0;
    /// Never jumps back; only differences mean anything.
    [[nodiscard]] virtual std::int64_t monotonic_micros() const = 0;

    [[nodiscard]] UnixSeconds now() const { return {now_micros().value / 1'000'000}; }
};

/// The machine's clock.
[[nodiscard]] const Clock& system_clock();

/// A clock that stands still until told otherwise; for tests and simulation. Not thread-safe.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(UnixSeconds start) : micros_(start.value * 1'000'000) {}
    [[nodiscard]] UnixMicros now_micros() const override { return {micros_}; }
    [[nodiscard]] std::int64_t monotonic_micros() const override { return micros_; }
    void advance_seconds(std::int64_t seconds) { micros_ += seconds * 1'000'000; }
    void advance_micros(std::int64_t micros) { micros_ += micros; }

  private:
    std::int64_t micros_;
};

/// A day of the calendar in India.
struct Date {
    int year = 1970;
    int month = 1;  ///< 1..12
    int day = 1;    ///< 1..31
    friend constexpr auto operator<=>(Date, Date) = default;
};

/// The day in India (UTC+05:30, no summer time) at that moment.
[[nodiscard]] Date date_in_india(UnixSeconds at);

/// Minutes since midnight in India, 0..1439; what quiet hours are about.
[[nodiscard]] int minute_of_day_in_india(UnixSeconds at);

/// The first second of that day in India.
[[nodiscard]] UnixSeconds start_of_day_in_india(Date date);

/// "2026-11-21".
[[nodiscard]] std::string iso_date(Date date);

/// "2026-11-21T15:04:05Z".
[[nodiscard]] std::string iso_utc(UnixSeconds at);

}  // namespace haat
