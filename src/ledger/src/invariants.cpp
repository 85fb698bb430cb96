#include "ledger/invariants.hpp"

#include <array>
#include <utility>

#include "laws.hpp"

namespace haat::ledger {
namespace {

constexpr std::array kLaws{
    Law{"entries-sum-to-zero", laws::entries_sum_to_zero},
    Law{"balances-equal-postings", laws::balances_equal_postings},
    Law{"guarded-accounts-hold", laws::guarded_accounts_hold},
    Law{"reversals-within-original", laws::reversals_within_original},
    Law{"chain-intact", laws::chain_intact},
    Law{"shares-total-the-sale", laws::shares_total_the_sale},
    Law{"shares-are-booked", laws::shares_are_booked},
    Law{"proceeds-close-at-zero", laws::proceeds_close_at_zero},
    Law{"carries-sum-to-zero", laws::carries_sum_to_zero},
};

}  // namespace

std::span<const Law> all_laws() { return kLaws; }

std::vector<Breach> check_invariants(storage::Transaction& tx) {
    std::vector<Breach> breaches;
    for (const Law& law : kLaws) {
        if (auto explanation = law.broken(tx)) {
            breaches.push_back({.law = law.name, .explanation = std::move(*explanation)});
        }
    }
    return breaches;
}

}  // namespace haat::ledger
