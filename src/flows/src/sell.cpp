#include "flows/sell.hpp"

#include <fmt/format.h>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/assert.hpp"
#include "books.hpp"
#include "catalogue/products.hpp"
#include "earnings.hpp"
#include "ledger/allocation.hpp"
#include "sharing.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

/// The rate that holds when it is sold. Not known is not zero.
Result<catalogue::TaxRate> tax_on(storage::Transaction& tx, const supply::Lot& lot,
                                  UnixSeconds sold_at) {
    const auto packing = lot.kind == supply::LotKind::kPacked ? catalogue::Packing::kPacked
                                                              : catalogue::Packing::kLoose;
    std::optional<catalogue::TaxRate> rate =
        catalogue::tax_rate(tx, lot.product_id, packing, sold_at);
    if (!rate) {
        const auto product = HAAT_TRY(catalogue::find_product(tx, lot.product_id));
        return refuse(ErrorKind::kInvalid, "flows.no_tax_rate", {{"product", product.key}});
    }
    return *std::move(rate);
}

supply::SaleDraft draft_of(const SaleRequest& request, const catalogue::TaxRate& tax,
                           UnixSeconds sold_at) {
    return {.device_id = request.device_id,
            .site_id = request.site_id,
            .lot_id = request.lot_id,
            .quantity = request.quantity,
            .price = request.price,
            .gst_basis_points = tax.gst_basis_points,
            .gst = ledger::tax_inside(request.price, static_cast<int>(tax.gst_basis_points)),
            .sold_at = sold_at};
}

}  // namespace

Result<Made<supply::Sale>> sell(FlowContext& context, const Viewer& viewer,
                                const SaleRequest& request) {
    return context.database.write([&](storage::Transaction& tx) -> Result<Made<supply::Sale>> {
        const UnixSeconds now = context.clock.now();
        const UnixSeconds sold_at = request.sold_at.value_or(now);
        const supply::Site site =
            HAAT_TRY(workplace(tx, viewer, access::Action::kSell, request.site_id));
        const auto lot = supply::find_lot(tx, system_viewer(), request.lot_id);
        if (!lot) {
            return refuse(ErrorKind::kNotFound, "supply.no_lot");
        }
        const catalogue::TaxRate tax = HAAT_TRY(tax_on(tx, *lot, sold_at));
        const auto made = HAAT_TRY(supply::sell(tx, viewer, draft_of(request, tax, sold_at), now));
        const supply::Sale& sale = made.thing.sale;
        if (made.repeat == Repeat::kRepeated) {
            return Made<supply::Sale>{sale, Repeat::kRepeated};
        }
        const SoldGoods goods{.sale = sale,
                              .lot = *lot,
                              .origins = made.thing.origins,
                              .entry_number = HAAT_TRY(book_sale(tx, sale, now))};
        const ledger::ShareOutReceipt receipt =
            HAAT_TRY(sale.lot_kind == supply::LotKind::kBatch ? share_jail_sale(tx, goods, now)
                                                              : share_group_sale(tx, goods, now));
        tell_what_she_earned(tx, context, sale, site);
        storage::audit(tx, now, viewer.account_id, "sale.make",
                       fmt::format("sale:{}", sale.sale_id.value),
                       fmt::format(R"({{"price_paise":{},"surplus_paise":{},"in_suspense":{}}})",
                                   sale.price.value, receipt.surplus.value, receipt.in_suspense));
        announce(tx, context, "sale", sale.sale_id.value, "created", now);
        announce(tx, context, "lot", sale.lot_id.value, "sold", now);
        return Made<supply::Sale>{sale, Repeat::kFirst};
    });
}

}  // namespace haat::flows
