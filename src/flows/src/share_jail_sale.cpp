#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "books.hpp"
#include "jail_rule.hpp"
#include "ledger/accounts.hpp"
#include "ledger/journal.hpp"
#include "registry/organisations.hpp"
#include "sharing.hpp"
#include "supply/batches.hpp"

namespace haat::flows {
namespace {

__extension__ using Wide = __int128;  // paise x thousandths of a large batch

/// What these goods have to earn back of a cost of their batch: its part by quantity of what is
/// still to be earned, so that the last piece of the batch settles it to the paisa.
Result<Paise> cost_part(storage::Transaction& tx, const std::string& account,
                        const SoldGoods& goods) {
    const Result<Paise> left = ledger::balance(tx, account);
    if (!left) {
        return Paise{0};  // the batch had no such cost
    }
    HAAT_ASSERT(goods.lot.remaining >= goods.sale.quantity && goods.lot.remaining > Milli{0});
    return Paise{static_cast<std::int64_t>(Wide{left->value} * goods.sale.quantity.value /
                                           goods.lot.remaining.value)};
}

/// The classes of the rule with their payees; the views point into what this owns.
class JailClasses {
 public:
    JailClasses(const ledger::Rule& rule, const supply::Batch& batch, const std::string& jail) {
        for (const ledger::RuleClass& part : rule.classes) {
            Class& made = classes_.emplace_back();
            made.code = part.code;
            if (part.code == kPrisonersClass) {
                for (const supply::BatchMaker& maker : batch.makers) {
                    made.accounts.push_back(ledger::payable_to(maker.sealed_id));
                    made.weights.push_back(maker.days.value);
                }
            } else {
                made.accounts.push_back(part.code == kStaffClass && !jail.empty()
                                            ? ledger::pool(fmt::format("staff-{}", jail))
                                            : ledger::pool(part.code));
                made.weights.push_back(1);
            }
        }
        for (Class& made : classes_) {
            for (std::size_t i = 0; i < made.accounts.size(); ++i) {
                made.payees.push_back({.account = made.accounts[i], .weight = made.weights[i]});
            }
            views_.push_back({.code = made.code, .payees = made.payees});
        }
    }
    JailClasses(const JailClasses&) = delete;
    JailClasses& operator=(const JailClasses&) = delete;

    [[nodiscard]] std::span<const ledger::PayeeClass> views() const { return views_; }

 private:
    struct Class {
        std::string code;
        std::vector<std::string> accounts;
        std::vector<std::int64_t> weights;
        std::vector<ledger::Payee> payees;
    };
    std::vector<Class> classes_;
    std::vector<ledger::PayeeClass> views_;
};

/// The code of the jail that owns the goods; empty if it is no organisation's.
std::string jail_of(storage::Transaction& tx, const supply::Sale& sale) {
    if (sale.owner.kind != supply::Owner::Kind::kOrganisation) {
        return {};
    }
    const auto body = registry::find_organisation(tx, OrganisationId{sale.owner.id});
    return body ? body->code : std::string();
}

}  // namespace

Result<ledger::ShareOutReceipt> share_jail_sale(storage::Transaction& tx, const SoldGoods& goods,
                                                UnixSeconds now) {
    const supply::Sale& sale = goods.sale;
    const auto batch = supply::find_batch(tx, system_viewer(), sale.lot_id);
    HAAT_ASSERT(batch.has_value());
    Deductions deductions;
    deduct_tax_and_margin(tx, deductions, sale);
    for (const auto& [code, account] : {std::pair("material", batch_material(sale.lot_id)),
                                        std::pair("wages", batch_wages(sale.lot_id))}) {
        const Paise part = HAAT_TRY(cost_part(tx, account, goods));
        deductions.add(code, account, part, "part of the batch by quantity");
    }
    const ledger::Rule rule = HAAT_TRY(jail_rule_for(tx, date_in_india(sale.sold_at), now));
    const JailClasses classes(rule, *batch, jail_of(tx, sale));
    const std::vector<ledger::Deduction> taken = deductions.list();
    const std::string key = share_out_key(sale.sale_id);
    const std::string ref = sale_ref(sale.sale_id);
    const std::string source = proceeds_account(sale);
    return ledger::share_out(tx,
                             {.key = key,
                              .sale_ref = ref,
                              .sale_entry = goods.entry_number,
                              .source = source,
                              .proceeds = sale.price,
                              .deductions = taken,
                              .rule = kJailRule,
                              .classes = classes.views()},
                             now);
}

}  // namespace haat::flows
