#include "worker_loop.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "base/log.hpp"

namespace haat::app {

WorkerLoop::WorkerLoop(std::string name, int milliseconds, std::function<bool()> round)
    : name_(std::move(name)),
      milliseconds_(milliseconds),
      round_(std::move(round)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

WorkerLoop::~WorkerLoop() { stop(); }

void WorkerLoop::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    wakes_.notify_one();
}

void WorkerLoop::stop() {
    thread_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void WorkerLoop::run(const std::stop_token& stop) {
    constexpr int kLongestPause = 60'000;
    int failures = 0;
    while (!stop.stop_requested()) {
        int pause = milliseconds_;
        try {
            if (round_()) {
                continue;
            }
            failures = 0;
        } catch (const std::exception& failure) {
            pause = std::min(1000 << std::min(failures++, 6), kLongestPause);
            log_error("worker.failed", {{"worker", name_}, {"what", failure.what()}});
        }
        std::unique_lock lock(mutex_);
        wakes_.wait_for(lock, stop, std::chrono::milliseconds(pause), [this] { return woken_; });
        woken_ = false;
    }
}

}  // namespace haat::app
