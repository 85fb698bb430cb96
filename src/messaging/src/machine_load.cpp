/// From the database into memory: broadcasts, the chunks of our shards with the journal folded over
/// them, and every permit without an outcome settled as unknown.
#include "base/log.hpp"
#include "machine.hpp"
#include "messaging/quarantine.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

/// Statuses come for seven days; the eighth is for clocks.
constexpr std::int64_t kStatusSeconds = 8 * 86'400;
/// A planning that takes longer than this was cut off.
constexpr std::int64_t kPlanningSeconds = 600;
/// More mail than a failover forgets.
constexpr std::uint32_t kForgottenMail = 16 * kSlotsPerChunk;

Campaign campaign_from(const sql::BroadcastChangedRow& row) {
    Campaign campaign;
    campaign.number = static_cast<std::uint32_t>(row.broadcast_id.value);
    campaign.nonce = static_cast<std::uint32_t>(row.nonce);
    campaign.follows = static_cast<std::uint32_t>(row.follows);
    campaign.slots = static_cast<std::uint32_t>(row.slots);
    campaign.channel = static_cast<registry::Channel>(row.channel);
    campaign.purpose = registry::message_purpose_from_name(row.purpose)
                           .value_or(registry::MessagePurpose::kMarket);
    campaign.mode = delivery_mode_from_name(row.mode).value_or(DeliveryMode::kAtMostOnce);
    campaign.may_repeat = row.may_repeat != 0;
    campaign.expires_at = row.expires_at;
    campaign.wait_until = UnixSeconds{row.wait_until};
    campaign.lifetime_seconds = row.lifetime_seconds;
    campaign.allowance_id = row.allowance_id;
    campaign.price_centipaise = row.price_centipaise;
    campaign.template_name = row.template_name;
    campaign.paused = row.state == "paused";
    campaign.cancelled = row.state == "cancelled";
    campaign.done = row.finished_at.has_value();
    campaign.form = make_send_form(row.template_name, row.params);
    campaign.chunks.resize((campaign.slots + kSlotsPerChunk - 1) / kSlotsPerChunk);
    return campaign;
}

HeldChunk chunk_from(std::string_view ordinals, std::string_view slots) {
    HeldChunk chunk;
    chunk.ordinals = decode_ordinals(ordinals);
    chunk.slots = decode_slots(slots);
    return chunk;
}

/// The chunks of one broadcast that lie in the shards.
void read_chunks(storage::Transaction& tx, std::uint32_t number, std::uint32_t root,
                 std::uint32_t chunk_count, const std::set<int>& shards,
                 std::map<SlotId, HeldChunk>& into) {
    const BroadcastId broadcast_id{number};
    if (shards.size() == kShards) {
        sql::chunk_list(tx, {.broadcast_id = broadcast_id}, [&](const sql::ChunkListRow& row) {
            into[{number, static_cast<std::uint32_t>(row.chunk_no)}] =
                chunk_from(row.ordinals, row.slots);
        });
        return;
    }
    for (std::uint32_t c = 0; c < chunk_count; ++c) {
        if (!shards.contains(shard_of(root, c))) {
            continue;
        }
        if (const auto row = sql::chunk_find(tx, {.broadcast_id = broadcast_id, .chunk_no = c})) {
            into[{number, c}] = chunk_from(row->ordinals, row->slots);
        }
    }
}

}  // namespace

void Delivery::Machine::remove_half_planned() {
    const std::int64_t now = clock_.now().value;
    const UnixSeconds before{options_.alone ? now + kStatusSeconds : now - kPlanningSeconds};
    database_.write([&](storage::Transaction& tx) { messaging::remove_half_planned(tx, before); });
}

