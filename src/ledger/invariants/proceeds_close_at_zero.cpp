// Law: a proceeds account holds exactly the sales that nobody has shared yet; so with the last
// share-out it closes at zero, and no money rests there unseen.
#include <fmt/format.h>

#include "laws.hpp"
#include "sql/laws.hpp"

namespace haat::ledger::laws {

Broken proceeds_close_at_zero(storage::Transaction& tx) {
    if (const auto off = sql::law_proceeds_open(tx)) {
        return fmt::format("account {} holds {} paise, but sales not yet shared are {}", off->code,
                           off->left_paise.value, off->unshared_paise.value);
    }
    return {};
}

}  // namespace haat::ledger::laws
