#include "flows/pack_lots.hpp"
#include "handlers.hpp"
#include "lot_answer.hpp"
#include "reader.hpp"

namespace haat::http {

Result<Answer> create_packing(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::PackingRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.site_id = in.id<SiteId>("site_id");
    in.objects("inputs", 1, 500, [&](Reader& input) {
        const auto lot_id = input.id<LotId>("lot_id");
        request.inputs.push_back({lot_id, Milli{input.integer("weight_milli", 1, kMaxMilli)}});
    });
    request.pack_size = {in.integer("pack_milli", 1, kMaxMilli)};
    request.packs = in.integer("packs", 1, 1'000'000);
    HAAT_TRY(in.done());
    return lot_answer(call, HAAT_TRY(flows::pack_lots(call.services.flows, call.viewer, request)));
}

}  // namespace haat::http
