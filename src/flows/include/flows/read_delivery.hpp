/// @file What becomes of a broadcast: its figures now, by place, and person by person as CSV. Reads
/// only, so sending is not slowed.
#pragma once

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
#include "registry/places.hpp"

namespace haat::flows {

/// The figures that move.
struct LiveDelivery {
    messaging::Broadcast broadcast;
    messaging::Progress progress;
    std::optional<messaging::PartOf> part;  ///< Of a plan.
    std::vector<messaging::Hold> holds;     ///< Why it does not send, the newest first.
    std::int64_t accepted_per_second = 0;
    std::int64_t delivered_per_second = 0;
    Paise cost;
    std::optional<Paise> budget;
    std::string mode;  ///< "at_most_once" or "at_least_once".
    UnixSeconds as_of_at;
};
/// Some microseconds and a few indexed reads. @return messaging.no_broadcast.
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
/// A page of recipients with their state as last written back (at most a minute ago), at most
/// `limit` rows; memory is that of one page. Asking again gives the same page. Cells that a
/// spreadsheet would take for a formula are quoted. Full phones need reveal_phone and are audited.
/// @return messaging.no_broadcast, flows.not_allowed.
[[nodiscard]] Result<ExportPage> export_recipients(MessagingContext& context, const Viewer& viewer,
                                                   BroadcastId broadcast_id, ExportCursor from,
                                                   std::int64_t limit, PhonesShown phones);

/// One cell, quoted, its formula signs made harmless.
[[nodiscard]] std::string csv_cell(std::string_view text);

}  // namespace haat::flows
