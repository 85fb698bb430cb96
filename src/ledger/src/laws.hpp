/// @file The laws, one function and one file in invariants/ each.
#pragma once

#include <optional>
#include <string>

#include "storage/transaction.hpp"

namespace haat::ledger::laws {

using Broken = std::optional<std::string>;

[[nodiscard]] Broken entries_sum_to_zero(storage::Transaction& tx);
[[nodiscard]] Broken balances_equal_postings(storage::Transaction& tx);
[[nodiscard]] Broken guarded_accounts_hold(storage::Transaction& tx);
[[nodiscard]] Broken reversals_within_original(storage::Transaction& tx);
[[nodiscard]] Broken chain_intact(storage::Transaction& tx);
[[nodiscard]] Broken shares_total_the_sale(storage::Transaction& tx);
[[nodiscard]] Broken shares_are_booked(storage::Transaction& tx);
[[nodiscard]] Broken proceeds_close_at_zero(storage::Transaction& tx);
[[nodiscard]] Broken carries_sum_to_zero(storage::Transaction& tx);

}  // namespace haat::ledger::laws
