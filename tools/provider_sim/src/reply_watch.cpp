#include "reply_watch.hpp"

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"
#include "load.hpp"

namespace haat::sim {

void ReplyWatch::restart(bool watches) {
    const std::lock_guard lock(mutex_);
    watches_ = watches;
    open_.clear();
    micros_.clear();
    expected_ = 0;
    extra_ = 0;
    first_at_ = 0;
    last_at_ = 0;
}

void ReplyWatch::wrote(std::string_view phone) {
    const std::int64_t now = system_clock().monotonic_micros();
    const std::lock_guard lock(mutex_);
    first_at_ = expected_ == 0 ? now : first_at_;
    ++expected_;
    open_[std::string(phone)].push_back(now);
}

void ReplyWatch::replied(std::string_view phone) {
    const std::int64_t now = system_clock().monotonic_micros();
    const std::lock_guard lock(mutex_);
    if (!watches_) return;
    const auto found = open_.find(std::string(phone));
    if (found == open_.end() || found->second.empty()) {
        ++extra_;
        return;
    }
    micros_.push_back(static_cast<std::uint32_t>(now - found->second.front()));
    found->second.pop_front();
    last_at_ = now;
    changed_.notify_one();
}

void ReplyWatch::wait(int patience_milliseconds) {
    std::unique_lock lock(mutex_);
    while (micros_.size() < expected_) {
        const std::size_t before = micros_.size();
        changed_.wait_for(lock, std::chrono::milliseconds(patience_milliseconds),
                          [&] { return micros_.size() > before; });
        if (micros_.size() == before) return;
    }
}

void ReplyWatch::write(JsonWriter& out) {
    const std::lock_guard lock(mutex_);
    std::sort(micros_.begin(), micros_.end());
    const auto at = [this](std::size_t per_mille) {
        if (micros_.empty()) return 0.0;
        return static_cast<double>(micros_[(micros_.size() - 1) * per_mille / 1000]) / 1000;
    };
    out.field("replies", micros_.size()).field("unanswered", expected_ - micros_.size());
    out.field("extra", extra_);
    write_fixed(out, "reply_p50_ms", at(500));
    write_fixed(out, "reply_p99_ms", at(990));
    write_fixed(out, "reply_max_ms", at(1000));
    write_fixed(out, "reply_seconds", static_cast<double>(last_at_ - first_at_) / 1e6);
}

}  // namespace haat::sim
