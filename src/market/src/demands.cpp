#include "market/demands.hpp"

#include <array>
#include <utility>

#include "checks.hpp"
#include "market/errors.hpp"
#include "scope.hpp"
#include "sql/demands.hpp"

namespace haat::market {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"open", "ordered", "closed", "expired"};

/// The first field of a draft that is wrong, or nothing.
std::string_view wrong_field(const Viewer& viewer, const DemandDraft& draft, UnixSeconds now) {
    if (!is_device_id(draft.device_id)) return "device_id";
    const OrganisationId own = buyer_for(viewer);
    if (!draft.buyer_organisation_id || (own && own != draft.buyer_organisation_id)) return "buyer";
    if (!draft.product_id) return "product_key";
    if (!is_quantity(draft.quantity)) return "quantity_milli";
    if (!is_unit(draft.unit)) return "unit";
    if (draft.max_price && !is_price(*draft.max_price)) return "max_price_paise";
    if (draft.deadline_at <= now) return "deadline_at";
    if (!draft.place_id) return "place_id";
    if (!is_text(draft.note, 500)) return "note";
    return {};
}

bool is_same(const Demand& demand, const DemandDraft& draft) {
    return demand.buyer_organisation_id == draft.buyer_organisation_id &&
           demand.product_id == draft.product_id && demand.quantity == draft.quantity &&
           demand.unit == draft.unit && demand.max_price == draft.max_price &&
           demand.deadline_at == draft.deadline_at && demand.place_id == draft.place_id &&
           demand.note == draft.note;
}

}  // namespace

std::string_view name_of(DemandState state) { return kStates[std::to_underlying(state)]; }

std::optional<DemandState> demand_state_from(std::string_view name) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates[i] == name) return static_cast<DemandState>(i);
    }
    return std::nullopt;
}

Result<Demand> post(storage::Transaction& tx, const Viewer& viewer, const DemandDraft& draft,
                    UnixSeconds now) {
    // A repeat comes first: the device may send again after the deadline has passed.
    if (const auto first = sql::demand_by_device(tx, {.device_id = draft.device_id})) {
        std::optional<Demand> demand = find_demand(tx, viewer, first->demand_id, now);
        if (!demand || !is_same(*demand, draft)) {
            return refuse(ErrorKind::kConflict, errors::kDeviceIdReused);
        }
        return *std::move(demand);
    }
    if (const std::string_view field = wrong_field(viewer, draft, now); !field.empty()) {
        return refuse(ErrorKind::kInvalid, errors::kDemandInvalid, {{"field", std::string(field)}});
    }
    const DemandId demand_id = tx.new_id_as<DemandId>();
    const std::int64_t added =
        sql::demand_add(tx, {.demand_id = demand_id,
                             .device_id = draft.device_id,
                             .buyer_organisation_id = draft.buyer_organisation_id,
                             .product_id = draft.product_id,
                             .quantity_milli = draft.quantity,
                             .unit = draft.unit,
                             .max_price_paise = draft.max_price,
                             .deadline_at = draft.deadline_at,
                             .place_id = draft.place_id,
                             .note = draft.note,
                             .posted_by_account_id = viewer.account_id,
                             .posted_at = now});
    HAAT_ASSERT(added == 1);
    return *find_demand(tx, viewer, demand_id, now);
}

std::optional<Demand> find_demand(storage::Transaction& tx, const Viewer& viewer,
                                  DemandId demand_id, UnixSeconds now) {
    const auto row =
        sql::demand_get(tx, {.demand_id = demand_id, .organisation_id = buyer_for(viewer)});
    if (!row) {
        return std::nullopt;
    }
    DemandState state = *demand_state_from(row->state);
    if (state == DemandState::kOpen && row->deadline_at <= now) {
        state = DemandState::kExpired;
    }
    return Demand{.demand_id = row->demand_id,
                  .buyer_organisation_id = row->buyer_organisation_id,
                  .product_id = row->product_id,
                  .quantity = row->quantity_milli,
                  .unit = row->unit,
                  .max_price = row->max_price_paise,
                  .deadline_at = row->deadline_at,
                  .place_id = row->place_id,
                  .note = row->note,
                  .state = state,
                  .posted_by_account_id = row->posted_by_account_id,
                  .posted_at = row->posted_at,
                  .order_id = row->order_id};
}

std::optional<DemandId> newest_demand(storage::Transaction& tx, ProductId product_id,
                                      UnixSeconds now) {
    const auto row = sql::demand_newest(tx, {.product_id = product_id, .now_at = now});
    return row ? std::optional(row->demand_id) : std::nullopt;
}

std::vector<Demand> list_demands(storage::Transaction& tx, const Viewer& viewer,
                                 const DemandFilter& filter, const Page& page, UnixSeconds now) {
    const auto rows = sql::demand_page(tx, {.before_at = page.before_at,
                                            .before_id = page.before_id,
                                            .organisation_id = buyer_for(viewer),
                                            .product_id = filter.product_id,
                                            .state = filter.state ? name_of(*filter.state) : "",
                                            .now_at = now,
                                            .row_limit = page.limit});
    std::vector<Demand> demands;
    demands.reserve(rows.size());
    for (const auto& row : rows) {
        demands.push_back(*find_demand(tx, viewer, row.demand_id, now));
    }
    return demands;
}

Matched matched(storage::Transaction& tx, const Demand& demand, UnixSeconds now) {
    const auto row = sql::demand_matched(tx, {.product_id = demand.product_id,
                                              .now_at = now,
                                              .deadline_at = demand.deadline_at,
                                              .max_price_paise = demand.max_price});
    return {.quantity = row.quantity_milli, .offers = row.offers};
}

Result<void> close_demand(storage::Transaction& tx, const Viewer& viewer, DemandId demand_id,
                          UnixSeconds now) {
    const std::optional<Demand> demand = find_demand(tx, viewer, demand_id, now);
    if (!demand) {
        return refuse(ErrorKind::kNotFound, errors::kNoDemand);
    }
    if (demand->state == DemandState::kOrdered) {
        return refuse(ErrorKind::kConflict, errors::kDemandOrdered);
    }
    sql::demand_set_state(
        tx, {.to_state = "closed", .now_at = now, .demand_id = demand_id, .from_state = "open"});
    return {};
}

}  // namespace haat::market
