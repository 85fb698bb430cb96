/// @file Tickets: what a person must settle by a deadline: a request for a person, what was not
/// understood, a voice note, a report of a problem. A ticket bears the id of the message that
/// opened it; later messages about the same join it. It lies on the desk of a place, and one
/// officer has it or nobody. Each change raises its version; what happened to it is kept forever.
/// Source: docs/internals/inbox.md.
#pragma once

#include <cstdint>
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
    PlaceId place_id;    ///< Hers; none for a stranger.
    std::string_view text;
    UnixSeconds due_at;
    PlaceId desk_place_id;      ///< Whose officers it is for first.
    bool escalates = true;      ///< There is a desk above.
    bool stands_alone = false;  ///< It joins none that is open.
};

struct Ticket {
    InboundId inbound_id;
    std::string topic;  ///< person, not_understood, voice, pickup, …; dialogues may bring more.
    AddressId address_id;
    PersonId person_id;
    PlaceId place_id;
    std::string text;
    UnixSeconds opened_at;
    UnixSeconds due_at;
    std::optional<UnixSeconds> closed_at;
    std::string answer;
    PlaceId desk_place_id;
    AccountId assigned_account_id;  ///< None: nobody has it.
    std::int64_t version = 1;
    std::optional<UnixSeconds> escalate_at;  ///< When it goes one desk up; none from the top desk.
    std::int64_t escalations = 0;
    std::int64_t messages = 1;  ///< Of hers: the first, and those that joined.
    UnixSeconds last_at;        ///< When the latest of them came.
    bool told = false;          ///< She was sent the answer.
};

enum class TicketEventKind : std::uint8_t {
    kOpened,
    kJoined,     ///< Another message of hers.
    kTaken,      ///< By `account_id`, for herself.
    kGiven,      ///< To `to_account_id`.
    kReturned,   ///< Nobody has it any more.
    kMoved,      ///< To the desk of `place_id`, or to `topic`.
    kNoted,      ///< A note that she never sees.
    kAnswered,   ///< An officer wrote to her.
    kEscalated,  ///< Overdue: to the desk of `place_id`.
    kClosed,
};
/// "opened", …: the name in database and contract.
[[nodiscard]] std::string_view ticket_event_name(TicketEventKind kind);

struct TicketEvent {
    std::int64_t ticket_event_id = 0;  ///< Given when it is kept.
    InboundId inbound_id;
    TicketEventKind kind = TicketEventKind::kOpened;
    AccountId account_id;     ///< Who did it; none: she, or haat.
    AccountId to_account_id;  ///< Who had or has it from then on.
    PlaceId place_id;
    std::string topic;
    std::string text;
    UnixSeconds at;
};

struct OpenedTicket {
    Ticket ticket;
    bool is_new = true;  ///< Else the message joined one that was open, or came a second time.
};
/// The ticket of that message, with its first event. An open one of the same topic, person and
/// address is joined instead. Repeating changes nothing.
OpenedTicket open_ticket(storage::Transaction& tx, const NewTicket& ticket, UnixSeconds now);
/// One more message of hers about an open ticket.
Ticket join_ticket(storage::Transaction& tx, Ticket ticket, InboundId inbound_id,
                   std::string_view text, UnixSeconds now);

/// Open ones of one conversation, oldest first.
[[nodiscard]] std::vector<Ticket> open_tickets_on(storage::Transaction& tx, AddressId address_id);

/// Whether one of a conversation was settled at that time or later.
[[nodiscard]] bool was_settled_since(storage::Transaction& tx, AddressId address_id,
                                     UnixSeconds since);

/// Which tickets a list shows. What is not set does not narrow.
struct TicketFilter {
    std::string topic;
    std::optional<AccountId> assigned_to;  ///< No account: nobody's.
    PlaceId desk_place_id;
    std::optional<PlaceRange> places;  ///< Below a place.
    UnixSeconds due_before;            ///< 0: whenever due.
    bool closed = false;               ///< Settled ones instead, the latest first.
    /// After that ticket of the list, by (due_at or closed_at, id).
    UnixSeconds after_at;
    InboundId after_id;
    int limit = 50;
};
/// In the viewer's places; open ones due first before others.
[[nodiscard]] std::vector<Ticket> list_tickets(storage::Transaction& tx, const Viewer& viewer,
                                               const TicketFilter& filter);
