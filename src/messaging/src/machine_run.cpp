/// The sender thread: waits until there is something to do, has it permitted in one transaction,
/// sends each permit once, and hands outcomes to the next transaction.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.hpp"
#include "machine.hpp"
#include "sql/broadcasts.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
/// How long a permit may wait in this process before its bytes go; a thread that was stopped for
/// longer finds its permits stale and gives them back as a definite no.
constexpr std::int64_t kPermitMicros = 10 * kSecond;
/// Attempts spent on refusals that are no limit of rate: then it stays refused.
constexpr std::uint8_t kTriesOfOne = kAttemptsMax;
/// Attempts in all; the number is one byte.
constexpr std::uint8_t kTriesAtMost = 250;

}  // namespace

bool Delivery::Machine::has_work() const {
    if (!outcomes_.empty()) {
        return true;
    }
    if (counts_.channel_stopped) {
        return false;
    }
    if (mail_waiting_) {
        return true;
    }
    if (!retries_.empty() && retries_.begin()->first <= clock_.monotonic_micros()) {
        return true;
    }
    return std::ranges::any_of(campaigns_, [](const auto& entry) {
        const Campaign& campaign = entry.second;
        return entry.first != 0 && !campaign.paused && !campaign.done &&
               campaign.progress.of(SlotState::kQueued) > 0;
    });
}

void Delivery::Machine::run() {
    flushed_at_micros_ = clock_.monotonic_micros();
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (!has_work()) {
                work_.wait_for(lock, std::chrono::milliseconds(100),
                               [this] { return stopping_ || has_work(); });
            }
            if (stopping_) {
                return;
            }
        }
        try {
            settle_doubtful_commits();
            run_once();
            tell_progress();
            finish_campaigns();
            if (clock_.monotonic_micros() - flushed_at_micros_ >
                options_.flush_seconds * kSecond) {
                flush();
                flushed_at_micros_ = clock_.monotonic_micros();
            }
        } catch (const std::exception& error) {
            log_error("delivery.failed", {{"why", error.what()}});
            std::unique_lock lock(mutex_);
            work_.wait_for(lock, std::chrono::milliseconds(500), [this] { return stopping_; });
        }
    }
}

void Delivery::Machine::run_once() {
    int capacity = 0;
    std::size_t outcomes = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!has_work()) {
            return;
        }
        outcomes = outcomes_.size();
        const std::int64_t now = clock_.monotonic_micros();
        for (SenderNumber& sender : senders_) {
            capacity += counts_.channel_stopped || stopping_
                            ? 0
                            : sender.available(now, commit_micros_.p99());
        }
    }
    if (capacity == 0 && outcomes == 0) {
        std::unique_lock lock(mutex_);
        work_.wait_for(lock, std::chrono::milliseconds(5));
        return;
    }

    PermitPlan plan;
    const std::int64_t started = clock_.monotonic_micros();
    try {
        database_.write([&](storage::Transaction& tx) { plan_permits(tx, plan, capacity); });
    } catch (...) {
        if (plan.seq != 0) {
            doubtful_.push_back(plan.seq);
        }
        throw;
    }
    {
        const std::lock_guard lock(mutex_);
        commit_micros_.add(clock_.monotonic_micros() - started);
        // What the transaction journalled of the outcomes is exactly their beginning.
        outcomes_.erase(outcomes_.begin(),
                        outcomes_.begin() + static_cast<std::ptrdiff_t>(plan.outcomes));
        if (plan.looked_for_mail) {
            mail_waiting_ = mail_waiting_again_ || plan.mail_left;
            mail_waiting_again_ = false;
        }
        for (auto it = retries_.begin(); it != retries_.end() && it->first <= started;) {
            it = plan.retries_used.contains(it->second) ? retries_.erase(it) : std::next(it);
        }
        for (const Permit& permit : plan.permits) {
            senders_[permit.sender].took(1);
        }
        counts_.permitted += static_cast<std::int64_t>(plan.permits.size());
        counts_.in_flight += static_cast<std::int64_t>(plan.permits.size());
    }
    if (plan.seq == 0) {
        // Something waits that may not go yet (quiet hours, a pause): look again in a while.
        std::unique_lock lock(mutex_);
        work_.wait_for(lock, std::chrono::milliseconds(50));
    }
    send(std::move(plan.permits));
}

