#include "supply/consignments.hpp"

#include "flows/dispatch_consignment.hpp"
#include "flows/receive_consignment.hpp"
#include "handlers.hpp"
#include "lists.hpp"
#include "reader.hpp"
#include "supply_views.hpp"

namespace haat::http {
namespace {

using supply::ConsignmentState;

std::optional<ConsignmentState> state_from(std::string_view name) {
    return name == "moving"     ? std::optional(ConsignmentState::kMoving)
           : name == "received" ? std::optional(ConsignmentState::kReceived)
                                : std::nullopt;
}

Result<Answer> answer_of(Call& call, const supply::Consignment& consignment, int status) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        JsonWriter json;
        write_consignment(json, views, consignment);
        return json_answer(json.take(), status);
    });
}

}  // namespace

Result<Answer> list_consignments(Call& call) {
    QueryReader query(call.request);
    supply::ConsignmentFilter filter;
    filter.site_id = query.maybe_id<SiteId>("site_id");
    filter.state = query.maybe_choice("state", state_from);
    const Paging paging = read_paging(query);
    const auto cursor = read_cursor(query, paging);
    HAAT_TRY(query.done());
    return call.services.database.read([&](storage::Transaction& tx) -> Result<Answer> {
        Views views(tx, call.viewer);
        const auto consignments = supply::list_consignments(tx, call.viewer, filter,
                                                            page_of<supply::Page>(paging, cursor));
        return json_answer(write_page(
            consignments, paging,
            [&](JsonWriter& json, const supply::Consignment& consignment) {
                write_consignment(json, views, consignment);
            },
            [](const supply::Consignment& consignment) {
                return Cursor{consignment.sent_at.value, consignment.consignment_id.value};
            }));
    });
}

Result<Answer> create_consignment(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::ConsignmentRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.from_site_id = in.id<SiteId>("from_site_id");
    request.to_site_id = in.id<SiteId>("to_site_id");
    for (const std::int64_t id : in.ids("lot_ids", 500)) {
        request.lot_ids.push_back(LotId{id});
    }
    HAAT_TRY(in.done());
    const auto made =
        HAAT_TRY(flows::dispatch_consignment(call.services.flows, call.viewer, request));
    return answer_of(call, made.thing, made.repeat == supply::Repeat::kFirst ? 201 : 200);
}

Result<Answer> receive_consignment(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    const auto made = HAAT_TRY(
        flows::receive_consignment(call.services.flows, call.viewer, ConsignmentId{call.id}, {}));
    return answer_of(call, made.thing, 200);
}

}  // namespace haat::http
