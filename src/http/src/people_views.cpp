#include "people_views.hpp"

#include <array>

#include "access/accounts.hpp"
#include "base/text.hpp"

namespace haat::http {
namespace {

constexpr std::size_t kTextMax = 4096;
constexpr std::array<std::string_view, 4> kItemKinds{"in", "out", "broadcast", "event"};

}  // namespace

void PeopleViews::officer(JsonWriter& json, const flows::Officer& officer) {
    json.begin_object().field("account_id", officer.account_id);
    json.field("name_hi", officer.name_hi).field("name_en", officer.name_en);
    json.field("role", role_name(officer.role)).key("place");
    views_.place_ref(json, officer.place_id);
    json.end_object();
}

void PeopleViews::officer(JsonWriter& json, AccountId account_id) {
    const auto [row, is_new] = officers_.try_emplace(account_id);
    if (is_new && account_id) {
        if (const auto account = access::find_account(tx_, account_id)) {
            row->second = flows::Officer{account->account_id, account->name_hi, account->name_en,
                                         account->role, account->place_id};
        }
    }
    if (row->second) {
        officer(json, *row->second);
    } else {
        json.null();
    }
}

void PeopleViews::ticket(JsonWriter& json, const flows::TicketRow& row, UnixSeconds now) {
    const messaging::Ticket& ticket = row.ticket;
    json.begin_object().field("ticket_id", ticket.inbound_id).field("topic", ticket.topic);
    nullable(json, "person_id", ticket.person_id);
    json.key("person");
    if (ticket.person_id) {
        views_.producer(json, ticket.person_id);
    } else {
        json.null();
    }
    json.field("channel", registry::channel_name(row.channel));
    json.field("address", row.address_masked).key("place");
    views_.place_ref(json, ticket.place_id);
    json.key("desk");
    views_.place_ref(json, ticket.desk_place_id);
    json.field("text", first_code_points(ticket.text, kTextMax));
    json.field("opened_at", ticket.opened_at).field("due_at", ticket.due_at);
    json.field("late", !ticket.closed_at && ticket.due_at <= now);
    json.field("escalations", ticket.escalations).field("messages", ticket.messages);
    json.field("last_at", ticket.last_at).key("assigned");
    officer(json, ticket.assigned_account_id);
    json.field("mine", ticket.assigned_account_id == viewer_.account_id);
    json.field("version", ticket.version);
    nullable(json, "closed_at", ticket.closed_at);
    json.field("answer", first_code_points(ticket.answer, kTextMax)).field("told", ticket.told);
    nullable(json, "window_open_until_at",
             row.window_open_until > now ? std::optional(row.window_open_until) : std::nullopt);
    json.key("order");
    if (row.order_id) {
        json.begin_object().field("order_id", row.order_id);
        json.field("reference", row.order_reference).end_object();
    } else {
        json.null();
    }
    json.end_object();
}

void PeopleViews::history_item(JsonWriter& json, const flows::HistoryItem& item) {
    const std::string_view kind = kItemKinds.at(static_cast<std::size_t>(item.kind));
    const bool is_event = item.event.has_value();
    json.begin_object().field("item_key", std::string(kind) + "-" + std::to_string(item.id));
    json.field("kind", kind).field("at", item.at).key("channel");
    if (is_event) {
        json.null();
    } else {
        json.string(registry::channel_name(item.channel));
    }
    json.field("text", first_code_points(item.text, kTextMax));
    nullable_text(json, "state", item.state);
    json.key("buttons").begin_array();
    for (const std::string& title : item.buttons) {
        json.string(title);
    }
    json.end_array().key("by");
    officer(json, item.by);
    nullable_text(json, "event",
                  is_event ? messaging::ticket_event_name(item.event->kind) : std::string_view());
    nullable(json, "ticket_id", is_event ? item.event->inbound_id : InboundId{});
    nullable(json, "broadcast_id", item.broadcast_id);
    const bool is_file = !item.media.empty();
    nullable(json, "message_id", is_file ? std::optional(item.id) : std::nullopt);
    nullable_text(json, "media", item.media);
    json.field("is_audio", item.is_audio);
    json.end_object();
}

std::optional<flows::HistoryPlace> history_place(const std::optional<Cursor>& cursor) {
    return cursor ? std::optional(flows::HistoryPlace{UnixSeconds{cursor->first}, cursor->second})
                  : std::nullopt;
}

Result<Answer> history_answer(Call& call, const flows::History& history) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        PeopleViews people(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("items").begin_array();
        for (const flows::HistoryItem& item : history.items) {
            people.history_item(json, item);
        }
        json.end_array();
        nullable_text(json, "next",
                      history.next ? write_cursor(history.next->at.value, history.next->id) : "");
        return json_answer(json.end_object().take());
    });
}

}  // namespace haat::http
