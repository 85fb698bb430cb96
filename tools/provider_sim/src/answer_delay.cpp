#include "answer_delay.hpp"

#include <chrono>
#include <vector>

#include "base/clock.hpp"

namespace haat::sim {

namespace {

/// Answers leave together in steps of this.
constexpr std::int64_t kStepMicros = 1000;

}  // namespace

AnswerDelay::AnswerDelay(std::int64_t milliseconds) : micros_(milliseconds * 1000) {
    if (micros_ > 0) thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

AnswerDelay::~AnswerDelay() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void AnswerDelay::answer(net::Reply reply, net::Response response) {
    if (micros_ == 0) {
        reply(std::move(response));
        return;
    }
    const std::int64_t due = system_clock().monotonic_micros() + micros_;
    const std::lock_guard lock(mutex_);
    queue_.push_back({due, std::move(reply), std::move(response)});
    if (queue_.size() == 1) changed_.notify_one();
}

void AnswerDelay::loop(const std::stop_token& stop) {
    std::vector<Held> due;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (queue_.empty()) {
            changed_.wait(lock, stop, [this] { return !queue_.empty(); });
            continue;
        }
        const std::int64_t now = system_clock().monotonic_micros();
        if (queue_.front().due_micros > now) {
            const std::int64_t wait = std::max(queue_.front().due_micros - now, kStepMicros);
            changed_.wait_for(lock, stop, std::chrono::microseconds(wait), [] { return false; });
            continue;
        }
        while (!queue_.empty() && queue_.front().due_micros <= now) {
            due.push_back(std::move(queue_.front()));
            queue_.pop_front();
        }
        lock.unlock();
        for (Held& held : due) held.reply(std::move(held.response));
        due.clear();
        lock.lock();
    }
}

}  // namespace haat::sim
