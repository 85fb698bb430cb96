/// One round: what is due is permitted in one transaction, each permit is sent once, and outcomes
/// wait for the next transaction.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.hpp"
#include "machine.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kMillisecond = 1'000;
constexpr std::int64_t kSecond = 1'000'000;
/// How long a permit may wait in this process before its bytes go; a thread that was stopped for
/// longer finds its permits stale and gives them back as a definite no.
constexpr std::int64_t kPermitMicros = 10 * kSecond;
/// Attempts spent on refusals that are no limit of rate: then it stays refused.
constexpr std::uint8_t kTriesOfOne = kAttemptsMax;
/// Attempts in all; the number is one byte.
constexpr std::uint8_t kTriesAtMost = 250;
/// Commits are at least this far apart while much is sent, so that many messages share one; a
/// single reply waits for nothing unless it follows another commit that closely.
constexpr std::int64_t kBetweenCommits = 4 * kMillisecond;
/// With several processes each has a part of the rate, and a commit costs many round trips.
constexpr std::int64_t kBetweenSharedCommits = 20 * kMillisecond;
constexpr std::int64_t kTailEvery = 30 * kMillisecond;
/// How soon others see that we live, how much we have left to send, and we the same of them.
constexpr std::int64_t kBeatEvery = 300 * kMillisecond;
constexpr std::int64_t kRefreshEvery = 200 * kMillisecond;
constexpr std::int64_t kIdleWait = 50 * kMillisecond;
constexpr std::int64_t kHourSeconds = 3600;

}  // namespace

void Delivery::Machine::run() {
    while (true) {
        std::int64_t wait = 0;
        try {
            wait = step();
        } catch (const std::exception& error) {
            log_error("delivery.failed", {{"why", error.what()}});
            wait = kSecond / 2;
        }
        std::unique_lock lock(mutex_);
        if (wait > 0) {
            work_.wait_for(lock, std::chrono::microseconds(wait),
                           [&] { return stopping_ || (woken_ && wait >= kIdleWait); });
        }
        woken_ = false;
        if (stopping_) {
            return;
        }
    }
}

/// What has its time is done, then one round. Returns how long nothing need be done, in
/// microseconds.
std::int64_t Delivery::Machine::step() {
    const std::int64_t now = clock_.monotonic_micros();
    if (follows_only_) {
        refresh_campaigns();
        return kRefreshEvery;
    }
    if (!has_begun_) {
        begin();
    }
    if (now - beaten_at_ >= (options_.alone ? kSecond : kBeatEvery)) {
        heed_quarantine();
        tend_leases();
        if (options_.daily_limit > 0) {
            const std::int64_t since = clock_.now().value / kHourSeconds - 24;
            opened_today_ = database_.read([&](storage::Transaction& tx) {
                return sql::portfolio_since(tx, {.hour = since}).sent;
            });
        }
    }
    if (now - tailed_at_ >= (options_.alone ? kSecond : kTailEvery)) {
        tail();
    }
    bool refresh = !options_.alone && now - refreshed_at_ >= kRefreshEvery;
    {
        const std::lock_guard lock(mutex_);
        mail_asked_ += refresh ? 1 : 0;  // another process may have queued some
        refresh = refresh || refresh_asked_ != refresh_done_;
    }
    if (refresh) {
        refresh_campaigns();
    }
    if (now - matched_at_ >= kSecond) {
        look_again_at_unmatched();
    }
    const bool more = round();
    tell_progress();
    if (now - flushed_at_ >= options_.flush_seconds * kSecond) {
        flush();
        forget_writers(now);
    }
    const std::int64_t since_commit = clock_.monotonic_micros() - committed_at_;
    const std::int64_t between = options_.alone ? kBetweenCommits : kBetweenSharedCommits;
    return more ? std::max<std::int64_t>(0, between - since_commit) : kIdleWait;
}

void Delivery::Machine::begin() {
    remove_half_planned();
    if (options_.quarantine) {
        quarantine_last_ = database_.read([&](storage::Transaction& tx) {
            return static_cast<std::uint32_t>(sql::broadcast_last(tx).broadcast_id.value);
        });
    }
    heed_quarantine();
    tend_leases();
    flushed_at_ = clock_.monotonic_micros();
    has_begun_ = true;
}

