/// Which shards are ours. A lease is a row that its owner beats; who sees it silent for
/// `lease_seconds` of its own time takes it under the next epoch. No clock is compared with
/// another, so none can steal a lease by being wrong. Of a process whose session with PostgreSQL
/// has ended it need not be waited for: it died, or begins a session anew within a moment. Who
/// takes too early does no harm, for what a lease is for is checked where it counts:
/// the permit transaction and every write-back hold the row, so that an owner that was replaced
/// while it slept can permit nothing.
#include <algorithm>

#include "base/log.hpp"
#include "machine.hpp"
#include "sql/delivery.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
/// Silent for so long: it sends nothing now, whatever the reason.
constexpr std::int64_t kMissedBeats = 1'000'000;
/// A session that we saw before and that ended may come back by then: PostgreSQL started again.
constexpr std::int64_t kComesBack = 2 * kSecond;

}  // namespace

std::set<int> Delivery::Machine::owned() const {
    const std::lock_guard lock(mutex_);
    std::set<int> shards;
    for (int s = 0; s < kShards; ++s) {
        if (shards_[static_cast<std::size_t>(s)].hold == Shard::Hold::kOwned) {
            shards.insert(s);
        }
    }
    return shards;
}

/// Beats what is ours, sees what others do, takes what is free or silent, gives back what is more
/// than our share.
void Delivery::Machine::tend_leases() {
    const std::int64_t now = clock_.monotonic_micros();
    beaten_at_ = now;
    database_.write([&](storage::Transaction& tx) {
        for (int s = 0; s < kShards && !has_begun_; ++s) {
            sql::lease_add(tx, {.shard = s});
        }
        beat(tx);
    });
    database_.read([&](storage::Transaction& tx) { observe_leases(tx, now); });
    const std::vector<int> wanted = shards_to_take(now);
    if (!wanted.empty()) {
        take_shards(wanted);
    }
    if (!options_.alone) {
        give_back(shards_beyond_share(now));
        share_rates();
        if (now - totalled_at_ >= kSecond) {
            totalled_at_ = now;
            write_totals();
        }
    }
}

void Delivery::Machine::beat(storage::Transaction& tx) {
    if (!options_.alone) {
        if (tx.engine() == storage::Engine::kPostgres) {
            (void)sql::process_present(tx, {.owner = owner_});
        }
        sql::process_add(tx, {.writer = writer_, .owner = owner_, .started_at = clock_.now()});
        sql::process_beat(tx, {.writer = writer_});
    }
    std::vector<sql::LeaseBeatParams> beats;
    {
        const std::lock_guard lock(mutex_);
        const auto waiting = waiting_by_shard();
        for (int s = 0; s < kShards; ++s) {
            const Shard& shard = shards_[static_cast<std::size_t>(s)];
            if (shard.hold == Shard::Hold::kOwned) {
                beats.push_back({.waiting = waiting[static_cast<std::size_t>(s)],
                                 .shard = s,
                                 .owner = owner_,
                                 .epoch = shard.epoch});
            }
        }
    }
    if (!beats.empty() && !options_.alone) {
        sql::lease_beat(tx, beats);
    }
}

/// How many slots of each shard wait to be sent. Held: mutex_.
std::array<std::int64_t, kShards> Delivery::Machine::waiting_by_shard() const {
    std::array<std::int64_t, kShards> waiting{};
    for (const auto& [number, campaign] : campaigns_) {
        if (campaign.done || campaign.paused || campaign.cancelled || campaign.is_fallback()) {
            continue;
        }
        for (auto c = static_cast<std::uint32_t>(campaign.first_chunk); c < campaign.chunks.size();
             ++c) {
            const HeldChunk& chunk = campaign.chunks[c];
            waiting[static_cast<std::size_t>(shard_of(campaign.root, c))] +=
                static_cast<std::int64_t>(chunk.slots.size()) - chunk.first_queued;
        }
    }
    return waiting;
}