void Delivery::Machine::send(std::vector<Permit> permits) {
    const std::string authorization = "Bearer " + options_.access_token;
    const std::int64_t now = clock_.monotonic_micros();
    for (Permit& permit : permits) {
        net::ClientRequest request;
        request.path = "/" + senders_[permit.sender].phone_number_id() + "/messages";
        request.headers = {{"authorization", authorization}};
        request.body = std::exchange(permit.json, {});
        request.may_send = [this, now] {
            return clock_.monotonic_micros() - now < kPermitMicros;
        };
        client_->send(std::move(request), [this, permit, now](const net::ClientResult& result) {
            take_outcome(permit, now, result);
        });
    }
}

void Delivery::Machine::take_outcome(const Permit& permit, std::int64_t sent_at_micros,
                                     const net::ClientResult& result) {
    const SendOutcome outcome = whatsapp::outcome_of(result);
    const std::int64_t now = clock_.monotonic_micros();
    Slot evidence{.state = outcome.state,
                  .attempt = permit.attempt,
                  .tag = outcome.message_id.empty() ? 0 : provider_tag(outcome.message_id),
                  .reason = whatsapp::reason_index(outcome.error_code)};

    const std::lock_guard lock(mutex_);
    SenderNumber& sender = senders_[permit.sender];
    sender.finished(now - sent_at_micros);
    --counts_.in_flight;
    switch (outcome.state) {
        case SlotState::kAccepted:
            ++counts_.accepted;
            sender.succeeded();
            break;
        case SlotState::kRetry: {
            ++counts_.retried;
            sender.back_off(now);
            const bool limit = result.outcome == net::Outcome::kNotSent ||
                               whatsapp::is_rate_limit(outcome.error_code) ||
                               outcome.remedy == Remedy::kStopChannel;
            if (permit.attempt >= (limit ? kTriesAtMost : kTriesOfOne)) {
                evidence.state = SlotState::kRejected;
            }
            break;
        }
        case SlotState::kRejected: ++counts_.rejected; break;
        default: ++counts_.unknown; break;
    }
    if (outcome.remedy == Remedy::kStopChannel && !counts_.channel_stopped) {
        counts_.channel_stopped = true;
        log_error("delivery.channel_stopped", {{"code", outcome.error_code}});
    }
    outcomes_.push_back({permit.id, evidence});
    work_.notify_one();
}

void Delivery::Machine::tell_progress() {
    const std::int64_t now = clock_.monotonic_micros();
    if (now - told_at_micros_ < kSecond) {
        return;
    }
    std::vector<std::uint32_t> changed;
    std::function<void(const std::vector<std::uint32_t>&)> callback;
    {
        const std::lock_guard lock(mutex_);
        callback = on_progress_;
        for (auto& [number, campaign] : campaigns_) {
            if (std::exchange(campaign.changed, false)) {
                changed.push_back(number);
            }
        }
    }
    told_at_micros_ = now;
    if (callback && !changed.empty()) {
        callback(changed);
    }
}

/// A broadcast of which nothing is queued or open any more is done; statuses still count.
void Delivery::Machine::finish_campaigns() {
    std::vector<BroadcastId> done;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, campaign] : campaigns_) {
            const Progress& progress = campaign.progress;
            const std::int64_t open = progress.of(SlotState::kQueued) +
                                      progress.of(SlotState::kRetry) +
                                      progress.of(SlotState::kBusy);
            if (number != 0 && !campaign.done && open == 0) {
                campaign.done = true;
                done.push_back(BroadcastId{number});
            }
        }
    }
    if (!done.empty()) {
        database_.write([&](storage::Transaction& tx) {
            for (const BroadcastId id : done) {
                sql::broadcast_set_state(tx, {.state = "done",
                                              .finished_at = clock_.now(),
                                              .broadcast_id = id});
            }
        });
    }
}

}  // namespace haat::messaging