/// Reads broadcasts that are new or changed, and the chunks of the new ones. Owners permit only what
/// they hold, so a broadcast that is new to an owner has no journal of these shards.
Delivery::Machine::News Delivery::Machine::read_news(storage::Transaction& tx,
                                                     const std::set<int>& shards) {
    News news{.version = version_};
    const UnixSeconds since{clock_.now().value - kStatusSeconds};
    for (sql::BroadcastChangedRow& row :
         sql::broadcast_changed(tx, {.version = version_, .since_at = since})) {
        news.version = std::max(news.version, row.version);
        Campaign campaign = campaign_from(row);
        campaign.root = campaign.number;
        bool is_new = false;
        {
            const std::lock_guard lock(mutex_);
            is_new = !campaigns_.contains(campaign.number);
            const Campaign* before =
                campaign.is_fallback() ? campaign_of(campaign.follows) : nullptr;
            if (before != nullptr) {
                campaign.root = before->root;
            } else if (const auto found = news.campaigns.find(campaign.follows);
                       found != news.campaigns.end()) {
                campaign.root = found->second.root;
            }
        }
        if (is_new) {
            read_chunks(tx, campaign.number, campaign.root,
                        static_cast<std::uint32_t>(campaign.chunks.size()), shards, news.chunks);
        }
        campaign.changed = true;
        news.campaigns.emplace(campaign.number, std::move(campaign));
    }
    return news;
}

void Delivery::Machine::apply(News news) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, campaign] : news.campaigns) {
            const auto [held, is_new] = campaigns_.try_emplace(number);
            if (is_new) {
                if (Campaign* before =
                        campaign.is_fallback() ? campaign_of(campaign.follows) : nullptr) {
                    before->followed_by = number;
                }
                held->second = std::move(campaign);
                continue;
            }
            held->second.paused = campaign.paused;
            held->second.cancelled = campaign.cancelled;
            held->second.done = campaign.done;
            held->second.changed = true;
        }
    }
    install(std::move(news.chunks));
    version_ = news.version;
}

void Delivery::Machine::refresh_campaigns() {
    std::int64_t asked = 0;
    {
        const std::lock_guard lock(mutex_);
        asked = refresh_asked_;
    }
    refreshed_at_ = clock_.monotonic_micros();
    const std::set<int> mine = owned();
    News news;
    database_.read([&](storage::Transaction& tx) { news = read_news(tx, mine); });
    apply(std::move(news));
    const std::lock_guard lock(mutex_);
    refresh_done_ = asked;
}

/// Reads everything of shards that were just taken, in one snapshot: broadcasts first, so that the
/// journal of one that only the last owner knew is not passed over.
void Delivery::Machine::load_shards(const std::set<int>& shards) {
    News news;
    std::map<int, std::map<std::int64_t, std::int64_t>> cursors;
    std::map<std::int64_t, std::int64_t> seen;  // the last row of each writer
    std::set<std::pair<int, std::int64_t>> undropped;  // rows that chunks hold already
    database_.read([&](storage::Transaction& tx) {
        std::vector<std::array<std::uint32_t, 3>> known;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [number, campaign] : campaigns_) {
                known.push_back({number, campaign.root,
                                 static_cast<std::uint32_t>(campaign.chunks.size())});
            }
        }
        news = read_news(tx, shards);
        for (const auto& [number, root, count] : known) {
            const auto mail_chunks = static_cast<std::uint32_t>(
                number == 0 ? sql::chunk_count(tx, {.broadcast_id = BroadcastId{0}}).chunks : count);
            read_chunks(tx, number, root, mail_chunks, shards, news.chunks);
        }
        for (const sql::CursorListRow& row : sql::cursor_list(tx)) {
            cursors[static_cast<int>(row.shard)][row.writer] = row.seq;
        }
        sql::journal_each(tx, [&](const sql::JournalEachRow& row) {
            const int shard = static_cast<int>(row.shard);
            seen[row.writer] = row.seq;
            if (!shards.contains(shard)) {
                return;
            }
            if (row.seq <= cursors[shard][row.writer]) {
                undropped.emplace(shard, row.writer);
                return;
            }
            for (const SlotEvent& event : decode_events(row.events)) {
                const SlotId place{event.id.broadcast, event.id.slot / kSlotsPerChunk};
                const auto found = place.broadcast == 0 ? news.chunks.try_emplace(place).first
                                                        : news.chunks.find(place);
                if (found != news.chunks.end()) {
                    found->second.fold(event.id.slot % kSlotsPerChunk, event.evidence);
                }
            }
            const std::lock_guard lock(mutex_);
            ++counts_.journal_rows;
        });
    });
    apply(std::move(news));
    if (owned().empty()) {  // else shards of before have not seen those rows yet
        tails_ = std::move(seen);
    }
    {
        const std::lock_guard lock(mutex_);
        for (const int s : shards) {
            Shard& shard = shards_[static_cast<std::size_t>(s)];
            shard.cursors = cursors[s];
            std::erase_if(shard.cursors, [&](const auto& cursor) {
                return undropped.contains({s, cursor.first});  // the next write-back drops them
            });
            shard.hold = Shard::Hold::kOwned;
            fold(std::exchange(shard.early, {}));
        }
    }
    settle_lost_permits(shards);
    const auto is_held = [this] {
        const std::lock_guard lock(mutex_);
        return held_;
    };
    if (options_.quarantine || is_held()) {
        quarantine(shards);
    }
}

