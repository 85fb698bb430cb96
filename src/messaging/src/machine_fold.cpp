/// The journal and what it means: every change of a slot goes through here, in commit order.
#include <algorithm>

#include "machine.hpp"
#include "messaging/channel_whatsapp.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

/// A definite failure of one channel, or a turn that never came: the next one's has come.
bool is_failure(const Slot& slot) {
    return known_state(slot) == SlotState::kRejected || slot.state == SlotState::kNoAddress ||
           slot.state == SlotState::kExpired || (slot.failed && slot.state < SlotState::kDelivered);
}

}  // namespace

/// Makes events durable with the transaction, and folds those of our shards once it is; owners of
/// the others read them in the journal. Returns the rows' number, 0 if there was nothing to write.
std::int64_t Delivery::Machine::append(storage::Transaction& tx, std::vector<SlotEvent> events) {
    if (events.empty()) {
        return 0;
    }
    std::array<std::vector<SlotEvent>, kShards> by_shard;
    std::int64_t writer = 0;
    std::int64_t seq = 0;
    bool is_known = options_.alone;
    {
        const std::lock_guard lock(mutex_);
        writer = writer_;
        is_known = is_known || writer == known_writer_;
        seq = ++seq_;
        for (std::vector<SlotEvent>& part : by_shard) {
            part.reserve(events.size() / kShards * 2);
        }
        const Campaign* campaign = nullptr;  // of the event before
        for (const SlotEvent& event : events) {
            if (campaign == nullptr || campaign->number != event.id.broadcast) {
                campaign = campaign_of(event.id.broadcast);
            }
            const int shard =
                campaign == nullptr ? 0 : shard_of(campaign->root, event.id.slot / kSlotsPerChunk);
            by_shard[static_cast<std::size_t>(shard)].push_back(event);
        }
    }
    if (!is_known) {
        // Others read the rows of writers that they can see; ours may end before its next beat.
        sql::process_add(tx, {.writer = writer, .owner = owner_, .started_at = clock_.now()});
    }
    std::vector<std::string> bytes;
    std::vector<sql::JournalAddParams> added;
    bytes.reserve(kShards);
    for (int s = 0; s < kShards; ++s) {
        const std::vector<SlotEvent>& part = by_shard[static_cast<std::size_t>(s)];
        if (!part.empty()) {
            bytes.push_back(encode_events(part));
            added.push_back({.writer = writer, .seq = seq, .shard = s, .events = bytes.back()});
        }
    }
    sql::journal_add(tx, added);
    const auto rows = static_cast<std::int64_t>(added.size());
    tx.after_commit([this, writer, seq, rows, folded = std::move(by_shard)]() mutable {
        const std::lock_guard lock(mutex_);
        known_writer_ = writer;
        for (std::size_t s = 0; s < kShards; ++s) {
            Shard& shard = shards_[s];
            if (shard.hold == Shard::Hold::kOwned) {
                fold(folded[s]);
            } else if (shard.hold == Shard::Hold::kLoading) {
                shard.early.insert(shard.early.end(), folded[s].begin(), folded[s].end());
            }
        }
        if (writer == writer_ && seq != folded_seq_ + 1) {
            leave_writer();  // a commit before this one failed, and may have landed all the same
        } else if (writer == writer_) {
            folded_seq_ = seq;
        }
        counts_.journal_rows += rows;
    });
    return seq;
}

void Delivery::Machine::fold(std::span<const SlotEvent> events) {
    for (const SlotEvent& event : events) {
        fold_one(event);
    }
}