void Delivery::Machine::observe_leases(storage::Transaction& tx, std::int64_t now) {
    std::vector<int> lost;
    for (const sql::LeaseListRow& row : sql::lease_list(tx)) {
        const std::lock_guard lock(mutex_);
        Shard& shard = shards_[static_cast<std::size_t>(row.shard)];
        if (row.epoch != shard.seen_epoch || row.beats != shard.seen_beats) {
            shard.silent_since = now;
        }
        shard.seen_epoch = row.epoch;
        shard.seen_beats = row.beats;
        shard.seen_owner = row.owner;
        shard.seen_waiting = row.waiting;
        const bool is_ours = row.owner == owner_ && row.epoch == shard.epoch;
        if (shard.hold == Shard::Hold::kOwned && !is_ours) {
            lost.push_back(static_cast<int>(row.shard));
        }
    }
    for (const int shard : lost) {
        log_warning("delivery.shard_lost", {{"shard", shard}});
        lose(shard);
    }
    if (!options_.alone) {
        observe_processes(tx, now);
    }
}

/// Who beats, and whose session has ended. One of whom we never saw anything else has died: it is
/// not waited for. One process may have several names as a writer; it lives if one of them does.
void Delivery::Machine::observe_processes(storage::Transaction& tx, std::int64_t now) {
    std::map<std::int64_t, bool> is_away;
    std::set<std::int64_t> known;
    std::set<std::int64_t> writers;
    for (const sql::ProcessListRow& row : sql::process_list(tx)) {
        writers.insert(row.writer);
        const auto [found, is_new] = processes_.try_emplace(row.writer, Process{.seen_at = now});
        Process& process = found->second;
        if (!is_new) {
            known.insert(row.owner);
        }
        if (row.beats >= 0 && process.beats != row.beats) {
            process.silent_since = now;
            process.beats = row.beats;
        }
        process.owner = row.owner;
        const auto away = is_away.try_emplace(row.owner, true).first;
        away->second = away->second && row.beats < 0;
    }
    for (const auto& [owner, away] : is_away) {
        if (!away) {
            ended_.erase(owner);
        } else {
            ended_.try_emplace(owner, known.contains(owner) ? now : now - kComesBack);
        }
    }
    for (auto at = processes_.begin(); at != processes_.end();) {
        const bool is_forgotten = !writers.contains(at->first);  // it has no row left to be read
        if (is_forgotten) {
            tails_.erase(at->first);
        }
        at = is_forgotten ? processes_.erase(at) : std::next(at);
    }
}

bool Delivery::Machine::is_gone(std::int64_t owner, std::int64_t now) const {
    const auto found = ended_.find(owner);
    return owner != owner_ && found != ended_.end() && now - found->second >= kComesBack;
}

/// Owners that beat lately, with ourselves.
std::set<std::int64_t> Delivery::Machine::living(std::int64_t now) const {
    std::set<std::int64_t> owners{owner_};
    for (const auto& [writer, process] : processes_) {
        if (now - process.silent_since < options_.lease_seconds * kSecond &&
            !is_gone(process.owner, now)) {
            owners.insert(process.owner);
        }
    }
    return owners;
}

std::vector<int> Delivery::Machine::shards_to_take(std::int64_t now) const {
    const std::lock_guard lock(mutex_);
    std::vector<int> wanted;
    const auto live = static_cast<int>(living(now).size());
    int room = options_.alone ? kShards : (kShards + live - 1) / live;
    for (const Shard& shard : shards_) {
        room -= shard.hold == Shard::Hold::kNot ? 0 : 1;
    }
    for (int s = 0; s < kShards && room > 0; ++s) {
        const Shard& shard = shards_[static_cast<std::size_t>(s)];
        const bool silent = now - shard.silent_since >= options_.lease_seconds * kSecond ||
                            is_gone(shard.seen_owner, now);
        if (shard.hold == Shard::Hold::kNot && shard.seen_epoch >= 0 &&
            (options_.alone || shard.seen_owner == 0 || silent)) {
            wanted.push_back(s);
            --room;
        }
    }
    return wanted;
}

