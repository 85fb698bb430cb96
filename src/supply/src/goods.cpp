#include "goods.hpp"

#include <sodium.h>

#include <array>

#include "base/assert.hpp"
#include "base/readable_code.hpp"
#include "base/text.hpp"
#include "sql/lots.hpp"
#include "sql/stock.hpp"
#include "supply/errors.hpp"

namespace haat::supply {
namespace {

constexpr int kMostCodeAttempts = 40;

/// 80 random bits: nobody finds a packet's page by trying.
std::string new_trace_token() {
    constexpr std::string_view kSigns = "0123456789abcdefghjkmnpqrstvwxyz";  // 32 of them
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string token;
    for (const unsigned char byte : bytes) {
        token += kSigns[byte % kSigns.size()];
    }
    return token;
}

}  // namespace

bool is_quantity(Milli quantity) { return quantity > Milli{0} && quantity <= kMostQuantity; }

bool is_price(Paise price) { return price >= Paise{0} && price <= kMostPrice; }

bool is_unit(std::string_view unit) { return !unit.empty() && unit.size() <= 16; }

bool is_grade(std::string_view grade) { return grade == "a" || grade == "b" || grade == "c"; }

bool is_note(std::string_view text) { return is_utf8(text) && count_code_points(text) <= 500; }

bool is_time(UnixSeconds at, UnixSeconds now) {
    return at.value > 0 && at.value <= now.value + 86'400;
}

std::unexpected<Error> wrong(std::string_view code, std::string_view field) {
    return refuse(ErrorKind::kInvalid, code, {{"field", std::string(field)}});
}

std::unexpected<Error> not_found(std::string_view code) {
    return refuse(ErrorKind::kNotFound, code);
}

std::unexpected<Error> not_enough(storage::Transaction& tx, LotId lot_id, Milli left) {
    const std::optional<Lot> lot = find_lot(tx, system_viewer(), lot_id);
    return refuse(ErrorKind::kConflict, errors::kNotEnough,
                  {{"lot_id", std::to_string(lot_id.value)},
                   {"lot", lot ? lot->code : ""},
                   {"left", quantity_plain(left)},
                   {"unit", lot ? lot->unit : ""}});
}

Result<Site> site_of_kind(storage::Transaction& tx, SiteId site_id, SiteKind kind) {
    std::optional<Site> site = find_site(tx, site_id);
    if (!site) {
        return not_found(errors::kNoSite);
    }
    if (site->kind != kind) {
        return refuse(ErrorKind::kInvalid, errors::kWrongSiteKind,
                      {{"kind", std::string(name_of(kind))}});
    }
    return *std::move(site);
}

std::optional<Owner::Kind> owner_kind_from(std::string_view name) {
    for (const Owner::Kind kind :
         {Owner::Kind::kPerson, Owner::Kind::kGroup, Owner::Kind::kOrganisation}) {
        if (name_of(kind) == name) return kind;
    }
    return std::nullopt;
}

Result<void> put(storage::Transaction& tx, LotId lot_id, Holder holder, Owner owner, Milli quantity,
                 UnixSeconds now) {
    const std::int64_t changed = sql::stock_add(tx, {.lot_id = lot_id,
                                                     .holder_kind = holder.kind,
                                                     .holder_id = holder.id,
                                                     .owner_kind = name_of(owner.kind),
                                                     .owner_id = owner.id,
                                                     .quantity_milli = quantity,
                                                     .now_at = now});
    if (changed == 0) {
        return refuse(ErrorKind::kConflict, errors::kOwnerDiffers);
    }
    return {};
}

Result<Owner> take(storage::Transaction& tx, LotId lot_id, Holder holder, Milli quantity,
                   UnixSeconds now) {
    const auto taken = sql::stock_take(tx, {.quantity_milli = quantity,
                                            .now_at = now,
                                            .lot_id = lot_id,
                                            .holder_kind = holder.kind,
                                            .holder_id = holder.id});
    if (taken) {
        return Owner{*owner_kind_from(taken->owner_kind), taken->owner_id};
    }
    const auto part =
        sql::stock_get(tx, {.lot_id = lot_id, .holder_kind = holder.kind, .holder_id = holder.id});
    return not_enough(tx, lot_id, part ? part->quantity_milli : Milli{0});
}

LotId write_lot(storage::Transaction& tx, const NewLot& lot, UnixSeconds now) {
    const LotId lot_id = tx.new_id_as<LotId>();
    const auto text_or_none = [](std::string_view text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    const std::string token = lot.kind == LotKind::kWeighed ? "" : new_trace_token();
    int attempt = 0;
    while (sql::lot_add(tx, {.lot_id = lot_id,
                             .lot_code = readable_code(lot_id.value, attempt, 8),
                             .kind = name_of(lot.kind),
                             .product_id = lot.product_id,
                             .producer_person_id = lot.producer_person_id,
                             .order_line_id = lot.order_line_id,
                             .unit = lot.unit,
                             .weight_milli = lot.weight,
                             .grade = text_or_none(lot.grade),
                             .price_paise = lot.price_per_unit,
                             .pack_milli = lot.pack_size,
                             .packs = lot.pack_size ? std::optional(lot.packs) : std::nullopt,
                             .made_site_id = lot.site_id,
                             .made_at = lot.made_at,
                             .trace_token = text_or_none(token)}) == 0) {
        ++attempt;
        HAAT_ASSERT(attempt < kMostCodeAttempts);
    }
    const Result<void> stored =
        put(tx, lot_id, Holder::of(lot.site_id), lot.owner, lot.weight, now);
    HAAT_ASSERT(stored.has_value());  // nobody holds any of a new lot
    return lot_id;
}

void write_event(storage::Transaction& tx, const Viewer& viewer, const Event& event,
                 UnixSeconds now) {
    sql::event_add(tx, {.lot_event_id = tx.new_id(),
                        .lot_id = event.lot_id,
                        .kind = event.kind,
                        .happened_at = event.at,
                        .recorded_at = now,
                        .site_id = event.site_id,
                        .to_site_id = event.to_site_id,
                        .other_lot_id = event.other_lot_id,
                        .consignment_id = event.consignment_id,
                        .sale_id = event.sale_id,
                        .quantity_milli = event.quantity,
                        .change_milli = Milli{event.change_milli},
                        .grade = event.grade.empty() ? std::nullopt : std::optional(event.grade),
                        .note = event.note,
                        .account_id = viewer.account_id});
}

}  // namespace haat::supply
