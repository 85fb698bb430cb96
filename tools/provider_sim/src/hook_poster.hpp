/// @file Tells the business what happened at an address of its own choice, again and again until it
/// answers with 200, as providers do.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/client.hpp"
#include "scheduler.hpp"

namespace haat::sim {

/// One thing to tell.
struct Hook {
    std::string url;
    std::string method = "POST";
    std::vector<net::Header> headers;
    std::string body;
    std::string content_type = "application/json";
    int tries = 1000;  ///< Gives up afterwards.
};

/// Safe from any thread.
class HookPoster {
 public:
    explicit HookPoster(Scheduler& scheduler) : scheduler_(scheduler) {}
    ~HookPoster();
    HookPoster(const HookPoster&) = delete;
    HookPoster& operator=(const HookPoster&) = delete;

    void post(Hook hook);
    /// Hooks neither acknowledged nor given up.
    [[nodiscard]] std::uint64_t waiting() const;

 private:
    void send(const std::shared_ptr<Hook>& hook, std::int64_t pause_ms);
    void finish(const std::shared_ptr<Hook>& hook, std::int64_t pause_ms, bool is_acknowledged);

    Scheduler& scheduler_;
    mutable std::mutex mutex_;
    std::uint64_t waiting_ = 0;
    std::map<std::string, std::shared_ptr<net::Client>> clients_;  ///< By origin.
};

}  // namespace haat::sim
