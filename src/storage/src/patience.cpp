#include "patience.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace haat::storage {

bool Patience::wait() {
    constexpr std::int64_t kShortest = 10'000;
    constexpr std::int64_t kLongest = 500'000;
    const std::int64_t now = system_clock().monotonic_micros();
    std::int64_t since = 0;
    if (away_since_.compare_exchange_strong(since, now)) {
        since = now;
        log_warning("storage.away", {});
    }
    const std::int64_t away = now - since;
    if (away >= micros_) {
        return false;
    }
    // As long again as it has been away: 10, 20, 40 … ms.
    std::this_thread::sleep_for(std::chrono::microseconds(std::clamp(away, kShortest, kLongest)));
    return true;
}

}  // namespace haat::storage
