#include "flows/plan_order.hpp"

#include <algorithm>
#include <map>

#include "allowed.hpp"
#include "flows/settings.hpp"
#include "market/gathering.hpp"
#include "market/offers.hpp"
#include "planning.hpp"
#include "registry/places.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kOffersLookedAt = 5'000;

/// A place without any point is planned as if it lay this far: neither free nor impossible.
constexpr std::int64_t kUnknownDistanceMetres = 100'000;

/// Metres from a fixed place, each other place looked up once.
class Distances {
 public:
    Distances(storage::Transaction& tx, PlaceId to) : tx_(tx) {
        if (Result<registry::Place> place = registry::find_place(tx, to)) {
            to_ = *std::move(place);
        }
    }
    std::int64_t from(PlaceId place_id) {
        const auto [known, is_new] = metres_.try_emplace(place_id.value, kUnknownDistanceMetres);
        if (is_new) {
            const Result<registry::Place> place = registry::find_place(tx_, place_id);
            if (place) {
                known->second =
                    registry::metres_between(*place, to_).value_or(kUnknownDistanceMetres);
            }
        }
        return known->second;
    }

 private:
    storage::Transaction& tx_;
    registry::Place to_;
    std::map<std::int64_t, std::int64_t> metres_;
};

std::vector<market::Candidate> candidates_for(storage::Transaction& tx,
                                              const market::Demand& demand,
                                              std::span<const market::Offer> offers,
                                              std::span<const OfferId> except) {
    Distances distances(tx, demand.place_id);
    std::vector<market::Candidate> candidates;
    for (const market::Offer& offer : offers) {
        if (std::ranges::find(except, offer.offer_id) == except.end()) {
            candidates.push_back({.offer_id = offer.offer_id,
                                  .person_id = offer.person_id,
                                  .place_id = offer.place_id,
                                  .quantity = offer.remaining,
                                  .price_per_unit = offer.price_per_unit,
                                  .grade = offer.grade,
                                  .distance_metres = distances.from(offer.place_id)});
        }
    }
    return candidates;
}

}  // namespace

OrderPlan make_plan(storage::Transaction& tx, const Viewer& viewer, const market::Demand& demand,
                    Milli wanted, std::span<const OfferId> except, UnixSeconds now) {
    const std::vector<market::Offer> offers = market::offers_that_fit(
        tx, viewer, demand.product_id, demand.deadline_at, demand.max_price, kOffersLookedAt, now);
    const std::vector<market::Candidate> candidates = candidates_for(tx, demand, offers, except);
    OrderPlan plan{.demand_id = demand.demand_id,
                   .product_id = demand.product_id,
                   .unit = demand.unit,
                   .missing = wanted,
                   .as_of_at = now};
    if (candidates.empty()) {
        return plan;
    }
    const market::Gathering gathering = market::gather(
        candidates, {.quantity = wanted,
                     .max_price = demand.max_price,
                     .pickup = {setting_at(tx, Setting::kPickupPaisePerVillage, now)},
                     .per_tonne_km = {setting_at(tx, Setting::kTransportPaisePerTonneKm, now)}});
    for (const market::Decision& decision : gathering.decisions) {
        if (decision.taken.value == 0) {
            continue;
        }
        const market::Candidate& from = candidates[decision.candidate];
        plan.lines.push_back({.offer_id = from.offer_id,
                              .person_id = from.person_id,
                              .place_id = from.place_id,
                              .quantity = decision.taken,
                              .price_per_unit = from.price_per_unit,
                              .amount = decision.goods,
                              .distance_metres = from.distance_metres,
                              .transport = decision.transport});
    }
    std::ranges::sort(plan.lines, {}, &PlanLine::offer_id);
    plan.quantity = gathering.gathered;
    plan.missing = gathering.missing;
    plan.goods = gathering.goods;
    plan.transport = gathering.transport;
    plan.total = gathering.total;
    plan.proven_least = gathering.proven;
    return plan;
}

Result<OrderPlan> plan_order(FlowContext& context, const Viewer& viewer, DemandId demand_id) {
    return context.database.read([&](storage::Transaction& tx) -> Result<OrderPlan> {
        const UnixSeconds now = context.clock.now();
        HAAT_TRY(allow(viewer, access::Action::kGatherOrder));
        const std::optional<market::Demand> demand =
            market::find_demand(tx, viewer, demand_id, now);
        if (!demand) {
            return refuse(ErrorKind::kNotFound, "market.no_demand");
        }
        if (demand->state != market::DemandState::kOpen) {
            return refuse(ErrorKind::kConflict, "market.demand_not_open");
        }
        return make_plan(tx, viewer, *demand, demand->quantity, {}, now);
    });
}

}  // namespace haat::flows
