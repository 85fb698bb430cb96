#include "earnings.hpp"

#include "base/assert.hpp"
#include "books.hpp"
#include "catalogue/products.hpp"
#include "ledger/statements.hpp"
#include "letter.hpp"

namespace haat::flows {
namespace {

void tell(storage::Transaction& tx, FlowContext& context, const supply::Sale& sale,
          const supply::Site& site, PersonId person_id, Paise amount, std::string_view text_key) {
    const auto product = catalogue::find_product(tx, sale.product_id);
    HAAT_ASSERT(product);
    Letter(tx, person_id, text_key, registry::MessagePurpose::kPayment)
        .site(site)
        .goods(*product, sale.quantity, sale.unit)
        .amount("amount", amount)
        .put("lot", sale.lot_code)
        .send(tx, context);
}

}  // namespace

void tell_what_she_earned(storage::Transaction& tx, FlowContext& context, const supply::Sale& sale,
                          const supply::Site& site) {
    for (const ledger::ShareLine& line : ledger::shares_of_sale(tx, sale_ref(sale.sale_id))) {
        const std::optional<PersonId> person_id = person_behind(line.account);
        if (person_id && line.role == "share" && line.amount.value > 0) {
            tell(tx, context, sale, site, *person_id, line.amount, "messages.payment_earned");
        }
    }
}

void tell_what_was_taken_back(storage::Transaction& tx, FlowContext& context,
                              const supply::Sale& sale, const supply::Site& site,
                              ShareOutId reversal) {
    for (const ledger::ShareLine& line : ledger::shares_of_sale(tx, sale_ref(sale.sale_id))) {
        const std::optional<PersonId> person_id = person_behind(line.account);
        if (person_id && line.share_out == reversal && line.amount.value < 0) {
            tell(tx, context, sale, site, *person_id, -line.amount, "messages.payment_taken_back");
        }
    }
}

}  // namespace haat::flows
