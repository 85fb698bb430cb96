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

/// What to do when nobody can say whether a message arrived.
enum class DeliveryMode : std::uint8_t {
    kAtMostOnce,   ///< It is never sent again.
    kAtLeastOnce,  ///< For alerts: sent again after a quarter of an hour, up to three times in all.
};
[[nodiscard]] std::string_view delivery_mode_name(DeliveryMode mode);
[[nodiscard]] std::optional<DeliveryMode> delivery_mode_from_name(std::string_view name);

/// Another channel for those whom the one before definitely did not reach.
struct Fallback {
    registry::Channel channel = registry::Channel::kSms;
    /// From then on a message that was accepted and not delivered counts as failed. Takes effect
    /// only if no such message can still arrive then: expires_at + lifetime_seconds of the channel
    /// before is not later. 0: never.
    UnixSeconds wait_until;
    /// Also for those of whom it is not known ("may arrive twice"); such sends are counted.
    bool may_repeat = false;
    UnixSeconds expires_at;
    std::int64_t lifetime_seconds = 0;  ///< As NewBroadcast's.
    std::int64_t price_centipaise = 0;  ///< As NewBroadcast's.
};

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
    DeliveryMode mode = DeliveryMode::kAtMostOnce;
    /// How long the provider goes on trying to deliver what it accepted; 0: not known.
    std::int64_t lifetime_seconds = 0;
    /// What each permit takes from an allowance (allowances.hpp), and which one; 0: none.
    std::int64_t price_centipaise = 0;
    std::int64_t allowance_id = 0;
    std::vector<Fallback> fallbacks;  ///< Each follows the one before.
};

/// Who of the recipients gets no slot that is sent, though the audience has her.
struct LeftOut {
    std::span<const std::uint32_t> capped;  ///< Ascending ordinals of people who had enough.
};

enum class BroadcastState : std::uint8_t { kPlanning, kSending, kPaused, kCancelled, kDone };
[[nodiscard]] std::string_view broadcast_state_name(BroadcastState state);

struct Broadcast {
    BroadcastId broadcast_id;
    BroadcastState state = BroadcastState::kPlanning;
    std::string pause_reason;  ///< "officer", "budget", "template", "provider"; empty if it runs.
    BroadcastId follows;       ///< The broadcast of which this is the fallback; none: of its own.
    NewBroadcast what;         ///< Without fallbacks.
    std::int64_t recipients = 0;  ///< Slots that stand for an address of their own.
    std::int64_t shared = 0;      ///< People reached by another person's slot.
    UnixSeconds created_at;
    std::optional<UnixSeconds> finished_at;
    std::uint32_t nonce = 0;  ///< Carried by the names of its attempts, with its number.
};

/// Makes the broadcast and its chunks from ascending ordinals, in slices that never hold the
/// database's writer for long. A crash in between leaves a broadcast in `planning` that is removed
/// when the same is asked again, or at the next start: nothing of it was sent. People who share an
/// address get one slot in `queued` and the others in `shared`. Safe to repeat by device id: the
/// first broadcast is returned.
/// @return messaging.no_recipients.
[[nodiscard]] Result<Broadcast> create_broadcast(storage::Database& database,
                                                 const NewBroadcast& broadcast,
                                                 std::span<const std::uint32_t> ordinals,
                                                 UnixSeconds now, const LeftOut& left_out = {});

/// Removes plannings that began before and never ended.
void remove_half_planned(storage::Transaction& tx, UnixSeconds before);

/// The fallbacks of a broadcast, in their order.
[[nodiscard]] std::vector<BroadcastId> fallbacks_of(storage::Transaction& tx,
                                                    BroadcastId broadcast_id);

/// @return messaging.no_broadcast, also outside the viewer's places.
[[nodiscard]] Result<Broadcast> find_broadcast(storage::Transaction& tx, const Viewer& viewer,
                                               BroadcastId broadcast_id);
/// Newest first, below `before` (0: from the newest), at most `limit`.
[[nodiscard]] std::vector<Broadcast> list_broadcasts(storage::Transaction& tx, const Viewer& viewer,
                                                     std::int64_t before, int limit);

/// Pauses, resumes or cancels, fallbacks included. Tell Delivery::wake afterwards.
/// @param state  kSending, kPaused or kCancelled.
/// @return messaging.no_broadcast, messaging.broadcast_done.
[[nodiscard]] Result<void> set_broadcast_state(storage::Transaction& tx, const Viewer& viewer,
                                               BroadcastId broadcast_id, BroadcastState state,
                                               std::string_view pause_reason = "officer");

/// Ordinals of people who wrote to us in the week after a broadcast was made.
[[nodiscard]] std::vector<std::uint32_t> people_who_wrote_after(storage::Transaction& tx,
                                                                const Broadcast& broadcast);

/// How many slots are in each state, and what stands beside the states.
struct Progress {
    std::array<std::int64_t, kSlotStateCount> by_state{};
    std::int64_t failed = 0;     ///< Accepted, then reported as failed.
    std::int64_t twice = 0;      ///< Known to have arrived more than once.
    std::int64_t repeated = 0;   ///< Sent again while an earlier attempt was unknown.
    std::int64_t recipients = 0; ///< All slots but the shared ones.

    [[nodiscard]] std::int64_t of(SlotState state) const {
        return by_state[static_cast<std::size_t>(state)];
    }
    void add(const Progress& other);
    /// Accepted or further.
    [[nodiscard]] std::int64_t accepted() const;
    /// Reached at least this far.
    [[nodiscard]] std::int64_t at_least(SlotState state) const;
    /// Recipients without a settled state: 0 once it is done, whatever happened on the way.
    [[nodiscard]] std::int64_t missing() const;

    friend bool operator==(const Progress&, const Progress&) = default;
};

}  // namespace haat::messaging
