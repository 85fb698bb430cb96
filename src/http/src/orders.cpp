#include "market/orders.hpp"

#include "flows/gather_order.hpp"
#include "flows/plan_order.hpp"
#include "flows/read_orders.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "market_views.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

/// OrderPlan of the contract.
std::string plan_json(Views& views, const flows::OrderPlan& plan) {
    JsonWriter json;
    json.begin_object().field("demand_id", plan.demand_id).key("product");
    views.product_ref(json, plan.product_id);
    json.field("unit", plan.unit).key("lines").begin_array();
    for (const flows::PlanLine& line : plan.lines) {
        json.begin_object().field("offer_id", line.offer_id).key("producer");
        views.producer(json, line.person_id);
        json.field("quantity_milli", line.quantity).field("price_paise", line.price_per_unit);
        json.field("amount_paise", line.amount);
        json.field("distance_km", kilometres(line.distance_metres));
        json.field("transport_paise", line.transport).end_object();
    }
    json.end_array().field("quantity_milli", plan.quantity).field("missing_milli", plan.missing);
    json.field("goods_paise", plan.goods).field("transport_paise", plan.transport);
    json.field("total_paise", plan.total).field("as_of_at", plan.as_of_at);
    return json.end_object().take();
}

Result<std::string> read_detail(Call& call, OrderId order_id) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<std::string> {
        const flows::OrderView order = HAAT_TRY(flows::read_order(tx, call.viewer, order_id));
        Views views(tx, call.viewer);
        return order_detail(views, order);
    });
}

}  // namespace

Result<Answer> plan_order(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const auto demand_id = in.id<DemandId>("demand_id");
    HAAT_TRY(in.done());
    const flows::OrderPlan plan =
        HAAT_TRY(flows::plan_order(call.services.flows, call.viewer, demand_id));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        return json_answer(plan_json(views, plan));
    });
}

Result<Answer> create_order(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::OrderRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.demand_id = in.id<DemandId>("demand_id");
    request.confirm_total = {in.integer("confirm_total_paise", 0, kMaxPaise)};
    HAAT_TRY(in.done());
    const auto made = HAAT_TRY(flows::gather_order(call.services.flows, call.viewer, request));
    return json_answer(HAAT_TRY(read_detail(call, made.thing.order.order_id)),
                       made.repeat == supply::Repeat::kFirst ? 201 : 200);
}

Result<Answer> list_orders(Call& call) {
    QueryReader query(call.request);
    const auto state = query.maybe_choice("state", market::order_state_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const auto orders =
            market::list_orders(tx, call.viewer, state, page_of<market::Page>(paging, cursor));
        return json_answer(write_page(
            orders, paging,
            [&](JsonWriter& json, const market::Order& order) { write_order(json, views, order); },
            [](const market::Order& order) {
                return Cursor{order.placed_at.value, order.order_id.value};
            }));
    });
}

Result<Answer> get_order(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return json_answer(HAAT_TRY(read_detail(call, OrderId{call.id})));
}

}  // namespace haat::http
