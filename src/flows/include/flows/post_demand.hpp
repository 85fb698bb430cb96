/// @file A buyer says what she wants: product, quantity, the most she pays, by when and where to.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "market/demands.hpp"
#include "supply/lots.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct DemandRequest {
    std::string device_id;  ///< Made by the client, 8..64 of [A-Za-z0-9_-].
    std::string product_key;
    Milli quantity;
    std::string unit;  ///< The product's default unit.
    std::optional<Paise> max_price;
    UnixSeconds deadline_at;
    PlaceId place_id;  ///< Where the goods are to go.
    std::string note;
    /// Who wants it: only haat itself may name somebody; for people it is their own organisation.
    OrganisationId buyer_organisation_id;
};

/// Promise: what a buyer wants is on record once, however often her device says it, and everybody
/// who looks at the market sees it at once.
/// @return flows.not_allowed, flows.no_organisation, flows.unit_differs (params: unit),
///   catalogue.no_product, registry.no_place, registry.no_organisation and what market::post
///   refuses.
[[nodiscard]] Result<Made<market::Demand>> post_demand(FlowContext& context, const Viewer& viewer,
                                                       const DemandRequest& request);

/// Promise: a buyer who no longer wants it is no longer offered it. Safe to repeat.
/// @return flows.not_allowed, market.no_demand, market.demand_ordered.
[[nodiscard]] Result<void> close_demand(FlowContext& context, const Viewer& viewer,
                                        DemandId demand_id);

}  // namespace haat::flows
