#include "split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "ledger/accounts.hpp"
#include "ledger/allocation.hpp"
#include "text_rules.hpp"

namespace haat::ledger {
namespace {

bool is_sealed_account(std::string_view account) {
    return account.starts_with("liabilities:payable:sealed:") ||
           account.starts_with("liabilities:pool:");
}

std::unexpected<Error> of_class(ErrorKind kind, std::string_view code, std::string_view name) {
    return refuse(kind, code, {{"class", std::string(name)}});
}

/// The percentage of a base, so rounded that over many sales nobody gains: see allocate_with_carry.
Result<Paise> cut_of(storage::Transaction& tx, Carries& carries, const Deduction& deduction,
                     Paise left) {
    const Paise base = deduction.of == CutOf::kLeft ? left : deduction.amount;
    const std::array<std::int64_t, 2> weights{deduction.basis_points,
                                              10'000 - deduction.basis_points};
    const std::string key =
        fmt::format("cut:{}:{}:{}", deduction.account, deduction.code, deduction.basis_points);
    const CarriedShares cut = HAAT_TRY(allocate_with_carry(base, weights, carries.of(tx, key, 2)));
    return cut.shares.front();
}

}  // namespace

Result<void> take_deductions(storage::Transaction& tx, Carries& carries, Split& split,
                             Paise proceeds, std::span<const Deduction> deductions) {
    split.surplus = proceeds;
    for (const Deduction& deduction : deductions) {
        if (!is_word(deduction.code, 32) || !is_note(deduction.reason, 200) ||
            deduction.amount.value < 0 || deduction.basis_points < 0 ||
            deduction.basis_points > 10'000) {
            return refuse(ErrorKind::kInvalid, "ledger.bad_share_out", {{"why", "deduction"}});
        }
        const Paise amount = deduction.basis_points == 0
                                 ? deduction.amount
                                 : HAAT_TRY(cut_of(tx, carries, deduction, split.surplus));
        if (amount > split.surplus) {
            return refuse(ErrorKind::kConflict, "ledger.deductions_exceed",
                          {{"code", std::string(deduction.code)},
                           {"left", rupees_plain(split.surplus)},
                           {"amount", rupees_plain(amount)}});
        }
        split.surplus -= amount;
        split.lines.push_back({.role = "deduction",
                               .class_code = std::string(deduction.code),
                               .account = std::string(deduction.account),
                               .weight = deduction.basis_points,
                               .amount = amount,
                               .reason = std::string(deduction.reason)});
    }
    return {};
}

Result<void> give_to_class(Split& split, Paise amount, const std::string& class_code,
                           std::span<const Claim> claims) {
    std::vector<const Claim*> payees;
    std::vector<std::int64_t> weights;
    for (const Claim& claim : claims) {
        if (claim.class_code == class_code) {
            payees.push_back(&claim);
            weights.push_back(claim.weight);
        }
    }
    const auto shares = allocate(amount, weights);
    if (!shares) {
        return shares.error().code == "ledger.no_weight"
                   ? of_class(ErrorKind::kInvalid, "ledger.no_payee", class_code)
                   : std::unexpected(shares.error());
    }
    for (std::size_t i = 0; i < payees.size(); ++i) {
        split.lines.push_back({.role = "share",
                               .class_code = class_code,
                               .account = payees[i]->account,
                               .weight = weights[i],
                               .amount = (*shares)[i],
                               .reason = {}});
    }
    return {};
}

Result<void> check_claims(const Rule& rule, std::span<const Claim> claims) {
    for (const Claim& claim : claims) {
        const auto part = std::ranges::find(rule.classes, claim.class_code, &RuleClass::code);
        if (part == rule.classes.end()) {
            return of_class(ErrorKind::kInvalid, "ledger.class_unknown", claim.class_code);
        }
        if (part->sealed && !is_sealed_account(claim.account)) {
            return of_class(ErrorKind::kForbidden, "ledger.not_sealed", claim.class_code);
        }
        if (claim.weight < 0) {
            return refuse(ErrorKind::kInvalid, "ledger.bad_weight");
        }
    }
    for (const RuleClass& part : rule.classes) {
        const bool named = std::ranges::any_of(
            claims, [&](const Claim& claim) { return claim.class_code == part.code; });
        const bool weighs = std::ranges::any_of(claims, [&](const Claim& claim) {
            return claim.class_code == part.code && claim.weight > 0;
        });
        if (!named) {
            return of_class(ErrorKind::kInvalid, "ledger.class_missing", part.code);
        }
        if (!weighs) {
            return of_class(ErrorKind::kInvalid, "ledger.no_payee", part.code);
        }
    }
    return {};
}

Result<void> give_by_rule(storage::Transaction& tx, Carries& carries, Split& split,
                          const Rule& rule, std::span<const Claim> claims) {
    HAAT_TRY(check_claims(rule, claims));
    std::vector<std::int64_t> weights;
    for (const RuleClass& part : rule.classes) {
        weights.push_back(part.basis_points);
    }
    const std::string key = fmt::format("rule:{}", rule.id.value);
    const CarriedShares parts =
        HAAT_TRY(allocate_with_carry(split.surplus, weights, carries.of(tx, key, weights.size())));
    for (std::size_t i = 0; i < rule.classes.size(); ++i) {
        HAAT_TRY(give_to_class(split, parts.shares[i], rule.classes[i].code, claims));
    }
    split.rule_id = rule.id;
    split.carried = parts.carried;
    return {};
}

}  // namespace haat::ledger
