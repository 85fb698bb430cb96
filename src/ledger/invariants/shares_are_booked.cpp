// Law: what the record of a share-out says an account got is what the journal booked there.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken shares_are_booked(storage::Transaction& tx) {
    if (const auto off = sql::law_shares_not_booked(tx)) {
        return fmt::format("share-out {} records {} paise for {}, but its entry booked {}",
                           off->share_out_id.value, off->recorded_paise.value, off->code,
                           off->booked_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
