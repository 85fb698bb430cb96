#include "messaging/broadcasts.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

#include "registry/people.hpp"
#include "sql/broadcasts.hpp"
#include "storage/failure.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 5> kStates{"planning", "sending", "paused", "cancelled",
                                                  "done"};
constexpr std::array<std::string_view, 2> kModes{"at_most_once", "at_least_once"};

/// Chunks written in one transaction: few enough that the writer is never held for long.
constexpr std::size_t kChunksPerWrite = 32;

BroadcastState state_from_name(std::string_view name) {
    const auto found = std::ranges::find(kStates, name);
    return static_cast<BroadcastState>(found - kStates.begin());
}

template <typename Row>
Broadcast broadcast_of(const Row& row) {
    Broadcast broadcast;
    broadcast.broadcast_id = row.broadcast_id;
    broadcast.state = state_from_name(row.state);
    broadcast.pause_reason = row.pause_reason;
    broadcast.follows = BroadcastId{row.follows};
    broadcast.what.mode =
        delivery_mode_from_name(row.mode).value_or(DeliveryMode::kAtMostOnce);
    broadcast.what.lifetime_seconds = row.lifetime_seconds;
    broadcast.what.device_id = row.device_id;
    broadcast.finished_at = row.finished_at;
    broadcast.what.purpose = registry::message_purpose_from_name(row.purpose)
                                 .value_or(registry::MessagePurpose::kMarket);
    broadcast.what.channel = static_cast<registry::Channel>(row.channel);
    broadcast.what.template_name = row.template_name;
    broadcast.what.params_json = row.params;
    broadcast.what.audience_json = row.audience;
    broadcast.what.demand_id = row.demand_id;
    broadcast.what.place_id = row.place_id;
    broadcast.what.created_by = row.created_by_account_id;
    broadcast.what.expires_at = row.expires_at;
    broadcast.recipients = row.recipients;
    broadcast.shared = row.shared;
    broadcast.created_at = row.created_at;
    broadcast.nonce = static_cast<std::uint32_t>(row.nonce);
    return broadcast;
}

/// Turns ordinals into chunks; remembers which addresses have a slot already.
class Planner {
  public:
    Planner(registry::Channel channel, const LeftOut& left_out)
        : channel_(channel), capped_(left_out.capped) {}

    /// One chunk from at most 4,096 ascending ordinals.
    Chunk plan(storage::Transaction& tx, std::span<const std::uint32_t> ordinals) {
        Chunk chunk;
        chunk.ordinals.assign(ordinals.begin(), ordinals.end());
        chunk.slots.resize(ordinals.size(), Slot{.state = SlotState::kNoAddress});
        std::size_t at = 0;
        registry::address_ids_in(
            tx, ordinals.front(), ordinals.back(), channel_,
            [&](std::uint32_t ordinal, AddressId address_id) {
                while (at < ordinals.size() && ordinals[at] < ordinal) {
                    ++at;
                }
                const bool chosen = at < ordinals.size() && ordinals[at] == ordinal;
                if (chosen && chunk.slots[at].state == SlotState::kNoAddress) {
                    chunk.slots[at].state = state_for(ordinal, address_id);
                }
            });
        return chunk;
    }

    [[nodiscard]] std::int64_t shared() const { return shared_; }

  private:
    SlotState state_for(std::uint32_t ordinal, AddressId address_id) {
        if (std::ranges::binary_search(capped_, ordinal)) {
            return SlotState::kCapped;
        }
        const std::size_t number = registry::address_number(address_id);
        if (number >= taken_.size()) {
            taken_.resize(number + number / 4 + 1);
        }
        const bool first = !taken_[number];
        taken_[number] = true;
        shared_ += first ? 0 : 1;
        return first ? SlotState::kQueued : SlotState::kShared;
    }

    registry::Channel channel_;
    std::span<const std::uint32_t> capped_;
    std::vector<bool> taken_;  ///< By number of the address: 2 MB for everybody.
    std::int64_t shared_ = 0;
};

/// What a planner learned when it added its row.
struct Planning {
    BroadcastId broadcast_id;
    std::uint32_t nonce = 0;
};

[[noreturn]] void throw_removed() {
    throw storage::Failure("broadcast: its planning was removed meanwhile");
}

void write_chunks(storage::Database& database, const Planning& planning, std::int64_t first_chunk,
                  std::span<const Chunk> chunks) {
    std::vector<std::string> bytes;
    std::vector<sql::ChunkPutParams> rows;
    bytes.reserve(chunks.size() * 2);  // the rows borrow from it
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        bytes.push_back(encode_ordinals(chunks[i].ordinals));
        bytes.push_back(encode_slots(chunks[i].slots));
        rows.push_back({.broadcast_id = planning.broadcast_id,
                        .chunk_no = first_chunk + static_cast<std::int64_t>(i),
                        .ordinals = bytes[2 * i],
                        .slots = bytes[2 * i + 1]});
    }
    database.write([&](storage::Transaction& tx) {
        if (!sql::broadcast_is_planning(
                tx, {.broadcast_id = planning.broadcast_id, .nonce = planning.nonce})) {
            throw_removed();
        }
        sql::chunk_put(tx, rows);
    });
}

