#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "base/assert.hpp"
#include "books.hpp"
#include "flows/settings.hpp"
#include "ledger/accounts.hpp"
#include "ledger/allocation.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "sharing.hpp"

namespace haat::flows {
namespace {

using Weights = std::map<PersonId, std::int64_t>;

/// What each producer's goods weigh in the sale: her part of the lot x her agreed price.
Weights weights_of(const std::vector<supply::Origin>& origins) {
    std::int64_t common = 0;  // parts are taken in lowest terms: sums stay far from 2^62
    for (const supply::Origin& origin : origins) {
        common = std::gcd(common, origin.weight);
    }
    Weights weights;
    for (const supply::Origin& origin : origins) {
        HAAT_ASSERT(origin.producer_person_id.has_value());
        weights[*origin.producer_person_id] +=
            ledger::weight_of(Milli{origin.weight / common}, origin.price_per_unit);
    }
    return weights;
}

/// The cluster federation of a producer; none for farmers outside the groups.
GroupId federation_of(storage::Transaction& tx, PersonId person_id) {
    const auto person = registry::find_person(tx, system_viewer(), person_id);
    HAAT_ASSERT(person.has_value());
    if (person->group_id) {
        for (const registry::Group& group : registry::group_path(tx, person->group_id)) {
            if (group.kind == registry::GroupKind::kClf) {
                return group.group_id;
            }
        }
    }
    return {};
}

/// Packing at cost, to the house that packed; returns what it takes.
Paise deduct_packing(storage::Transaction& tx, Deductions& deductions, const SoldGoods& goods) {
    if (goods.lot.kind != supply::LotKind::kPacked) {
        return {};
    }
    const Paise rate{setting_at(tx, Setting::kPackingPaisePerUnit, goods.sale.sold_at)};
    const Paise cost = cost_of(goods.sale.quantity, rate);
    deductions.add("packing", ledger::payable_to(goods.lot.made_site_id), cost,
                   fmt::format("{} paise a unit, at cost", rate.value));
    return cost;
}

/// The federations' fee, each on the part that its own members' goods brought in.
Result<void> deduct_fees(storage::Transaction& tx, Deductions& deductions, const Weights& weights,
                         Paise base, UnixSeconds sold_at) {
    const auto fee = static_cast<int>(setting_at(tx, Setting::kGroupFeeBasisPoints, sold_at));
    std::map<GroupId, std::int64_t> by_federation;
    for (const auto& [person_id, weight] : weights) {
        by_federation[federation_of(tx, person_id)] += weight;
    }
    std::vector<std::int64_t> parts;
    for (const auto& [federation, weight] : by_federation) {
        parts.push_back(weight);
    }
    if (base.value <= 0) {
        return {};
    }
    const std::vector<Paise> bases = HAAT_TRY(ledger::allocate(base, parts));
    std::size_t i = 0;
    for (const auto& [federation, weight] : by_federation) {
        if (federation) {
            deductions.add_percent("group-fee", ledger::payable_to(federation), bases[i], fee,
                                   fmt::format("{} bp of what is left for producers", fee));
        }
        ++i;
    }
    return {};
}

}  // namespace

Result<ledger::ShareOutReceipt> share_group_sale(storage::Transaction& tx, const SoldGoods& goods,
                                                 UnixSeconds now) {
    const supply::Sale& sale = goods.sale;
    const Weights weights = weights_of(goods.origins);
    Deductions deductions;
    const Paise net = deduct_tax_and_margin(tx, deductions, sale);
    const Paise packing = deduct_packing(tx, deductions, goods);
    const Paise margin =
        percent_of(net, setting_at(tx, Setting::kOutletMarginBasisPoints, sale.sold_at));
    HAAT_TRY(deduct_fees(tx, deductions, weights, net - margin - packing, sale.sold_at));

    std::vector<std::string> accounts;
    for (const auto& [person_id, weight] : weights) {
        accounts.push_back(ledger::payable_to(person_id));
    }
    std::vector<ledger::Payee> payees;
    for (const auto& [person_id, weight] : weights) {
        payees.push_back({.account = accounts[payees.size()], .weight = weight});
    }
    const std::array classes{ledger::PayeeClass{.code = "producers", .payees = payees}};
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
                              .rule = {},
                              .classes = classes},
                             now);
}

}  // namespace haat::flows
