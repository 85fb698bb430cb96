#include "messaging/tickets.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "registry/people.hpp"
#include "sql/tickets.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 10> kEventNames{"opened",    "joined", "taken", "given",
                                                       "returned",  "moved",  "noted", "answered",
                                                       "escalated", "closed"};

template <typename Row>
Ticket ticket_of(const Row& row) {
    return {.inbound_id = row.inbound_id,
            .topic = row.topic,
            .address_id = row.address_id,
            .person_id = row.person_id,
            .place_id = row.place_id,
            .text = row.text,
            .opened_at = row.opened_at,
            .due_at = row.due_at,
            .closed_at = row.closed_at,
            .answer = row.answer,
            .desk_place_id = row.desk_place_id,
            .assigned_account_id = row.assigned_account_id,
            .version = row.version,
            .escalate_at = row.escalate_at,
            .escalations = row.escalations,
            .messages = row.messages,
            .last_at = row.last_at,
            .told = row.told != 0};
}

template <typename Rows>
std::vector<Ticket> tickets_from(const Rows& rows) {
    std::vector<Ticket> tickets;
    for (const auto& row : rows) {
        tickets.push_back(ticket_of(row));
    }
    return tickets;
}

template <typename Rows>
std::vector<TicketEvent> events_from(const Rows& rows) {
    std::vector<TicketEvent> events;
    for (const auto& row : rows) {
        const auto* const name = std::ranges::find(kEventNames, std::string_view(row.kind));
        HAAT_ASSERT(name != kEventNames.end());
        events.push_back({.ticket_event_id = row.ticket_event_id,
                          .inbound_id = row.inbound_id,
                          .kind = static_cast<TicketEventKind>(name - kEventNames.begin()),
                          .account_id = row.account_id,
                          .to_account_id = row.to_account_id,
                          .place_id = row.place_id,
                          .topic = row.topic,
                          .text = row.text,
                          .at = row.happened_at});
    }
    return events;
}

/// Only the state's officers see who has no place yet.
std::int64_t sees_strangers(const Viewer& viewer) {
    return viewer.is_system() || viewer.role == Role::kStateOfficer ? 1 : 0;
}

/// What lies in both.
PlaceRange both(const PlaceRange& a, const PlaceRange& b) {
    return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

}  // namespace

std::string_view ticket_event_name(TicketEventKind kind) {
    return kEventNames.at(static_cast<std::size_t>(kind));
}

OpenedTicket open_ticket(storage::Transaction& tx, const NewTicket& ticket, UnixSeconds now) {
    if (const auto known = sql::ticket_by_inbound(tx, {.inbound_id = ticket.inbound_id})) {
        return {ticket_of(*known), false};
    }
    for (Ticket& open : open_tickets_on(tx, ticket.address_id)) {
        const bool is_hers = !open.person_id || open.person_id == ticket.person_id;
        if (!ticket.stands_alone && open.topic == ticket.topic && is_hers) {
            return {join_ticket(tx, std::move(open), ticket.inbound_id, ticket.text, now), false};
        }
    }
    sql::ticket_add(
        tx, {.inbound_id = ticket.inbound_id,
             .topic = ticket.topic,
             .address_id = ticket.address_id,
             .person_id = ticket.person_id,
             .place_id = ticket.place_id,
             .text = ticket.text,
             .opened_at = now,
             .due_at = ticket.due_at,
             .desk_place_id = ticket.desk_place_id,
             .escalate_at = ticket.escalates ? std::optional(ticket.due_at) : std::nullopt});
    add_ticket_event(tx,
                     {.inbound_id = ticket.inbound_id,
                      .kind = TicketEventKind::kOpened,
                      .place_id = ticket.desk_place_id,
                      .topic = std::string(ticket.topic),
                      .text = std::string(ticket.text),
                      .at = now},
                     {});
    return {ticket_of(*sql::ticket_by_inbound(tx, {.inbound_id = ticket.inbound_id})), true};
}

Ticket join_ticket(storage::Transaction& tx, Ticket ticket, InboundId inbound_id,
                   std::string_view text, UnixSeconds now) {
    if (inbound_id == ticket.inbound_id) {
        return ticket;
    }
    ++ticket.messages;
    ticket.last_at = now;
    HAAT_ASSERT(save_ticket(tx, ticket).has_value());  // read in this transaction
    add_ticket_event(tx,
                     {.inbound_id = ticket.inbound_id,
                      .kind = TicketEventKind::kJoined,
                      .topic = ticket.topic,
                      .text = std::string(text),
                      .at = now},
                     {});
    return ticket;
}

