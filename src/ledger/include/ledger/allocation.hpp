/// @file Exact division of money: the shares always add up to the total, and with a carry every
/// payee is right to less than a paisa for life. Pure functions; nothing here rounds on its own.
/// Source: docs/domain/share-out.md, section 3 (the exact rule).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"

namespace haat::ledger {

/// Divides `total` in proportion to `weights` by largest remainder: each gets the whole paise of
/// its exact share, and the paise left over go one each to the largest remainders; among equal
/// remainders to the one that stands first. Costs O(n log n).
/// @param total    0 .. 2^62.
/// @param weights  1 or more, each >= 0, the sum 1 .. 2^62. A weight of 0 gets 0.
/// @return One share per weight, each >= 0, less than a paisa from exact, the sum exactly `total`.
///   Refusals: ledger.bad_total, ledger.no_weight, ledger.bad_weight.
[[nodiscard]] Result<std::vector<Paise>> allocate(Paise total,
                                                  std::span<const std::int64_t> weights);

/// The same with a memory: `carry[i]` is what rounding still owes payee i from earlier totals, in
/// units of 1/(sum of weights) paisa. It is added before and updated after, so that after any
/// number of totals each payee has received what is exactly due, less than a paisa off. Start with
/// zeros and keep one carry per list of weights.
///
/// A total of a few paise can make a share negative, because somebody is owed less than nothing;
/// then it is divided without the carry, which stays as it is.
/// @param carry  As many as weights; sums to 0, each smaller than the sum of weights. Changed only
///   on success.
/// @return As `allocate`, but a share may be up to two paise from exact; ledger.bad_carry.
struct CarriedShares {
    std::vector<Paise> shares;
    bool carried = false;  ///< Whether the carry was used and moved on.
};
[[nodiscard]] Result<CarriedShares> allocate_with_carry(Paise total,
                                                        std::span<const std::int64_t> weights,
                                                        std::span<std::int64_t> carry);

/// The tax inside a price that includes it, rounded half up to a paisa: 105.00 at 500 basis points
/// holds 5.00. `gross` >= 0, `rate_basis_points` 0..10,000.
[[nodiscard]] Paise tax_inside(Paise gross, int rate_basis_points);

/// The weight of a producer in a sale of goods at agreed prices: quantity times price per unit,
/// unrounded. Both >= 0. @throws Bug if the product exceeds 2^62.
[[nodiscard]] std::int64_t weight_of(Milli quantity, Paise price_per_unit);

}  // namespace haat::ledger
