/// From memory into stored chunks, and the journal behind them away. A crash in between costs
/// nothing: folding a journal row again changes nothing.
#include <algorithm>
#include <cstring>

#include "machine.hpp"
#include "sql/broadcasts.hpp"
#include "sql/delivery.hpp"

namespace haat::messaging {
namespace {

constexpr std::size_t kChunksPerWrite = 8;
constexpr std::int64_t kRowsPerDrop = 256;
constexpr std::int64_t kOverAfter = 3'600'000'000;  // µs
constexpr std::size_t kForgottenAtOnce = 20;

struct Dirty {
    SlotId place;  ///< Broadcast and number of the chunk.
    std::string ordinals;
    std::string slots;
};

void write_slice(storage::Transaction& tx, std::span<const Dirty> slice) {
    std::vector<sql::ChunkPutParams> rows;
    for (const Dirty& chunk : slice) {
        rows.push_back({.broadcast_id = BroadcastId{chunk.place.broadcast},
                        .chunk_no = chunk.place.slot,
                        .ordinals = chunk.ordinals,
                        .slots = chunk.slots});
    }
    sql::chunk_put(tx, rows);
}

/// What an owner counted, for pages of other processes: 8 bytes a number, states first.
std::string encode_progress(const Progress& progress) {
    std::string bytes;
    const auto put = [&bytes](std::int64_t value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    for (const std::int64_t count : progress.by_state) {
        put(count);
    }
    put(progress.failed);
    put(progress.twice);
    put(progress.repeated);
    put(progress.recipients);
    return bytes;
}

}  // namespace

/// Promise: only the owner of a shard rewrites its chunks, so each slice is written together with a
/// look at the leases; an owner that was replaced meanwhile writes nothing.
void Delivery::Machine::flush() {
    flushed_at_ = clock_.monotonic_micros();
    std::vector<Dirty> dirty;
    Cursors cursors;
    std::set<int> mine;
    {
        const std::lock_guard lock(mutex_);
        for (int s = 0; s < kShards; ++s) {
            if (shards_[static_cast<std::size_t>(s)].hold == Shard::Hold::kOwned) {
                mine.insert(s);
                for (const auto& [writer, seq] : left_writers_) {
                    cursors[{s, writer}] = seq;
                }
                for (const auto& [writer, seq] : tails_) {
                    cursors[{s, writer}] = seq;
                }
                cursors[{s, writer_}] = folded_seq_;
            }
        }
        for (auto& [number, campaign] : campaigns_) {
            for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
                HeldChunk& chunk = campaign.chunks[c];
                if (std::exchange(chunk.dirty, false)) {
                    dirty.push_back(
                        {{number, c}, encode_ordinals(chunk.ordinals), encode_slots(chunk.slots)});
                }
            }
        }
    }
    try {
        for (std::size_t at = 0; at < dirty.size(); at += kChunksPerWrite) {
            const auto slice =
                std::span(dirty).subspan(at, std::min(kChunksPerWrite, dirty.size() - at));
            database_.write([&](storage::Transaction& tx) {
                require_leases(tx, mine);
                write_slice(tx, slice);
            });
        }
        drop_journal(cursors, mine);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        for (const Dirty& chunk : dirty) {  // memory is right; the disk will be
            Campaign& campaign = campaigns_.at(chunk.place.broadcast);
            if (chunk.place.slot < campaign.chunks.size()) {
                campaign.chunks[chunk.place.slot].dirty = true;
            }
        }
        throw;
    }
}

/// Stores up to where the chunks hold the journal, then drops those rows, a few at a time.
void Delivery::Machine::drop_journal(const Cursors& cursors, const std::set<int>& mine) {
    std::vector<sql::CursorPutParams> rows;
    std::map<std::int64_t, std::int64_t> first;  // by writer
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, seq] : cursors) {
            const auto& stored = shards_[static_cast<std::size_t>(key.first)].cursors;
            const auto found = stored.find(key.second);
            if (found == stored.end() || found->second != seq) {
                rows.push_back({.shard = key.first, .writer = key.second, .seq = seq});
                first[key.second] = 0;
            }
        }
    }
    if (rows.empty()) {
        return;
    }
    database_.write([&](storage::Transaction& tx) {
        require_leases(tx, mine);
        sql::cursor_put(tx, rows);
    });
    database_.read([&](storage::Transaction& tx) {
        for (auto& [writer, seq] : first) {
            seq = sql::journal_first(tx, {.writer = writer}).seq;
        }
    });
    std::vector<sql::JournalDropParams> slice;
    const auto write = [&] {
        database_.write([&](storage::Transaction& tx) { sql::journal_drop(tx, slice); });
        slice.clear();
    };
    for (const sql::CursorPutParams& row : rows) {
        const std::int64_t oldest = first[row.writer];
        for (std::int64_t from = oldest; oldest > 0 && from <= row.seq; from += kRowsPerDrop) {
            slice.push_back({.writer = row.writer,
                             .seq_first = from,
                             .seq_last = std::min(row.seq, from + kRowsPerDrop - 1),
                             .shard = row.shard});
            if (slice.size() == 4) {
                write();
            }
        }
    }
    if (!slice.empty()) {
        write();
    }
    const std::lock_guard lock(mutex_);
    for (const sql::CursorPutParams& row : rows) {  // another time only what has moved since
        Shard& shard = shards_[static_cast<std::size_t>(row.shard)];
        if (shard.hold == Shard::Hold::kOwned) {
            shard.cursors[row.writer] = row.seq;
        }
    }
}

