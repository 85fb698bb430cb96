/// @file All that was said with one person, on all her addresses, and what happened to her tickets;
/// in pages from the newest back. For officers only: it has their notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/tickets.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

struct HistoryItem {
    enum class Kind : std::uint8_t { kIn, kOut, kBroadcast, kEvent };
    Kind kind = Kind::kIn;
    std::int64_t id = 0;  ///< Unique within its kind; with `at` its place in the order.
    UnixSeconds at;
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string what;   ///< Of a message of hers: text, audio, …
    std::string media;  ///< Of a voice note or picture: waiting, kept, gone, refused; else empty.
    bool is_audio = false;  ///< What is kept is a voice note, not a picture.
    std::string text;
    std::string state;  ///< Of what was sent.
    std::vector<std::string> buttons;
    AccountId by;  ///< The officer who wrote or did it; none: haat, or she.
    std::optional<messaging::TicketEvent> event;
    BroadcastId broadcast_id;
};

/// Where a page ends: the next one is before that.
struct HistoryPlace {
    UnixSeconds at;
    std::int64_t id = 0;
};
struct History {
    std::vector<HistoryItem> items;    ///< Oldest first.
    std::optional<HistoryPlace> next;  ///< None: there is nothing before.
};

/// Of whom the ticket is about; of a stranger, of that address. At most `limit` items.
/// @param before  None: from the newest.
/// @return flows.not_allowed, messaging.no_ticket.
[[nodiscard]] Result<History> read_ticket_history(MessagingContext& context, const Viewer& viewer,
                                                  InboundId ticket_id,
                                                  std::optional<HistoryPlace> before, int limit);
/// @return flows.not_allowed, registry.no_person.
[[nodiscard]] Result<History> read_person_history(MessagingContext& context, const Viewer& viewer,
                                                  PersonId person_id,
                                                  std::optional<HistoryPlace> before, int limit);

}  // namespace haat::flows
