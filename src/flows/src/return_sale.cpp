#include "flows/return_sale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/assert.hpp"
#include "books.hpp"
#include "earnings.hpp"
#include "ledger/journal.hpp"
#include "ledger/share_out.hpp"
#include "ledger/statements.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

ShareOutId share_out_of(storage::Transaction& tx, const supply::Sale& sale) {
    const std::vector<ledger::ShareLine> lines = ledger::shares_of_sale(tx, sale_ref(sale.sale_id));
    const auto first = std::ranges::find(lines, "share", &ledger::ShareLine::kind);
    HAAT_ASSERT(first != lines.end());  // a sale and its share-out are one
    return first->share_out;
}

/// From everybody back to the proceeds, and from there out of the till.
Result<ShareOutId> book_refund(storage::Transaction& tx, const supply::Sale& sale,
                               const supply::SaleReturn& taken, UnixSeconds now) {
    const std::string key = fmt::format("return:{}", taken.sale_return_id);
    const std::string cash_key = fmt::format("return:{}:cash", taken.sale_return_id);
    const std::string cash = ledger::cash_at(sale.site_id);
    const std::string proceeds = proceeds_account(sale);
    const ledger::ShareOutReceipt back =
        HAAT_TRY(ledger::reverse_share_out(tx, key, share_out_of(tx, sale), taken.refund, now));
    const ledger::Entry sold = HAAT_TRY(ledger::entry_by_key(tx, sale_ref(sale.sale_id)));
    const std::array postings{ledger::Posting{proceeds, taken.refund},
                              ledger::Posting{cash, -taken.refund}};
    HAAT_TRY(ledger::post_reversal(tx,
                                   {.key = cash_key,
                                    .kind = "sale-return",
                                    .note = sale.lot_code,
                                    .booked_on = booking_day(tx, taken.returned_at)},
                                   sold.number, postings, now));
    return back.id;
}

}  // namespace

Result<Made<supply::SaleReturn>> return_sale(FlowContext& context, const Viewer& viewer,
                                             const ReturnRequest& request) {
    return context.database.write(
        [&](storage::Transaction& tx) -> Result<Made<supply::SaleReturn>> {
            const UnixSeconds now = context.clock.now();
            HAAT_TRY(allow(viewer, access::Action::kSell));
            const auto sale = supply::find_sale(tx, viewer, request.sale_id);
            if (!sale) {
                return refuse(ErrorKind::kNotFound, "supply.no_sale");
            }
            const supply::Site site =
                HAAT_TRY(workplace(tx, viewer, access::Action::kSell, sale->site_id));
            const Made<supply::SaleReturn> made =
                HAAT_TRY(supply::take_back(tx, viewer,
                                           {.device_id = request.device_id,
                                            .sale_id = request.sale_id,
                                            .quantity = request.quantity,
                                            .goods = request.goods,
                                            .reason = request.reason,
                                            .returned_at = request.returned_at.value_or(now)},
                                           now));
            if (made.repeat == Repeat::kRepeated) {
                return made;
            }
            if (made.thing.refund.value > 0) {
                const ShareOutId back = HAAT_TRY(book_refund(tx, *sale, made.thing, now));
                tell_what_was_taken_back(tx, context, *sale, site, back);
            }
            storage::audit(tx, now, viewer.account_id, "sale.return",
                           fmt::format("sale:{}", sale->sale_id.value),
                           fmt::format(R"({{"quantity_milli":{},"refund_paise":{}}})",
                                       request.quantity.value, made.thing.refund.value));
            announce(tx, context, "sale", sale->sale_id.value, "returned", now);
            announce(tx, context, "lot", sale->lot_id.value, "returned", now);
            return made;
        });
}

}  // namespace haat::flows
