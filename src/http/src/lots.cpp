#include "supply/lots.hpp"

#include "flows/pack_lots.hpp"
#include "flows/read_lots.hpp"
#include "flows/weigh_in.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "lot_answer.hpp"
#include "reader.hpp"
#include "supply_views.hpp"

namespace haat::http {
namespace {

/// Grade of the contract: one of a, b, c.
std::optional<std::string> grade_from(std::string_view name) {
    return name == "a" || name == "b" || name == "c" ? std::optional(std::string(name))
                                                     : std::nullopt;
}

void write_step(JsonWriter& json, Views& views, const flows::TraceStepView& view) {
    const supply::TraceStep& step = view.step;
    json.begin_object().field("step", step.step).field("at", step.at).key("site");
    views.site(json, step.site_id.value_or(SiteId{}));
    json.field("lot_id", step.lot_id).field("lot_code", step.lot_code).key("producer");
    if (view.producer) {
        write_producer(json, *view.producer);
    } else {
        json.null();
    }
    nullable(json, "consignment_id", step.consignment_id);
    nullable(json, "sale_id", step.sale_id);
    json.field("quantity_milli", step.quantity).field("unit", step.unit).end_object();
}

}  // namespace

Result<Answer> lot_answer(Call& call, const supply::Made<supply::Lot>& made) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const flows::LotView lot = HAAT_TRY(flows::view_lot(tx, views.producers(), made.thing));
        JsonWriter json;
        write_lot(json, views, lot);
        return json_answer(json.take(), made.repeat == supply::Repeat::kFirst ? 201 : 200);
    });
}

Result<Answer> list_lots(Call& call) {
    QueryReader query(call.request);
    supply::LotFilter filter;
    filter.site_id = query.maybe_id<SiteId>("site_id");
    filter.state = query.maybe_choice("state", supply::lot_state_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        std::vector<flows::LotView> lots;
        for (const supply::Lot& lot :
             supply::list_lots(tx, call.viewer, filter, page_of<supply::Page>(paging, cursor))) {
            lots.push_back(HAAT_TRY(flows::view_lot(tx, views.producers(), lot)));
        }
        return json_answer(write_page(
            lots, paging,
            [&](JsonWriter& json, const flows::LotView& lot) { write_lot(json, views, lot); },
            [](const flows::LotView& lot) {
                return Cursor{lot.lot.made_at.value, lot.lot.lot_id.value};
            }));
    });
}

Result<Answer> create_lot(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::WeighingRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.order_line_id = in.id<OrderLineId>("order_line_id");
    request.weight = {in.integer("weight_milli", 1, kMaxMilli)};
    request.grade = in.choice("grade", grade_from);
    request.site_id = in.id<SiteId>("site_id");
    HAAT_TRY(in.done());
    return lot_answer(call, HAAT_TRY(flows::weigh_in(call.services.flows, call.viewer, request)));
}

Result<Answer> get_lot(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        const flows::LotTrace trace =
            HAAT_TRY(flows::read_lot_trace(tx, call.viewer, LotId{call.id}));
        Views views(tx, call.viewer);
        JsonWriter json;
        json.begin_object().key("lot");
        write_lot(json, views, trace.lot);
        json.key("backward").begin_array();
        for (const flows::TraceStepView& step : trace.backward) {
            write_step(json, views, step);
        }
        json.end_array().key("forward").begin_array();
        for (const flows::TraceStepView& step : trace.forward) {
            write_step(json, views, step);
        }
        return json_answer(json.end_array().end_object().take());
    });
}

Result<Answer> get_lot_label(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    Answer answer;
    answer.content_type = "image/svg+xml";
    answer.body =
        HAAT_TRY(flows::label_of_lot(call.services.flows, call.viewer, call.services.texts,
                                     LotId{call.id}, call.services.settings.public_url));
    return answer;
}

}  // namespace haat::http
