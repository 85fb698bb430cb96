#include "messaging/broadcasts.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "registry/people.hpp"
#include "sql/broadcasts.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 4> kStates{"planning", "sending", "paused", "done"};

/// Chunks written in one transaction: few enough that the writer is never held for long.
constexpr std::size_t kChunksPerWrite = 8;

BroadcastState state_from_name(std::string_view name) {
    const auto found = std::ranges::find(kStates, name);
    return static_cast<BroadcastState>(found - kStates.begin());
}

template <typename Row>
Broadcast broadcast_of(const Row& row) {
    Broadcast broadcast;
    broadcast.broadcast_id = row.broadcast_id;
    broadcast.state = state_from_name(row.state);
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
    return broadcast;
}

/// Turns ordinals into chunks; remembers which addresses have a slot already.
class Planner {
  public:
    explicit Planner(registry::Channel channel) : channel_(channel) {}

    /// One chunk from at most 4,096 ascending ordinals.
    Chunk plan(storage::Transaction& tx, std::span<const std::uint32_t> ordinals) {
        Chunk chunk;
        chunk.ordinals.assign(ordinals.begin(), ordinals.end());
        chunk.slots.resize(ordinals.size(), Slot{.state = SlotState::kNoAddress});
        std::size_t at = 0;
        registry::addresses_in(
            tx, ordinals.front(), ordinals.back(), channel_,
            [&](const registry::SendAddress& address) {
                while (at < ordinals.size() && ordinals[at] < address.ordinal) {
                    ++at;
                }
                const bool chosen = at < ordinals.size() && ordinals[at] == address.ordinal;
                if (chosen && chunk.slots[at].state == SlotState::kNoAddress) {
                    const bool first = taken_.insert(address.address_id.value).second;
                    chunk.slots[at].state = first ? SlotState::kQueued : SlotState::kShared;
                    shared_ += first ? 0 : 1;
                }
            });
        return chunk;
    }

    [[nodiscard]] std::int64_t shared() const { return shared_; }

  private:
    registry::Channel channel_;
    std::unordered_set<std::int64_t> taken_;
    std::int64_t shared_ = 0;
};

void write_chunks(storage::Database& database, BroadcastId broadcast_id, std::int64_t first_chunk,
                  std::span<const Chunk> chunks) {
    std::vector<std::string> bytes;
    std::vector<sql::ChunkPutParams> rows;
    bytes.reserve(chunks.size() * 2);  // the rows borrow from it
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        bytes.push_back(encode_ordinals(chunks[i].ordinals));
        bytes.push_back(encode_slots(chunks[i].slots));
        rows.push_back({.broadcast_id = broadcast_id,
                        .chunk_no = first_chunk + static_cast<std::int64_t>(i),
                        .ordinals = bytes[2 * i],
                        .slots = bytes[2 * i + 1]});
    }
    database.write([&](storage::Transaction& tx) { sql::chunk_put(tx, rows); });
}

}  // namespace

std::string_view broadcast_state_name(BroadcastState state) {
    return kStates[static_cast<std::size_t>(state)];
}

Result<Broadcast> create_broadcast(storage::Database& database, const NewBroadcast& broadcast,
                                   std::span<const std::uint32_t> ordinals, UnixSeconds now) {
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
    const BroadcastId broadcast_id = database.write([&](storage::Transaction& tx) {
        return sql::broadcast_add(
                   tx, {.device_id = broadcast.device_id,
                        .purpose = registry::message_purpose_name(broadcast.purpose),
                        .channel = static_cast<std::int64_t>(broadcast.channel),
                        .template_name = broadcast.template_name,
                        .params = broadcast.params_json,
                        .audience = broadcast.audience_json,
                        .demand_id = broadcast.demand_id,
                        .place_id = broadcast.place_id,
                        .created_by_account_id = broadcast.created_by,
                        .created_at = now,
                        .expires_at = broadcast.expires_at})
            .broadcast_id;
    });

    Planner planner(broadcast.channel);
    const std::size_t slice = kSlotsPerChunk * kChunksPerWrite;
    for (std::size_t from = 0; from < ordinals.size(); from += slice) {
        std::vector<Chunk> chunks;
        database.read([&](storage::Transaction& tx) {
            for (std::size_t at = from; at < std::min(from + slice, ordinals.size());
                 at += kSlotsPerChunk) {
                const std::size_t size =
                    std::min(std::size_t{kSlotsPerChunk}, ordinals.size() - at);
                chunks.push_back(planner.plan(tx, ordinals.subspan(at, size)));
            }
        });
        write_chunks(database, broadcast_id, static_cast<std::int64_t>(from / kSlotsPerChunk),
                     chunks);
    }

    Broadcast made{.broadcast_id = broadcast_id,
                   .state = BroadcastState::kSending,
                   .what = broadcast,
                   .recipients = static_cast<std::int64_t>(ordinals.size()) - planner.shared(),
                   .shared = planner.shared(),
                   .created_at = now};
    database.write([&](storage::Transaction& tx) {
        sql::broadcast_planned(tx, {.recipients = made.recipients,
                                    .shared = made.shared,
                                    .broadcast_id = broadcast_id});
    });
    return made;
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

Result<void> set_broadcast_paused(storage::Transaction& tx, const Viewer& viewer,
                                  BroadcastId broadcast_id, bool paused) {
    const Broadcast broadcast = HAAT_TRY(find_broadcast(tx, viewer, broadcast_id));
    if (broadcast.state == BroadcastState::kDone) {
        return refuse(ErrorKind::kConflict, "messaging.broadcast_done");
    }
    sql::broadcast_set_state(
        tx, {.state = paused ? "paused" : "sending",
             .finished_at = std::nullopt,
             .broadcast_id = broadcast_id});
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

std::int64_t Progress::accepted() const { return at_least(SlotState::kAccepted); }

std::int64_t Progress::at_least(SlotState state) const {
    std::int64_t sum = 0;
    for (auto i = static_cast<std::size_t>(state); i < by_state.size(); ++i) {
        sum += by_state[i];
    }
    return sum;
}

std::int64_t Progress::missing() const {
    return recipients - (accepted() + of(SlotState::kRejected) + of(SlotState::kSuppressed) +
                         of(SlotState::kExpired) + of(SlotState::kNoAddress) +
                         of(SlotState::kUnknown));
}

}  // namespace haat::messaging