/// Puts chunks where they belong and counts them.
void Delivery::Machine::install(std::map<SlotId, HeldChunk> chunks) {
    const std::lock_guard lock(mutex_);
    for (auto& [place, chunk] : chunks) {
        Campaign& campaign = campaigns_.at(place.broadcast);
        if (place.slot >= campaign.chunks.size()) {
            campaign.chunks.resize(place.slot + std::size_t{1});
        }
        HeldChunk& held = campaign.chunks[place.slot];
        for (const Slot& slot : held.slots) {
            campaign.count(slot, -1);
        }
        held = std::move(chunk);
        for (const Slot& slot : held.slots) {
            campaign.count(slot, 1);
        }
        campaign.first_chunk = std::min(campaign.first_chunk, std::size_t{place.slot});
        campaign.changed = true;
        campaign.total_changed = true;  // what the last owner wrote of it may be older
    }
    // Only now: whether a fallback is due depends on the chunk of what it follows.
    for (const auto& [place, chunk] : chunks) {
        note_due(campaigns_.at(place.broadcast), place.slot);
    }
}

/// Slots of a chunk that are to be looked at without waiting for their turn.
void Delivery::Machine::note_due(const Campaign& campaign, std::uint32_t chunk_no) {
    const std::vector<Slot>& slots = campaign.chunks[chunk_no].slots;
    const std::int64_t now = clock_.monotonic_micros();
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        const SlotId id{campaign.number, chunk_no * kSlotsPerChunk + i};
        if (slots[i].state == SlotState::kRetry) {
            due_.emplace(now, id);
        } else if (slots[i].state == SlotState::kUnknown &&
                   campaign.mode == DeliveryMode::kAtLeastOnce) {
            due_.emplace(now + options_.repeat_seconds * std::int64_t{1'000'000}, id);
        } else if (slots[i].state == SlotState::kQueued && campaign.is_fallback()) {
            if (const Slot* before = slot_of({campaign.follows, id.slot})) {
                note_fallback(campaign, id, *before);
            }
        }
    }
}

/// Promise: a permit of a process that died is never used again. Whether its bytes left nobody
/// knows, so it is unknown until the provider's callback tells.
void Delivery::Machine::settle_lost_permits(const std::set<int>& shards) {
    std::vector<SlotEvent> lost;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, campaign] : campaigns_) {
            for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
                if (!shards.contains(shard_of(campaign.root, c))) {
                    continue;
                }
                for (std::uint32_t i = 0; i < campaign.chunks[c].slots.size(); ++i) {
                    const Slot& slot = campaign.chunks[c].slots[i];
                    if (slot.state == SlotState::kBusy) {
                        lost.push_back({{number, c * kSlotsPerChunk + i},
                                        Slot{.state = SlotState::kUnknown,
                                             .attempt = slot.attempt,
                                             .reason = reason_of(UnknownCause::kCrash)}});
                    }
                }
            }
        }
    }
    if (!lost.empty()) {
        log_warning("delivery.permits_lost", {{"count", lost.size()}});
        database_.write([&](storage::Transaction& tx) { (void)append(tx, lost); });
    }
}

