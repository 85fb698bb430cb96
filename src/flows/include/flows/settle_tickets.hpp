/// @file Promise: whatever a person must settle lies in one queue, one officer at a time has it,
/// and she hears the answer. Source: docs/internals/inbox.md.
///
/// Every change is safe to repeat by its device id, and says who has the ticket if somebody else
/// was a second before. Outside the viewer's places a ticket does not exist (messaging.no_ticket);
/// roles that do not answer are refused (flows.not_allowed).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "messaging/tickets.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

/// Somebody who answers.
struct Officer {
    AccountId account_id;
    std::string name_hi;
    std::string name_en;
    Role role = Role::kAuditor;
    PlaceId place_id;
};

struct TicketRow {
    messaging::Ticket ticket;
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string address_masked;
    UnixSeconds window_open_until;  ///< Free text may be sent until then; perhaps over.
    OrderId order_id;               ///< That it is about; none: it names none.
    std::string order_reference;    ///< "P4K7".
};

struct TicketDetail {
    TicketRow row;
    std::vector<messaging::TicketEvent> events;  ///< Notes too: they are for officers.
    std::vector<Officer> colleagues;             ///< To whom it can be given, the nearest first.
    std::vector<PlaceId> desks;                  ///< To which it can be moved, the nearest first.
};

enum class TicketQueue : std::uint8_t { kOpen, kMine, kNobodys, kLate, kClosed };
[[nodiscard]] std::optional<TicketQueue> ticket_queue_from(std::string_view name);

struct TicketsAsked {
    TicketQueue queue = TicketQueue::kOpen;
    std::string topic;      ///< Empty: all.
    PlaceId place_id;       ///< Below it; none: all of the viewer's.
    bool own_desk = false;  ///< Only what lies on the desk of the viewer's own place.
    UnixSeconds after_at;   ///< See messaging::TicketFilter.
    InboundId after_id;
    int limit = 50;
};
struct TicketPage {
    std::vector<TicketRow> rows;
    messaging::TicketCounts counts;
};
/// @return flows.not_allowed, registry.no_place.
[[nodiscard]] Result<TicketPage> list_tickets(FlowContext& context, const Viewer& viewer,
                                              const TicketsAsked& asked);
[[nodiscard]] Result<TicketDetail> read_ticket(FlowContext& context, const Viewer& viewer,
                                               InboundId ticket_id);

/// @return also messaging.ticket_closed, messaging.ticket_taken, messaging.ticket_device_reused.
[[nodiscard]] Result<TicketDetail> take_ticket(FlowContext& context, const Viewer& viewer,
                                               InboundId ticket_id, std::string_view device_id);

/// What a change was decided on.
struct TicketSeen {
    std::string device_id;
    std::int64_t version = 0;  ///< Of the ticket as it was looked at.
};
/// Those who may act: who has it, anybody if nobody has it, and officers of a larger place.
/// @return also messaging.ticket_changed, messaging.no_colleague.
[[nodiscard]] Result<TicketDetail> give_ticket(FlowContext& context, const Viewer& viewer,
                                               InboundId ticket_id, const TicketSeen& seen,
                                               AccountId to_account_id);
[[nodiscard]] Result<TicketDetail> return_ticket(FlowContext& context, const Viewer& viewer,
                                                 InboundId ticket_id, const TicketSeen& seen);

struct TicketMove {
    PlaceId place_id;   ///< None: its desk stays. A stranger's: where she is.
    std::string topic;  ///< Empty: stays.
};
/// On another desk it is nobody's. @return also messaging.no_desk.
[[nodiscard]] Result<TicketDetail> move_ticket(FlowContext& context, const Viewer& viewer,
                                               InboundId ticket_id, const TicketSeen& seen,
                                               const TicketMove& move);

/// A note that she never sees. Nobody can change or remove it.
[[nodiscard]] Result<TicketDetail> note_ticket(FlowContext& context, const Viewer& viewer,
                                               InboundId ticket_id, std::string_view device_id,
                                               std::string_view text);

/// Writes to her; takes the ticket if nobody has it.
/// @return also flows.window_closed, messaging.text_too_long.
[[nodiscard]] Result<TicketDetail> write_for_ticket(MessagingContext& context, MailSender& sender,
                                                    const Viewer& viewer, InboundId ticket_id,
                                                    std::string_view device_id,
                                                    std::string_view text);

struct TicketClose {
    std::string answer;
    bool tell = true;  ///< Send her the answer, if her window is open.
};
/// Settled. With the last open ticket of her conversation haat answers again.
[[nodiscard]] Result<TicketDetail> close_ticket(MessagingContext& context, MailSender& sender,
                                                const Viewer& viewer, InboundId ticket_id,
                                                const TicketSeen& seen, const TicketClose& close);

/// Moves overdue tickets to the next desk above, with a new deadline; at most `limit`. Returns how
/// many it looked at. Called by a worker.
int escalate_tickets(FlowContext& context, int limit);

}  // namespace haat::flows
