/// @file What becomes of a broadcast: its figures now, by place, and person by person as CSV. Reads
/// only, so sending is not slowed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/broadcast_plans.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/share_card.hpp"
#include "messaging/slot.hpp"
#include "registry/channels.hpp"
#include "registry/places.hpp"

namespace haat::flows {

/// How often a provider's code stands behind a failure.
struct DeliveryReason {
    registry::Channel channel = registry::Channel::kWhatsapp;
    int code = 0;  ///< -1: some other reason.
    std::int64_t count = 0;
};
/// By messaging::UnknownCause; the last one is "other".
using UnknownCauses = std::array<std::int64_t, messaging::kUnknownCauses + 1>;

/// One channel of a broadcast: itself, or a fallback.
struct LegDelivery {
    BroadcastId broadcast_id;
    registry::Channel channel = registry::Channel::kWhatsapp;
    messaging::Progress progress;
    std::vector<DeliveryReason> reasons;  ///< Most frequent first, at most 50.
    Paise cost;
};
/// A broadcast with its fallbacks.
struct WholeDelivery {
    messaging::Progress people;           ///< Each person once: how far she got on any channel.
    std::vector<DeliveryReason> reasons;  ///< Of people whom no channel reached, by the last one.
    UnknownCauses causes{};               ///< Of people of whom it is not known.
    std::vector<LegDelivery> legs;        ///< In the order in which they are tried.
    Paise cost;                           ///< Of all channels.
};
/// Linear in the recipients (about 10 ns each and channel) unless nothing moved since the last
/// time; while it moves, what was counted is good for twenty times as long as counting took.
[[nodiscard]] WholeDelivery read_whole_delivery(MessagingContext& context, storage::Transaction& tx,
                                                const messaging::Broadcast& broadcast);

/// Recipients by how far they got on any channel, ascending. Linear in the recipients.
struct ReachedOrdinals {
    std::vector<std::uint32_t> all;
    std::vector<std::uint32_t> accepted;
    std::vector<std::uint32_t> delivered;
    std::vector<std::uint32_t> read;
};
[[nodiscard]] ReachedOrdinals read_reached(MessagingContext& context, storage::Transaction& tx,
                                           BroadcastId broadcast_id);

/// The figures that move.
struct LiveDelivery {
    messaging::Broadcast broadcast;
    WholeDelivery whole;
    std::optional<messaging::PartOf> part;  ///< Of a plan.
    std::vector<messaging::Hold> holds;     ///< Why it does not send, the newest first.
    std::int64_t accepted_per_second = 0;
    std::int64_t delivered_per_second = 0;
    messaging::RelaySums relayed;  ///< Share cards; what came of them nobody can know.
    std::optional<Paise> budget;
    std::string mode;  ///< "at_most_once" or "at_least_once".
    /// Until then a callback may settle what is not known; what it has not settled by then is
    /// closed, and stays unknown. None: nothing is unknown, or it still sends.
    std::optional<UnixSeconds> unknown_closes_at;
    UnixSeconds as_of_at;
};
/// As read_whole_delivery, and a few indexed reads. @return messaging.no_broadcast.
[[nodiscard]] Result<LiveDelivery> read_live_delivery(MessagingContext& context,
                                                      const Viewer& viewer,
                                                      BroadcastId broadcast_id);

/// Each column counts those who got at least so far.
struct PlaceDelivery {
    registry::Place place;
    std::int64_t children = 0;
    std::int64_t recipients = 0;
    std::int64_t accepted = 0;
    std::int64_t delivered = 0;
    std::int64_t read = 0;
    std::int64_t replies = 0;
};
struct DeliveryByPlace {
    std::vector<registry::Place> path;  ///< From the state down to the place itself.
    std::vector<PlaceDelivery> items;   ///< Its children that have recipients.
};
/// One level below `place_id` (none: the viewer's own place): district, block, panchayat, village.
/// Linear in the recipients and in the children.
/// @return messaging.no_broadcast, registry.no_place.
[[nodiscard]] Result<DeliveryByPlace> read_delivery_by_place(MessagingContext& context,
                                                             const Viewer& viewer,
                                                             BroadcastId broadcast_id,
                                                             PlaceId place_id);

/// Where an export goes on.
struct ExportCursor {
    std::int64_t chunk_no = 0;
    std::int64_t slot = 0;
};
enum class PhonesShown : std::uint8_t { kMasked, kFull };
struct ExportPage {
    std::string csv;  ///< UTF-8; the first page starts with a byte order mark and a header.
    std::optional<ExportCursor> next;
};
/// A page of recipients with their state as it is now, over all channels (the channel named is the
/// one on which she got furthest), at most `limit` rows; memory is that of one page, and sending is
/// not held up: slots are copied chunk by chunk. Asking again gives the same people. Cells that a
/// spreadsheet would take for a formula are quoted. Full phones need reveal_phone and are audited.
/// @return messaging.no_broadcast, flows.not_allowed.
[[nodiscard]] Result<ExportPage> export_recipients(MessagingContext& context, const Viewer& viewer,
                                                   BroadcastId broadcast_id, ExportCursor from,
                                                   std::int64_t limit, PhonesShown phones);

/// One cell, quoted, its formula signs made harmless.
[[nodiscard]] std::string csv_cell(std::string_view text);

}  // namespace haat::flows
