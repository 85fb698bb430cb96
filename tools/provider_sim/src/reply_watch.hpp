/// @file How long people wait for a reply: for each phone, when it wrote, until it is sent to.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json_writer.hpp"

namespace haat::sim {

/// Safe from any thread.
class ReplyWatch {
 public:
    /// Forgets everything; from now on it watches, or not.
    void restart(bool watches);
    /// The phone wrote now and expects one reply, after those that it expects already.
    void wrote(std::string_view phone);
    /// It is sent something: the reply to what it wrote first.
    void replied(std::string_view phone);
    /// Returns when nothing is expected, or nothing came for so long.
    void wait(int patience_milliseconds);
    /// Members of an object that is open: replies, unanswered, extra, reply_p50_ms, reply_p99_ms,
    /// reply_max_ms, reply_seconds (from the first writing to the last reply).
    void write(JsonWriter& out);

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool watches_ = false;
    std::unordered_map<std::string, std::deque<std::int64_t>> open_;
    std::vector<std::uint32_t> micros_;
    std::uint64_t expected_ = 0;
    std::uint64_t extra_ = 0;
    std::int64_t first_at_ = 0;
    std::int64_t last_at_ = 0;
};

}  // namespace haat::sim