void Delivery::Machine::take_shards(const std::vector<int>& shards) {
    std::set<int> taken;
    database_.write([&](storage::Transaction& tx) {
        taken.clear();
        for (const int s : shards) {
            const Shard& shard = shards_[static_cast<std::size_t>(s)];
            if (sql::lease_take(tx, {.owner = owner_,
                                     .shard = s,
                                     .epoch = shard.seen_epoch,
                                     .beats = shard.seen_beats}) == 1) {
                taken.insert(s);
            }
        }
        // From the commit on nothing of ours about these shards may be missed.
        tx.after_commit([this, taken] {
            const std::lock_guard lock(mutex_);
            for (const int s : taken) {
                Shard& shard = shards_[static_cast<std::size_t>(s)];
                shard.hold = Shard::Hold::kLoading;
                shard.epoch = shard.seen_epoch + 1;
            }
        });
    });
    if (taken.empty()) {
        return;
    }
    if (!options_.alone) {
        log_info("delivery.shards_taken", {{"count", taken.size()}});
    }
    try {
        load_shards(taken);
    } catch (...) {
        for (const int s : taken) {
            lose(s);  // the lease falls silent and is taken again, by us or another
        }
        throw;
    }
}

/// Forgets a shard: another process has it, or will.
void Delivery::Machine::lose(int shard) {
    const std::lock_guard lock(mutex_);
    Shard& held = shards_[static_cast<std::size_t>(shard)];
    held.hold = Shard::Hold::kNot;
    held.early.clear();
    held.cursors.clear();
    for (auto& [number, campaign] : campaigns_) {
        for (std::uint32_t c = 0; c < campaign.chunks.size(); ++c) {
            if (shard_of(campaign.root, c) == shard) {
                for (const Slot& slot : campaign.chunks[c].slots) {
                    campaign.count(slot, -1);
                }
                campaign.chunks[c] = {};
            }
        }
    }
}

std::set<int> Delivery::Machine::shards_beyond_share(std::int64_t now) const {
    const auto live = static_cast<int>(living(now).size());
    const int share = (kShards + live - 1) / live;
    std::set<int> beyond;
    int held = 0;
    for (const int s : owned()) {
        if (++held > share) {
            beyond.insert(s);
        }
    }
    return beyond;
}

/// Writes back, then frees the leases. Outcomes of what is still in flight reach the next owner by
/// the journal.
void Delivery::Machine::give_back(const std::set<int>& shards) {
    if (shards.empty()) {
        return;
    }
    flush();
    std::vector<sql::LeaseReleaseParams> releases;
    {
        const std::lock_guard lock(mutex_);
        for (const int s : shards) {
            releases.push_back(
                {.shard = s, .owner = owner_, .epoch = shards_[static_cast<std::size_t>(s)].epoch});
        }
    }
    for (const int s : shards) {
        lose(s);
    }
    database_.write([&](storage::Transaction& tx) { sql::lease_release(tx, releases); });
}

/// Reads what other processes appended about our shards.
void Delivery::Machine::tail() {
    tailed_at_ = clock_.monotonic_micros();
    std::set<std::int64_t> writers;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [writer, seq] : left_writers_) {
            tails_.try_emplace(writer, seq);
            writers.insert(writer);
        }
    }
    database_.read([&](storage::Transaction& tx) {
        std::map<std::int64_t, std::int64_t> owners;
        for (const sql::ProcessNamesRow& row : sql::process_names(tx)) {
            owners[row.writer] = row.owner;
            if (row.writer != writer_) {
                writers.insert(row.writer);
            }
        }
        for (const std::int64_t writer : writers) {
            std::int64_t& read = tails_[writer];
            std::int64_t last = read;
            sql::journal_after(
                tx, {.writer = writer, .seq = read}, [&](const sql::JournalAfterRow& journal) {
                    last = journal.seq;
                    const std::vector<SlotEvent> events = decode_events(journal.events);
                    const std::lock_guard lock(mutex_);
                    for (const SlotEvent& event : events) {
                        if (is_ours(event.id)) {
                            fold_one(event);
                        }
                    }
                });
            if (std::exchange(read, last) != last) {
                heard_[owners[writer]] = tailed_at_;
            }
        }
    });
}

