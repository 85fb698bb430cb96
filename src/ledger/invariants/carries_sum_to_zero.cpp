// Law: what rounding owes some it owes to the cost of others: each carry sums to zero, and the
// carry of a rule is what its recorded share-outs leave owed.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken carries_sum_to_zero(storage::Transaction& tx) {
    if (const auto off = sql::law_carry_off(tx)) {
        return fmt::format("the carry of {} sums to {}", off->carry_key, off->carry);
    }
    if (const auto off = sql::law_carry_not_history(tx)) {
        return fmt::format("rule {} carries {} for class {}, but its share-outs leave {}",
                           off->rule_id.value, off->carry, off->class_code, off->due);
    }
    return {};
}

}  // namespace haat::ledger::laws
