/// @file Webhooks in bulk: posts signed bodies at a rate or as fast as they are taken, repeats what
/// is not acknowledged, and measures how long the receiver takes to answer.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/json_writer.hpp"

namespace haat::sim {

struct LoadPlan {
    std::string url;
    std::string app_secret;
    std::uint64_t requests = 0;
    std::int64_t per_second = 0;  ///< Requests; 0: as fast as they are answered.
    std::size_t in_flight = 64;   ///< At most, with per_second 0.
    std::size_t connections = 4;
    bool http2 = true;
    /// The body of request i, from the load's own thread.
    std::function<std::string(std::uint64_t)> body;
};

struct LoadReport {
    std::uint64_t requests = 0;
    std::uint64_t acknowledged = 0;  ///< Requests answered with 200, after repetitions too.
    std::uint64_t repeated = 0;      ///< Posts that were repetitions.
    std::uint64_t given_up = 0;      ///< Not acknowledged after kMostTries.
    double seconds = 0;
    double p50_ms = 0, p99_ms = 0, max_ms = 0;  ///< Of the answers; from when a post was due.

    /// Members of an object that is open.
    void write(JsonWriter& out) const;
};

/// A figure with three decimals.
void write_fixed(JsonWriter& out, std::string_view key, double value);

/// One load at a time; runs on a thread of its own.
class LoadRunner {
 public:
    ~LoadRunner();
    /// @return False if another still runs; then `done` is never called.
    [[nodiscard]] bool start(LoadPlan plan, std::move_only_function<void(LoadReport)> done);

 private:
    std::mutex mutex_;
    bool is_running_ = false;
    std::jthread thread_;
};

}  // namespace haat::sim
