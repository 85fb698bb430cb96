/// @file Things to do later, in the order of their moments, on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace haat::sim {

class Scheduler {
 public:
    Scheduler();
    /// Drops what has not come due.
    ~Scheduler();
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    /// Safe from any thread.
    void after(std::int64_t milliseconds, std::move_only_function<void()> task);
    /// Tasks not yet finished.
    [[nodiscard]] std::size_t waiting() const;
    /// Ends the thread; later tasks are dropped.
    void stop();

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::sim
