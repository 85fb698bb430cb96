// Law: cash, stock and escrow never stand on the wrong side of zero: what is not there cannot be
// given.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken guarded_accounts_hold(storage::Transaction& tx) {
    if (const auto off = sql::law_negative(tx)) {
        return fmt::format("account {} may not be on the other side of zero, but holds {} paise",
                           off->code, off->balance_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
