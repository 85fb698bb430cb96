/// Whose turn it is: mail first, then second tries and fallbacks that are due, then each broadcast
/// its share of what the numbers may send now.
#include <algorithm>

#include "machine.hpp"
#include "registry/people.hpp"

namespace haat::messaging {
namespace {

/// Slots settled in one commit without being sent (expired, cancelled, spared).
constexpr int kSettledPerCommit = 65'536;
/// Addresses read in one query.
constexpr std::size_t kAddressesMax = 4'096;

}  // namespace

int Turn::left(registry::Channel channel) const {
    int left = 0;
    for (const Allotment& allotment : allotments[static_cast<std::size_t>(channel)]) {
        left += allotment.left;
    }
    return left;
}

Turn Delivery::Machine::next_turn() {
    Turn turn;
    {
        const std::lock_guard lock(mutex_);
        allot(turn);
        if (shards_[0].hold == Shard::Hold::kOwned && mail_asked_ != mail_done_) {
            turn.mail_asked = mail_asked_;
        }
        take_due(turn);
        std::array<int, 5> active{};
        for (auto& [number, campaign] : campaigns_) {
            // A late definite no takes a settled unknown back to the queue.
            campaign.done = campaign.done && campaign.waiting() == 0;
            if (may_go(campaign) && !campaign.is_fallback()) {
                ++active[static_cast<std::size_t>(campaign.channel)];
            }
        }
        for (auto& [number, campaign] : campaigns_) {
            if (campaign.is_mail() || campaign.done) {
                continue;
            }
            if (campaign.cancelled || clock_.now() >= campaign.expires_at) {
                settle_queued(campaign, turn);
            } else if (campaign.is_fallback()) {
                release_waited(campaign);
            } else if (may_go(campaign)) {
                const int others = --active[static_cast<std::size_t>(campaign.channel)];
                take_queued(campaign, turn, turn.left(campaign.channel) / (others + 1));
            }
        }
    }
    read_addresses(turn);
    return turn;
}

/// What each number may send now, within its rate and window and the portfolio's daily limit.
void Delivery::Machine::allot(Turn& turn) {
    const std::int64_t now = clock_.monotonic_micros();
    const std::int64_t opening =
        options_.daily_limit == 0 ? INT64_MAX : options_.daily_limit - opened_today_;
    for (std::size_t i = 0; i < senders_.size() && !stopping_ && !held_; ++i) {
        SenderNumber& sender = senders_[i];
        const int left = sender.available(now, commit_micros_.p99());
        if (left > 0 && (sender.channel() != registry::Channel::kWhatsapp || opening > 0)) {
            turn.allotments[static_cast<std::size_t>(sender.channel())].push_back(
                {static_cast<std::uint16_t>(i), left});
        }
    }
}

bool Delivery::Machine::may_go(const Campaign& campaign) const {
    return !campaign.is_mail() && !campaign.paused && !campaign.done && !campaign.cancelled &&
           !is_quiet(campaign.purpose) && clock_.now() < campaign.expires_at;
}

/// Second tries, repeats of what is unknown, and fallbacks whose time has come.
void Delivery::Machine::take_due(Turn& turn) {
    const std::int64_t now = clock_.monotonic_micros();
    std::array<int, 5> room{};
    for (const registry::Channel channel : registry::kChannels) {
        room[static_cast<std::size_t>(channel)] = turn.left(channel);
    }
    int looked_at = 0;
    for (auto it = due_.begin(); it != due_.end() && it->first <= now && ++looked_at < 20'000;) {
        const SlotId id = it->second;
        const Campaign* campaign = campaign_of(id.broadcast);
        const Slot* slot = is_ours(id) ? slot_of(id) : nullptr;
        const bool repeats = slot != nullptr && slot->state == SlotState::kUnknown &&
                             campaign->mode == DeliveryMode::kAtLeastOnce &&
                             slot->attempt < kRepeatsMax;
        const bool falls_back =
            slot != nullptr && slot->state == SlotState::kQueued && campaign->is_fallback();
        if (slot == nullptr || !(slot->state == SlotState::kRetry || repeats || falls_back)) {
            it = due_.erase(it);  // settled meanwhile, or another process's
            continue;
        }
        ++it;
        int& left = room[static_cast<std::size_t>(campaign->channel)];
        if (left <= 0 || (!campaign->is_mail() && !may_go(*campaign)) ||
            !turn.due_used.insert(id).second) {
            continue;
        }
        --left;
        if (campaign->is_mail()) {
            turn.mail_retries.push_back(id);
            continue;
        }
        const HeldChunk& chunk = campaign->chunks[id.slot / kSlotsPerChunk];
        const Slot* before = falls_back ? slot_of({campaign->follows, id.slot}) : nullptr;
        turn.candidates.push_back(
            {.id = id,
             .ordinal = chunk.ordinals[id.slot % kSlotsPerChunk],
             .attempt = static_cast<std::uint8_t>(slot->attempt + 1),
             .doubted = slot->doubted || repeats ||
                        (before != nullptr && known_state(*before) == SlotState::kUnknown)});
    }
}

/// The next slots that wait for their first attempt.
void Delivery::Machine::take_queued(Campaign& campaign, Turn& turn, int most) {
    bool skipped = false;
    for (std::size_t c = campaign.first_chunk; c < campaign.chunks.size() && most > 0; ++c) {
        HeldChunk& chunk = campaign.chunks[c];
        for (std::uint32_t i = chunk.first_queued; i < chunk.slots.size() && most > 0; ++i) {
            if (chunk.slots[i].state != SlotState::kQueued) {
                chunk.first_queued += i == chunk.first_queued ? 1 : 0;
                continue;
            }
            turn.candidates.push_back(
                {.id = {campaign.number, static_cast<std::uint32_t>(c * kSlotsPerChunk) + i},
                 .ordinal = chunk.ordinals[i]});
            --most;
        }
        skipped = skipped || chunk.first_queued < chunk.slots.size();
        campaign.first_chunk += skipped ? 0 : 1;
    }
}

/// What is left of a broadcast that was cancelled or whose time is over.
void Delivery::Machine::settle_queued(Campaign& campaign, Turn& turn) {
    // Chunks whose first attempts are all made may still hold second tries.
    const std::size_t first =
        campaign.progress.of(SlotState::kRetry) > 0 ? 0 : campaign.first_chunk;
    for (std::size_t c = first; c < campaign.chunks.size(); ++c) {
        HeldChunk& chunk = campaign.chunks[c];
        for (std::uint32_t i = 0; i < chunk.slots.size(); ++i) {
            const Slot& slot = chunk.slots[i];
            if (!is_sendable(slot.state)) {
                continue;
            }
            const SlotId id{campaign.number, static_cast<std::uint32_t>(c * kSlotsPerChunk) + i};
            Slot end{.state = campaign.cancelled ? SlotState::kCancelled : SlotState::kExpired};
            if (slot.state == SlotState::kRetry) {  // its refusal becomes final
                end = Slot{
                    .state = SlotState::kRejected, .attempt = slot.attempt, .reason = slot.reason};
            } else if (campaign.is_fallback() && !campaign.cancelled) {
                const Slot* before = slot_of({campaign.follows, id.slot});
                const bool served =
                    before != nullptr && is_accepted(before->state) && !before->failed;
                end.state = served ? SlotState::kSpared : SlotState::kExpired;
            }
            turn.settled.push_back({id, end});
        }
        if (turn.settled.size() >= kSettledPerCommit) {
            return;
        }
        if (c == campaign.first_chunk && turn.settled.empty()) {
            ++campaign.first_chunk;
        }
    }
}

/// From `wait_until` on, what was accepted and never delivered counts as failed, if the provider
/// has given up on the last of it by then.
void Delivery::Machine::release_waited(Campaign& campaign) {
    if (campaign.waited || campaign.wait_until.value == 0 || clock_.now() < campaign.wait_until) {
        return;
    }
    const Campaign* before = campaign_of(campaign.follows);
    const bool is_over =
        before != nullptr && before->lifetime_seconds > 0 &&
        before->expires_at.value + before->lifetime_seconds <= campaign.wait_until.value;
    campaign.waited = true;
    if (!is_over) {
        return;
    }
    const std::int64_t now = clock_.monotonic_micros();
    for (std::uint32_t c = 0; c < before->chunks.size(); ++c) {
        const std::vector<Slot>& slots = before->chunks[c].slots;
        for (std::uint32_t i = 0; i < slots.size(); ++i) {
            if (slots[i].state == SlotState::kAccepted || slots[i].state == SlotState::kSent) {
                due_.emplace(now, SlotId{campaign.number, c * kSlotsPerChunk + i});
            }
        }
    }
}

/// Addresses and languages, read beside the writer.
void Delivery::Machine::read_addresses(Turn& turn) {
    if (turn.candidates.empty()) {
        return;
    }
    std::vector<registry::Channel> channels;
    {
        const std::lock_guard lock(mutex_);
        for (const Candidate& candidate : turn.candidates) {
            channels.push_back(campaign_of(candidate.id.broadcast)->channel);
        }
    }
    database_.read([&](storage::Transaction& tx) {
        std::vector<std::uint32_t> ordinals;
        for (std::size_t from = 0; from < turn.candidates.size(); from += ordinals.size()) {
            ordinals = {turn.candidates[from].ordinal};
            for (std::size_t i = from + 1;
                 i < turn.candidates.size() && ordinals.size() < kAddressesMax &&
                 channels[i] == channels[from] && turn.candidates[i].ordinal > ordinals.back();
                 ++i) {
                ordinals.push_back(turn.candidates[i].ordinal);
            }
            auto at = turn.candidates.begin() + static_cast<std::ptrdiff_t>(from);
            registry::addresses_at(tx, ordinals, channels[from],
                                   [&](const registry::SendAddress& address) {
                                       while (at->ordinal < address.ordinal) {
                                           ++at;
                                       }
                                       if (!at->found) {  // the first of several
                                           at->found = true;
                                           at->to = address.external_id;
                                           at->english = address.language == "en";
                                       }
                                   });
        }
    });
}

}  // namespace haat::messaging
