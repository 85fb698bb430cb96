#include "flows/settle_tickets.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "access/accounts.hpp"
#include "allowed.hpp"
#include "announce.hpp"
#include "base/phone.hpp"
#include "desks.hpp"
#include "market/orders.hpp"
#include "messaging/inbox.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "speak_too.hpp"
#include "storage/audit.hpp"
#include "ticket_rows.hpp"

namespace haat::flows {
namespace {

using messaging::Ticket;
using messaging::TicketEvent;
using messaging::TicketEventKind;

constexpr std::int64_t kMailLifeSeconds = 86'400;

TicketDetail detail_of(storage::Transaction& tx, Ticket ticket) {
    TicketDetail detail;
    detail.events = messaging::ticket_events(tx, ticket.inbound_id);
    detail.colleagues = officers_for(tx, ticket.place_id);
    for (const Officer& officer : detail.colleagues) {
        if (detail.desks.empty() || detail.desks.back() != officer.place_id) {
            detail.desks.push_back(officer.place_id);
        }
    }
    detail.row = ticket_row(tx, std::move(ticket));
    return detail;
}

/// One request of an officer about one ticket, in one transaction.
struct Change {
    FlowContext& context;
    storage::Transaction& tx;
    const Viewer& viewer;
    std::string_view device_id;
    UnixSeconds now;
    Ticket ticket{};
    bool was_done = false;  ///< The same request came before; nothing is to be done.

