#include "market_views.hpp"

#include "access/roles.hpp"
#include "base/text.hpp"

namespace haat::http {
namespace {

constexpr std::size_t kSaidMax = 1000;

void write_line(JsonWriter& json, const flows::OrderLineView& view, std::string_view unit) {
    const market::OrderLine& line = view.line;
    json.begin_object().field("order_line_id", line.order_line_id);
    json.field("offer_id", line.offer_id).key("producer");
    write_producer(json, view.producer);
    json.field("quantity_milli", line.quantity).field("unit", unit);
    json.field("price_paise", line.price_per_unit).field("amount_paise", line.amount);
    json.field("distance_km", kilometres(line.distance_metres));
    json.field("transport_paise", line.transport).field("answer", market::name_of(line.answer));
    nullable(json, "answered_at", line.answered_at);
    nullable(json, "lot_id", view.lot_id);
    json.field("weighed_milli", line.weighed).end_object();
}

}  // namespace

std::int64_t kilometres(std::int64_t metres) { return (metres + 500) / 1000; }

void write_demand(JsonWriter& json, storage::Transaction& tx, Views& views,
                  const market::Demand& demand, UnixSeconds now) {
    const market::Matched matched = market::matched(tx, demand, now);
    json.begin_object().field("demand_id", demand.demand_id).key("product");
    views.product_ref(json, demand.product_id);
    json.field("quantity_milli", demand.quantity).field("unit", demand.unit);
    nullable(json, "max_price_paise", demand.max_price);
    json.field("deadline_at", demand.deadline_at).key("place");
    views.place_ref(json, demand.place_id);
    nullable_text(json, "note", demand.note);
    json.key("buyer");
    views.organisation_ref(json, demand.buyer_organisation_id);
    json.field("state", market::name_of(demand.state)).field("matched_milli", matched.quantity);
    json.field("matched_offers", matched.offers);
    nullable(json, "order_id", demand.order_id);
    json.field("created_at", demand.posted_at).end_object();
}

void write_offer(JsonWriter& json, Views& views, const Viewer& viewer, const market::Offer& offer) {
    json.begin_object().field("offer_id", offer.offer_id).key("product");
    views.product_ref(json, offer.product_id);
    json.field("quantity_milli", offer.quantity).field("remaining_milli", offer.remaining);
    json.field("unit", offer.unit).field("price_paise", offer.price_per_unit).key("producer");
    views.producer(json, offer.person_id);
    json.key("block");
    views.place_ref(json, views.above(offer.place_id, registry::PlaceKind::kBlock));
    json.key("district");
    views.place_ref(json, views.above(offer.place_id, registry::PlaceKind::kDistrict));
    json.field("state", market::name_of(offer.state)).field("created_at", offer.offered_at);
    json.field("valid_until_at", offer.available_until_at);
    // Her own words may hold her name or number: for those who may see people.
    const bool may_read = access::may(viewer.role, access::Action::kSeePeople);
    nullable_text(json, "said",
                  may_read ? first_code_points(offer.said, kSaidMax) : std::string_view());
    json.end_object();
}

void write_order(JsonWriter& json, Views& views, const market::Order& order) {
    json.begin_object().field("order_id", order.order_id).field("demand_id", order.demand_id);
    json.key("product");
    views.product_ref(json, order.product_id);
    json.field("quantity_milli", order.quantity).field("unit", order.unit);
    json.field("goods_paise", order.goods).field("transport_paise", order.transport);
    json.field("total_paise", order.total).key("place");
    views.place_ref(json, order.place_id);
    json.key("buyer");
    views.organisation_ref(json, order.buyer_organisation_id);
    json.field("state", market::name_of(order.state)).field("lines", order.lines);
    json.field("yes", order.yes).field("no", order.no).field("waiting", order.waiting);
    json.field("weighed_milli", order.weighed).field("created_at", order.placed_at).end_object();
}

std::string order_detail(Views& views, const flows::OrderView& order) {
    JsonWriter json;
    json.begin_object().key("order");
    write_order(json, views, order.order);
    json.key("lines").begin_array();
    for (const flows::OrderLineView& line : order.lines) {
        write_line(json, line, order.order.unit);
    }
    return json.end_array().end_object().take();
}

}  // namespace haat::http
