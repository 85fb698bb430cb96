// Law: the balance kept for an account is the sum of its postings. The kept one is only a shortcut.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken balances_equal_postings(storage::Transaction& tx) {
    if (const auto off = sql::law_balance_off(tx)) {
        return fmt::format("account {} keeps a balance of {} paise, but its postings sum to {}",
                           off->code, off->kept_paise.value, off->summed_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
