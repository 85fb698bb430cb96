/// @file How long callers wait while the database is away. Private to storage.
#pragma once

#include <atomic>
#include <cstdint>

namespace haat::storage {

/// Callers wait for a database that went away a moment ago, because it is mostly a restart; once it
/// has been away for so long they hear of it at once. Shared by threads.
class Patience {
 public:
    explicit Patience(int milliseconds) : micros_(std::int64_t{milliseconds} * 1'000) {}

    /// It does not answer: sleeps a little, longer each time, and says whether to try again.
    [[nodiscard]] bool wait();
    /// It answers.
    void reset() { away_since_.store(0, std::memory_order_relaxed); }

 private:
    std::int64_t micros_;
    std::atomic<std::int64_t> away_since_{0};  ///< Monotonic microseconds; 0: it answers.
};

}  // namespace haat::storage