void Delivery::Machine::fold_one(const SlotEvent& event) {
    Campaign* campaign = campaign_of(event.id.broadcast);
    const std::size_t chunk_no = event.id.slot / kSlotsPerChunk;
    const std::uint32_t place = event.id.slot % kSlotsPerChunk;
    if (campaign == nullptr || (!campaign->is_mail() && chunk_no >= campaign->chunks.size())) {
        return;
    }
    if (chunk_no >= campaign->chunks.size()) {
        campaign->chunks.resize(chunk_no + 1);
    }
    HeldChunk& chunk = campaign->chunks[chunk_no];
    if (place >= chunk.slots.size()) {
        if (!campaign->is_mail()) {
            return;
        }
        for (std::size_t added = chunk.slots.size(); added <= place; ++added) {
            campaign->count(Slot{}, 1);
        }
        chunk.slots.resize(place + 1);
    }
    const Slot before = chunk.slots[place];
    if (!chunk.fold(place, event.evidence)) {
        return;
    }
    const Slot& after = chunk.slots[place];
    campaign->count(before, -1);
    campaign->count(after, 1);
    campaign->changed = true;
    campaign->total_changed = true;
    note_change(*campaign, event.id, before, after);
}

/// What a changed slot asks to be looked at later.
void Delivery::Machine::note_change(const Campaign& campaign, SlotId id, const Slot& before,
                                    const Slot& after) {
    if (after.state == SlotState::kRetry && before.state != SlotState::kRetry) {
        const std::int64_t now = clock_.monotonic_micros();
        // 1, 2, 4 … 64 seconds after the refusal; a limit between two people passes more slowly.
        const int doublings = std::min<int>(after.attempt - 1, 6);
        const int factor =
            whatsapp::is_pair_limit(code_of_reason(campaign.channel, after.reason)) ? 4 : 1;
        due_.emplace(now + (kSecond << doublings) * factor, id);
    } else if (after.state == SlotState::kUnknown && before.state != SlotState::kUnknown &&
               campaign.mode == DeliveryMode::kAtLeastOnce) {
        due_.emplace(clock_.monotonic_micros() + options_.repeat_seconds * kSecond, id);
    }
    if (campaign.followed_by != 0) {
        if (const Campaign* fallback = campaign_of(campaign.followed_by)) {
            note_fallback(*fallback, {campaign.followed_by, id.slot}, after);
        }
    }
}

/// The slot of a fallback is due when the channel before definitely failed; while that is not
/// known, only if the officer chose that it may arrive twice, and after a while.
void Delivery::Machine::note_fallback(const Campaign& fallback, SlotId id, const Slot& before) {
    const std::int64_t now = clock_.monotonic_micros();
    if (is_failure(before)) {
        due_.emplace(now, id);
    } else if (known_state(before) == SlotState::kUnknown && fallback.may_repeat) {
        due_.emplace(now + options_.repeat_seconds * kSecond, id);
    }
}

int Delivery::Machine::shard_of_slot(SlotId id) const {
    const Campaign* campaign = campaign_of(id.broadcast);
    return campaign == nullptr ? 0 : shard_of(campaign->root, id.slot / kSlotsPerChunk);
}

bool Delivery::Machine::is_ours(SlotId id) const {
    const auto shard = static_cast<std::size_t>(shard_of_slot(id));
    return shards_[shard].hold == Shard::Hold::kOwned;
}

Campaign* Delivery::Machine::campaign_of(std::uint32_t number) {
    const auto found = campaigns_.find(number);
    return found == campaigns_.end() ? nullptr : &found->second;
}

const Campaign* Delivery::Machine::campaign_of(std::uint32_t number) const {
    const auto found = campaigns_.find(number);
    return found == campaigns_.end() ? nullptr : &found->second;
}

const Slot* Delivery::Machine::slot_of(SlotId id) const {
    const Campaign* campaign = campaign_of(id.broadcast);
    const std::size_t chunk_no = id.slot / kSlotsPerChunk;
    const std::size_t place = id.slot % kSlotsPerChunk;
    const bool exists = campaign != nullptr && chunk_no < campaign->chunks.size() &&
                        place < campaign->chunks[chunk_no].slots.size();
    return exists ? &campaign->chunks[chunk_no].slots[place] : nullptr;
}

}  // namespace haat::messaging
