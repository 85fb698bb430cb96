#include "scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace haat::sim {

namespace {

struct Task {
    std::int64_t due_micros = 0;
    std::uint64_t number = 0;  ///< Equal moments keep the order in which they were asked for.
    std::move_only_function<void()> run;
};

bool later(const Task& a, const Task& b) {
    return std::pair(a.due_micros, a.number) > std::pair(b.due_micros, b.number);
}

}  // namespace

struct Scheduler::Impl {
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<Task> heap;
    std::uint64_t last_number = 0;
    bool is_running_task = false;
    bool is_stopping = false;
    std::thread thread;

    void loop() {
        std::unique_lock lock(mutex);
        while (!is_stopping) {
            if (heap.empty()) {
                changed.wait(lock);
                continue;
            }
            const std::int64_t wait = heap.front().due_micros - system_clock().monotonic_micros();
            if (wait > 0) {
                changed.wait_for(lock, std::chrono::microseconds(wait));
                continue;
            }
            std::pop_heap(heap.begin(), heap.end(), later);
            Task task = std::move(heap.back());
            heap.pop_back();
            is_running_task = true;
            lock.unlock();
            try {
                task.run();
            } catch (const std::exception& error) {
                log_error("provider_sim.task_failed", {{"what", error.what()}});
            }
            task.run = nullptr;
            lock.lock();
            is_running_task = false;
        }
    }
};

Scheduler::Scheduler() : impl_(std::make_unique<Impl>()) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->loop(); });
}

Scheduler::~Scheduler() { stop(); }

void Scheduler::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->is_stopping = true;
    }
    impl_->changed.notify_one();
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Scheduler::after(std::int64_t milliseconds, std::move_only_function<void()> task) {
    const std::int64_t due = system_clock().monotonic_micros() + milliseconds * 1000;
    bool is_first = false;
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->is_stopping) return;
        is_first = impl_->heap.empty() || due < impl_->heap.front().due_micros;
        impl_->heap.push_back({due, ++impl_->last_number, std::move(task)});
        std::push_heap(impl_->heap.begin(), impl_->heap.end(), later);
    }
    if (is_first) impl_->changed.notify_one();
}

std::size_t Scheduler::waiting() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->heap.size() + (impl_->is_running_task ? 1 : 0);
}

}  // namespace haat::sim
