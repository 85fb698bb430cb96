#include "pricing.hpp"

#include "base/assert.hpp"

namespace haat::flows {
namespace {

__extension__ using Wide = __int128;  // paise x basis points exceed 64 bits for large lots

constexpr std::int64_t kWhole = 10'000;

/// amount x numerator / denominator, rounded up.
Paise scaled_up(Paise amount, std::int64_t numerator, std::int64_t denominator) {
    const Wide product = Wide{amount.value} * numerator;
    return {static_cast<std::int64_t>((product + denominator - 1) / denominator)};
}

}  // namespace

Paise price_to_ask(const PriceParts& parts) {
    HAAT_ASSERT(parts.fee_basis_points < kWhole && parts.margin_basis_points < kWhole);
    const Paise before_fee = scaled_up(parts.payable, kWhole, kWhole - parts.fee_basis_points);
    const Paise before_margin =
        scaled_up(before_fee + parts.at_cost, kWhole, kWhole - parts.margin_basis_points);
    const Paise with_tax = scaled_up(before_margin, kWhole + parts.gst_basis_points, kWhole);
    return {(with_tax.value + 99) / 100 * 100};
}

}  // namespace haat::flows
