/// One producer: everything about her, and all that was said with her.
#include "flows/read_person.hpp"

#include "flows/read_history.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "market_views.hpp"
#include "people_views.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

void write_purposes(JsonWriter& json, std::string_view name, registry::PurposeMask purposes) {
    json.key(name).begin_array();
    for (const registry::MessagePurpose purpose : registry::kMessagePurposes) {
        if (purposes.has(purpose)) {
            json.string(registry::message_purpose_name(purpose));
        }
    }
    json.end_array();
}

void write_who(JsonWriter& json, Views& views, const flows::PersonPage& page) {
    const registry::Person& person = page.person;
    json.key("person");
    views.producer(json, person.person_id);
    json.field("kind", registry::person_kind_name(person.kind));
    json.field("language", person.language).field("since_at", person.created_at);
    json.key("path").begin_array();
    for (const registry::Place& place : page.path) {
        write_place_ref(json, place);
    }
    json.end_array().key("groups").begin_array();
    for (const registry::Group& group : page.groups) {
        json.begin_object().field("group_id", group.group_id);
        json.field("kind", registry::group_kind_name(group.kind)).field("name", group.name);
        json.end_object();
    }
    json.end_array().key("products").begin_array();
    for (const ProductId product_id : page.products) {
        views.product_ref(json, product_id);
    }
    json.end_array();
}

void write_consents(JsonWriter& json, const flows::PersonPage& page) {
    write_purposes(json, "agreed", page.person.consents - page.person.suppressed);
    write_purposes(json, "stopped", page.person.suppressed);
    json.key("consents").begin_array();
    for (const registry::ConsentRow& row : page.consents) {
        json.begin_object().field("at", row.at).field("given", row.given);
        write_purposes(json, "purposes", row.purposes);
        json.field("channel", registry::channel_name(row.channel));
        json.field("notice", row.text_version).field("evidence", row.evidence).end_object();
    }
    json.end_array().key("addresses").begin_array();
    for (const registry::PersonAddress& address : page.addresses) {
        json.begin_object().field("channel", registry::channel_name(address.channel));
        json.field("address", address.external_id).field("people", address.people).end_object();
    }
    json.end_array();
}

void write_goods(JsonWriter& json, Views& views, const Viewer& viewer,
                 const flows::PersonPage& page) {
    json.key("offers").begin_array();
    for (const market::Offer& offer : page.offers) {
        write_offer(json, views, viewer, offer);
    }
    json.end_array().key("lines").begin_array();
    for (const flows::PersonLine& one : page.lines) {
        json.begin_object().field("order_line_id", one.line.order_line_id);
        json.field("order_id", one.line.order_id).field("reference", one.reference);
        json.key("product");
        views.product_ref(json, one.product_id);
        json.field("quantity_milli", one.line.quantity).field("unit", one.unit);
        json.field("price_paise", one.line.price_per_unit);
        json.field("amount_paise", one.line.amount);
        json.field("answer", market::name_of(one.line.answer)).field("at", one.placed_at);
        json.end_object();
    }
    json.end_array().key("lots").begin_array();
    for (const flows::PersonLot& lot : page.lots) {
        json.begin_object().field("lot_id", lot.lot_id).field("code", lot.code).key("product");
        views.product_ref(json, lot.product_id);
        json.field("weight_milli", lot.weight).field("unit", lot.unit);
        nullable_text(json, "grade", lot.grade);
        json.field("price_paise", lot.price_per_unit).field("at", lot.made_at).end_object();
    }
    json.end_array().key("shares").begin_array();
    for (const ledger::StatementLine& line : page.shares) {
        json.begin_object().field("entry_id", line.entry_number).field("kind", line.kind);
        json.field("note", line.note).field("day", iso_date(line.booked_on));
        json.field("paise", -line.amount).field("owed_paise", -line.balance).end_object();
    }
    json.end_array().field("owed_paise", page.owed);
}

}  // namespace

Result<Answer> get_person(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const flows::PersonPage page =
        HAAT_TRY(flows::read_person(call.services.flows, call.viewer, PersonId{call.id}));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        PeopleViews people(tx, call.viewer);
        JsonWriter json;
        json.begin_object();
        write_who(json, people.views(), page);
        write_consents(json, page);
        write_goods(json, people.views(), call.viewer, page);
        json.key("tickets").begin_array();
        for (const flows::TicketRow& row : page.tickets) {
            people.ticket(json, row, call.now);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

Result<Answer> get_person_thread(Call& call) {
    QueryReader query(call.request);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    const flows::History history =
        HAAT_TRY(flows::read_person_history(call.services.messaging, call.viewer, PersonId{call.id},
                                            history_place(cursor), static_cast<int>(paging.limit)));
    return history_answer(call, history);
}

}  // namespace haat::http