/// Names of which nothing more is to come: on PostgreSQL of processes whose session has ended,
/// which for an hour, by our own clock, gave no sign; on SQLite, where we are alone, of those
/// before us.
std::vector<std::int64_t> Delivery::Machine::writers_over(std::int64_t now) const {
    std::vector<std::int64_t> over;
    for (const auto& [writer, process] : processes_) {
        if (process.owner != owner_ && ended_.contains(process.owner) &&
            now - std::max(process.seen_at, process.silent_since) >= kOverAfter) {
            over.push_back(writer);
        }
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [writer, seq] : shards_[0].cursors) {
        if (options_.alone && writer != writer_ && !left_writers_.contains(writer)) {
            over.push_back(writer);
        }
    }
    over.resize(std::min(over.size(), kForgottenAtOnce));
    return over;
}

/// A name costs every process a look into the journal each 30 ms, so those that are over are
/// forgotten, a few at each write-back: now the owners of shards have dropped what they folded. A
/// name stays as long as a row of the journal bears it, for owners that have not read that row find
/// it by the name, and as long as a lease does, which is seen to be dead by it. Forgetting one that
/// lives after all does no harm: it says its name again with its next beat, and what it wrote
/// meanwhile is read from the start; in which order and how often does not matter.
void Delivery::Machine::forget_writers(std::int64_t now) {
    const std::vector<std::int64_t> over = writers_over(now);
    if (over.empty()) {
        return;
    }
    std::vector<sql::CursorForgetParams> cursors;
    database_.write([&](storage::Transaction& tx) {
        cursors.clear();
        for (const std::int64_t writer : over) {
            if (options_.alone ? sql::journal_first(tx, {.writer = writer}).seq == 0
                               : sql::process_forget(tx, {.writer = writer}) == 1) {
                for (int s = 0; s < kShards; ++s) {
                    cursors.push_back({.shard = s, .writer = writer});
                }
            }
        }
        sql::cursor_forget(tx, cursors);
    });
    const std::lock_guard lock(mutex_);
    for (const sql::CursorForgetParams& cursor : cursors) {
        shards_[static_cast<std::size_t>(cursor.shard)].cursors.erase(cursor.writer);
        tails_.erase(cursor.writer);
    }
}

/// For processes that do not hold our shards.
void Delivery::Machine::write_totals() {
    std::vector<std::string> bytes;
    std::vector<sql::TotalPutParams> rows;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [number, campaign] : campaigns_) {
            if (!std::exchange(campaign.total_changed, false)) {
                continue;
            }
            for (int s = 0; s < kShards; ++s) {
                if (shards_[static_cast<std::size_t>(s)].hold != Shard::Hold::kOwned) {
                    continue;
                }
                Campaign part;
                for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
                    if (shard_of(campaign.root, c) == s) {
                        for (const Slot& slot : campaign.chunks[c].slots) {
                            part.count(slot, 1);
                        }
                    }
                }
                bytes.push_back(encode_progress(part.progress));
                rows.push_back({.broadcast_id = BroadcastId{number}, .shard = s, .counts = {}});
            }
        }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].counts = bytes[i];
    }
    if (rows.empty()) {
        return;
    }
    try {
        database_.write([&](storage::Transaction& tx) {
            // What was counted before a successor counted must not take the place of its count.
            const std::set<int> held = still_held(tx);
            std::vector<sql::TotalPutParams> ours;
            for (const sql::TotalPutParams& row : rows) {
                if (held.contains(static_cast<int>(row.shard))) {
                    ours.push_back(row);
                }
            }
            sql::total_put(tx, ours);
        });
    } catch (...) {
        const std::lock_guard lock(mutex_);
        for (const sql::TotalPutParams& row : rows) {
            campaigns_.at(static_cast<std::uint32_t>(row.broadcast_id.value)).total_changed = true;
        }
        throw;
    }
}

Progress decode_progress(std::string_view bytes) {
    Progress progress;
    std::size_t at = 0;
    const auto take = [&](std::int64_t& value) {
        if (at + sizeof value <= bytes.size()) {
            std::memcpy(&value, bytes.data() + at, sizeof value);
        }
        at += sizeof value;
    };
    for (std::int64_t& count : progress.by_state) {
        take(count);
    }
    take(progress.failed);
    take(progress.twice);
    take(progress.repeated);
    take(progress.recipients);
    return progress;
}

}  // namespace haat::messaging