    /// Reads the ticket; refuses who may not see or touch it.
    Result<void> begin(InboundId ticket_id);
    /// Refuses if somebody else has it who is not below the viewer.
    [[nodiscard]] Result<void> check_holder() const;
    [[nodiscard]] Result<void> check_version(std::int64_t version) const;
    /// Keeps the ticket and what happened.
    Result<void> keep(const TicketEvent& event, std::string_view device);
    void tell_screens(std::string_view action) const;
};

Result<void> Change::begin(InboundId ticket_id) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    ticket = HAAT_TRY(messaging::find_ticket(tx, viewer, ticket_id));
    if (const auto before = messaging::find_ticket_request(tx, device_id)) {
        if (before->inbound_id != ticket_id || before->account_id != viewer.account_id) {
            return refuse(ErrorKind::kConflict, "messaging.ticket_device_reused");
        }
        was_done = true;
        return {};
    }
    if (ticket.closed_at) {
        return refuse(ErrorKind::kConflict, "messaging.ticket_closed");
    }
    return {};
}

Result<void> Change::check_holder() const {
    const AccountId holder = ticket.assigned_account_id;
    if (!holder || holder == viewer.account_id) {
        return {};
    }
    const auto account = access::find_account(tx, holder);
    if (!account) {
        return {};
    }
    const PlaceRange theirs = registry::place_range(tx, account->place_id);
    const bool is_larger = viewer.places.first <= theirs.first &&
                           theirs.last <= viewer.places.last &&
                           viewer.place_id != account->place_id;
    if (is_larger) {
        return {};
    }
    return refuse(ErrorKind::kConflict, "messaging.ticket_taken",
                  {{"who_hi", account->name_hi}, {"who_en", account->name_en}});
}

Result<void> Change::check_version(std::int64_t version) const {
    HAAT_TRY(check_holder());
    if (ticket.version != version) {
        return refuse(ErrorKind::kConflict, "messaging.ticket_changed");
    }
    return {};
}

Result<void> Change::keep(const TicketEvent& event, std::string_view device) {
    HAAT_TRY(messaging::save_ticket(tx, ticket));
    messaging::add_ticket_event(tx, event, device);
    return {};
}

void Change::tell_screens(std::string_view action) const {
    storage::audit(tx, now, viewer.account_id, action,
                   "ticket:" + std::to_string(ticket.inbound_id.value), "{}");
    announce(tx, context, "ticket", ticket.inbound_id.value, "updated", now);
}

/// Begins, unless it was done before lets `act` do it, answers with the ticket as it is then.
template <typename Act>
Result<TicketDetail> change(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                            std::string_view device_id, std::string_view action, Act act) {
    const UnixSeconds now = context.clock.now();
    return context.database.write([&](storage::Transaction& tx) -> Result<TicketDetail> {
        Change one{context, tx, viewer, device_id, now};
        HAAT_TRY(one.begin(ticket_id));
        if (!one.was_done) {
            HAAT_TRY(act(one));
            one.tell_screens(action);
        }
        return detail_of(tx, HAAT_TRY(messaging::find_ticket(tx, viewer, ticket_id)));
    });
}

TicketEvent event_of(const Change& one, TicketEventKind kind) {
    return {.inbound_id = one.ticket.inbound_id,
            .kind = kind,
            .account_id = one.viewer.account_id,
            .to_account_id = {},
            .place_id = {},
            .topic = one.ticket.topic,
            .text = {},
            .at = one.now};
}

/// Nobody else may have it; from now on the viewer has it.
Result<void> take(Change& one, std::string_view device_id) {
    if (one.ticket.assigned_account_id == one.viewer.account_id) {
        return {};
    }
    if (one.ticket.assigned_account_id) {
        const auto holder = access::find_account(one.tx, one.ticket.assigned_account_id);
        if (holder) {
            return refuse(ErrorKind::kConflict, "messaging.ticket_taken",
                          {{"who_hi", holder->name_hi}, {"who_en", holder->name_en}});
        }
    }
    one.ticket.assigned_account_id = one.viewer.account_id;
    TicketEvent event = event_of(one, TicketEventKind::kTaken);
    event.to_account_id = one.viewer.account_id;
    return one.keep(event, device_id);
}

Result<void> move_desk(Change& one, PlaceId place_id) {
    Ticket& ticket = one.ticket;
    const std::vector<Officer> officers = officers_for(one.tx, place_id);
    if (!ticket.place_id) {
        // A stranger: the officer found out where she is.
        if (!registry::find_place(one.tx, place_id)) {
            return refuse(ErrorKind::kInvalid, "messaging.no_desk");
        }
        ticket.place_id = place_id;
        const Desk desk = first_desk(officers);
        ticket.desk_place_id = desk.place_id;
    } else {
        const std::vector<registry::Place> path = registry::place_path(one.tx, ticket.place_id);
        const bool is_above = std::ranges::any_of(
            path, [&](const registry::Place& place) { return place.place_id == place_id; });
        if (!is_above || officers.empty() || officers.front().place_id != place_id) {
            return refuse(ErrorKind::kInvalid, "messaging.no_desk");
        }
        ticket.desk_place_id = place_id;
    }
    ticket.assigned_account_id = {};
    if (ticket.due_at <= one.now) {
        ticket.due_at = {one.now.value + kHigherDeskSeconds};
    }
    ticket.escalate_at =
        desk_above(one.tx, ticket.desk_place_id) ? std::optional(ticket.due_at) : std::nullopt;
    return {};
}

/// Who reads at the address of a ticket; the ticket's person unless her mobiliser wrote for her.
std::optional<registry::Person> mobiliser_at(const Change& one) {
    std::vector<registry::Person> people =
        registry::people_on_address(one.tx, system_viewer(), one.ticket.address_id);
    const bool is_there = people.empty() || !one.ticket.person_id ||
                          std::ranges::find(people, one.ticket.person_id,
                                            &registry::Person::person_id) != people.end();
    return is_there ? std::nullopt : std::optional(std::move(people.front()));
}

Result<void> queue_words(MessagingContext& context, MailSender& sender, Change& one,
                         std::string text) {
    const auto conversation = messaging::find_conversation(one.tx, one.ticket.address_id);
    if (!conversation || one.now >= conversation->window_open_until()) {
        return refuse(ErrorKind::kConflict, "flows.window_closed");
    }
    const auto mobiliser = mobiliser_at(one);
    if (mobiliser) {
        const auto member = registry::find_person(one.tx, system_viewer(), one.ticket.person_id);
        text = context.texts.text(language_from_code(mobiliser->language), "messages.for_member",
                                  {{"member", member->name}}) +
               "\n" + text;
    }
    const PersonId reader = mobiliser ? mobiliser->person_id : one.ticket.person_id;
    HAAT_TRY(sender.queue(one.tx, {.device_id = std::string(one.device_id),
                                   .by_account_id = one.viewer.account_id,
                                   .address_id = one.ticket.address_id,
                                   .person_id = one.ticket.person_id,
                                   .body = {.text = text},
                                   .expires_at = {one.now.value + kMailLifeSeconds}}));
    speak_too(one.tx, one.ticket.address_id, reader, {.text = std::move(text)}, one.now);
    announce(one.tx, context.flows, "message", one.ticket.person_id.value, "updated", one.now);
    return {};
}

/// With the answer she is told that the matter is settled.
std::string settled_text(const MessagingContext& context, storage::Transaction& tx,
                         const Ticket& ticket, const std::string& answer) {
    const auto person = registry::find_person(tx, system_viewer(), ticket.person_id);
    return context.texts.text(language_from_code(person ? person->language : "hi"),
                              "messages.ticket_settled", {{"answer", answer}});
}

void give_back_to_haat(storage::Transaction& tx, AddressId address_id, UnixSeconds now) {
    if (!messaging::open_tickets_on(tx, address_id).empty()) {
        return;
    }
    if (auto conversation = messaging::find_conversation(tx, address_id)) {
        conversation->wants_person = false;
        conversation->changed_at = now;
        messaging::save_conversation(tx, *conversation);
    }
}

}  // namespace

