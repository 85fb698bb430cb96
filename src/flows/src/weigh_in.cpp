#include "flows/weigh_in.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/assert.hpp"
#include "catalogue/products.hpp"
#include "letter.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

void send_receipt(storage::Transaction& tx, FlowContext& context, const supply::Site& site,
                  const supply::Lot& lot, PersonId producer) {
    const auto product = catalogue::find_product(tx, lot.product_id);
    HAAT_ASSERT(product);
    Letter(tx, producer, "messages.weighed_receipt", registry::MessagePurpose::kOrder)
        .site(site)
        .goods(*product, lot.weight, lot.unit)
        .put("grade", lot.grade)
        .amount("price", lot.price_per_unit)
        .amount("amount", cost_of(lot.weight, lot.price_per_unit))
        .put("lot", lot.code)
        .send(tx, context);
}

}  // namespace

Result<Made<supply::Lot>> weigh_in(FlowContext& context, const Viewer& viewer,
                                   const WeighingRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<supply::Lot>> {
        const UnixSeconds now = context.clock.now();
        const supply::Site site =
            HAAT_TRY(workplace(tx, viewer, access::Action::kWeighIn, request.site_id));
        const auto line = market::find_line(tx, system_viewer(), request.order_line_id);
        if (!line) {
            return refuse(ErrorKind::kNotFound, "market.no_line");
        }
        const auto order = market::find_order(tx, system_viewer(), line->order_id);
        HAAT_ASSERT(order.has_value());
        Made<supply::Lot> made =
            HAAT_TRY(supply::take_in(tx, viewer,
                                     {.device_id = request.device_id,
                                      .site_id = site.site_id,
                                      .producer_person_id = line->person_id,
                                      .product_id = order->product_id,
                                      .unit = order->unit,
                                      .weight = request.weight,
                                      .grade = request.grade,
                                      .price_per_unit = line->price_per_unit,
                                      .order_line_id = line->order_line_id,
                                      .weighed_at = request.weighed_at.value_or(now)},
                                     now));
        if (made.repeat == Repeat::kRepeated) {
            return made;
        }
        HAAT_TRY(market::weigh(tx, line->order_line_id, request.weight, request.rest, now));
        send_receipt(tx, context, site, made.thing, line->person_id);
        storage::audit(tx, now, viewer.account_id, "lot.weigh",
                       fmt::format("lot:{}", made.thing.lot_id.value),
                       fmt::format(R"({{"weight_milli":{},"grade":"{}"}})", request.weight.value,
                                   made.thing.grade));
        announce(tx, context, "lot", made.thing.lot_id.value, "weighed", now);
        announce(tx, context, "order", order->order_id.value, "weighed", now);
        return made;
    });
}

}  // namespace haat::flows
