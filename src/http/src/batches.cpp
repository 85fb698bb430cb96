#include "flows/record_batch.hpp"
#include "handlers.hpp"
#include "lot_answer.hpp"
#include "reader.hpp"

namespace haat::http {
namespace {

std::optional<std::string> skill_from(std::string_view name) {
    return name == "unskilled" || name == "semiskilled" || name == "skilled"
               ? std::optional(std::string(name))
               : std::nullopt;
}

}  // namespace

Result<Answer> create_batch(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    flows::BatchRequest request;
    request.device_id = in.token("device_id", kDeviceId);
    request.site_id = in.id<SiteId>("site_id");
    request.product_key = in.token("product_key", kProductKey);
    request.quantity = {in.integer("quantity_milli", 1, kMaxMilli)};
    request.unit = in.token("unit", kUnit);
    request.material = {in.integer("material_paise", 0, kMaxPaise)};
    in.objects("makers", 1, 500, [&](Reader& maker) {
        flows::MakerDays days;
        days.maker_code = maker.token("maker_code", kMakerCode);
        days.days = {maker.integer("days_milli", 1, 1'000'000)};
        days.grade = maker.choice("grade", skill_from);
        request.makers.push_back(std::move(days));
    });
    HAAT_TRY(in.done());
    return lot_answer(call,
                      HAAT_TRY(flows::record_batch(call.services.flows, call.viewer, request)));
}

}  // namespace haat::http
