// Law: the postings of every entry sum to exactly zero paise, and there are two or more. Money
// neither comes from nowhere nor gets lost.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken entries_sum_to_zero(storage::Transaction& tx) {
    if (const auto off = sql::law_unbalanced(tx)) {
        return fmt::format("entry {} sums to {} paise, or has fewer than two postings",
                           off->entry_number, off->amount_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
