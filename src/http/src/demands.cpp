#include "market/demands.hpp"

#include "flows/post_demand.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "market_views.hpp"
#include "reader.hpp"

namespace haat::http {

Result<Answer> list_demands(Call& call) {
    QueryReader query(call.request);
    market::DemandFilter filter;
    filter.state = query.maybe_choice("state", market::demand_state_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const auto demands = market::list_demands(tx, call.viewer, filter,
                                                  page_of<market::Page>(paging, cursor), call.now);
        return json_answer(write_page(
            demands, paging,
            [&](JsonWriter& json, const market::Demand& demand) {
                write_demand(json, tx, views, demand, call.now);
            },
            [](const market::Demand& demand) {
                return Cursor{demand.posted_at.value, demand.demand_id.value};
            }));
    });
}

Result<Answer> create_demand(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::DemandRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.product_key = in.token("product_key", kProductKey);
    request.quantity = {in.integer("quantity_milli", 1, kMaxMilli)};
    request.unit = in.token("unit", kUnit);
    if (const auto price = in.maybe_integer("max_price_paise", 0, kMaxPaise)) {
        request.max_price = Paise{*price};
    }
    request.deadline_at = {in.integer("deadline_at", 0, kMaxUnixSeconds)};
    request.place_id = in.id<PlaceId>("place_id");
    request.note = in.maybe_text("note", {.min = 0, .max = 500}).value_or("");
    HAAT_TRY(in.done());
    const auto made = HAAT_TRY(flows::post_demand(call.services.flows, call.viewer, request));
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        write_demand(json, tx, views, made.thing, call.now);
        return json_answer(json.take(), made.repeat == supply::Repeat::kFirst ? 201 : 200);
    });
}

Result<Answer> get_demand(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    constexpr std::int64_t kOffers = 200;
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const auto demand = market::find_demand(tx, call.viewer, DemandId{call.id}, call.now);
        if (!demand) {
            return refuse(ErrorKind::kNotFound, "market.no_demand");
        }
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("demand");
        write_demand(json, tx, views, *demand, call.now);
        json.key("offers").begin_array();
        for (const market::Offer& offer :
             market::offers_that_fit(tx, call.viewer, demand->product_id, demand->deadline_at,
                                     demand->max_price, kOffers, call.now)) {
            write_offer(json, views, call.viewer, offer);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

}  // namespace haat::http