/// Takes the snapshot of one broadcast that is in `planning`, in slices, and sets it to sending.
Broadcast take_snapshot(storage::Database& database, const Planning& planning,
                        const NewBroadcast& what, std::span<const std::uint32_t> ordinals,
                        UnixSeconds now, const LeftOut& left_out) {
    Planner planner(what.channel, left_out);
    const std::size_t slice = kSlotsPerChunk * kChunksPerWrite;
    for (std::size_t from = 0; from < ordinals.size(); from += slice) {
        std::vector<Chunk> chunks;
        database.read([&](storage::Transaction& tx) {
            chunks.clear();
            for (std::size_t at = from; at < std::min(from + slice, ordinals.size());
                 at += kSlotsPerChunk) {
                const std::size_t size =
                    std::min(std::size_t{kSlotsPerChunk}, ordinals.size() - at);
                chunks.push_back(planner.plan(tx, ordinals.subspan(at, size)));
            }
        });
        write_chunks(database, planning, static_cast<std::int64_t>(from / kSlotsPerChunk), chunks);
    }
    Broadcast made{.broadcast_id = planning.broadcast_id,
                   .state = BroadcastState::kSending,
                   .what = what,
                   .recipients = static_cast<std::int64_t>(ordinals.size()) - planner.shared(),
                   .shared = planner.shared(),
                   .created_at = now,
                   .finished_at = {},
                   .nonce = planning.nonce};
    return made;
}

/// Removes what is left of plannings that were cut off. Rows first: who still writes chunks of one
/// holds its row, and is waited for.
template <typename Row>
void delete_chunks(storage::Transaction& tx, const std::vector<Row>& gone) {
    std::vector<sql::ChunkDeleteParams> chunks;
    for (const Row& row : gone) {
        chunks.push_back({.broadcast_id = row.broadcast_id});
    }
    sql::chunk_delete(tx, chunks);
}

/// A planning of the same request that ended in the middle makes room.
Planning add_row(storage::Transaction& tx, const NewBroadcast& what, UnixSeconds now,
                 BroadcastId follows, const Fallback& fallback) {
    delete_chunks(tx, sql::broadcast_delete_cut_off(tx, {.device_id = what.device_id}));
    const std::uint32_t nonce = 1 + randombytes_uniform(UINT32_MAX);
    return {.broadcast_id =
                sql::broadcast_add(tx, {.device_id = what.device_id,
                                        .purpose = registry::message_purpose_name(what.purpose),
                                        .channel = static_cast<std::int64_t>(what.channel),
                                        .mode = delivery_mode_name(what.mode),
                                        .follows = follows.value,
                                        .lifetime_seconds = what.lifetime_seconds,
                                        .wait_until = fallback.wait_until.value,
                                        .may_repeat = fallback.may_repeat ? 1 : 0,
                                        .allowance_id = what.allowance_id,
                                        .price_centipaise = what.price_centipaise,
                                        .template_name = what.template_name,
                                        .params = what.params_json,
                                        .audience = what.audience_json,
                                        .demand_id = what.demand_id,
                                        .place_id = what.place_id,
                                        .created_by_account_id = what.created_by,
                                        .created_at = now,
                                        .expires_at = what.expires_at,
                                        .nonce = nonce})
                    .broadcast_id,
            .nonce = nonce};
}

}  // namespace

std::string_view broadcast_state_name(BroadcastState state) {
    return kStates[static_cast<std::size_t>(state)];
}

std::string_view delivery_mode_name(DeliveryMode mode) {
    return kModes[static_cast<std::size_t>(mode)];
}

std::optional<DeliveryMode> delivery_mode_from_name(std::string_view name) {
    const auto found = std::ranges::find(kModes, name);
    return found == kModes.end()
               ? std::nullopt
               : std::optional(static_cast<DeliveryMode>(found - kModes.begin()));
}

Result<Broadcast> create_broadcast(storage::Database& database, const NewBroadcast& broadcast,
                                   std::span<const std::uint32_t> ordinals, UnixSeconds now,
                                   const LeftOut& left_out) {
    if (ordinals.empty()) {
        return refuse(ErrorKind::kInvalid, "messaging.no_recipients");
    }
    const auto earlier = database.read([&](storage::Transaction& tx) {
        return sql::broadcast_by_device(tx, {.device_id = broadcast.device_id});
    });
    if (earlier) {
        return database.read([&](storage::Transaction& tx) {
            return find_broadcast(tx, system_viewer(), earlier->broadcast_id);
        });
    }
    // The broadcast and its fallbacks, each with a snapshot of the same people in the same slots.
    std::vector<NewBroadcast> legs{broadcast};
    for (const Fallback& fallback : broadcast.fallbacks) {
        NewBroadcast& leg = legs.emplace_back(broadcast);
        leg.channel = fallback.channel;
        leg.expires_at = fallback.expires_at;
        leg.mode = DeliveryMode::kAtMostOnce;
        leg.lifetime_seconds = fallback.lifetime_seconds;
        leg.price_centipaise = fallback.price_centipaise;
        leg.device_id += "/" + std::to_string(legs.size() - 1);
    }
    std::vector<Broadcast> made;
    BroadcastId before;
    for (std::size_t i = 0; i < legs.size(); ++i) {
        legs[i].fallbacks.clear();
        const Fallback fallback = i == 0 ? Fallback{} : broadcast.fallbacks[i - 1];
        const Planning planning = database.write(
            [&](storage::Transaction& tx) { return add_row(tx, legs[i], now, before, fallback); });
        made.push_back(take_snapshot(database, planning, legs[i], ordinals, now, left_out));
        made.back().follows = before;
        before = planning.broadcast_id;
    }
    database.write([&](storage::Transaction& tx) {
        for (const Broadcast& one : made) {
            const std::int64_t kept =
                sql::broadcast_planned(tx, {.slots = static_cast<std::int64_t>(ordinals.size()),
                                            .recipients = one.recipients,
                                            .shared = one.shared,
                                            .broadcast_id = one.broadcast_id,
                                            .nonce = one.nonce});
            if (kept != 1) {
                throw_removed();
            }
        }
    });
    return made.front();
}