/// Its owner sends nothing now: nobody, one whose session has ended, or one of whom nothing has
/// come for a while, neither a beat nor a row of the journal.
bool Delivery::Machine::sends_nothing(const Shard& shard, std::int64_t now) const {
    const auto heard = heard_.find(shard.seen_owner);
    const std::int64_t last =
        std::max(shard.silent_since, heard == heard_.end() ? 0 : heard->second);
    return shard.seen_owner == 0 || ended_.contains(shard.seen_owner) || now - last >= kMissedBeats;
}

/// Each number's rate is split among the processes by how much each has left to send. Who sends
/// nothing now gets no share: its shards wait for a lease to end, but the provider's rate need not.
/// If it was only slow the provider hears a little too much for a moment, and says so.
void Delivery::Machine::share_rates() {
    const std::int64_t now = clock_.monotonic_micros();
    const std::lock_guard lock(mutex_);
    const auto waiting_here = waiting_by_shard();
    std::int64_t ours = 0;
    std::int64_t all = 0;
    int held = 0;
    for (std::size_t s = 0; s < kShards; ++s) {
        const Shard& shard = shards_[s];
        const bool is_held = shard.hold == Shard::Hold::kOwned;
        const std::int64_t waiting = is_held                     ? waiting_here[s]
                                     : sends_nothing(shard, now) ? 0
                                                                 : shard.seen_waiting;
        ours += is_held ? waiting : 0;
        all += waiting;
        held += is_held ? 1 : 0;
    }
    const double share = all > 0 ? static_cast<double>(ours) / static_cast<double>(all)
                                 : static_cast<double>(held) / kShards;
    for (SenderNumber& sender : senders_) {
        sender.set_share(std::max(share, 0.02));  // mail and second tries always find a little
    }
}

/// The shards whose leases are ours as we know them; nobody takes them before the transaction ends.
std::set<int> Delivery::Machine::still_held(storage::Transaction& tx) const {
    const std::vector<sql::LeaseHeldRow> rows = sql::lease_held(tx, {.owner = owner_});
    std::set<int> held;
    const std::lock_guard lock(mutex_);
    for (const sql::LeaseHeldRow& row : rows) {
        const Shard& shard = shards_[static_cast<std::size_t>(row.shard)];
        if (shard.hold == Shard::Hold::kOwned && shard.epoch == row.epoch) {
            held.insert(static_cast<int>(row.shard));
        }
    }
    return held;
}

/// Promise: an owner that was replaced writes nothing of what is its successor's.
void Delivery::Machine::require_leases(storage::Transaction& tx,
                                       const std::set<int>& shards) const {
    const std::set<int> held = still_held(tx);
    for (const int s : shards) {
        if (!held.contains(s)) {
            throw storage::Failure("delivery: shard " + std::to_string(s) + " has a new owner");
        }
    }
}

/// Ours go on under another name, and what stands under the old one beyond what is in memory is
/// read like another process's. Held: mutex_.
void Delivery::Machine::leave_writer() {
    left_writers_.emplace(writer_, folded_seq_);
    writer_ = database_.new_id();
    folded_seq_ = seq_;
}

/// After a commit whose end is not known: it may still land, and rows of one writer must commit in
/// their order, so ours go on under another name. Its permits are not used: for each that is a
/// definite no, so that the next attempt bears another number whatever became of the commit.
void Delivery::Machine::give_up(const PermitPlan& plan) {
    const std::lock_guard lock(mutex_);
    leave_writer();
    for (const SlotEvent& event : plan.events) {
        if (event.evidence.state == SlotState::kBusy) {
            const SlotEvent unused{event.id,
                                   {.state = SlotState::kRetry,
                                    .doubted = event.evidence.doubted,
                                    .attempt = event.evidence.attempt}};
            outcomes_.push_back(unused);
            fold_one(unused);
        }
    }
}

}  // namespace haat::messaging
