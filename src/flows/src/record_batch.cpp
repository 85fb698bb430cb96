#include "flows/record_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/assert.hpp"
#include "books.hpp"
#include "catalogue/products.hpp"
#include "flows/settings.hpp"
#include "ledger/accounts.hpp"
#include "ledger/journal.hpp"
#include "pricing.hpp"
#include "storage/audit.hpp"
#include "vault/records.hpp"

namespace haat::flows {
namespace {

__extension__ using Wide = __int128;  // cost of a batch x thousandths

std::unexpected<Error> invalid(std::string_view field) {
    return refuse(ErrorKind::kInvalid, "flows.batch_invalid", {{"field", std::string(field)}});
}

bool is_maker_code(std::string_view code) {
    return code.size() >= 3 && code.size() <= 32 && std::ranges::all_of(code, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::optional<Setting> wage_of(std::string_view grade) {
    if (grade == "unskilled") return Setting::kWagePaisePerDayUnskilled;
    if (grade == "semiskilled") return Setting::kWagePaisePerDaySemiskilled;
    if (grade == "skilled") return Setting::kWagePaisePerDaySkilled;
    return std::nullopt;
}

/// The random id behind a workshop's code, made when the code is first seen there.
Result<SealedId> sealed_maker(storage::Transaction& tx, const vault::OuterKey& key,
                              const supply::Site& site, std::string_view maker_code,
                              UnixSeconds now) {
    const std::string lookup = fmt::format("{}/{}", site.key, maker_code);
    const std::vector<SealedId> known =
        vault::find_sealed(tx, key, vault::RecordKind::kPrisoner, lookup);
    if (!known.empty()) {
        return known.front();
    }
    const std::array fields{vault::FieldText{"workshop", site.key},
                            vault::FieldText{"maker_code", maker_code}};
    const std::array<std::string_view, 1> lookups{lookup};
    return vault::seal(tx, key, vault::RecordKind::kPrisoner, fields, lookups, now);
}

Result<std::vector<supply::BatchMaker>> makers_of(storage::Transaction& tx,
                                                  const vault::OuterKey& key,
                                                  const supply::Site& site,
                                                  const BatchRequest& request, UnixSeconds made_at,
                                                  UnixSeconds now) {
    std::vector<supply::BatchMaker> makers;
    std::set<std::string_view> codes;
    for (const MakerDays& maker : request.makers) {
        if (!is_maker_code(maker.maker_code) || !codes.insert(maker.maker_code).second) {
            return invalid("maker_code");
        }
        const std::optional<Setting> wage = wage_of(maker.grade);
        if (!wage) {
            return invalid("grade");
        }
        makers.push_back({.sealed_id = HAAT_TRY(sealed_maker(tx, key, site, maker.maker_code, now)),
                          .days = maker.days,
                          .grade = maker.grade,
                          .wage_per_day = {setting_at(tx, *wage, made_at)}});
    }
    return makers;
}

Result<Paise> price_of_unit(storage::Transaction& tx, const BatchRequest& request,
                            const catalogue::Product& product,
                            const std::vector<supply::BatchMaker>& makers, UnixSeconds now) {
    const auto tax = catalogue::tax_rate(tx, product.product_id, catalogue::Packing::kLoose, now);
    if (!tax) {
        return refuse(ErrorKind::kInvalid, "flows.no_tax_rate", {{"product", product.key}});
    }
    if (request.quantity.value <= 0) {
        return invalid("quantity_milli");
    }
    Paise cost = request.material;
    for (const supply::BatchMaker& maker : makers) {
        cost += cost_of(maker.days, maker.wage_per_day);
    }
    const Wide marked_up =
        Wide{cost.value} * (10'000 + setting_at(tx, Setting::kJailMarkupBasisPoints, now)) / 10'000;
    const auto per_unit = static_cast<std::int64_t>(
        (marked_up * 1'000 + request.quantity.value - 1) / request.quantity.value);
    return price_to_ask({.payable = {per_unit},
                         .at_cost = {},
                         .margin_basis_points = static_cast<int>(
                             setting_at(tx, Setting::kOutletMarginBasisPoints, now)),
                         .gst_basis_points = static_cast<int>(tax->gst_basis_points)});
}

/// Wages and material are owed from now on; the batch has to earn them back.
Result<void> book_costs(storage::Transaction& tx, const supply::Lot& lot, const supply::Site& site,
                        Paise material, const std::vector<supply::BatchMaker>& makers,
                        UnixSeconds now) {
    std::vector<std::pair<std::string, Paise>> legs;
    Paise wages;
    for (const supply::BatchMaker& maker : makers) {
        const Paise wage = cost_of(maker.days, maker.wage_per_day);
        wages += wage;
        legs.emplace_back(ledger::payable_to(maker.sealed_id), -wage);
    }
    HAAT_ASSERT(site.owner.kind == supply::Owner::Kind::kOrganisation || material.value == 0);
    legs.emplace_back(ledger::payable_to(OrganisationId{site.owner.id}), -material);
    legs.emplace_back(batch_wages(lot.lot_id), wages);
    legs.emplace_back(batch_material(lot.lot_id), material);
    std::erase_if(legs, [](const auto& leg) { return leg.second.value == 0; });
    std::vector<ledger::Posting> postings;
    for (const auto& [account, amount] : legs) {
        HAAT_TRY(ledger::open_account(tx, account, "", ledger::Guard::kFree, now));
        postings.push_back({account, amount});
    }
    if (postings.empty()) {
        return {};
    }
    const std::string key = fmt::format("batch:{}", lot.lot_id.value);
    HAAT_TRY(ledger::post(
        tx,
        {.key = key, .kind = "batch", .note = lot.code, .booked_on = booking_day(tx, lot.made_at)},
        postings, now));
    return {};
}

/// What a request must fulfil before anything is sealed; its product.
Result<catalogue::Product> checked_product(storage::Transaction& tx, const BatchRequest& request) {
    catalogue::Product product = HAAT_TRY(catalogue::find_product(tx, request.product_key));
    if (request.unit != product.unit_default) {
        return refuse(ErrorKind::kInvalid, "flows.unit_differs", {{"unit", product.unit_default}});
    }
    if (request.makers.empty() || request.makers.size() > 500) {
        return invalid("makers");
    }
    if (request.material.value < 0) {
        return invalid("material_paise");
    }
    return product;
}

}  // namespace

Result<Made<supply::Lot>> record_batch(FlowContext& context, const Viewer& viewer,
                                       const BatchRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<supply::Lot>> {
        const UnixSeconds now = context.clock.now();
        const UnixSeconds made_at = request.made_at.value_or(now);
        const supply::Site site =
            HAAT_TRY(workplace(tx, viewer, access::Action::kRecordJailBatch, request.site_id));
        if (context.vault_key == nullptr) {
            return refuse(ErrorKind::kUnavailable, "flows.no_vault_key");
        }
        const catalogue::Product product = HAAT_TRY(checked_product(tx, request));
        const std::vector<supply::BatchMaker> makers =
            HAAT_TRY(makers_of(tx, *context.vault_key, site, request, made_at, now));
        const Paise price = request.price_per_unit
                                ? *request.price_per_unit
                                : HAAT_TRY(price_of_unit(tx, request, product, makers, now));
        Made<supply::Lot> made = HAAT_TRY(supply::make_batch(tx, viewer,
                                                             {.device_id = request.device_id,
                                                              .site_id = site.site_id,
                                                              .product_id = product.product_id,
                                                              .quantity = request.quantity,
                                                              .unit = request.unit,
                                                              .price_per_unit = price,
                                                              .material = request.material,
                                                              .makers = makers,
                                                              .made_at = made_at},
                                                             now));
        if (made.repeat == Repeat::kRepeated) {
            return made;
        }
        HAAT_TRY(book_costs(tx, made.thing, site, request.material, makers, now));
        storage::audit(tx, now, viewer.account_id, "batch.record",
                       fmt::format("lot:{}", made.thing.lot_id.value),
                       fmt::format(R"({{"makers":{},"material_paise":{}}})", makers.size(),
                                   request.material.value));
        announce(tx, context, "lot", made.thing.lot_id.value, "batched", now);
        return made;
    });
}

}  // namespace haat::flows
