#include "messaging/tickets.hpp"

#include "base/assert.hpp"
#include "registry/people.hpp"
#include "sql/tickets.hpp"

namespace haat::messaging {
namespace {

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
            .answer = row.answer};
}

/// Only the state's officers see who has no place yet.
std::int64_t sees_strangers(const Viewer& viewer) {
    return viewer.is_system() || viewer.role == Role::kStateOfficer ? 1 : 0;
}

}  // namespace

Ticket open_ticket(storage::Transaction& tx, const NewTicket& ticket, UnixSeconds now) {
    sql::ticket_add(tx, {.inbound_id = ticket.inbound_id,
                         .topic = ticket.topic,
                         .address_id = ticket.address_id,
                         .person_id = ticket.person_id,
                         .place_id = ticket.place_id,
                         .text = ticket.text,
                         .opened_at = now,
                         .due_at = ticket.due_at});
    return ticket_of(sql::ticket_by_inbound(tx, {.inbound_id = ticket.inbound_id}));
}

std::vector<Ticket> open_tickets(storage::Transaction& tx, const Viewer& viewer, int limit) {
    std::vector<Ticket> tickets;
    for (const auto& row : sql::ticket_open(tx, {.places_first = viewer.places.first,
                                                 .places_last = viewer.places.last,
                                                 .with_strangers = sees_strangers(viewer),
                                                 .row_limit = limit})) {
        tickets.push_back(ticket_of(row));
    }
    return tickets;
}

std::vector<Ticket> tickets_of(storage::Transaction& tx, const Viewer& viewer, PersonId person_id,
                               int limit) {
    if (!registry::find_person(tx, viewer, person_id)) {
        return {};
    }
    std::vector<Ticket> tickets;
    for (const auto& row :
         sql::ticket_of_person(tx, {.person_id = person_id, .row_limit = limit})) {
        tickets.push_back(ticket_of(row));
    }
    return tickets;
}

Result<Ticket> close_ticket(storage::Transaction& tx, const Viewer& viewer, InboundId inbound_id,
                            std::string_view answer, UnixSeconds now) {
    const auto row = sql::ticket_find(tx, {.inbound_id = inbound_id,
                                           .places_first = viewer.places.first,
                                           .places_last = viewer.places.last,
                                           .with_strangers = sees_strangers(viewer)});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_ticket");
    }
    if (row->closed_at) {
        return refuse(ErrorKind::kConflict, "messaging.ticket_closed");
    }
    sql::ticket_close(tx, {.closed_at = now,
                           .account_id = viewer.account_id,
                           .answer = answer,
                           .inbound_id = inbound_id});
    Ticket ticket = ticket_of(*row);
    ticket.closed_at = now;
    ticket.answer = answer;
    return ticket;
}

}  // namespace haat::messaging
