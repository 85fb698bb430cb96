/// @file Tickets: what a producer reported and somebody must settle by a deadline. A ticket bears
/// the id of the message that opened it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct NewTicket {
    InboundId inbound_id;  ///< Her message; it opens one ticket at most.
    std::string_view topic;
    AddressId address_id;
    PersonId person_id;  ///< None for a stranger.
    PlaceId place_id;
    std::string_view text;
    UnixSeconds due_at;
};

struct Ticket {
    InboundId inbound_id;
    std::string
        topic;  ///< pickup, payment, quality, dispatch, scheme; more may come with dialogues.
    AddressId address_id;
    PersonId person_id;
    PlaceId place_id;
    std::string text;
    UnixSeconds opened_at;
    UnixSeconds due_at;
    std::optional<UnixSeconds> closed_at;
    std::string answer;
};

/// The ticket of that message; the same one if it was opened before.
Ticket open_ticket(storage::Transaction& tx, const NewTicket& ticket, UnixSeconds now);

/// Open ones in the viewer's places, those due first before others; at most `limit`.
[[nodiscard]] std::vector<Ticket> open_tickets(storage::Transaction& tx, const Viewer& viewer,
                                               int limit);
/// Hers, newest first.
[[nodiscard]] std::vector<Ticket> tickets_of(storage::Transaction& tx, const Viewer& viewer,
                                             PersonId person_id, int limit);

/// @return messaging.no_ticket, messaging.ticket_closed.
[[nodiscard]] Result<Ticket> close_ticket(storage::Transaction& tx, const Viewer& viewer,
                                          InboundId inbound_id, std::string_view answer,
                                          UnixSeconds now);

}  // namespace haat::messaging
