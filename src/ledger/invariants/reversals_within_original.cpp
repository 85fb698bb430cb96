// Law: all reversals of an entry together take back at most what it booked, account by account, and
// touch no account beside.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken reversals_within_original(storage::Transaction& tx) {
    if (const auto off = sql::law_reversal_over(tx)) {
        return fmt::format("entry {} booked {} paise on {}, but its reversals sum to {}",
                           off->entry_number, off->original_paise.value, off->code,
                           off->reversed_paise.value);
    }
    if (const auto off = sql::law_reversal_elsewhere(tx)) {
        return fmt::format("entry {} is a reversal, but posts to {}, which its original does not",
                           off->entry_number, off->code);
    }
    return {};
}

}  // namespace haat::ledger::laws
