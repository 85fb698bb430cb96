#include "flows/pack_lots.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "catalogue/products.hpp"
#include "flows/settings.hpp"
#include "pricing.hpp"
#include "storage/audit.hpp"
#include "supply/labels.hpp"
#include "supply/traces.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;

__extension__ using Wide = __int128;  // sums of quantity x price of many lots

/// What one unit of the inputs together was agreed to cost, rounded up.
Result<Paise> agreed_price_per_unit(storage::Transaction& tx, const PackingRequest& request) {
    Wide value = 0;
    Wide quantity = 0;
    for (const supply::PackingInput& input : request.inputs) {
        const auto lot = supply::find_lot(tx, system_viewer(), input.lot_id);
        if (!lot) {
            return refuse(ErrorKind::kNotFound, "supply.no_lot");
        }
        value += Wide{input.quantity.value} * lot->price_per_unit.value;
        quantity += input.quantity.value;
    }
    if (quantity <= 0) {
        return Paise{0};  // supply::pack says which field is wrong
    }
    return Paise{static_cast<std::int64_t>((value + quantity - 1) / quantity)};
}

Result<Paise> price_of_packet(storage::Transaction& tx, const PackingRequest& request,
                              const catalogue::Product& product, UnixSeconds now) {
    const auto tax = catalogue::tax_rate(tx, product.product_id, catalogue::Packing::kPacked, now);
    if (!tax) {
        return refuse(ErrorKind::kInvalid, "flows.no_tax_rate", {{"product", product.key}});
    }
    const Paise agreed = HAAT_TRY(agreed_price_per_unit(tx, request));
    const auto rate = [&](Setting setting) {
        return static_cast<int>(setting_at(tx, setting, now));
    };
    return price_to_ask({.payable = cost_of(request.pack_size, agreed),
                         .at_cost = cost_of(request.pack_size,
                                            {setting_at(tx, Setting::kPackingPaisePerUnit, now)}),
                         .fee_basis_points = rate(Setting::kGroupFeeBasisPoints),
                         .margin_basis_points = rate(Setting::kOutletMarginBasisPoints),
                         .gst_basis_points = static_cast<int>(tax->gst_basis_points)});
}

Result<catalogue::Product> product_of(storage::Transaction& tx, const PackingRequest& request) {
    if (request.inputs.empty()) {
        return refuse(ErrorKind::kInvalid, "supply.packing_invalid", {{"field", "inputs"}});
    }
    const auto lot = supply::find_lot(tx, system_viewer(), request.inputs.front().lot_id);
    if (!lot) {
        return refuse(ErrorKind::kNotFound, "supply.no_lot");
    }
    return catalogue::find_product(tx, lot->product_id);
}

UnixSeconds best_before(storage::Transaction& tx, const catalogue::Product& product,
                        UnixSeconds packed_at, UnixSeconds now) {
    const std::int64_t days =
        product.shelf_life_days.value_or(setting_at(tx, Setting::kBestBeforeDays, now));
    return {packed_at.value + days * kSecondsADay};
}

std::string unit_word(const Texts& texts, Language language, std::string_view unit) {
    return texts.text(language, fmt::format("messages.unit_{}", unit));
}

}  // namespace

Result<Made<supply::Lot>> pack_lots(FlowContext& context, const Viewer& viewer,
                                    const PackingRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<supply::Lot>> {
        const UnixSeconds now = context.clock.now();
        const UnixSeconds packed_at = request.packed_at.value_or(now);
        HAAT_TRY(workplace(tx, viewer, access::Action::kPack, request.site_id));
        const catalogue::Product product = HAAT_TRY(product_of(tx, request));
        const Paise pack_price = request.pack_price
                                     ? *request.pack_price
                                     : HAAT_TRY(price_of_packet(tx, request, product, now));
        Made<supply::Lot> made =
            HAAT_TRY(supply::pack(tx, viewer,
                                  {.device_id = request.device_id,
                                   .site_id = request.site_id,
                                   .inputs = request.inputs,
                                   .pack_size = request.pack_size,
                                   .packs = request.packs,
                                   .pack_price = pack_price,
                                   .packed_at = packed_at,
                                   .best_before_at = request.best_before_at.value_or(
                                       best_before(tx, product, packed_at, now))},
                                  now));
        if (made.repeat == Repeat::kRepeated) {
            return made;
        }
        storage::audit(tx, now, viewer.account_id, "lot.pack",
                       fmt::format("lot:{}", made.thing.lot_id.value),
                       fmt::format(R"({{"packs":{},"inputs":{},"pack_price_paise":{}}})",
                                   request.packs, request.inputs.size(), pack_price.value));
        announce(tx, context, "lot", made.thing.lot_id.value, "packed", now);
        return made;
    });
}

Result<std::string> label_of_lot(FlowContext& context, const Viewer& viewer, const Texts& texts,
                                 LotId lot_id, std::string_view public_url) {
    return context.database.read([&](storage::Transaction& tx) -> Result<std::string> {
        HAAT_TRY(allow(viewer, access::Action::kSeeLots));
        const auto lot = supply::find_lot(tx, viewer, lot_id);
        if (!lot) {
            return refuse(ErrorKind::kNotFound, "supply.no_lot");
        }
        if (lot->trace_token.empty()) {
            return refuse(ErrorKind::kInvalid, "flows.no_label");
        }
        const catalogue::Product product = HAAT_TRY(catalogue::find_product(tx, lot->product_id));
        const auto maker = supply::find_site(tx, lot->made_site_id);
        const auto packing = supply::find_packing(tx, lot_id);
        HAAT_ASSERT(maker.has_value());
        supply::LabelText label{.trace_url = fmt::format("{}/t/{}", public_url, lot->trace_token),
                                .brand_hi = maker->name_hi,
                                .brand_en = maker->name_en,
                                .product_hi = product.name_hi,
                                .product_en = product.name_en,
                                .net_quantity = lot->pack_size.value_or(lot->weight),
                                .unit_hi = unit_word(texts, Language::kHindi, lot->unit),
                                .unit_en = unit_word(texts, Language::kEnglish, lot->unit),
                                .price = packing ? packing->pack_price : lot->price_per_unit,
                                .lot_code = lot->code,
                                .packed_on = date_in_india(lot->made_at),
                                .packer_en = maker->address.empty()
                                                 ? maker->name_en
                                                 : maker->name_en + ", " + maker->address,
                                .packer_hi = maker->name_hi,
                                .licence = maker->licence};
        if (packing) {
            label.best_before_on = date_in_india(packing->best_before_at);
        } else {
            label.net_quantity = Milli{1000};  // a batch is priced and labelled by the unit
        }
        return supply::label_svg(label);
    });
}

}  // namespace haat::flows
