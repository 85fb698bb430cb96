#include "net/worker_pool.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/log.hpp"

namespace haat::net {

struct WorkerPool::Impl {
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::move_only_function<void()>> tasks;
    std::size_t queue_limit = 0;
    bool is_stopping = false;
    std::vector<std::thread> threads;

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return is_stopping || !tasks.empty(); });
            if (tasks.empty()) {
                return;
            }
            std::move_only_function<void()> task = std::move(tasks.front());
            tasks.pop_front();
            lock.unlock();
            try {
                task();
            } catch (const std::exception& error) {
                log_error("net.worker_failed", {{"what", error.what()}});
            }
            task = nullptr;  // what it holds is released outside the lock
            lock.lock();
        }
    }
};

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit)
    : impl_(std::make_unique<Impl>()) {
    HAAT_ASSERT(threads >= 1 && threads <= 256);
    impl_->queue_limit = queue_limit;
    for (std::size_t i = 0; i < threads; ++i) {
        impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
    }
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->is_stopping = true;
    }
    impl_->changed.notify_all();
    for (std::thread& thread : impl_->threads) {
        thread.join();
    }
}

bool WorkerPool::submit(std::move_only_function<void()> task) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->is_stopping || impl_->tasks.size() >= impl_->queue_limit) {
            return false;
        }
        impl_->tasks.push_back(std::move(task));
    }
    impl_->changed.notify_one();
    return true;
}

std::size_t WorkerPool::waiting() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->tasks.size();
}

}  // namespace haat::net
