#include "supply/lots.hpp"

#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/readable_code.hpp"
#include "base/text.hpp"
#include "device_acts.hpp"
#include "goods.hpp"
#include "scope.hpp"
#include "sql/lots.hpp"
#include "sql/stock.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"weighed", "packed", "batch"};
constexpr std::array<std::string_view, 4> kStates = {"stored", "moving", "used", "sold"};

LotKind lot_kind_from(std::string_view name) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (kKinds[i] == name) return static_cast<LotKind>(i);
    }
    bug("no such kind of lot");
}

template <typename Row>
Lot lot_from(const Row& row, const Viewer& viewer) {
    return {.lot_id = row.lot_id,
            .code = row.lot_code,
            .kind = lot_kind_from(row.kind),
            .product_id = row.product_id,
            .producer_person_id = may_see_producers(viewer) ? row.producer_person_id : std::nullopt,
            .order_line_id = row.order_line_id,
            .unit = row.unit,
            .weight = row.weight_milli,
            .remaining = row.remaining_milli,
            .grade = row.grade.value_or(""),
            .price_per_unit = row.price_paise,
            .pack_size = row.pack_milli,
            .packs = row.packs.value_or(0),
            .made_site_id = row.made_site_id,
            .site_id = row.site_id,
            .state = *lot_state_from(row.state),
            .made_at = row.made_at,
            .trace_token = row.trace_token.value_or("")};
}

std::string_view wrong_field(const IntakeDraft& draft, const DeviceAct& act, UnixSeconds now) {
    if (!act.has_good_id()) return "device_id";
    if (!draft.producer_person_id) return "producer";
    if (!draft.product_id) return "product_key";
    if (!is_unit(draft.unit)) return "unit";
    if (!is_quantity(draft.weight)) return "weight_milli";
    if (!is_grade(draft.grade)) return "grade";
    if (!is_price(draft.price_per_unit)) return "price_paise";
    if (!is_time(draft.weighed_at, now)) return "weighed_at";
    return {};
}

DeviceAct act_of(const IntakeDraft& draft) {
    ActBody body;
    body.add(draft.site_id).add(draft.producer_person_id).add(draft.product_id).add(draft.unit);
    body.add(draft.weight).add(draft.grade).add(draft.price_per_unit);
    body.add(draft.order_line_id.value_or(OrderLineId{}));
    if (draft.owner) {
        body.add(name_of(draft.owner->kind)).add(draft.owner->id);
    }
    return {draft.device_id, "intake", body};
}

}  // namespace

std::string_view name_of(LotKind kind) { return kKinds[std::to_underlying(kind)]; }

std::string_view name_of(LotState state) { return kStates[std::to_underlying(state)]; }

std::optional<LotState> lot_state_from(std::string_view name) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates[i] == name) return static_cast<LotState>(i);
    }
    return std::nullopt;
}

Result<Made<Lot>> take_in(storage::Transaction& tx, const Viewer& viewer, const IntakeDraft& draft,
                          UnixSeconds now) {
    const DeviceAct act = act_of(draft);
    if (const std::optional<std::int64_t> first = HAAT_TRY(act.earlier(tx))) {
        return Made<Lot>{*find_lot(tx, system_viewer(), {*first}), Repeat::kRepeated};
    }
    if (const std::string_view field = wrong_field(draft, act, now); !field.empty()) {
        return wrong(errors::kLotInvalid, field);
    }
    const std::optional<Site> site = find_site(tx, draft.site_id);
    if (site && site->kind != SiteKind::kPackagingHouse) {
        HAAT_TRY(site_of_kind(tx, draft.site_id, SiteKind::kPurchasePoint));
    } else if (!site) {
        return not_found(errors::kNoSite);
    }
    const LotId lot_id =
        write_lot(tx,
                  {.kind = LotKind::kWeighed,
                   .product_id = draft.product_id,
                   .producer_person_id = draft.producer_person_id,
                   .order_line_id = draft.order_line_id,
                   .unit = draft.unit,
                   .weight = draft.weight,
                   .grade = draft.grade,
                   .price_per_unit = draft.price_per_unit,
                   .pack_size = std::nullopt,
                   .site_id = draft.site_id,
                   .made_at = draft.weighed_at,
                   .owner = draft.owner.value_or(Owner::of(draft.producer_person_id))},
                  now);
    Event event{.lot_id = lot_id,
                .kind = "received",
                .at = draft.weighed_at,
                .site_id = draft.site_id,
                .quantity = draft.weight,
                .change_milli = draft.weight.value};
    write_event(tx, viewer, event, now);
    event.kind = "graded";
    event.grade = draft.grade;
    event.change_milli = 0;
    write_event(tx, viewer, event, now);
    act.record(tx, lot_id.value, now);
    return Made<Lot>{*find_lot(tx, system_viewer(), lot_id), Repeat::kFirst};
}

