/// @file How fast one of our numbers may send, and how many sends it may have open. Private.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace haat::messaging {

/// The 99th percentile of the last few hundred samples.
class RecentPeak {
  public:
    void add(std::int64_t micros);
    [[nodiscard]] std::int64_t p99() const { return p99_; }

  private:
    static constexpr std::size_t kSamples = 256;
    std::array<std::int64_t, kSamples> samples_{};
    std::size_t count_ = 0;
    std::int64_t p99_ = 100'000;  // a guess until the first sixteen samples are in
};

/// One of our numbers. Not thread-safe.
class SenderNumber {
  public:
    SenderNumber(std::string phone_number_id, int rate_per_second);

    [[nodiscard]] const std::string& phone_number_id() const { return phone_number_id_; }

    /// How many permits it may get now: tokens of its rate, within its window of open sends.
    [[nodiscard]] int available(std::int64_t now_micros, std::int64_t commit_micros_p99);
    void took(int permits);
    void finished(std::int64_t round_trip_micros);
    /// The provider asked to slow down: no permits for a while, twice as long each time in a row.
    void back_off(std::int64_t now_micros);
    void succeeded() { back_off_micros_ = 0; }
    [[nodiscard]] int window() const { return window_; }
    [[nodiscard]] int in_flight() const { return in_flight_; }

  private:
    std::string phone_number_id_;
    int rate_per_second_;
    int window_ = 64;
    int in_flight_ = 0;
    std::int64_t tokens_micro_ = 0;  // millionths of a message
    std::int64_t last_micros_ = 0;
    std::int64_t resting_until_micros_ = 0;
    std::int64_t back_off_micros_ = 0;
    RecentPeak round_trip_;
};

}  // namespace haat::messaging
