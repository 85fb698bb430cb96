/// Slots for pages and exports, as they are now, whoever holds them: what is ours is copied from
/// memory; of the rest the stored chunk is read and what the journal says is folded over it. Folding
/// is a join, so rows that the chunk holds already change nothing.
#include <algorithm>

#include "machine.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

std::uint32_t number_of(BroadcastId broadcast_id) {
    return static_cast<std::uint32_t>(broadcast_id.value);
}

}  // namespace

std::uint32_t Delivery::Machine::each_person(storage::Transaction& tx,
                                             std::span<const BroadcastId> legs,
                                             std::uint32_t first, std::uint32_t end,
                                             const EachPerson& each) const {
    std::uint32_t count = 0;
    {
        const std::lock_guard lock(mutex_);
        const Campaign* campaign = campaign_of(number_of(legs.front()));
        count = campaign == nullptr ? 0 : static_cast<std::uint32_t>(campaign->chunks.size());
    }
    if (count == 0) {  // older than what is held in memory, or this process holds nothing
        count = static_cast<std::uint32_t>(
            sql::chunk_count(tx, {.broadcast_id = legs.front()}).chunks);
    }
    end = std::min(end, count);
    const Unwritten unwritten = read_unwritten(tx, legs, first, end);
    std::vector<std::uint32_t> ordinals;
    std::vector<std::vector<Slot>> slots(legs.size());
    for (std::uint32_t c = first; c < end; ++c) {
        if (!copy_ours(legs, c, ordinals, slots)) {
            read_stored(tx, legs, c, unwritten, ordinals, slots);
        }
        for (std::vector<Slot>& leg : slots) {
            leg.resize(ordinals.size());
        }
        each(c, ordinals, slots);
    }
    return count;
}

Delivery::Machine::Unwritten Delivery::Machine::read_unwritten(
    storage::Transaction& tx, std::span<const BroadcastId> legs, std::uint32_t first,
    std::uint32_t end) const {
    Unwritten unwritten;
    if (options_.alone) {
        return unwritten;  // all that moves is in memory
    }
    const std::uint32_t root = number_of(legs.front());
    std::set<int> others;
    {
        const std::lock_guard lock(mutex_);
        for (std::uint32_t c = first; c < end; ++c) {
            const int shard = shard_of(root, c);
            if (shards_[static_cast<std::size_t>(shard)].hold != Shard::Hold::kOwned) {
                others.insert(shard);
            }
        }
    }
    if (others.empty()) {
        return unwritten;
    }
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> written;
    for (const sql::CursorListRow& row : sql::cursor_list(tx)) {
        written[{row.shard, row.writer}] = row.seq;
    }
    sql::journal_each(tx, [&](const sql::JournalEachRow& row) {
        if (!others.contains(static_cast<int>(row.shard)) ||
            row.seq <= written[{row.shard, row.writer}]) {
            return;
        }
        for (const SlotEvent& event : decode_events(row.events)) {
            const std::uint32_t chunk_no = event.id.slot / kSlotsPerChunk;
            if (chunk_no >= first && chunk_no < end &&
                std::ranges::find(legs, BroadcastId{event.id.broadcast}) != legs.end()) {
                unwritten[{event.id.broadcast, chunk_no}].push_back(event);
            }
        }
    });
    return unwritten;
}

/// False if the chunk is not ours.
bool Delivery::Machine::copy_ours(std::span<const BroadcastId> legs, std::uint32_t chunk_no,
                                  std::vector<std::uint32_t>& ordinals,
                                  std::vector<std::vector<Slot>>& slots) const {
    const std::lock_guard lock(mutex_);
    const int shard = shard_of(number_of(legs.front()), chunk_no);
    if (shards_[static_cast<std::size_t>(shard)].hold != Shard::Hold::kOwned) {
        return false;
    }
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const Campaign* campaign = campaign_of(number_of(legs[i]));
        if (campaign == nullptr || chunk_no >= campaign->chunks.size()) {
            return false;
        }
        const HeldChunk& chunk = campaign->chunks[chunk_no];
        if (i == 0) {
            ordinals = chunk.ordinals;
        }
        slots[i] = chunk.slots;
    }
    return true;
}

void Delivery::Machine::read_stored(storage::Transaction& tx, std::span<const BroadcastId> legs,
                                    std::uint32_t chunk_no, const Unwritten& unwritten,
                                    std::vector<std::uint32_t>& ordinals,
                                    std::vector<std::vector<Slot>>& slots) {
    ordinals.clear();
    for (std::size_t i = 0; i < legs.size(); ++i) {
        Chunk chunk;
        if (const auto row = sql::chunk_find(
                tx, {.broadcast_id = legs[i], .chunk_no = std::int64_t{chunk_no}})) {
            chunk.ordinals = decode_ordinals(row->ordinals);
            chunk.slots = decode_slots(row->slots);
        }
        if (const auto found = unwritten.find({number_of(legs[i]), chunk_no});
            found != unwritten.end()) {
            for (const SlotEvent& event : found->second) {
                chunk.fold(event.id.slot % kSlotsPerChunk, event.evidence);
            }
        }
        if (i == 0) {
            ordinals = std::move(chunk.ordinals);
        }
        slots[i] = std::move(chunk.slots);
    }
}

}  // namespace haat::messaging
