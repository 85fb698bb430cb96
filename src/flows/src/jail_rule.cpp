#include "jail_rule.hpp"

#include <algorithm>

#include "books.hpp"

namespace haat::flows {

ledger::Rule proposed_jail_rule() {
    return {.name = std::string(kJailRule),
            .holds_from = {.year = 2026, .month = 1, .day = 1},
            .basis = ledger::Basis::kProposal,
            .note = "Proposal: nobody has ordered it.",
            .classes = {{std::string(kPrisonersClass), 5'000, true},
                        {std::string(kVictimsClass), 3'333, true},
                        {std::string(kStaffClass), 1'667, true}}};
}

Result<ledger::Rule> jail_rule_for(storage::Transaction& tx, Date day, UnixSeconds now) {
    if (std::optional<ledger::Rule> rule = ledger::rule_in_force(tx, kJailRule, day)) {
        return *std::move(rule);
    }
    std::vector<ledger::Rule> rules = ledger::all_rules(tx);
    const auto newest = std::ranges::find(rules, kJailRule, &ledger::Rule::name);
    if (newest != rules.end()) {
        return std::move(*newest);
    }
    ledger::Rule proposal = proposed_jail_rule();
    proposal.id = HAAT_TRY(ledger::add_rule(tx, proposal, now));
    return proposal;
}

}  // namespace haat::flows