std::vector<Stock> stock_of(storage::Transaction& tx, LotId lot_id) {
    std::vector<Stock> parts;
    for (const auto& row : sql::stock_of_lot(tx, {.lot_id = lot_id})) {
        Stock part{.lot_id = lot_id,
                   .owner = {*owner_kind_from(row.owner_kind), row.owner_id},
                   .quantity = row.quantity_milli};
        if (row.holder_kind == "site") {
            part.site_id = SiteId{row.holder_id};
        } else {
            part.consignment_id = ConsignmentId{row.holder_id};
        }
        parts.push_back(part);
    }
    return parts;
}

Milli stock_at(storage::Transaction& tx, LotId lot_id, SiteId site_id) {
    const auto part =
        sql::stock_get(tx, {.lot_id = lot_id, .holder_kind = "site", .holder_id = site_id.value});
    return part ? part->quantity_milli : Milli{0};
}

Result<void> change_owner(storage::Transaction& tx, const Viewer& viewer, LotId lot_id,
                          SiteId site_id, Owner owner, std::string_view note, UnixSeconds now) {
    HAAT_ASSERT(owner.id > 0 && is_note(note));
    const std::int64_t changed = sql::stock_set_owner(tx, {.owner_kind = name_of(owner.kind),
                                                           .owner_id = owner.id,
                                                           .now_at = now,
                                                           .lot_id = lot_id,
                                                           .site_id = site_id});
    if (changed == 0) {
        return not_found(errors::kNoStock);
    }
    const std::string whose =
        std::string(name_of(owner.kind)) + ":" + std::to_string(owner.id) + " " + std::string(note);
    write_event(tx, viewer,
                {.lot_id = lot_id,
                 .kind = "owned",
                 .at = now,
                 .site_id = site_id,
                 .quantity = stock_at(tx, lot_id, site_id),
                 .note = whose},
                now);
    return {};
}

Result<void> correct(storage::Transaction& tx, const Viewer& viewer, LotId lot_id, SiteId site_id,
                     std::int64_t change_milli, std::string_view reason, UnixSeconds now) {
    const Milli size{change_milli < 0 ? -change_milli : change_milli};
    if (!is_quantity(size)) {
        return wrong(errors::kLotInvalid, "quantity_milli");
    }
    if (trim(reason).empty() || !is_note(reason)) {
        return wrong(errors::kLotInvalid, "reason");
    }
    const auto part =
        sql::stock_get(tx, {.lot_id = lot_id, .holder_kind = "site", .holder_id = site_id.value});
    if (!part) {
        return not_found(errors::kNoStock);
    }
    if (change_milli < 0) {
        HAAT_TRY(take(tx, lot_id, Holder::of(site_id), size, now));
    } else {
        HAAT_TRY(put(tx, lot_id, Holder::of(site_id),
                     {*owner_kind_from(part->owner_kind), part->owner_id}, size, now));
    }
    write_event(tx, viewer,
                {.lot_id = lot_id,
                 .kind = "corrected",
                 .at = now,
                 .site_id = site_id,
                 .quantity = size,
                 .change_milli = change_milli,
                 .note = reason},
                now);
    return {};
}

std::optional<Lot> find_lot(storage::Transaction& tx, const Viewer& viewer, LotId lot_id) {
    const Scope scope = scope_of(viewer);
    const auto row = sql::lot_get(tx, {.lot_id = lot_id,
                                       .viewer_site_id = scope.site_id,
                                       .viewer_organisation_id = scope.organisation_id,
                                       .number_first = scope.places.first,
                                       .number_last = scope.places.last});
    return row ? std::optional(lot_from(*row, viewer)) : std::nullopt;
}

std::optional<Lot> find_lot_by_code(storage::Transaction& tx, const Viewer& viewer,
                                    std::string_view code) {
    const std::optional<std::string> normal = normalise_readable_code(code);
    const auto row = normal ? sql::lot_by_code(tx, {.lot_code = *normal}) : std::nullopt;
    return row ? find_lot(tx, viewer, row->lot_id) : std::nullopt;
}

std::vector<Lot> lots_of_order_line(storage::Transaction& tx, const Viewer& viewer,
                                    OrderLineId order_line_id) {
    const Scope scope = scope_of(viewer);
    std::vector<Lot> lots;
    for (const auto& row :
         sql::lots_of_order_line(tx, {.order_line_id = order_line_id,
                                      .viewer_site_id = scope.site_id,
                                      .viewer_organisation_id = scope.organisation_id,
                                      .number_first = scope.places.first,
                                      .number_last = scope.places.last})) {
        lots.push_back(lot_from(row, viewer));
    }
    return lots;
}

std::vector<Lot> list_lots(storage::Transaction& tx, const Viewer& viewer, const LotFilter& filter,
                           const Page& page) {
    const Scope scope = scope_of(viewer);
    std::vector<Lot> lots;
    for (const auto& row : sql::lot_page(tx, {.before_at = page.before_at,
                                              .before_id = page.before_id,
                                              .site_id = filter.site_id,
                                              .viewer_site_id = scope.site_id,
                                              .viewer_organisation_id = scope.organisation_id,
                                              .number_first = scope.places.first,
                                              .number_last = scope.places.last,
                                              .state = filter.state ? name_of(*filter.state) : "",
                                              .row_limit = page.limit})) {
        lots.push_back(lot_from(row, viewer));
    }
    return lots;
}

}  // namespace haat::supply