std::vector<Ticket> open_tickets_on(storage::Transaction& tx, AddressId address_id) {
    return tickets_from(sql::ticket_open_on_address(tx, {.address_id = address_id}));
}

bool was_settled_since(storage::Transaction& tx, AddressId address_id, UnixSeconds since) {
    return sql::ticket_closed_since(tx, {.address_id = address_id, .since_at = since}).n > 0;
}

std::vector<Ticket> list_tickets(storage::Transaction& tx, const Viewer& viewer,
                                 const TicketFilter& filter) {
    const PlaceRange places = filter.places ? both(viewer.places, *filter.places) : viewer.places;
    // Below a place there are no strangers.
    const std::int64_t strangers = filter.places ? 0 : sees_strangers(viewer);
    if (filter.closed) {
        return tickets_from(sql::ticket_closed_list(tx, {.places_first = places.first,
                                                         .places_last = places.last,
                                                         .with_strangers = strangers,
                                                         .topic = filter.topic,
                                                         .before_at = filter.after_at,
                                                         .before_inbound_id = filter.after_id,
                                                         .row_limit = filter.limit}));
    }
    return tickets_from(sql::ticket_open(tx, {.places_first = places.first,
                                              .places_last = places.last,
                                              .with_strangers = strangers,
                                              .topic = filter.topic,
                                              .assigned_account_id = filter.assigned_to,
                                              .desk_place_id = filter.desk_place_id,
                                              .due_before_at = filter.due_before,
                                              .after_at = filter.after_at,
                                              .after_inbound_id = filter.after_id,
                                              .row_limit = filter.limit}));
}

std::vector<Ticket> open_tickets(storage::Transaction& tx, const Viewer& viewer, int limit) {
    TicketFilter filter;
    filter.limit = limit;
    return list_tickets(tx, viewer, filter);
}

std::vector<Ticket> tickets_of(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                               int limit) {
    if (!registry::find_person(tx, viewer, person_id)) {
        return {};
    }
    return tickets_from(sql::ticket_of_person(tx, {.person_id = person_id, .row_limit = limit}));
}

TicketCounts count_tickets(storage::Transaction& tx, const Viewer& viewer, UnixSeconds now) {
    const std::int64_t strangers = sees_strangers(viewer);
    const auto row = sql::ticket_counts(tx, {.account_id = viewer.account_id,
                                             .now_at = now,
                                             .places_first = viewer.places.first,
                                             .places_last = viewer.places.last,
                                             .with_strangers = strangers});
    TicketCounts counts{.open = row.open,
                        .mine = row.mine,
                        .nobodys = row.nobody,
                        .late = row.late,
                        .escalated = row.escalated,
                        .topics = {}};
    for (const auto& topic : sql::ticket_topics(tx, {.places_first = viewer.places.first,
                                                     .places_last = viewer.places.last,
                                                     .with_strangers = strangers})) {
        counts.topics.emplace_back(topic.topic, topic.tickets);
    }
    return counts;
}

Result<Ticket> find_ticket(storage::Transaction& tx, const Viewer& viewer, InboundId inbound_id) {
    const auto row = sql::ticket_find(tx, {.inbound_id = inbound_id,
                                           .places_first = viewer.places.first,
                                           .places_last = viewer.places.last,
                                           .with_strangers = sees_strangers(viewer)});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_ticket");
    }
    return ticket_of(*row);
}

std::vector<Ticket> overdue_tickets(storage::Transaction& tx, UnixSeconds now, int limit) {
    return tickets_from(sql::ticket_overdue(tx, {.now_at = now, .row_limit = limit}));
}

