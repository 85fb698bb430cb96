#include "supply/sales.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "device_acts.hpp"
#include "goods.hpp"
#include "scope.hpp"
#include "sql/sales.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

__extension__ using Wide = __int128;

std::string_view wrong_field(const SaleDraft& draft, const DeviceAct& act, UnixSeconds now) {
    if (!act.has_good_id()) return "device_id";
    if (!is_quantity(draft.quantity)) return "quantity_milli";
    if (!is_price(draft.price) || draft.price == Paise{0}) return "price_paise";
    if (draft.gst_basis_points < 0 || draft.gst_basis_points > 10'000) return "gst_basis_points";
    if (draft.gst < Paise{0} || draft.gst >= draft.price) return "gst_paise";
    if (!is_time(draft.sold_at, now)) return "sold_at";
    return {};
}

DeviceAct act_of(const SaleDraft& draft) {
    ActBody body;
    body.add(draft.site_id).add(draft.lot_id).add(draft.quantity).add(draft.price);
    return {draft.device_id, "sale", body};
}

DeviceAct act_of(const ReturnDraft& draft) {
    ActBody body;
    body.add(draft.sale_id).add(draft.quantity);
    body.add(draft.goods == ReturnedGoods::kSellable ? 1 : 0).add(draft.reason);
    return {draft.device_id, "return", body};
}

Result<void> check_whole_packs(const std::optional<Milli>& pack_size, Milli quantity,
                               const std::string& unit) {
    if (pack_size && quantity.value % pack_size->value != 0) {
        return refuse(ErrorKind::kInvalid, errors::kNotWholePacks,
                      {{"pack", quantity_plain(*pack_size)}, {"unit", unit}});
    }
    return {};
}

template <typename Row>
Sale sale_from(const Row& row) {
    return {
        .sale_id = row.sale_id,
        .site_id = row.site_id,
        .lot_id = row.lot_id,
        .lot_code = row.lot_code,
        .lot_kind = row.lot_kind == name_of(LotKind::kBatch) ? LotKind::kBatch : LotKind::kPacked,
        .product_id = row.product_id,
        .unit = row.unit,
        .quantity = row.quantity_milli,
        .returned = row.returned_milli,
        .price = row.price_paise,
        .gst_basis_points = row.gst_basis_points,
        .gst = row.gst_paise,
        .owner = {*owner_kind_from(row.owner_kind), row.owner_id},
        .sold_at = row.sold_at};
}

Result<Made<SaleDone>> done(storage::Transaction& tx, SaleId sale_id, Repeat repeat) {
    const Sale sale = *find_sale(tx, system_viewer(), sale_id);
    return Made<SaleDone>{{sale, HAAT_TRY(origins_of(tx, sale.lot_id))}, repeat};
}

/// The part of a recorded sum that `quantity` of `sold` is, rounded down.
Paise part_of(Paise sum, Milli quantity, Milli sold) {
    return {static_cast<std::int64_t>(Wide{sum.value} * quantity.value / sold.value)};
}

SaleReturn return_now(storage::Transaction& tx, std::int64_t sale_return_id) {
    const auto row = sql::return_get(tx, {.sale_return_id = sale_return_id});
    HAAT_ASSERT(row.has_value());
    return {.sale_return_id = row->sale_return_id,
            .sale_id = row->sale_id,
            .quantity = row->quantity_milli,
            .refund = row->refund_paise,
            .gst = row->gst_paise,
            .goods = row->sellable == 1 ? ReturnedGoods::kSellable : ReturnedGoods::kSpoilt,
            .returned_at = row->returned_at};
}

/// Writes the return of a sale of which `returned` came back altogether, and puts the goods away.
Result<std::int64_t> write_return(storage::Transaction& tx, const Viewer& viewer,
                                  const ReturnDraft& draft, const Sale& sale, Milli returned,
                                  UnixSeconds now) {
    const Milli before = returned - draft.quantity;
    const std::int64_t sale_return_id = tx.new_id();
    const bool is_sellable = draft.goods == ReturnedGoods::kSellable;
    sql::return_add(tx, {.sale_return_id = sale_return_id,
                         .sale_id = sale.sale_id,
                         .quantity_milli = draft.quantity,
                         .refund_paise = part_of(sale.price, returned, sale.quantity) -
                                         part_of(sale.price, before, sale.quantity),
                         .gst_paise = part_of(sale.gst, returned, sale.quantity) -
                                      part_of(sale.gst, before, sale.quantity),
                         .sellable = is_sellable ? 1 : 0,
                         .reason = draft.reason,
                         .account_id = viewer.account_id,
                         .returned_at = draft.returned_at,
                         .recorded_at = now});
    if (is_sellable) {
        HAAT_TRY(put(tx, sale.lot_id, Holder::of(sale.site_id), sale.owner, draft.quantity, now));
    }
    write_event(tx, viewer,
                {.lot_id = sale.lot_id,
                 .kind = "returned",
                 .at = draft.returned_at,
                 .site_id = sale.site_id,
                 .sale_id = sale.sale_id,
                 .quantity = draft.quantity,
                 .change_milli = is_sellable ? draft.quantity.value : 0,
                 .note = draft.reason},
                now);
    return sale_return_id;
}

}  // namespace