/// Looks at the operator's switch; when it was turned on, everything of ours that waits is unknown.
void Delivery::Machine::heed_quarantine() {
    Quarantine seen = database_.read([](storage::Transaction& tx) { return read_quarantine(tx); });
    if (seen.timeline != seen.current_timeline) {
        seen = database_.write(
            [&](storage::Transaction& tx) { return look_at_quarantine(tx, clock_.now()); });
    }
    const bool is_news = seen.on && seen.changed_at != quarantined_at_;
    {
        const std::lock_guard lock(mutex_);
        held_ = seen.on;
        forgot_lately_ =
            !seen.reason.empty() && clock_.now().value - seen.changed_at.value < kStatusSeconds;
    }
    if (!is_news) {
        return;
    }
    quarantine_last_ = std::max(quarantine_last_, static_cast<std::uint32_t>(seen.last_broadcast));
    quarantine(owned());
    quarantined_at_ = seen.changed_at;
}

/// After the database may have forgotten commits that it had confirmed: a slot that waits may have
/// been permitted, and sent, in what was forgotten. So its next attempt counts as made, and unknown;
/// in at-least-once mode every attempt, for how many were forgotten nobody knows: a number that was
/// used must not be used again. Each shard when it is taken; broadcasts made since this process began are not concerned.
void Delivery::Machine::quarantine(const std::set<int>& shards) {
    std::vector<SlotEvent> waiting;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, campaign] : campaigns_) {
            if (number > quarantine_last_) {
                continue;
            }
            for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
                if (!shards.contains(shard_of(campaign.root, c))) {
                    continue;
                }
                for (std::uint32_t i = 0; i < campaign.chunks[c].slots.size(); ++i) {
                    const Slot& slot = campaign.chunks[c].slots[i];
                    const bool repeats = campaign.mode == DeliveryMode::kAtLeastOnce;
                    if (is_sendable(slot.state) ||
                        (repeats && slot.state == SlotState::kUnknown &&
                         slot.attempt < kRepeatsMax)) {
                        const int next = slot.attempt + 1;
                        const int last = repeats ? std::max<int>(next, kRepeatsMax) : next;
                        waiting.push_back({{number, c * kSlotsPerChunk + i},
                                           Slot{.state = SlotState::kUnknown,
                                            .attempt = static_cast<std::uint8_t>(last),
                                            .reason = reason_of(UnknownCause::kQuarantine)}});
                    }
                }
            }
        }
    }
    if (shards.empty()) {
        return;
    }
    log_warning("delivery.quarantine", {{"count", waiting.size()}});
    database_.write([&](storage::Transaction& tx) {
        std::vector<SlotEvent> events = waiting;
        if (shards.contains(0)) {
            quarantine_mail(tx, events);
        }
        (void)append(tx, std::move(events));
    });
}

/// Mail that waits may have been sent too. Slots that forgotten mail may have had are never given
/// again: callbacks about them would speak of others.
void Delivery::Machine::quarantine_mail(storage::Transaction& tx, std::vector<SlotEvent>& events) {
    std::uint32_t slot = next_mail_slot(tx);
    for (std::uint32_t i = 0; i < kForgottenMail; ++i, ++slot) {
        events.push_back({{0, slot}, Slot{.state = SlotState::kShared}});
    }
    std::vector<sql::MailTakeSlotParams> taken;
    for (const sql::MailWaitingRow& row : sql::mail_waiting(tx, {.row_limit = INT32_MAX})) {
        events.push_back({{0, slot},
                          Slot{.state = SlotState::kUnknown,
                           .attempt = 1,
                           .reason = reason_of(UnknownCause::kQuarantine)}});
        taken.push_back({.slot = slot++, .mail_id = row.mail_id});
    }
    sql::mail_take_slot(tx, taken);
}

/// The first slot that no mail has, nor may have had.
std::uint32_t Delivery::Machine::next_mail_slot(storage::Transaction& tx) const {
    const auto next = static_cast<std::uint32_t>(sql::mail_next_slot(tx).slot);
    const std::lock_guard lock(mutex_);
    const std::vector<HeldChunk>& chunks = campaigns_.at(0).chunks;
    for (std::size_t c = chunks.size(); c-- > next / kSlotsPerChunk;) {
        for (std::size_t i = chunks[c].slots.size(); i-- > 0;) {
            if (chunks[c].slots[i].state == SlotState::kShared) {
                return std::max(next, static_cast<std::uint32_t>(c * kSlotsPerChunk + i + 1));
            }
        }
    }
    return next;
}

}  // namespace haat::messaging