/// Returns true if there is more to do at once.
bool Delivery::Machine::round() {
    Turn turn = next_turn();
    bool nothing = false;
    {
        const std::lock_guard lock(mutex_);
        nothing = outcomes_.empty() && turn.candidates.empty() && turn.settled.empty() &&
                  turn.mail_retries.empty() && turn.mail_asked == 0;
    }
    if (nothing) {
        finish_campaigns();
        return false;
    }
    PermitPlan plan;
    commit_turn(turn, plan);
    const bool did_something = plan.seq != 0;
    send(std::move(plan.sends));
    return did_something;
}

void Delivery::Machine::commit_turn(Turn& turn, PermitPlan& plan) {
    const std::int64_t started = clock_.monotonic_micros();
    try {
        database_.write([&](storage::Transaction& tx) { plan_permits(tx, turn, plan); });
    } catch (...) {
        give_up(plan);
        throw;
    }
    committed_at_ = clock_.monotonic_micros();
    const std::lock_guard lock(mutex_);
    commit_micros_.add(committed_at_ - started);
    // What the transaction journalled of the outcomes is exactly their beginning.
    outcomes_.erase(outcomes_.begin(),
                    outcomes_.begin() + static_cast<std::ptrdiff_t>(plan.outcomes));
    if (turn.mail_asked != 0 && !plan.mail_left) {
        mail_done_ = turn.mail_asked;
    }
    for (auto it = due_.begin(); it != due_.end() && it->first <= started;) {
        const Slot* slot = turn.due_used.contains(it->second) ? slot_of(it->second) : nullptr;
        it = slot != nullptr && slot->state == SlotState::kBusy ? due_.erase(it) : std::next(it);
    }
    for (const PermittedSend& send : plan.sends) {
        senders_[send.permit.sender].took(1);
    }
    counts_.permitted += static_cast<std::int64_t>(plan.sends.size());
    counts_.in_flight += static_cast<std::int64_t>(plan.sends.size());
}

void Delivery::Machine::send(std::vector<PermittedSend> sends) {
    const std::int64_t now = clock_.monotonic_micros();
    struct Batch {
        std::vector<Permit> permits;
        std::vector<net::BatchRequest> requests;
    };
    std::map<registry::Channel, Batch> by_channel;
    for (PermittedSend& one : sends) {
        const Permit& permit = one.permit;
        const std::string attempt = attempt_ids_.write({permit.id, permit.attempt, permit.nonce});
        Batch& batch = by_channel[permit.channel];
        // Broadcasts stay in the map, and a form never changes: no lock is needed to read it.
        batch.requests.push_back(forms_.request({.channel = permit.channel,
                                                 .to = one.to,
                                                 .attempt = attempt,
                                                 .english = one.english,
                                                 .form = one.form,
                                                 .mail = one.json},
                                                senders_[permit.sender].name()));
        batch.requests.back().tag = batch.permits.size();
        batch.permits.push_back(permit);
    }
    for (auto& [channel, batch] : by_channel) {
        net::BatchRules rules;
        rules.may_send = [this, now](std::uint64_t) {
            return clock_.monotonic_micros() - now < kPermitMicros;
        };
        rules.done = [this, now,
                      permits = std::move(batch.permits)](std::span<net::BatchResult> results) {
            take_outcomes(permits, now, results);
        };
        transport_->send(channel, std::move(batch.requests), std::move(rules));
    }
}

void Delivery::Machine::take_outcomes(std::span<const Permit> permits, std::int64_t sent_at_micros,
                                      std::span<net::BatchResult> results) {
    std::vector<SendOutcome> outcomes;
    outcomes.reserve(results.size());
    for (const net::BatchResult& result : results) {
        outcomes.push_back(ChannelForms::outcome_of(permits[result.tag].channel, result.result));
    }
    std::vector<DeliveryEvent> events;
    std::function<void(const DeliveryEvent&)> on_event;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < results.size(); ++i) {
            take_outcome(permits[results[i].tag], sent_at_micros, outcomes[i],
                         results[i].result.outcome != net::Outcome::kNotSent, events);
        }
        on_event = on_event_;
    }
    for (const DeliveryEvent& event : events) {
        log_warning("delivery.provider_says",
                    {{"code", event.error_code}, {"kind", static_cast<int>(event.kind)}});
        if (on_event) {
            on_event(event);
        }
    }
}

