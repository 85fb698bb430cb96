#include "flows/rate_book.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kWindowMicros = 10'000'000;
constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr std::size_t kBroadcastsMax = 256;

}  // namespace

RateBook::Rates RateBook::note(BroadcastId broadcast_id, std::int64_t accepted,
                               std::int64_t delivered, std::int64_t monotonic_micros) {
    const std::lock_guard lock(mutex_);
    std::deque<Sample>& samples = samples_[broadcast_id];
    Rates rates{.accepted_since_last = samples.empty() ? 0 : accepted - samples.back().accepted};
    samples.push_back({monotonic_micros, accepted, delivered});
    while (samples.size() > 2 && samples[1].micros <= monotonic_micros - kWindowMicros) {
        samples.pop_front();
    }
    const std::int64_t passed = monotonic_micros - samples.front().micros;
    if (passed > 0) {
        rates.accepted_per_second = (accepted - samples.front().accepted) * kSecondMicros / passed;
        rates.delivered_per_second =
            (delivered - samples.front().delivered) * kSecondMicros / passed;
    }
    if (samples_.size() > kBroadcastsMax) {  // the oldest numbers are the least likely to move
        samples_.erase(samples_.begin());
    }
    return rates;
}

}  // namespace haat::flows
