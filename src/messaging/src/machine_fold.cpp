/// The journal and what it means: every change of a slot goes through here, in commit order.
#include <algorithm>

#include "base/log.hpp"
#include "machine.hpp"
#include "registry/people.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kChunksPerWrite = 8;

}  // namespace

/// Makes events durable with the transaction, and folds them once it is.
/// Returns the row's number, 0 if there was nothing to write.
std::int64_t Delivery::Machine::append(storage::Transaction& tx, std::vector<SlotEvent> events) {
    if (events.empty()) {
        return 0;
    }
    const std::int64_t seq = ++seq_;
    sql::journal_add(tx, {.writer = database_.boot_number(),
                          .seq = seq,
                          .events = encode_events(events)});
    tx.after_commit([this, seq, folded = std::move(events)] {
        const std::lock_guard lock(mutex_);
        fold(folded);
        folded_seq_ = seq;
        ++counts_.journal_rows;
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
    if (campaign == nullptr) {
        return;
    }
    const std::size_t chunk_no = event.id.slot / kSlotsPerChunk;
    const std::uint32_t place = event.id.slot % kSlotsPerChunk;
    if (chunk_no >= campaign->chunks.size()) {
        if (!campaign->is_mail()) {
            return;
        }
        campaign->chunks.resize(chunk_no + 1);
    }
    Chunk& chunk = campaign->chunks[chunk_no];
    Progress& progress = campaign->progress;
    const std::size_t known = chunk.slots.size();
    if (place >= known) {
        if (!campaign->is_mail()) {
            return;
        }
        const auto added = static_cast<std::int64_t>(place + 1 - known);
        progress.by_state[0] += added;
        progress.recipients += added;
        chunk.slots.resize(place + 1);
    }
    const Slot before = chunk.slots[place];
    if (!chunk.fold(place, event.evidence)) {
        return;
    }
    const Slot& after = chunk.slots[place];
    --progress.by_state[static_cast<std::size_t>(before.state)];
    ++progress.by_state[static_cast<std::size_t>(after.state)];
    progress.failed += static_cast<int>(after.failed) - static_cast<int>(before.failed);
    progress.twice += static_cast<int>(after.twice) - static_cast<int>(before.twice);
    campaign->changed = true;
    if (after.state == SlotState::kRetry && before.state != SlotState::kRetry) {
        // 1, 2, 4 … 64 seconds after the refusal.
        const std::int64_t wait = std::int64_t{1'000'000} << std::min<int>(after.attempt - 1, 6);
        retries_.emplace(clock_.monotonic_micros() + wait, event.id);
    }
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

std::int64_t Delivery::Machine::record_statuses(storage::Transaction& tx,
                                                std::span<const Status> statuses) {
    std::vector<SlotEvent> events;
    std::int64_t unmatched = 0;
    for (const Status& status : statuses) {
        Slot evidence{.state = status.state,
                      .attempt = 1,
                      .failed = status.failed,
                      .tag = provider_tag(status.message_id),
                      .reason = whatsapp::reason_index(status.error_code)};
        const std::optional<AttemptId> attempt = attempt_ids_.read(status.callback_data);
        std::optional<SlotId> id;
        if (attempt) {
            const std::lock_guard lock(mutex_);
            id = slot_of(attempt->id) != nullptr ? std::optional(attempt->id) : std::nullopt;
            evidence.attempt = attempt->attempt;
        } else {
            id = match_by_address(tx, status);
        }
        if (id) {
            events.push_back({*id, evidence});
        } else {
            ++unmatched;
        }
    }
    const auto matched = static_cast<std::int64_t>(events.size());
    append(tx, std::move(events));
    tx.after_commit([this, matched, unmatched] {
        const std::lock_guard lock(mutex_);
        counts_.statuses += matched + unmatched;
        counts_.unmatched += unmatched;
    });
    return matched;
}

/// A status without our attempt id is settled by the provider's message id among the slots of its
/// address; if no slot has that id, by the only slot of the address that is still open.
std::optional<SlotId> Delivery::Machine::match_by_address(storage::Transaction& tx,
                                                          const Status& status) const {
    const Viewer viewer = system_viewer();
    const std::optional<registry::Address> address =
        registry::find_address(tx, viewer, registry::Channel::kWhatsapp, status.recipient);
    if (!address) {
        return std::nullopt;
    }
    std::vector<SlotId> candidates;
    for (const sql::MailSlotsOfRow& row :
         sql::mail_slots_of(tx, {.address_id = address->address_id})) {
        if (row.slot) {
            candidates.push_back({0, static_cast<std::uint32_t>(*row.slot)});
        }
    }
    const std::vector<registry::Person> people =
        registry::people_on_address(tx, viewer, address->address_id);
    const std::lock_guard lock(mutex_);
    for (const auto& [number, campaign] : campaigns_) {
        for (std::size_t c = 0; c < campaign.chunks.size(); ++c) {
            const std::vector<std::uint32_t>& ordinals = campaign.chunks[c].ordinals;
            for (const registry::Person& person : people) {
                const auto found = std::ranges::lower_bound(ordinals, person.ordinal);
                if (found != ordinals.end() && *found == person.ordinal) {
                    candidates.push_back(
                        {number, static_cast<std::uint32_t>(
                                     c * kSlotsPerChunk +
                                     static_cast<std::size_t>(found - ordinals.begin()))});
                }
            }
        }
    }
    const std::uint32_t tag = provider_tag(status.message_id);
    std::optional<SlotId> open;
    int open_count = 0;
    for (const SlotId& id : candidates) {
        const Slot* slot = slot_of(id);
        if (slot == nullptr) {
            continue;
        }
        if (slot->tag == tag) {
            return id;
        }
        if (slot->state == SlotState::kBusy || slot->state == SlotState::kUnknown) {
            open = id;
            ++open_count;
        }
    }
    return open_count == 1 ? open : std::nullopt;
}

/// Writes changed chunks back, a few in each transaction, and drops the journal before them. A
/// crash in between costs nothing: folding a journal row again changes nothing.
void Delivery::Machine::flush() {
    struct Dirty {
        BroadcastId broadcast_id;
        std::int64_t chunk_no;
        std::string ordinals;
        std::string slots;
    };
    std::vector<Dirty> dirty;
    std::int64_t seq = 0;
    {
        const std::lock_guard lock(mutex_);
        seq = folded_seq_;
        for (auto& [number, campaign] : campaigns_) {
            for (std::size_t c = 0; c < campaign.chunks.size(); ++c) {
                Chunk& chunk = campaign.chunks[c];
                if (chunk.dirty) {
                    chunk.dirty = false;
                    dirty.push_back({BroadcastId{number}, static_cast<std::int64_t>(c),
                                     encode_ordinals(chunk.ordinals), encode_slots(chunk.slots)});
                }
            }
        }
    }
    try {
        for (std::size_t from = 0; from < dirty.size(); from += kChunksPerWrite) {
            std::vector<sql::ChunkPutParams> rows;
            for (std::size_t i = from; i < std::min(from + kChunksPerWrite, dirty.size()); ++i) {
                rows.push_back({.broadcast_id = dirty[i].broadcast_id,
                                .chunk_no = dirty[i].chunk_no,
                                .ordinals = dirty[i].ordinals,
                                .slots = dirty[i].slots});
            }
            database_.write([&](storage::Transaction& tx) { sql::chunk_put(tx, rows); });
        }
        database_.write([&](storage::Transaction& tx) {
            sql::journal_drop(tx, {.writer = database_.boot_number(), .seq = seq});
        });
    } catch (...) {
        const std::lock_guard lock(mutex_);
        for (const Dirty& chunk : dirty) {
            campaigns_[static_cast<std::uint32_t>(chunk.broadcast_id.value)]
                .chunks[static_cast<std::size_t>(chunk.chunk_no)]
                .dirty = true;
        }
        throw;
    }
    const std::lock_guard lock(mutex_);
    counts_.journal_rows = seq_ - seq;
}

}  // namespace haat::messaging
