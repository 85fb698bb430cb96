#include "flows/read_share_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "allowed.hpp"
#include "base/assert.hpp"
#include "books.hpp"
#include "flows/read_people.hpp"
#include "ledger/allocation.hpp"
#include "ledger/journal.hpp"
#include "ledger/share_out.hpp"
#include "ledger/statements.hpp"

namespace haat::flows {
namespace {

constexpr std::string_view kPayable = "liabilities:payable:";
constexpr std::string_view kPool = "liabilities:pool:";

std::string contract_name(std::string code) {
    std::ranges::replace(code, '-', '_');
    return code;
}

/// Adds a line to the one with the same key: what was given, and what was taken back of it.
template <typename View>
void add(View& view, const ledger::ShareLine& line) {
    if (line.kind == "reversal") {
        view.taken_back -= line.amount;
    } else {
        view.amount += line.amount;
    }
}

template <typename View>
View& find_or_add(std::vector<View>& views, std::string View::* key, const std::string& wanted) {
    const auto found = std::ranges::find(views, wanted, key);
    if (found != views.end()) {
        return *found;
    }
    View& made = views.emplace_back();
    made.*key = wanted;
    return made;
}

bool is_sealed(std::string_view account) {
    return account.starts_with("liabilities:payable:sealed:") || account.starts_with(kPool);
}

/// What a payee is called: her code, a random id or pool for who may see the ledger, else the
/// class.
ShareView payee_of(ProducerBook& producers, bool sees_ledger, const ledger::ShareLine& line) {
    ShareView view;
    view.class_code = line.role == "suspense" ? "suspense" : contract_name(line.class_code);
    view.sealed = is_sealed(line.account);
    view.payee_code = view.class_code;
    if (const auto person_id = person_behind(line.account)) {
        const ProducerView& producer = producers.of(*person_id);
        view.payee_code = producer.producer_code;
        view.name = producer.name;
        view.person_id = producer.name ? person_id : std::nullopt;
    } else if (sees_ledger && view.sealed) {
        view.payee_code = line.account.starts_with(kPool)
                              ? "pool:" + line.account.substr(kPool.size())
                              : line.account.substr(kPayable.size());
    }
    return view;
}

void add_share(std::vector<ShareView>& shares, ShareView view, const ledger::ShareLine& line) {
    const auto known = std::ranges::find_if(shares, [&](const ShareView& share) {
        return share.class_code == view.class_code && share.payee_code == view.payee_code;
    });
    add(known != shares.end() ? *known : shares.emplace_back(std::move(view)), line);
}

RuleView rule_of(storage::Transaction& tx, const supply::Sale& sale, bool suspense) {
    if (sale.lot_kind != supply::LotKind::kBatch) {
        return {.rule_id = std::nullopt,
                .name_key = "messages.rule_producers",
                .order_no = std::nullopt,
                .valid_from_at = sale.sold_at};
    }
    RuleView view{.name_key = fmt::format("messages.rule_{}", kJailRule), .suspense = suspense};
    const std::vector<ledger::Rule> rules = ledger::all_rules(tx);
    std::optional<ledger::Rule> rule =
        ledger::rule_in_force(tx, kJailRule, date_in_india(sale.sold_at));
    if (!rule || suspense) {
        const auto newest = std::ranges::find(rules, kJailRule, &ledger::Rule::name);
        HAAT_ASSERT(newest != rules.end());  // a share-out of jail goods names a version
        rule = *newest;
    }
    view.rule_id = rule->id;
    view.valid_from_at = start_of_day_in_india(rule->holds_from);
    view.demo = rule->basis == ledger::Basis::kDemo;
    if (!suspense && !rule->order_number.empty()) {
        view.order_no = rule->order_number;
    }
    return view;
}

/// What the memory of rounding gave a class with one payee: its share less the plain division.
void add_carries(storage::Transaction& tx, ShareOutView& view) {
    if (!view.rule.rule_id || view.rule.suspense) {
        return;
    }
    const std::vector<ledger::Rule> rules = ledger::all_rules(tx);
    const auto rule = std::ranges::find(rules, *view.rule.rule_id, &ledger::Rule::id);
    std::vector<std::int64_t> weights;
    for (const ledger::RuleClass& part : rule->classes) {
        weights.push_back(part.basis_points);
    }
    const auto plain = ledger::allocate(view.shared, weights);
    HAAT_ASSERT(plain.has_value());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::string code = contract_name(rule->classes[i].code);
        for (ShareView& share : view.shares) {
            if (share.class_code == code &&
                std::ranges::count(view.shares, code, &ShareView::class_code) == 1) {
                share.carry = static_cast<int>(
                    std::clamp<std::int64_t>((share.amount - (*plain)[i]).value, -1, 1));
            }
        }
    }
}

void add_entries(storage::Transaction& tx, ShareOutView& view) {
    for (const std::string& key : {sale_ref(view.sale.sale_id), share_out_key(view.sale.sale_id)}) {
        if (const auto entry = ledger::entry_by_key(tx, key)) {
            view.entries.push_back(entry->number);
        }
    }
}

}  // namespace

Result<ShareOutView> read_share_out(storage::Transaction& tx, const Viewer& viewer,
                                    SaleId sale_id) {
    const bool sees_ledger = access::may(viewer.role, access::Action::kSeeLedger);
    if (!sees_ledger) {
        HAAT_TRY(allow(viewer, access::Action::kSell));
    }
    const auto sale = supply::find_sale(tx, viewer, sale_id);
    if (!sale) {
        return refuse(ErrorKind::kNotFound, "supply.no_sale");
    }
    ShareOutView view{.sale = *sale};
    ProducerBook producers(tx, viewer);
    for (const ledger::ShareLine& line : ledger::shares_of_sale(tx, sale_ref(sale_id))) {
        if (line.role == "deduction") {
            add(find_or_add(view.deductions, &DeductionView::key, contract_name(line.class_code)),
                line);
        } else {
            ShareView payee = payee_of(producers, sees_ledger, line);
            add(find_or_add(view.classes, &ClassView::code, payee.class_code), line);
            add_share(view.shares, std::move(payee), line);
        }
    }
    Paise given;
    for (const DeductionView& part : view.deductions) {
        given += part.amount;
        view.taken_back += part.taken_back;
    }
    for (const ClassView& part : view.classes) {
        view.shared += part.amount;
        view.taken_back += part.taken_back;
    }
    view.unaccounted = sale->price - given - view.shared;
    const auto waiting = std::ranges::find(view.classes, "suspense", &ClassView::code);
    view.rule = rule_of(tx, *sale, waiting != view.classes.end() && waiting->amount.value > 0);
    add_carries(tx, view);
    add_entries(tx, view);
    return view;
}

}  // namespace haat::flows