void remove_half_planned(storage::Transaction& tx, UnixSeconds before) {
    delete_chunks(tx, sql::broadcast_delete_half_planned(tx, {.before_at = before}));
}

std::vector<BroadcastId> fallbacks_of(storage::Transaction& tx, BroadcastId broadcast_id) {
    std::vector<BroadcastId> ids;
    for (BroadcastId at = broadcast_id;;) {
        const auto rows = sql::broadcast_following(tx, {.broadcast_id = at});
        if (rows.empty()) {
            return ids;
        }
        at = rows.front().broadcast_id;
        ids.push_back(at);
    }
}

Result<Broadcast> find_broadcast(storage::Transaction& tx, const Viewer& viewer,
                                 BroadcastId broadcast_id) {
    const auto row = sql::broadcast_find(tx, {.broadcast_id = broadcast_id,
                                              .places_first = viewer.places.first,
                                              .places_last = viewer.places.last});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_broadcast");
    }
    return broadcast_of(*row);
}

std::vector<Broadcast> list_broadcasts(storage::Transaction& tx, const Viewer& viewer,
                                       std::int64_t before, int limit) {
    std::vector<Broadcast> broadcasts;
    for (const sql::BroadcastListRow& row :
         sql::broadcast_list(tx, {.before = before,
                                  .places_first = viewer.places.first,
                                  .places_last = viewer.places.last,
                                  .row_limit = limit})) {
        broadcasts.push_back(broadcast_of(row));
    }
    return broadcasts;
}

Result<void> set_broadcast_state(storage::Transaction& tx, const Viewer& viewer,
                                 BroadcastId broadcast_id, BroadcastState state,
                                 std::string_view pause_reason) {
    const Broadcast broadcast = HAAT_TRY(find_broadcast(tx, viewer, broadcast_id));
    if (broadcast.state != BroadcastState::kSending && broadcast.state != BroadcastState::kPaused) {
        return refuse(ErrorKind::kConflict, "messaging.broadcast_done");
    }
    std::vector<BroadcastId> all = fallbacks_of(tx, broadcast_id);
    all.insert(all.begin(), broadcast_id);
    for (const BroadcastId id : all) {
        sql::broadcast_set_state(
            tx, {.state = broadcast_state_name(state),
                 .pause_reason = state == BroadcastState::kPaused ? pause_reason : "",
                 .finished_at = std::nullopt,
                 .broadcast_id = id});
    }
    return {};
}

std::vector<std::uint32_t> people_who_wrote_after(storage::Transaction& tx,
                                                  const Broadcast& broadcast) {
    constexpr std::int64_t kWeekSeconds = 7 * 86'400;
    std::vector<std::uint32_t> ordinals;
    for (const sql::RecipientsWhoWroteRow& row : sql::recipients_who_wrote(
             tx, {.since_at = broadcast.created_at,
                  .until_at = {broadcast.created_at.value + kWeekSeconds}})) {
        ordinals.push_back(static_cast<std::uint32_t>(row.ordinal));
    }
    return ordinals;
}

void Progress::add(const Progress& other) {
    for (std::size_t i = 0; i < by_state.size(); ++i) {
        by_state[i] += other.by_state[i];
    }
    failed += other.failed;
    twice += other.twice;
    repeated += other.repeated;
    recipients += other.recipients;
}

std::int64_t Progress::accepted() const { return at_least(SlotState::kAccepted); }

std::int64_t Progress::at_least(SlotState state) const {
    std::int64_t sum = 0;
    for (auto i = static_cast<std::size_t>(state); i < by_state.size(); ++i) {
        sum += by_state[i];
    }
    return sum;
}

std::int64_t Progress::missing() const {
    std::int64_t settled = 0;
    for (int i = 0; i < kSlotStateCount; ++i) {
        const auto state = static_cast<SlotState>(i);
        settled += is_settled(state) && state != SlotState::kShared ? of(state) : 0;
    }
    return recipients - settled;
}

}  // namespace haat::messaging
