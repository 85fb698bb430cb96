/// @file From a request to the lines that are recorded: what is taken, what is given, what waits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carries.hpp"
#include "ledger/share_out.hpp"

namespace haat::ledger {

/// One line as it will be recorded.
struct SplitLine {
    std::string role;  // "deduction", "share", "suspense"
    std::string class_code;
    std::string account;
    std::int64_t weight = 0;
    Paise amount;
    std::string reason;
};

/// A payee of a class, owned: from a request or from the record of claims.
struct Claim {
    std::string class_code;
    std::string account;
    std::int64_t weight = 0;
};

struct Split {
    std::vector<SplitLine> lines;
    Paise surplus;
    std::optional<RuleId> rule_id;  // that the surplus was shared by
    bool carried = false;
    std::vector<Claim> claims;  // recorded only if the surplus waits
};

/// Takes the deductions; `split.lines` grows, `split.surplus` becomes what is left of `proceeds`.
[[nodiscard]] Result<void> take_deductions(storage::Transaction& tx, Carries& carries, Split& split,
                                           Paise proceeds, std::span<const Deduction> deductions);

/// Gives the whole surplus to the payees of one class.
[[nodiscard]] Result<void> give_to_class(Split& split, Paise amount, const std::string& class_code,
                                         std::span<const Claim> claims);

/// Gives the surplus to the classes of a rule, and in each to its payees.
[[nodiscard]] Result<void> give_by_rule(storage::Transaction& tx, Carries& carries, Split& split,
                                        const Rule& rule, std::span<const Claim> claims);

/// Whether the claims name each class of the rule, none beside, with payees that may be told of.
[[nodiscard]] Result<void> check_claims(const Rule& rule, std::span<const Claim> claims);

}  // namespace haat::ledger
