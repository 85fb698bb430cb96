/// @file The loop of a worker: the third edge where failures and bugs are caught.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace haat::app {

class WorkerLoop {
 public:
    /// Calls `round` every `milliseconds`, at once after wake(), and again at once while it answers
    /// true (there is more). A failure is logged; the next tries come after 1, 2, 4… 60 seconds.
    WorkerLoop(std::string name, int milliseconds, std::function<bool()> round);
    ~WorkerLoop();
    WorkerLoop(const WorkerLoop&) = delete;
    WorkerLoop& operator=(const WorkerLoop&) = delete;

    /// There is something to do now. From any thread; cheap.
    void wake();
    /// Returns when the current round has ended.
    void stop();

 private:
    void run(const std::stop_token& stop);

    std::string name_;
    int milliseconds_;
    std::function<bool()> round_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    bool woken_ = false;
    std::jthread thread_;
};

}  // namespace haat::app
