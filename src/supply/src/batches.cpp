#include "supply/batches.hpp"

#include <unordered_set>

#include "device_acts.hpp"
#include "goods.hpp"
#include "sql/batches.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

constexpr Milli kMostDays{1'000'000};

bool is_maker_grade(std::string_view grade) {
    return grade == "unskilled" || grade == "semiskilled" || grade == "skilled";
}

std::string_view wrong_field(const BatchDraft& draft, const DeviceAct& act, UnixSeconds now) {
    if (!act.has_good_id()) return "device_id";
    if (!draft.product_id) return "product_key";
    if (!is_quantity(draft.quantity)) return "quantity_milli";
    if (!is_unit(draft.unit)) return "unit";
    if (!is_price(draft.price_per_unit)) return "price_paise";
    if (!is_price(draft.material)) return "material_paise";
    if (draft.makers.empty() || draft.makers.size() > kMostLines) return "makers";
    std::unordered_set<SealedId> makers;
    for (const BatchMaker& maker : draft.makers) {
        if (!maker.sealed_id || !makers.insert(maker.sealed_id).second) return "maker_code";
        if (maker.days <= Milli{0} || maker.days > kMostDays) return "days_milli";
        if (!is_maker_grade(maker.grade)) return "grade";
        if (!is_price(maker.wage_per_day)) return "wage_paise";
    }
    if (!is_time(draft.made_at, now)) return "made_at";
    return {};
}

/// The wages are not part of it: the rate of a grade may be settled again before a repeat arrives.
DeviceAct act_of(const BatchDraft& draft) {
    ActBody body;
    body.add(draft.site_id).add(draft.product_id).add(draft.quantity).add(draft.unit);
    body.add(draft.material);
    for (const BatchMaker& maker : draft.makers) {
        body.add(maker.sealed_id).add(maker.days).add(maker.grade);
    }
    return {draft.device_id, "batch", body};
}

void write_makers(storage::Transaction& tx, const BatchDraft& draft, LotId lot_id) {
    Paise wages;
    std::vector<sql::BatchMakerAddParams> rows;
    for (const BatchMaker& maker : draft.makers) {
        wages += cost_of(maker.days, maker.wage_per_day);
        rows.push_back({.lot_id = lot_id,
                        .sealed_id = maker.sealed_id,
                        .days_milli = maker.days,
                        .grade = maker.grade,
                        .wage_paise = maker.wage_per_day});
    }
    sql::batch_add(tx, {.lot_id = lot_id, .material_paise = draft.material, .wages_paise = wages});
    sql::batch_maker_add(tx, rows);
}

}  // namespace

Result<Made<Lot>> make_batch(storage::Transaction& tx, const Viewer& viewer,
                             const BatchDraft& draft, UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return Made<Lot>{*find_lot(tx, system_viewer(), {*first}), Repeat::kRepeated};
    }
    if (const std::string_view field = wrong_field(draft, act, now); !field.empty()) {
        return wrong(errors::kBatchInvalid, field);
    }
    const Site site = HAAT_TRY(site_of_kind(tx, draft.site_id, SiteKind::kWorkshop));
    const LotId lot_id = write_lot(tx,
                                   {.kind = LotKind::kBatch,
                                    .product_id = draft.product_id,
                                    .unit = draft.unit,
                                    .weight = draft.quantity,
                                    .price_per_unit = draft.price_per_unit,
                                    .pack_size = std::nullopt,
                                    .site_id = draft.site_id,
                                    .made_at = draft.made_at,
                                    .owner = site.owner},
                                   now);
    write_makers(tx, draft, lot_id);
    write_event(tx, viewer,
                {.lot_id = lot_id,
                 .kind = "worked",
                 .at = draft.made_at,
                 .site_id = draft.site_id,
                 .quantity = draft.quantity,
                 .change_milli = draft.quantity.value},
                now);
    act.record(tx, lot_id.value, now);
    return Made<Lot>{*find_lot(tx, system_viewer(), lot_id), Repeat::kFirst};
}

std::optional<Batch> find_batch(storage::Transaction& tx, const Viewer& viewer, LotId lot_id) {
    const auto row = sql::batch_get(tx, {.lot_id = lot_id});
    const bool is_own_jail = viewer.role == Role::kJailOfficer && viewer.organisation_id && row &&
                             row->owner_organisation_id == viewer.organisation_id;
    if (!row || !(viewer.is_system() || viewer.role == Role::kAuditor || is_own_jail)) {
        return std::nullopt;
    }
    Batch batch{.lot_id = row->lot_id,
                .material = row->material_paise,
                .wages = row->wages_paise,
                .makers = {}};
    for (const auto& maker : sql::batch_makers(tx, {.lot_id = lot_id})) {
        batch.makers.push_back({.sealed_id = maker.sealed_id,
                                .days = maker.days_milli,
                                .grade = maker.grade,
                                .wage_per_day = maker.wage_paise});
    }
    return batch;
}

}  // namespace haat::supply
