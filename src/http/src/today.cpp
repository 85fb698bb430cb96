#include "flows/read_today.hpp"

#include "broadcast_views.hpp"
#include "flows/messaging_context.hpp"
#include "handlers.hpp"
#include "messaging/delivery.hpp"
#include "reader.hpp"
#include "sql/today.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

/// Where the messages of today stand: broadcasts made today and single messages.
DeliverySums messages_of_today(storage::Transaction& tx, const Call& call, UnixSeconds since,
                               DistrictTable& districts) {
    constexpr int kBroadcasts = 100;
    const messaging::Delivery& delivery = call.services.messaging.delivery;
    DeliverySums sums;
    for (const messaging::Broadcast& broadcast :
         messaging::list_broadcasts(tx, call.viewer, 0, kBroadcasts)) {
        if (broadcast.created_at < since) {
            break;  // newest first
        }
        sums.add(flows::read_whole_delivery(call.services.messaging, tx, broadcast).people);
        add_delivery(districts, tx, call, broadcast.broadcast_id);
    }
    for (const auto& row : sql::mail_slots(tx, {.since_at = since,
                                                .number_first = call.viewer.places.first,
                                                .number_last = call.viewer.places.last})) {
        const auto slot =
            row.slot < 0 ? std::nullopt : delivery.mail_slot(static_cast<std::uint32_t>(row.slot));
        sums.add(slot ? slot->state : messaging::SlotState::kQueued, 1);
    }
    return sums;
}

void write_recent(JsonWriter& json, Views& views, const flows::RecentEvent& event) {
    json.begin_object().field("event_id", event.id).field("at", event.at);
    json.field("kind", event.kind).field("subject_id", event.id).key("place");
    views.place_ref(json, event.place_id);
    json.key("product");
    if (event.product_id) {
        views.product_ref(json, *event.product_id);
    } else {
        json.null();
    }
    nullable(json, "quantity_milli", event.quantity);
    nullable(json, "unit", event.unit);
    nullable(json, "paise", event.amount);
    nullable(json, "count", event.count);
    json.end_object();
}

void write_market(JsonWriter& json, Views& views, const flows::TodayCounts& today) {
    json.field("offers_open", today.offers_open).key("offers_by_product").begin_array();
    for (const flows::ProductOffers& row : today.offers_by_product) {
        const catalogue::Product* product = views.find_product(row.product_id);
        json.begin_object().key("product");
        views.product_ref(json, row.product_id);
        json.field("quantity_milli", row.quantity);
        json.field("unit", product == nullptr ? std::string("kg") : product->unit_default);
        json.field("offers", row.offers).end_object();
    }
    json.end_array().field("orders_open", today.orders_open);
    json.field("orders_completed", today.orders_completed).field("sales_count", today.sales);
    json.field("sales_paise", today.sales_amount).key("shares").begin_array();
    for (const flows::ClassToday& share : today.shares) {
        json.begin_object().field("class", share.code).field("paise", share.amount).end_object();
    }
    json.end_array();
}

}  // namespace

Result<Answer> get_today(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const flows::TodayCounts today = HAAT_TRY(flows::read_today(tx, call.viewer, call.now));
        const UnixSeconds since = start_of_day_in_india(today.day);
        DistrictTable districts;
        const DeliverySums messages = messages_of_today(tx, call, since, districts);
        std::int64_t replies = 0;
        for (const auto& row :
             sql::replies_by_district(tx, {.since_at = since,
                                           .number_first = call.viewer.places.first,
                                           .number_last = call.viewer.places.last})) {
            districts[row.district_place_id].replies += row.replies;
            replies += row.replies;
        }
        for (const flows::DistrictOffers& row : today.district_offers) {
            districts[row.place_id].offers += row.offers;
        }
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().field("as_of_at", today.as_of_at).field("day", iso_date(today.day));
        json.field("messages_queued", messages.queued + messages.busy);
        json.field("messages_accepted", messages.accepted + messages.sent);
        json.field("messages_delivered", messages.delivered);
        json.field("messages_read", messages.read);
        json.field("messages_failed", messages.rejected + messages.suppressed + messages.expired);
        json.field("messages_unknown", messages.unknown).field("replies", replies);
        write_market(json, views, today);
        json.key("districts");
        write_districts(json, tx, call, districts);
        json.key("recent").begin_array();
        for (const flows::RecentEvent& event : today.recent) {
            write_recent(json, views, event);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

}  // namespace haat::http