TicketRow ticket_row(storage::Transaction& tx, messaging::Ticket ticket) {
    TicketRow row;
    if (const auto address = registry::find_address(tx, system_viewer(), ticket.address_id)) {
        row.channel = address->channel;
        row.address_masked = mask_phone(address->external_id);
    }
    if (const auto conversation = messaging::find_conversation(tx, ticket.address_id)) {
        row.window_open_until = conversation->window_open_until();
    }
    if (const OrderId order_id = messaging::order_of_ticket(tx, ticket.inbound_id)) {
        if (const auto order = market::find_order(tx, system_viewer(), order_id)) {
            row.order_id = order_id;
            row.order_reference = order->reference;
        }
    }
    row.ticket = std::move(ticket);
    return row;
}

std::optional<TicketQueue> ticket_queue_from(std::string_view name) {
    constexpr std::array<std::string_view, 5> kNames{"open", "mine", "nobodys", "late", "closed"};
    const auto* found = std::ranges::find(kNames, name);
    return found == kNames.end() ? std::nullopt
                                 : std::optional(static_cast<TicketQueue>(found - kNames.begin()));
}

Result<TicketPage> list_tickets(FlowContext& context, const Viewer& viewer,
                                const TicketsAsked& asked) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    const UnixSeconds now = context.clock.now();
    return context.database.read([&](storage::Transaction& tx) -> Result<TicketPage> {
        messaging::TicketFilter filter{
            .topic = asked.topic,
            .assigned_to = {},
            .desk_place_id = asked.own_desk ? viewer.place_id : PlaceId{},
            .places = {},
            .due_before = {},
            .closed = asked.queue == TicketQueue::kClosed,
            .after_at = asked.after_at,
            .after_id = asked.after_id,
            .limit = asked.limit};
        if (asked.queue == TicketQueue::kMine) {
            filter.assigned_to = viewer.account_id;
        } else if (asked.queue == TicketQueue::kNobodys) {
            filter.assigned_to = AccountId{};
        } else if (asked.queue == TicketQueue::kLate) {
            filter.due_before = now;
        }
        if (asked.place_id) {
            filter.places = HAAT_TRY(registry::find_place(tx, asked.place_id)).numbers;
        }
        TicketPage page;
        for (Ticket& ticket : messaging::list_tickets(tx, viewer, filter)) {
            page.rows.push_back(ticket_row(tx, std::move(ticket)));
        }
        page.counts = messaging::count_tickets(tx, viewer, now);
        return page;
    });
}

Result<TicketDetail> read_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    return context.database.read([&](storage::Transaction& tx) -> Result<TicketDetail> {
        return detail_of(tx, HAAT_TRY(messaging::find_ticket(tx, viewer, ticket_id)));
    });
}

Result<TicketDetail> take_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                                 std::string_view device_id) {
    return change(context, viewer, ticket_id, device_id, "ticket.take",
                  [&](Change& one) { return take(one, device_id); });
}

Result<TicketDetail> give_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                                 const TicketSeen& seen, AccountId to_account_id) {
    return change(context, viewer, ticket_id, seen.device_id, "ticket.give",
                  [&](Change& one) -> Result<void> {
                      HAAT_TRY(one.check_version(seen.version));
                      const std::vector<Officer> colleagues =
                          officers_for(one.tx, one.ticket.place_id);
                      if (std::ranges::none_of(colleagues, [&](const Officer& officer) {
                              return officer.account_id == to_account_id;
                          })) {
                          return refuse(ErrorKind::kInvalid, "messaging.no_colleague");
                      }
                      one.ticket.assigned_account_id = to_account_id;
                      TicketEvent event = event_of(one, TicketEventKind::kGiven);
                      event.to_account_id = to_account_id;
                      return one.keep(event, seen.device_id);
                  });
}