/// Open ones in the viewer's places, those due first before others; at most `limit`.
[[nodiscard]] std::vector<Ticket> open_tickets(storage::Transaction& tx, const Viewer& viewer,
                                               int limit);
/// Hers, newest first.
[[nodiscard]] std::vector<Ticket> tickets_of(storage::Transaction& tx, const Viewer& viewer,
                                             PersonId person_id, int limit);

struct TicketCounts {
    std::int64_t open = 0;
    std::int64_t mine = 0;
    std::int64_t nobodys = 0;
    std::int64_t late = 0;
    std::int64_t escalated = 0;  ///< Open ones that went up at least once.
    std::vector<std::pair<std::string, std::int64_t>> topics;  ///< Most frequent first, at most 40.
};
[[nodiscard]] TicketCounts count_tickets(storage::Transaction& tx, const Viewer& viewer,
                                         UnixSeconds now);

/// @return messaging.no_ticket, also for those of other places.
[[nodiscard]] Result<Ticket> find_ticket(storage::Transaction& tx, const Viewer& viewer,
                                         InboundId inbound_id);

/// Open ones whose time on their desk is over, the longest first.
[[nodiscard]] std::vector<Ticket> overdue_tickets(storage::Transaction& tx, UnixSeconds now,
                                                  int limit);

/// Keeps a changed ticket and raises its version, in `ticket` too.
/// @return messaging.ticket_changed: it is not what was read any more.
[[nodiscard]] Result<void> save_ticket(storage::Transaction& tx, Ticket& ticket,
                                       AccountId closed_by = {});

/// Keeps what happened. @param device_id  Of the request; empty: haat itself, or she.
void add_ticket_event(storage::Transaction& tx, const TicketEvent& event,
                      std::string_view device_id);
/// All that happened to a ticket, in order.
[[nodiscard]] std::vector<TicketEvent> ticket_events(storage::Transaction& tx,
                                                     InboundId inbound_id);

/// Those of all tickets of an address before a moment, and at that moment before an id, the newest
/// first, without `joined` and `answered`, whose messages speak for themselves.
[[nodiscard]] std::vector<TicketEvent> ticket_events_before(storage::Transaction& tx,
                                                            AddressId address_id,
                                                            UnixSeconds before_at,
                                                            std::int64_t before_id, int limit);

/// How officers answered tickets of a topic to people of a language, in the viewer's places: what
/// was written at least twice of the latest 2,000, the most frequent first.
struct FrequentAnswer {
    std::string text;
    std::int64_t times = 0;
};
[[nodiscard]] std::vector<FrequentAnswer> frequent_answers(storage::Transaction& tx,
                                                           const Viewer& viewer,
                                                           std::string_view topic,
                                                           std::string_view language, int limit);

/// The order that a ticket is about. The caller has looked whether it is hers.
struct TicketOrder {
    OrderId order_id;
    std::string_view reference;  ///< "P4K7".
    bool is_named = false;       ///< She named it; else it was the only one that was open.
};
/// Links the ticket to it, with an event, "#P4K7". Nothing if it is linked to that already, or to
/// another and she named none.
void link_order(storage::Transaction& tx, const Ticket& ticket, const TicketOrder& order,
                UnixSeconds now);
/// None: it is about no order.
[[nodiscard]] OrderId order_of_ticket(storage::Transaction& tx, InboundId inbound_id);

/// What a request with that device id did before.
struct TicketRequest {
    InboundId inbound_id;
    AccountId account_id;
};
[[nodiscard]] std::optional<TicketRequest> find_ticket_request(storage::Transaction& tx,
                                                               std::string_view device_id);

/// Settles it. @return messaging.no_ticket, messaging.ticket_closed.
[[nodiscard]] Result<Ticket> close_ticket(storage::Transaction& tx, const Viewer& viewer,
                                          InboundId inbound_id, std::string_view answer,
                                          UnixSeconds now, std::string_view device_id = {},
                                          bool told = false);

}  // namespace haat::messaging