/// One of them. Held: mutex_.
void Delivery::Machine::take_outcome(const Permit& permit, std::int64_t sent_at_micros,
                                     const SendOutcome& outcome, bool was_sent,
                                     std::vector<DeliveryEvent>& events) {
    Slot evidence{.state = outcome.state,
                  .attempt = permit.attempt,
                  .reason = reason_index(permit.channel, outcome.error_code),
                  .tag = outcome.message_id.empty() ? 0 : provider_tag(outcome.message_id)};
    SenderNumber& sender = senders_[permit.sender];
    sender.finished(clock_.monotonic_micros() - sent_at_micros);
    --counts_.in_flight;
    switch (outcome.state) {
        case SlotState::kAccepted:
            ++counts_.accepted;
            sender.succeeded();
            break;
        case SlotState::kRetry: {
            ++counts_.retried;
            const bool costs_nothing = !was_sent || whatsapp::is_rate_limit(outcome.error_code) ||
                                       outcome.retry_after_seconds > 0 ||
                                       outcome.remedy >= Remedy::kStopNumber;
            if (permit.attempt >= (costs_nothing ? kTriesAtMost : kTriesOfOne)) {
                evidence.state = SlotState::kRejected;
            }
            break;
        }
        case SlotState::kRejected:
            ++counts_.rejected;
            break;
        default:
            ++counts_.unknown;
            break;
    }
    act_on(permit, outcome, sender, events);
    outcomes_.push_back({permit.id, evidence});
}

/// What the provider's refusal asks of more than this one message. Held: mutex_.
void Delivery::Machine::act_on(const Permit& permit, const SendOutcome& outcome,
                               SenderNumber& sender, std::vector<DeliveryEvent>& events) {
    using Kind = DeliveryEvent::Kind;
    const std::int64_t now = clock_.monotonic_micros();
    DeliveryEvent event{.broadcast_id = BroadcastId{permit.id.broadcast},
                        .ordinal = permit.ordinal,
                        .error_code = outcome.error_code,
                        .name = {}};
    Campaign* campaign = campaign_of(permit.id.broadcast);
    const auto tell = [&](Kind kind) {
        event.kind = kind;
        events.push_back(event);
    };
    switch (outcome.remedy) {
        case Remedy::kNone:
        case Remedy::kRejectOne:
            break;
        case Remedy::kRetryLater:
            if (!whatsapp::is_pair_limit(outcome.error_code)) {
                sender.back_off(now, outcome.error_code);
            }
            break;
        case Remedy::kSuppressMarket:
            tell(Kind::kSuppressMarket);
            break;
        case Remedy::kStopTemplate:
        case Remedy::kPauseBroadcast:
            if (campaign != nullptr && !campaign->is_mail() && !campaign->paused) {
                campaign->paused = true;  // at once; the database hears of it by the event
                event.name = campaign->template_name;
                tell(outcome.remedy == Remedy::kStopTemplate ? Kind::kTemplateStopped
                                                             : Kind::kSpamLimit);
            }
            break;
        case Remedy::kStopNumber:
            if (!sender.is_stopped()) {
                sender.set_stopped(true, outcome.error_code);
                event.name = sender.name();
                tell(Kind::kNumberStopped);
            }
            break;
        case Remedy::kStopChannel:
            for (SenderNumber& other : senders_) {
                if (other.channel() == permit.channel) {
                    other.set_stopped(true, outcome.error_code);
                }
            }
            if (!std::exchange(counts_.channel_stopped, true)) {
                tell(Kind::kChannelStopped);
            }
            break;
    }
}

void Delivery::Machine::tell_progress() {
    const std::int64_t now = clock_.monotonic_micros();
    if (now - told_at_ < kSecond) {
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
    told_at_ = now;
    if (callback && !changed.empty()) {
        callback(changed);
    }
}

/// A broadcast of which nothing waits or is open any more, in any shard, is done; statuses still
/// count.
void Delivery::Machine::finish_campaigns() {
    std::vector<std::uint32_t> settled;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, campaign] : campaigns_) {
            const Campaign* before =
                campaign.is_fallback() ? campaign_of(campaign.follows) : nullptr;
            if (number != 0 && !campaign.done && campaign.is_settled() &&
                (before == nullptr || before->done)) {
                settled.push_back(number);
            }
        }
    }
    for (const std::uint32_t number : settled) {
        const Progress all = progress(number);
        std::int64_t slots = 0;
        for (const std::int64_t count : all.by_state) {
            slots += count;
        }
        {
            const std::lock_guard lock(mutex_);
            Campaign& campaign = campaigns_.at(number);
            if (all.missing() != 0 || slots != campaign.slots) {
                continue;  // another process is still at it
            }
            campaign.done = true;
        }
        database_.write([&](storage::Transaction& tx) {
            sql::broadcast_done(tx,
                                {.finished_at = clock_.now(), .broadcast_id = BroadcastId{number}});
        });
    }
}

}  // namespace haat::messaging