Result<TicketDetail> return_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                                   const TicketSeen& seen) {
    return change(context, viewer, ticket_id, seen.device_id, "ticket.return",
                  [&](Change& one) -> Result<void> {
                      HAAT_TRY(one.check_version(seen.version));
                      one.ticket.assigned_account_id = {};
                      return one.keep(event_of(one, TicketEventKind::kReturned), seen.device_id);
                  });
}

Result<TicketDetail> move_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                                 const TicketSeen& seen, const TicketMove& move) {
    return change(context, viewer, ticket_id, seen.device_id, "ticket.move",
                  [&](Change& one) -> Result<void> {
                      HAAT_TRY(one.check_version(seen.version));
                      TicketEvent event = event_of(one, TicketEventKind::kMoved);
                      if (move.place_id) {
                          HAAT_TRY(move_desk(one, move.place_id));
                          event.place_id = one.ticket.desk_place_id;
                      }
                      if (!move.topic.empty()) {
                          one.ticket.topic = move.topic;
                          event.topic = move.topic;
                      }
                      return one.keep(event, seen.device_id);
                  });
}

Result<TicketDetail> note_ticket(FlowContext& context, const Viewer& viewer, InboundId ticket_id,
                                 std::string_view device_id, std::string_view text) {
    return change(context, viewer, ticket_id, device_id, "ticket.note",
                  [&](Change& one) -> Result<void> {
                      TicketEvent event = event_of(one, TicketEventKind::kNoted);
                      event.text = text;
                      messaging::add_ticket_event(one.tx, event, device_id);
                      return {};
                  });
}

Result<TicketDetail> write_for_ticket(MessagingContext& context, MailSender& sender,
                                      const Viewer& viewer, InboundId ticket_id,
                                      std::string_view device_id, std::string_view text) {
    return change(context.flows, viewer, ticket_id, device_id, "ticket.write",
                  [&](Change& one) -> Result<void> {
                      HAAT_TRY(take(one, {}));
                      HAAT_TRY(queue_words(context, sender, one, std::string(text)));
                      messaging::add_ticket_event(one.tx, event_of(one, TicketEventKind::kAnswered),
                                                  device_id);
                      return {};
                  });
}

Result<TicketDetail> close_ticket(MessagingContext& context, MailSender& sender,
                                  const Viewer& viewer, InboundId ticket_id, const TicketSeen& seen,
                                  const TicketClose& close) {
    return change(context.flows, viewer, ticket_id, seen.device_id, "ticket.close",
                  [&](Change& one) -> Result<void> {
                      HAAT_TRY(one.check_version(seen.version));
                      bool told = false;
                      if (close.tell) {
                          const auto queued =
                              queue_words(context, sender, one,
                                          settled_text(context, one.tx, one.ticket, close.answer));
                          if (!queued && queued.error().code != "flows.window_closed") {
                              return std::unexpected(queued.error());
                          }
                          told = queued.has_value();
                      }
                      HAAT_TRY(messaging::close_ticket(one.tx, viewer, ticket_id, close.answer,
                                                       one.now, seen.device_id, told));
                      give_back_to_haat(one.tx, one.ticket.address_id, one.now);
                      return {};
                  });
}

int escalate_tickets(FlowContext& context, int limit) {
    const UnixSeconds now = context.clock.now();
    return context.database.write([&](storage::Transaction& tx) {
        const std::vector<Ticket> overdue = messaging::overdue_tickets(tx, now, limit);
        for (Ticket ticket : overdue) {
            const std::optional<Desk> above = desk_above(tx, ticket.desk_place_id);
            if (above) {
                ticket.desk_place_id = above->place_id;
                ticket.assigned_account_id = {};
                ticket.due_at = {now.value + kHigherDeskSeconds};
                ++ticket.escalations;
            }
            ticket.escalate_at =
                above && !above->is_highest ? std::optional(ticket.due_at) : std::nullopt;
            HAAT_ASSERT(messaging::save_ticket(tx, ticket).has_value());  // read here just now
            if (above) {
                messaging::add_ticket_event(tx,
                                            {.inbound_id = ticket.inbound_id,
                                             .kind = TicketEventKind::kEscalated,
                                             .place_id = ticket.desk_place_id,
                                             .topic = ticket.topic,
                                             .at = now},
                                            {});
                announce(tx, context, "ticket", ticket.inbound_id.value, "updated", now);
            }
        }
        return static_cast<int>(overdue.size());
    });
}

}  // namespace haat::flows
