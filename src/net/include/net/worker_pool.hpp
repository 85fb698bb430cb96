/// @file Threads for work that may block, behind a bounded queue: what does not fit is refused at
/// once, so overload shows as 503 and not as a queue that grows.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace haat::net {

class WorkerPool {
 public:
    /// @param threads      1..256.
    /// @param queue_limit  Tasks that may wait, beyond those running.
    WorkerPool(std::size_t threads, std::size_t queue_limit);
    /// Runs what is queued, then joins.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Queues a task. Safe from any thread. An exception that leaves a task is logged and dropped.
    /// @return False if the queue is full or the pool is stopping; the task was not taken.
    [[nodiscard]] bool submit(std::move_only_function<void()> task);
    [[nodiscard]] std::size_t waiting() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace haat::net
