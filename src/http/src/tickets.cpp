/// What a person must settle: the queue, one ticket, and what officers do with it.
#include "access/accounts.hpp"
#include "base/text.hpp"
#include "flows/read_history.hpp"
#include "flows/settle_tickets.hpp"
#include "flows/suggest_replies.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "people_views.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

constexpr TokenRule kTopic{.more = "_", .max = 32, .digits = false};
constexpr std::size_t kTextMax = 4096;

std::optional<bool> desk_from(std::string_view name) {
    return name == "own"   ? std::optional(true)
           : name == "any" ? std::optional(false)
                           : std::nullopt;
}

void write_event(JsonWriter& json, PeopleViews& people, const messaging::TicketEvent& event) {
    json.begin_object().field("event_id", event.ticket_event_id);
    json.field("kind", messaging::ticket_event_name(event.kind)).field("at", event.at);
    json.key("by");
    people.officer(json, event.account_id);
    json.key("to");
    people.officer(json, event.to_account_id);
    json.key("place");
    people.views().place_ref(json, event.place_id);
    json.field("topic", event.topic).field("text", first_code_points(event.text, kTextMax));
    json.end_object();
}

Answer detail_answer(storage::Transaction& tx, const Call& call,
                     const flows::TicketDetail& detail) {
    PeopleViews people(tx, call.viewer);
    JsonWriter json;
    json.begin_object().key("ticket");
    people.ticket(json, detail.row, call.now);
    json.key("events").begin_array();
    for (const messaging::TicketEvent& event : detail.events) {
        write_event(json, people, event);
    }
    json.end_array().key("colleagues").begin_array();
    for (const flows::Officer& officer : detail.colleagues) {
        people.officer(json, officer);
    }
    json.end_array().key("desks").begin_array();
    for (const PlaceId place_id : detail.desks) {
        people.views().place_ref(json, place_id);
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> answer(Call& call, const Result<flows::TicketDetail>& detail) {
    if (!detail) {
        return std::unexpected(detail.error());
    }
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        return detail_answer(tx, call, *detail);
    });
}

InboundId ticket_id(const Call& call) { return InboundId{call.id}; }

flows::TicketSeen read_seen(Reader& in) {
    return {.device_id = in.token("device_id", kDeviceId),
            .version = in.integer("version", 0, kMaxId)};
}

void write_counts(JsonWriter& json, const messaging::TicketCounts& counts) {
    json.key("counts").begin_object().field("open", counts.open).field("mine", counts.mine);
    json.field("nobodys", counts.nobodys).field("late", counts.late);
    json.field("escalated", counts.escalated).key("topics").begin_array();
    for (const auto& [topic, count] : counts.topics) {
        json.begin_object().field("topic", topic).field("count", count).end_object();
    }
    json.end_array().end_object();
}

}  // namespace

Result<Answer> list_tickets(Call& call) {
    QueryReader query(call.request);
    flows::TicketsAsked asked;
    asked.queue =
        query.maybe_choice("queue", flows::ticket_queue_from).value_or(flows::TicketQueue::kOpen);
    asked.topic = query.maybe_token("topic", kTopic).value_or("");
    asked.place_id = query.maybe_id<PlaceId>("place_id");
    asked.own_desk = query.maybe_choice("desk", desk_from).value_or(false);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    if (cursor) {
        asked.after_at = UnixSeconds{cursor->first};
        asked.after_id = InboundId{cursor->second};
    }
    const auto limit = static_cast<std::size_t>(paging.limit);
    asked.limit = static_cast<int>(limit) + 1;
    const flows::TicketPage page =
        HAAT_TRY(flows::list_tickets(call.services.flows, call.viewer, asked));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        PeopleViews people(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (std::size_t i = 0; i < std::min(page.rows.size(), limit); ++i) {
            people.ticket(json, page.rows[i], call.now);
        }
        json.end_array();
        std::string next;
        if (page.rows.size() > limit) {
            const messaging::Ticket& last = page.rows[limit - 1].ticket;
            next = write_cursor(last.closed_at.value_or(last.due_at).value, last.inbound_id.value);
        }
        nullable_text(json, "next", next);
        write_counts(json, page.counts);
        return json_answer(json.end_object().take());
    });
}

Result<Answer> get_ticket(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return answer(call, flows::read_ticket(call.services.flows, call.viewer, ticket_id(call)));
}

Result<Answer> get_ticket_thread(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const flows::History history =
        HAAT_TRY(flows::read_ticket_history(call.services.messaging, call.viewer, ticket_id(call),
                                            history_place(cursor), static_cast<int>(paging.limit)));
    return history_answer(call, history);
}

Result<Answer> suggest_ticket_replies(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const std::vector<flows::SuggestedReply> replies =
        HAAT_TRY(flows::suggest_replies(call.services.messaging, call.viewer, ticket_id(call)));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (const flows::SuggestedReply& reply : replies) {
        json.begin_object().field("text", first_code_points(reply.text, kTextMax));
        json.field("times", reply.times).end_object();
    }
    return json_answer(json.end_array().end_object().take());
}

Result<Answer> take_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    HAAT_TRY(in.done());
    return answer(call,
                  flows::take_ticket(call.services.flows, call.viewer, ticket_id(call), device_id));
}

Result<Answer> give_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::TicketSeen seen = read_seen(in);
    const auto account_id = in.id<AccountId>("account_id");
    HAAT_TRY(in.done());
    return answer(call, flows::give_ticket(call.services.flows, call.viewer, ticket_id(call), seen,
                                           account_id));
}

Result<Answer> return_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::TicketSeen seen = read_seen(in);
    HAAT_TRY(in.done());
    return answer(call,
                  flows::return_ticket(call.services.flows, call.viewer, ticket_id(call), seen));
}

Result<Answer> move_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::TicketSeen seen = read_seen(in);
    const auto place_id = in.maybe_id<PlaceId>("place_id");
    const std::string topic = in.maybe_token("topic", kTopic).value_or("");
    HAAT_TRY(in.done());
    return answer(call, flows::move_ticket(call.services.flows, call.viewer, ticket_id(call), seen,
                                           {.place_id = place_id, .topic = topic}));
}

Result<Answer> note_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::string text = in.text("text", kMessageText);
    HAAT_TRY(in.done());
    return answer(call, flows::note_ticket(call.services.flows, call.viewer, ticket_id(call),
                                           device_id, text));
}

Result<Answer> write_for_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string device_id = in.token("device_id", kDeviceId);
    const std::string text = in.text("text", kMessageText);
    HAAT_TRY(in.done());
    return answer(call, flows::write_for_ticket(call.services.messaging, call.services.mail,
                                                call.viewer, ticket_id(call), device_id, text));
}

Result<Answer> close_ticket(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const flows::TicketSeen seen = read_seen(in);
    const flows::TicketClose close{.answer = in.text("answer", kMessageText),
                                   .tell = in.boolean("tell")};
    HAAT_TRY(in.done());
    return answer(call, flows::close_ticket(call.services.messaging, call.services.mail,
                                            call.viewer, ticket_id(call), seen, close));
}

}  // namespace haat::http