Result<Made<SaleDone>> sell(storage::Transaction& tx, const Viewer& viewer, const SaleDraft& draft,
                            UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return done(tx, {*first}, Repeat::kRepeated);
    }
    if (const std::string_view field = wrong_field(draft, act, now); !field.empty()) {
        return wrong(errors::kSaleInvalid, field);
    }
    HAAT_TRY(site_of_kind(tx, draft.site_id, SiteKind::kOutlet));
    const std::optional<Lot> lot = find_lot(tx, system_viewer(), draft.lot_id);
    if (!lot) {
        return not_found(errors::kNoLot);
    }
    if (lot->kind == LotKind::kWeighed) {
        return refuse(ErrorKind::kInvalid, errors::kNotForSale, {{"lot", lot->code}});
    }
    HAAT_TRY(check_whole_packs(lot->pack_size, draft.quantity, lot->unit));
    const Owner owner =
        HAAT_TRY(take(tx, draft.lot_id, Holder::of(draft.site_id), draft.quantity, now));
    const SaleId sale_id = tx.new_id_as<SaleId>();
    sql::sale_add(tx, {.sale_id = sale_id,
                       .site_id = draft.site_id,
                       .lot_id = draft.lot_id,
                       .quantity_milli = draft.quantity,
                       .price_paise = draft.price,
                       .gst_basis_points = draft.gst_basis_points,
                       .gst_paise = draft.gst,
                       .owner_kind = name_of(owner.kind),
                       .owner_id = owner.id,
                       .account_id = viewer.account_id,
                       .sold_at = draft.sold_at,
                       .recorded_at = now});
    write_event(tx, viewer,
                {.lot_id = draft.lot_id,
                 .kind = "sold",
                 .at = draft.sold_at,
                 .site_id = draft.site_id,
                 .sale_id = sale_id,
                 .quantity = draft.quantity,
                 .change_milli = -draft.quantity.value},
                now);
    act.record(tx, sale_id.value, now);
    return done(tx, sale_id, Repeat::kFirst);
}

Result<Made<SaleReturn>> take_back(storage::Transaction& tx, const Viewer& viewer,
                                   const ReturnDraft& draft, UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return Made<SaleReturn>{return_now(tx, *first), Repeat::kRepeated};
    }
    const std::optional<Sale> sale = find_sale(tx, viewer, draft.sale_id);
    if (!sale) {
        return not_found(errors::kNoSale);
    }
    if (!act.has_good_id()) return wrong(errors::kSaleInvalid, "device_id");
    if (!is_quantity(draft.quantity)) return wrong(errors::kSaleInvalid, "quantity_milli");
    if (trim(draft.reason).empty() || !is_note(draft.reason)) {
        return wrong(errors::kSaleInvalid, "reason");
    }
    if (!is_time(draft.returned_at, now)) return wrong(errors::kSaleInvalid, "returned_at");
    const Lot lot = *find_lot(tx, system_viewer(), sale->lot_id);
    HAAT_TRY(check_whole_packs(lot.pack_size, draft.quantity, lot.unit));
    const auto back =
        sql::sale_take_back(tx, {.quantity_milli = draft.quantity, .sale_id = draft.sale_id});
    if (!back) {
        return refuse(
            ErrorKind::kConflict, errors::kReturnExceedsSale,
            {{"left", quantity_plain(sale->quantity - sale->returned)}, {"unit", sale->unit}});
    }
    const std::int64_t sale_return_id =
        HAAT_TRY(write_return(tx, viewer, draft, *sale, back->returned_milli, now));
    act.record(tx, sale_return_id, now);
    return Made<SaleReturn>{return_now(tx, sale_return_id), Repeat::kFirst};
}

std::optional<Sale> find_sale(storage::Transaction& tx, const Viewer& viewer, SaleId sale_id) {
    const Scope scope = scope_of(viewer);
    const auto row = sql::sale_get(tx, {.sale_id = sale_id,
                                        .viewer_site_id = scope.site_id,
                                        .viewer_organisation_id = scope.organisation_id,
                                        .number_first = scope.places.first,
                                        .number_last = scope.places.last});
    return row ? std::optional(sale_from(*row)) : std::nullopt;
}

std::vector<Sale> list_sales(storage::Transaction& tx, const Viewer& viewer, SiteId site_id,
                             const Page& page) {
    const Scope scope = scope_of(viewer);
    std::vector<Sale> sales;
    for (const auto& row : sql::sale_page(tx, {.before_at = page.before_at,
                                               .before_id = page.before_id,
                                               .site_id = site_id,
                                               .viewer_site_id = scope.site_id,
                                               .viewer_organisation_id = scope.organisation_id,
                                               .number_first = scope.places.first,
                                               .number_last = scope.places.last,
                                               .row_limit = page.limit})) {
        sales.push_back(sale_from(row));
    }
    return sales;
}

}  // namespace haat::supply
