#include "flows/inbound_queue.hpp"

#include <utility>

namespace haat::flows {

bool InboundQueue::push(Waiting waiting) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(waiting));
    return !std::exchange(is_taker_coming_, true);
}

void InboundQueue::take(std::vector<Waiting>& taken, std::size_t most_messages) {
    const std::lock_guard lock(mutex_);
    is_taker_coming_ = false;
    std::size_t messages = 0;
    for (const Waiting& one : taken) {
        messages += one.incoming.messages.size();
    }
    while (!waiting_.empty() && messages < most_messages) {
        messages += waiting_.front().incoming.messages.size();
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

bool InboundQueue::is_left() {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty() && !std::exchange(is_taker_coming_, true);
}

}  // namespace haat::flows
