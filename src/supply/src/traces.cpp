#include "supply/traces.hpp"

#include <algorithm>
#include <set>

#include "base/assert.hpp"
#include "scope.hpp"
#include "sql/batches.hpp"
#include "sql/lots.hpp"
#include "sql/traces.hpp"
#include "supply/errors.hpp"
#include "supply/lots.hpp"
#include "supply/packing.hpp"

namespace haat::supply {
namespace {

constexpr std::int64_t kFewestShown = 5;  // a smaller number could point at somebody
constexpr std::size_t kMostVillages = 50;

/// The contract's word for an event.
std::string_view step_of(std::string_view kind) {
    if (kind == "received") return "weighed";
    if (kind == "consigned") return "sent";
    if (kind == "received_at") return "received";
    return kind;  // worked, packed, sold
}

template <typename Row>
TraceStep step_from(const Row& row, const Viewer& viewer) {
    return {.step = std::string(step_of(row.kind)),
            .at = row.happened_at,
            .site_id = row.site_id,
            .lot_id = row.lot_id,
            .lot_code = row.lot_code,
            .producer_person_id = may_see_producers(viewer) ? row.producer_person_id : std::nullopt,
            .consignment_id = row.consignment_id,
            .sale_id = row.sale_id,
            .quantity = row.quantity_milli,
            .unit = row.unit};
}

}  // namespace

std::vector<TraceStep> trace_back(storage::Transaction& tx, const Viewer& viewer, LotId lot_id,
                                  std::int64_t limit) {
    std::vector<TraceStep> steps;
    if (!find_lot(tx, viewer, lot_id)) {
        return steps;
    }
    for (const auto& row : sql::trace_back(tx, {.lot_id = lot_id, .row_limit = limit})) {
        steps.push_back(step_from(row, viewer));
    }
    return steps;
}

std::vector<TraceStep> trace_forward(storage::Transaction& tx, const Viewer& viewer, LotId lot_id,
                                     std::int64_t limit) {
    std::vector<TraceStep> steps;
    if (!find_lot(tx, viewer, lot_id)) {
        return steps;
    }
    for (const auto& row : sql::trace_forward(tx, {.lot_id = lot_id, .row_limit = limit})) {
        steps.push_back(step_from(row, viewer));
    }
    return steps;
}

std::optional<PublicTrace> public_trace(storage::Transaction& tx, std::string_view token) {
    const auto found = sql::lot_by_token(tx, {.trace_token = token});
    if (!found) {
        return std::nullopt;
    }
    const Lot lot = *find_lot(tx, system_viewer(), found->lot_id);
    PublicTrace trace{.product_id = lot.product_id,
                      .lot_code = lot.code,
                      .kind = std::string(name_of(lot.kind)),
                      .made_site_id = lot.made_site_id,
                      .villages = {},
                      .people = std::nullopt,
                      .made_at = lot.made_at,
                      .best_before_at = std::nullopt,
                      .pack_size = lot.pack_size,
                      .unit = lot.unit};
    std::int64_t people = 0;
    if (lot.kind == LotKind::kBatch) {
        people = sql::batch_maker_count(tx, {.lot_id = lot.lot_id}).makers;
    } else {
        const Result<std::vector<Origin>> origins = origins_of(tx, lot.lot_id);
        HAAT_ASSERT(origins.has_value());  // packing has refused what cannot be traced
        std::set<PersonId> producers;
        std::set<PlaceId> villages;
        for (const Origin& origin : *origins) {
            producers.insert(origin.producer_person_id.value_or(PersonId{}));
            villages.insert(sql::source_get(tx, {.lot_id = origin.lot_id})->place_id);
        }
        people = std::ssize(producers);
        trace.villages.assign(villages.begin(), villages.end());
        trace.villages.resize(std::min(trace.villages.size(), kMostVillages));
        trace.best_before_at = find_packing(tx, lot.lot_id)->best_before_at;
    }
    if (people >= kFewestShown) {
        trace.people = people;
    }
    return trace;
}

std::vector<Imbalance> check_mass_balance(storage::Transaction& tx) {
    std::vector<Imbalance> wrong;
    for (const auto& row : sql::imbalances(tx)) {
        wrong.push_back({row.lot_id, row.events_milli, row.stock_milli});
    }
    for (const auto& row : sql::unbalanced_packings(tx)) {
        wrong.push_back({row.lot_id, row.inputs_milli, row.input_milli});
    }
    return wrong;
}

}  // namespace haat::supply
