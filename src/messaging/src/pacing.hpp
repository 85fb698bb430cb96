/// @file How fast one of our numbers may send, and how many sends it may have open. Private.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "registry/channels.hpp"

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

/// One of our numbers (or headers, or bots). Not thread-safe.
class SenderNumber {
  public:
    SenderNumber(registry::Channel channel, std::string name, int rate_per_second);

    [[nodiscard]] registry::Channel channel() const { return channel_; }
    /// Phone number id, SMS header, bot, caller id.
    [[nodiscard]] const std::string& name() const { return name_; }

    /// How many permits it may get now: tokens of its rate, within its window of open sends.
    [[nodiscard]] int available(std::int64_t now_micros, std::int64_t commit_micros_p99);
    /// Part of the rate and of the window that is this process's, 0..1.
    void set_share(double share) { share_ = share; }
    [[nodiscard]] double share() const { return share_; }
    void took(int permits);
    void finished(std::int64_t round_trip_micros);
    /// The provider asked to slow down: no permits for a while, twice as long each time in a row.
    void back_off(std::int64_t now_micros, int error_code);
    void succeeded();
    /// No permits until it is taken back; by an operator, or because the provider refuses it.
    void set_stopped(bool stopped, int error_code = 0);

    [[nodiscard]] bool is_stopped() const { return is_stopped_; }
    [[nodiscard]] bool is_resting(std::int64_t now_micros) const {
        return now_micros < resting_until_micros_;
    }
    [[nodiscard]] int window() const { return window_; }
    [[nodiscard]] int in_flight() const { return in_flight_; }
    [[nodiscard]] int last_error() const { return last_error_; }
    [[nodiscard]] std::int64_t permitted() const { return permitted_; }
    /// Sends whose end is known, well or ill.
    [[nodiscard]] std::int64_t ended() const { return ended_; }
    [[nodiscard]] std::int64_t accepted() const { return accepted_; }
    [[nodiscard]] std::int64_t refused() const { return refused_; }

  private:
    registry::Channel channel_;
    std::string name_;
    int rate_per_second_;
    double share_ = 1;
    int window_ = 64;
    int in_flight_ = 0;
    std::int64_t tokens_micro_ = 0;  // millionths of a message
    std::int64_t last_micros_ = 0;
    std::int64_t resting_until_micros_ = 0;
    std::int64_t back_off_micros_ = 0;
    bool is_stopped_ = false;
    int last_error_ = 0;
    std::int64_t permitted_ = 0;
    std::int64_t ended_ = 0;
    std::int64_t accepted_ = 0;
    std::int64_t refused_ = 0;
    RecentPeak round_trip_;
};

}  // namespace haat::messaging
