// Law: what was deducted, shared and left waiting adds up to what the sale brought; and of no sale
// more was shared than it brought.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken shares_total_the_sale(storage::Transaction& tx) {
    if (const auto off = sql::law_shares_off(tx)) {
        return fmt::format("share-out {} of {} paise has lines that sum to {}",
                           off->share_out_id.value, off->proceeds_paise.value,
                           off->summed_paise.value);
    }
    if (const auto off = sql::law_shared_over(tx)) {
        return fmt::format("the sale of entry {} brought {} paise, but {} were shared",
                           off->sale_entry_number, off->credited_paise.value,
                           off->shared_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
