/// @file Broadcasts: one message to many. Creating one takes a snapshot of its recipients; from then
/// on every one of them has a slot that ends in a state, and the record says which.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "messaging/chunk.hpp"
#include "messaging/outgoing.hpp"
#include "registry/channels.hpp"
#include "storage/database.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct NewBroadcast {
    std::string device_id;  ///< Made by the client; the same one makes no second broadcast.
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string template_name;
    /// {"hi": ["…"], "en": ["…"], "buttons": ["payload"], "text_hi": "…", "text_en": "…"}: the
    /// template's parameters by language, and the whole text for the record.
    std::string params_json;
    std::string audience_json;  ///< The query as it was asked, for the record.
    DemandId demand_id;         ///< None if it is not about one.
    PlaceId place_id;           ///< The creator's place: whose scope it belongs to.
    AccountId created_by;
    UnixSeconds expires_at;     ///< Slots without a permit by then are expired.
};

enum class BroadcastState : std::uint8_t { kPlanning, kSending, kPaused, kDone };
[[nodiscard]] std::string_view broadcast_state_name(BroadcastState state);

struct Broadcast {
    BroadcastId broadcast_id;
    BroadcastState state = BroadcastState::kPlanning;
    NewBroadcast what;
    std::int64_t recipients = 0;  ///< Slots that stand for an address of their own.
    std::int64_t shared = 0;      ///< People reached by another person's slot.
    UnixSeconds created_at;
    std::optional<UnixSeconds> finished_at;
};

/// Makes the broadcast and its chunks from ascending ordinals, in slices that never hold the
/// database's writer for long. A crash in between leaves a broadcast in `planning` that is removed
/// at the next start: nothing of it was sent. People who share an address get one slot in `queued`
/// and the others in `shared`.
/// Safe to repeat by device id: the first broadcast is returned.
/// @return messaging.no_recipients.
[[nodiscard]] Result<Broadcast> create_broadcast(storage::Database& database,
                                                 const NewBroadcast& broadcast,
                                                 std::span<const std::uint32_t> ordinals,
                                                 UnixSeconds now);

/// @return messaging.no_broadcast, also outside the viewer's places.
[[nodiscard]] Result<Broadcast> find_broadcast(storage::Transaction& tx, const Viewer& viewer,
                                               BroadcastId broadcast_id);
/// Newest first, below `before` (0: from the newest), at most `limit`.
[[nodiscard]] std::vector<Broadcast> list_broadcasts(storage::Transaction& tx, const Viewer& viewer,
                                                     std::int64_t before, int limit);

/// Pauses or resumes. @return messaging.no_broadcast, messaging.broadcast_done.
[[nodiscard]] Result<void> set_broadcast_paused(storage::Transaction& tx, const Viewer& viewer,
                                                BroadcastId broadcast_id, bool paused);

/// Ordinals of people who wrote to us in the week after a broadcast was made.
[[nodiscard]] std::vector<std::uint32_t> people_who_wrote_after(storage::Transaction& tx,
                                                                const Broadcast& broadcast);

/// How many slots are in each state, and what stands beside the states.
struct Progress {
    std::array<std::int64_t, kSlotStateCount> by_state{};
    std::int64_t failed = 0;     ///< Accepted, then reported as failed.
    std::int64_t twice = 0;      ///< Known to have arrived more than once.
    std::int64_t recipients = 0; ///< All slots but the shared ones.

    [[nodiscard]] std::int64_t of(SlotState state) const {
        return by_state[static_cast<std::size_t>(state)];
    }
    /// Accepted or further.
    [[nodiscard]] std::int64_t accepted() const;
    /// Reached at least this far.
    [[nodiscard]] std::int64_t at_least(SlotState state) const;
    /// recipients − (accepted + rejected + suppressed + expired + no address + unknown): 0 once it
    /// is done, whatever happened on the way.
    [[nodiscard]] std::int64_t missing() const;
};

}  // namespace haat::messaging
