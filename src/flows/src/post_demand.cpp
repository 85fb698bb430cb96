#include "flows/post_demand.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "catalogue/products.hpp"
#include "fresh.hpp"
#include "registry/organisations.hpp"
#include "registry/places.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

Result<OrganisationId> buyer_of(storage::Transaction& tx, const Viewer& viewer,
                                const DemandRequest& request) {
    const OrganisationId buyer =
        viewer.is_system() ? request.buyer_organisation_id : viewer.organisation_id;
    if (!buyer) {
        return refuse(ErrorKind::kInvalid, "flows.no_organisation");
    }
    return HAAT_TRY(registry::find_organisation(tx, buyer)).organisation_id;
}

}  // namespace

Result<Made<market::Demand>> post_demand(FlowContext& context, const Viewer& viewer,
                                         const DemandRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<market::Demand>> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        const OrganisationId buyer = HAAT_TRY(buyer_of(tx, viewer, request));
        const catalogue::Product product =
            HAAT_TRY(catalogue::find_product(tx, request.product_key));
        if (request.unit != product.unit_default) {
            return refuse(ErrorKind::kInvalid, "flows.unit_differs",
                          {{"unit", product.unit_default}});
        }
        const registry::Place place = HAAT_TRY(registry::find_place(tx, request.place_id));
        const FreshMark mark(tx);
        const market::Demand demand = HAAT_TRY(market::post(tx, viewer,
                                                            {.device_id = request.device_id,
                                                             .buyer_organisation_id = buyer,
                                                             .product_id = product.product_id,
                                                             .quantity = request.quantity,
                                                             .unit = request.unit,
                                                             .max_price = request.max_price,
                                                             .deadline_at = request.deadline_at,
                                                             .place_id = place.place_id,
                                                             .note = request.note},
                                                            now));
        if (!mark.made(tx, demand.demand_id)) {
            return Made<market::Demand>{demand, Repeat::kRepeated};
        }
        storage::audit(tx, now, viewer.account_id, "demand.post",
                       fmt::format("demand:{}", demand.demand_id.value),
                       fmt::format(R"({{"product":"{}","quantity_milli":{}}})", product.key,
                                   demand.quantity.value));
        announce(tx, context, "demand", demand.demand_id.value, "created", now);
        return Made<market::Demand>{demand, Repeat::kFirst};
    });
}

Result<void> close_demand(FlowContext& context, const Viewer& viewer, DemandId demand_id) {
    return context.database.write([&](storage::Transaction& tx) -> Result<void> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kPostDemand));
        HAAT_TRY(market::close_demand(tx, viewer, demand_id, now));
        storage::audit(tx, now, viewer.account_id, "demand.close",
                       fmt::format("demand:{}", demand_id.value), "{}");
        announce(tx, context, "demand", demand_id.value, "state", now);
        return {};
    });
}

}  // namespace haat::flows
