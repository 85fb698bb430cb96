#include "supply/packing.hpp"

#include <unordered_set>

#include "base/assert.hpp"
#include "device_acts.hpp"
#include "goods.hpp"
#include "sql/packings.hpp"
#include "supply/errors.hpp"
#include "supply/traces.hpp"

namespace haat::supply {
namespace {

constexpr std::int64_t kMostPacks = 1'000'000;

std::string_view wrong_field(const PackingDraft& draft, const DeviceAct& act, UnixSeconds now) {
    if (!act.has_good_id()) return "device_id";
    if (draft.inputs.empty() || draft.inputs.size() > kMostLines) return "inputs";
    std::unordered_set<LotId> lots;
    for (const PackingInput& input : draft.inputs) {
        if (!input.lot_id || !lots.insert(input.lot_id).second) return "lot_id";
        if (!is_quantity(input.quantity)) return "weight_milli";
    }
    if (!is_quantity(draft.pack_size)) return "pack_milli";
    if (draft.packs < 1 || draft.packs > kMostPacks) return "packs";
    if (draft.packs > kMostQuantity.value / draft.pack_size.value) return "packs";
    if (!is_price(draft.pack_price)) return "pack_price_paise";
    if (!is_time(draft.packed_at, now)) return "packed_at";
    if (draft.best_before_at <= draft.packed_at) return "best_before_at";
    return {};
}

DeviceAct act_of(const PackingDraft& draft) {
    ActBody body;
    body.add(draft.site_id).add(draft.pack_size).add(draft.packs).add(draft.pack_price);
    for (const PackingInput& input : draft.inputs) {
        body.add(input.lot_id).add(input.quantity);
    }
    if (draft.owner) {
        body.add(name_of(draft.owner->kind)).add(draft.owner->id);
    }
    return {draft.device_id, "packing", body};
}

/// What the inputs have in common.
struct Goods {
    ProductId product_id;
    std::string unit;
};

/// Every input exists, is not jail goods (which are shared by another rule), and is the same thing.
Result<Goods> goods_of(storage::Transaction& tx, const PackingDraft& draft) {
    std::optional<Goods> goods;
    for (const PackingInput& input : draft.inputs) {
        const std::optional<Lot> lot = find_lot(tx, system_viewer(), input.lot_id);
        if (!lot) {
            return not_found(errors::kNoLot);
        }
        if (lot->kind == LotKind::kBatch) {
            return wrong(errors::kPackingInvalid, "inputs");
        }
        if (goods && (goods->product_id != lot->product_id || goods->unit != lot->unit)) {
            return refuse(ErrorKind::kInvalid, errors::kProductDiffers, {{"lot", lot->code}});
        }
        goods = Goods{lot->product_id, lot->unit};
    }
    return *goods;
}

/// Takes the inputs out of the house's hands, and writes where they went.
Result<void> use_inputs(storage::Transaction& tx, const Viewer& viewer, const PackingDraft& draft,
                        LotId packed_lot_id, UnixSeconds now) {
    std::vector<sql::PackingInputAddParams> rows;
    for (const PackingInput& input : draft.inputs) {
        HAAT_TRY(take(tx, input.lot_id, Holder::of(draft.site_id), input.quantity, now));
        write_event(tx, viewer,
                    {.lot_id = input.lot_id,
                     .kind = "packed_into",
                     .at = draft.packed_at,
                     .site_id = draft.site_id,
                     .other_lot_id = packed_lot_id,
                     .quantity = input.quantity,
                     .change_milli = -input.quantity.value},
                    now);
        write_event(tx, viewer,
                    {.lot_id = packed_lot_id,
                     .kind = "packed_from",
                     .at = draft.packed_at,
                     .site_id = draft.site_id,
                     .other_lot_id = input.lot_id,
                     .quantity = input.quantity},
                    now);
        rows.push_back({.packed_lot_id = packed_lot_id,
                        .input_lot_id = input.lot_id,
                        .quantity_milli = input.quantity});
    }
    sql::packing_input_add(tx, rows);
    return {};
}

}  // namespace

Result<Made<Lot>> pack(storage::Transaction& tx, const Viewer& viewer, const PackingDraft& draft,
                       UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return Made<Lot>{*find_lot(tx, system_viewer(), {*first}), Repeat::kRepeated};
    }
    if (const std::string_view field = wrong_field(draft, act, now); !field.empty()) {
        return wrong(errors::kPackingInvalid, field);
    }
    const Site site = HAAT_TRY(site_of_kind(tx, draft.site_id, SiteKind::kPackagingHouse));
    const Goods goods = HAAT_TRY(goods_of(tx, draft));
    Milli input;
    for (const PackingInput& part : draft.inputs) {
        input += part.quantity;
    }
    const Milli output{draft.pack_size.value * draft.packs};
    if (output > input) {
        return refuse(ErrorKind::kInvalid, errors::kPackingExceedsInputs,
                      {{"input", quantity_plain(input)},
                       {"output", quantity_plain(output)},
                       {"unit", goods.unit}});
    }
    const LotId lot_id = write_lot(tx,
                                   {.kind = LotKind::kPacked,
                                    .product_id = goods.product_id,
                                    .unit = goods.unit,
                                    .weight = output,
                                    .pack_size = draft.pack_size,
                                    .packs = draft.packs,
                                    .site_id = draft.site_id,
                                    .made_at = draft.packed_at,
                                    .owner = draft.owner.value_or(site.owner)},
                                   now);
    write_event(tx, viewer,
                {.lot_id = lot_id,
                 .kind = "packed",
                 .at = draft.packed_at,
                 .site_id = draft.site_id,
                 .quantity = output,
                 .change_milli = output.value},
                now);
    HAAT_TRY(use_inputs(tx, viewer, draft, lot_id, now));
    sql::packing_add(tx, {.packed_lot_id = lot_id,
                          .site_id = draft.site_id,
                          .input_milli = input,
                          .output_milli = output,
                          .loss_milli = input - output,
                          .pack_price_paise = draft.pack_price,
                          .packed_at = draft.packed_at,
                          .best_before_at = draft.best_before_at});
    HAAT_TRY(origins_of(tx, lot_id));  // refuses now what could not be shared out later
    act.record(tx, lot_id.value, now);
    return Made<Lot>{*find_lot(tx, system_viewer(), lot_id), Repeat::kFirst};
}

std::optional<Packing> find_packing(storage::Transaction& tx, LotId packed_lot_id) {
    const auto row = sql::packing_get(tx, {.packed_lot_id = packed_lot_id});
    if (!row) {
        return std::nullopt;
    }
    return Packing{.packed_lot_id = row->packed_lot_id,
                   .site_id = row->site_id,
                   .input = row->input_milli,
                   .output = row->output_milli,
                   .loss = row->loss_milli,
                   .pack_price = row->pack_price_paise,
                   .packed_at = row->packed_at,
                   .best_before_at = row->best_before_at};
}

std::vector<PackingInput> inputs_of(storage::Transaction& tx, LotId packed_lot_id) {
    std::vector<PackingInput> inputs;
    for (const auto& row : sql::packing_inputs(tx, {.packed_lot_id = packed_lot_id})) {
        inputs.push_back({row.input_lot_id, row.quantity_milli});
    }
    return inputs;
}

}  // namespace haat::supply
