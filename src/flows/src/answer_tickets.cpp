/// Handing her to a person: a ticket on the nearest desk.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "announce.hpp"
#include "answer_actions.hpp"
#include "base/assert.hpp"
#include "base/text.hpp"
#include "desks.hpp"
#include "market/orders.hpp"
#include "messaging/mail.hpp"
#include "messaging/media.hpp"

namespace haat::flows {
namespace {

/// Within the 24 hours in which she can be answered freely.
constexpr std::int64_t kHoursToAnswer = 8;

std::string with_or(const ActionArguments& with, const std::string& name, std::string usual) {
    const auto found = with.find(name);
    return found == with.end() ? std::move(usual) : found->second;
}

/// A picture comes by the same way as a voice note.
std::string topic_of(const Answering& a, const ActionArguments& with) {
    std::string topic = with_or(with, "topic", "person");
    return topic == "voice" && a.inbound.kind != "audio" && a.inbound.kind != "voice" ? "picture"
                                                                                      : topic;
}

/// Problems that may be about an order of hers.
bool may_name_order(std::string_view topic) {
    constexpr std::array<std::string_view, 4> kTopics{"pickup", "payment", "quality", "dispatch"};
    return std::ranges::find(kTopics, topic) != kTopics.end();
}

/// Promise: an order is hers if she has a line of it; no other is ever linked.
std::optional<market::Order> named_order(const Answering& a) {
    const auto reference = market::normalise_reference(a.meaning.order_ref);
    const auto order = reference
                           ? market::find_order_by_reference(a.tx, system_viewer(), *reference)
                           : std::nullopt;
    if (!order) {
        return std::nullopt;
    }
    const auto lines = market::lines_of(a.tx, system_viewer(), order->order_id);
    const bool is_hers =
        std::ranges::find(lines, a.person->person_id, &market::OrderLine::person_id) != lines.end();
    return is_hers ? order : std::nullopt;
}

/// The one order of hers that is under way; none if there are several.
std::optional<market::Order> only_open_order(const Answering& a) {
    constexpr std::int64_t kLines = 50;
    std::optional<market::Order> only;
    for (const market::OrderLine& line : market::lines_of_person(
             a.tx, system_viewer(), a.person->person_id, market::Answer::kYes, kLines)) {
        if (only && only->order_id == line.order_id) {
            continue;
        }
        auto order = market::find_order(a.tx, system_viewer(), line.order_id);
        const bool is_open = order && order->state != market::OrderState::kCompleted &&
                             order->state != market::OrderState::kCancelled;
        if (is_open && only) {
            return std::nullopt;
        }
        only = is_open ? std::move(order) : std::move(only);
    }
    return only;
}

/// What she named, else the only one that it can be. Somebody else's order is not guessed around.
void link_her_order(Answering& a, const messaging::Ticket& ticket) {
    if (!a.person || ticket.person_id != a.person->person_id || !may_name_order(ticket.topic)) {
        return;
    }
    const bool is_named = !a.meaning.order_ref.empty();
    if (const auto order = is_named ? named_order(a) : only_open_order(a)) {
        messaging::link_order(
            a.tx, ticket,
            {.order_id = order->order_id, .reference = order->reference, .is_named = is_named},
            a.now);
    }
}

std::string day_and_month(const Date& date) {
    return fmt::format("{:02}/{:02}/{}", date.day, date.month, date.year);
}

}  // namespace

namespace {

messaging::OpenedTicket opened_ticket(Answering& a, const ActionArguments& with,
                                      std::string_view text) {
    const std::string hours = with_or(with, "hours", std::to_string(kHoursToAnswer));
    const auto until = parse_integer(hours);
    HAAT_ASSERT(until && *until > 0);
    const std::string topic = topic_of(a, with);
    const PlaceId place_id = a.person ? a.person->place_id : a.conversation.place_id;
    const Desk desk = first_desk(officers_for(a.tx, place_id));
    const messaging::OpenedTicket opened =
        messaging::open_ticket(a.tx,
                               {.inbound_id = a.inbound.inbound_id,
                                .topic = topic,
                                .address_id = a.inbound.address_id,
                                .person_id = a.person ? a.person->person_id : PersonId{},
                                .place_id = place_id,
                                .text = text,
                                .due_at = {a.now.value + *until * 3'600},
                                .desk_place_id = desk.place_id,
                                .escalates = !desk.is_highest,
                                .stands_alone = with.contains("alone")},
                               a.now);
    link_her_order(a, opened.ticket);
    if (topic == "voice" || topic == "picture") {
        messaging::want_media(a.tx, a.inbound.inbound_id, a.now);
    }
    a.conversation.wants_person = true;
    announce(a.tx, a.context.flows, "ticket", opened.ticket.inbound_id.value,
             opened.is_new ? "created" : "updated", a.now);
    announce(a.tx, a.context.flows, "message", a.inbound.inbound_id.value, "updated", a.now);
    return opened;
}

messaging::ActionResult due(const messaging::OpenedTicket& opened) {
    return {.outcome = "done",
            .values = {{"due", day_and_month(date_in_india(opened.ticket.due_at))}}};
}

}  // namespace

messaging::ActionResult open_ticket(Answering& a, const ActionArguments& with) {
    return due(opened_ticket(a, with, a.inbound.text));
}

messaging::ActionResult open_ticket(Answering& a, const ActionArguments& with,
                                    const messaging::DialogueState& state) {
    const auto others = state.values.find("others");
    const bool is_part = others != state.values.end() && !others->second.empty();
    const std::string goods = is_part ? others->second : goods_in_words(a, state.goods);
    return due(opened_ticket(a, with, goods.empty() ? a.inbound.text : goods));
}

messaging::ActionResult open_ticket_about(Answering& a, const ActionArguments& with,
                                          const market::Order& order) {
    const messaging::OpenedTicket opened = opened_ticket(a, with, a.inbound.text);
    messaging::link_order(
        a.tx, opened.ticket,
        {.order_id = order.order_id, .reference = order.reference, .is_named = true}, a.now);
    return due(opened);
}

std::optional<Answering::Talk> talk_of_officer(storage::Transaction& tx,
                                               const messaging::Conversation& conversation,
                                               UnixSeconds now) {
    if (!conversation.wants_person) {
        return std::nullopt;
    }
    std::vector<messaging::Ticket> open = messaging::open_tickets_on(tx, conversation.address_id);
    const auto words =
        messaging::last_words_of_officer(tx, conversation.address_id, {now.value - kTalkSeconds});
    // Who settled one of hers has said what she had to say; what else is open is not talked about.
    if (open.empty() || !words ||
        messaging::was_settled_since(tx, conversation.address_id, words->at)) {
        return std::nullopt;
    }
    const auto theirs =
        std::ranges::find(open, words->account_id, &messaging::Ticket::assigned_account_id);
    return Answering::Talk{.ticket = std::move(theirs == open.end() ? open.back() : *theirs),
                           .wrote_at = words->at};
}

void Answering::leave_to_officer() {
    HAAT_ASSERT(talk.has_value());
    const messaging::Ticket ticket =
        messaging::join_ticket(tx, std::move(talk->ticket), inbound.inbound_id, inbound.text, now);
    if (inbound.text.empty()) {
        messaging::want_media(tx, inbound.inbound_id, now);
    }
    announce(tx, context.flows, "ticket", ticket.inbound_id.value, "updated", now);
    announce(tx, context.flows, "message", inbound.inbound_id.value, "updated", now);
}

}  // namespace haat::flows
