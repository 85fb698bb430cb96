#include "pacing.hpp"

#include <algorithm>
#include <utility>

namespace haat::messaging {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr int kWindowMin = 64;
constexpr int kWindowMax = 4096;
constexpr std::int64_t kBackOffFirst = 500'000;
constexpr std::int64_t kBackOffMost = 60 * kMicro;

}  // namespace

void RecentPeak::add(std::int64_t micros) {
    samples_[count_ % kSamples] = micros;
    ++count_;
    if (count_ % 16 == 0) {
        std::array<std::int64_t, kSamples> sorted = samples_;
        const std::size_t size = std::min(count_, kSamples);
        const std::size_t at = size - 1 - size / 100;
        std::ranges::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at),
                                 sorted.begin() + static_cast<std::ptrdiff_t>(size));
        p99_ = sorted[at];
    }
}

SenderNumber::SenderNumber(registry::Channel channel, std::string name, int rate_per_second)
    : channel_(channel), name_(std::move(name)), rate_per_second_(rate_per_second) {}

int SenderNumber::available(std::int64_t now_micros, std::int64_t commit_micros_p99) {
    const auto rate = static_cast<std::int64_t>(rate_per_second_ * share_ * 1000) + 1;  // milli
    // A quarter of a second's worth at most, so that no second ever holds much more than its rate.
    const std::int64_t most = std::max<std::int64_t>(rate / 4000, 16) * kMicro;
    const std::int64_t elapsed = std::min<std::int64_t>(now_micros - last_micros_, kMicro);
    tokens_micro_ = std::min(most, tokens_micro_ + elapsed * rate / 1000);
    last_micros_ = now_micros;

    const std::int64_t open =
        2 * rate * (round_trip_.p99() + 3 * commit_micros_p99) / (1000 * kMicro);
    window_ = static_cast<int>(std::clamp<std::int64_t>(open, kWindowMin, kWindowMax));
    if (is_stopped_ || is_resting(now_micros)) {
        return 0;
    }
    return std::max(0, std::min(static_cast<int>(tokens_micro_ / kMicro), window_ - in_flight_));
}

void SenderNumber::took(int permits) {
    tokens_micro_ -= permits * kMicro;
    in_flight_ += permits;
    permitted_ += permits;
}

void SenderNumber::finished(std::int64_t round_trip_micros) {
    --in_flight_;
    ++ended_;
    round_trip_.add(round_trip_micros);
}

void SenderNumber::succeeded() {
    back_off_micros_ = 0;
    ++accepted_;
}

void SenderNumber::back_off(std::int64_t now_micros, int error_code) {
    ++refused_;
    last_error_ = error_code;
    if (now_micros < resting_until_micros_) {
        return;  // others in flight hear the same; once is enough
    }
    back_off_micros_ = std::clamp(back_off_micros_ * 2, kBackOffFirst, kBackOffMost);
    resting_until_micros_ = now_micros + back_off_micros_;
}

void SenderNumber::set_stopped(bool stopped, int error_code) {
    is_stopped_ = stopped;
    if (stopped) {
        last_error_ = error_code;
    } else {
        resting_until_micros_ = 0;
        back_off_micros_ = 0;
    }
}

}  // namespace haat::messaging