Result<void> save_ticket(storage::Transaction& tx, Ticket& ticket, AccountId closed_by) {
    const std::int64_t saved =
        sql::ticket_save(tx, {.topic = ticket.topic,
                              .place_id = ticket.place_id,
                              .desk_place_id = ticket.desk_place_id,
                              .assigned_account_id = ticket.assigned_account_id,
                              .due_at = ticket.due_at,
                              .escalate_at = ticket.escalate_at,
                              .escalations = ticket.escalations,
                              .messages = ticket.messages,
                              .last_at = ticket.last_at,
                              .closed_at = ticket.closed_at,
                              .closed_by_account_id = closed_by,
                              .answer = ticket.answer,
                              .told = ticket.told ? 1 : 0,
                              .inbound_id = ticket.inbound_id,
                              .version = ticket.version});
    if (saved == 0) {
        return refuse(ErrorKind::kConflict, "messaging.ticket_changed");
    }
    ++ticket.version;
    return {};
}

void add_ticket_event(storage::Transaction& tx, const TicketEvent& event,
                      std::string_view device_id) {
    sql::ticket_event_add(tx,
                          {.ticket_event_id = tx.new_id(),
                           .inbound_id = event.inbound_id,
                           .kind = ticket_event_name(event.kind),
                           .account_id = event.account_id,
                           .to_account_id = event.to_account_id,
                           .place_id = event.place_id,
                           .topic = event.topic,
                           .text = event.text,
                           .device_id = device_id.empty() ? std::nullopt : std::optional(device_id),
                           .happened_at = event.at});
}

std::vector<TicketEvent> ticket_events(storage::Transaction& tx, InboundId inbound_id) {
    return events_from(sql::ticket_events(tx, {.inbound_id = inbound_id}));
}

std::vector<TicketEvent> ticket_events_before(storage::Transaction& tx, AddressId address_id,
                                              UnixSeconds before_at, std::int64_t before_id,
                                              int limit) {
    return events_from(sql::ticket_events_before(tx, {.address_id = address_id,
                                                      .before_at = before_at,
                                                      .before_id = before_id,
                                                      .row_limit = limit}));
}

std::vector<FrequentAnswer> frequent_answers(storage::Transaction& tx, const Viewer& viewer,
                                             std::string_view topic, std::string_view language,
                                             int limit) {
    std::vector<FrequentAnswer> answers;
    for (const auto& row : sql::ticket_answers(tx, {.topic = topic,
                                                    .language = registry::language_number(language),
                                                    .places_first = viewer.places.first,
                                                    .places_last = viewer.places.last,
                                                    .row_limit = limit})) {
        answers.push_back({row.answer, row.times});
    }
    return answers;
}

void link_order(storage::Transaction& tx, const Ticket& ticket, const TicketOrder& order,
                UnixSeconds now) {
    const std::int64_t linked = sql::ticket_order_put(tx, {.inbound_id = ticket.inbound_id,
                                                           .order_id = order.order_id,
                                                           .named = order.is_named ? 1 : 0,
                                                           .linked_at = now});
    if (linked > 0) {
        add_ticket_event(tx,
                         {.inbound_id = ticket.inbound_id,
                          .kind = TicketEventKind::kNoted,
                          .topic = ticket.topic,
                          .text = "#" + std::string(order.reference),
                          .at = now},
                         {});
    }
}

OrderId order_of_ticket(storage::Transaction& tx, InboundId inbound_id) {
    const auto row = sql::ticket_order_find(tx, {.inbound_id = inbound_id});
    return row ? row->order_id : OrderId{};
}

std::optional<TicketRequest> find_ticket_request(storage::Transaction& tx,
                                                 std::string_view device_id) {
    const auto row = sql::ticket_event_by_device(tx, {.device_id = device_id});
    return row ? std::optional(TicketRequest{row->inbound_id, row->account_id}) : std::nullopt;
}

Result<Ticket> close_ticket(storage::Transaction& tx, const Viewer& viewer, InboundId inbound_id,
                            std::string_view answer, UnixSeconds now, std::string_view device_id,
                            bool told) {
    Ticket ticket = HAAT_TRY(find_ticket(tx, viewer, inbound_id));
    if (ticket.closed_at) {
        return refuse(ErrorKind::kConflict, "messaging.ticket_closed");
    }
    ticket.closed_at = now;
    ticket.answer = answer;
    ticket.told = told;
    HAAT_TRY(save_ticket(tx, ticket, viewer.account_id));
    add_ticket_event(tx,
                     {.inbound_id = inbound_id,
                      .kind = TicketEventKind::kClosed,
                      .account_id = viewer.account_id,
                      .topic = ticket.topic,
                      .text = std::string(answer),
                      .at = now},
                     device_id);
    return ticket;
}

}  // namespace haat::messaging
