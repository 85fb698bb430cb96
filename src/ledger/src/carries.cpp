#include "carries.hpp"

#include "base/assert.hpp"
#include "sql/share_outs.hpp"

namespace haat::ledger {

std::vector<std::int64_t>& Carries::of(storage::Transaction& tx, const std::string& key,
                                       std::size_t count) {
    const auto [found, is_new] = open_.try_emplace(key, count, 0);
    if (is_new) {
        for (const auto& row : sql::carry_get(tx, {.carry_key = key})) {
            HAAT_ASSERT(row.slot >= 0 && row.slot < static_cast<std::int64_t>(count));
            found->second[static_cast<std::size_t>(row.slot)] = row.carry;
        }
    }
    return found->second;
}

void Carries::save(storage::Transaction& tx) const {
    std::vector<sql::CarrySetParams> rows;
    for (const auto& [key, carry] : open_) {
        for (std::size_t slot = 0; slot < carry.size(); ++slot) {
            rows.push_back(
                {.carry_key = key, .slot = static_cast<std::int64_t>(slot), .carry = carry[slot]});
        }
    }
    if (!rows.empty()) {
        sql::carry_set(tx, rows);
    }
}

}  // namespace haat::ledger
