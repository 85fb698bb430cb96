/// @file How fast broadcasts move: counts remembered for ten seconds. In memory only; every process
/// keeps its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

#include "base/ids.hpp"

namespace haat::flows {

/// Safe from any thread.
class RateBook {
 public:
    struct Rates {
        std::int64_t accepted_per_second = 0;
        std::int64_t delivered_per_second = 0;
        std::int64_t accepted_since_last = 0;  ///< Since the call before this one.
    };
    /// Notes counts and returns the rates of the last ten seconds. O(samples of ten seconds).
    Rates note(BroadcastId broadcast_id, std::int64_t accepted, std::int64_t delivered,
               std::int64_t monotonic_micros);

 private:
    struct Sample {
        std::int64_t micros = 0;
        std::int64_t accepted = 0;
        std::int64_t delivered = 0;
    };
    std::mutex mutex_;
    std::map<BroadcastId, std::deque<Sample>> samples_;
};

}  // namespace haat::flows
