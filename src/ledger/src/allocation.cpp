#include "ledger/allocation.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "base/assert.hpp"

namespace haat::ledger {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kLimit = std::int64_t{1} << 62;

Result<std::int64_t> sum_of(Paise total, std::span<const std::int64_t> weights) {
    if (total.value < 0 || total.value > kLimit) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_total");
    }
    std::int64_t sum = 0;
    for (const std::int64_t weight : weights) {
        if (weight < 0 || weight > kLimit - sum) {
            return refuse(ErrorKind::kInvalid, "ledger.bad_weight");
        }
        sum += weight;
    }
    if (sum == 0) {
        return refuse(ErrorKind::kInvalid, "ledger.no_weight");
    }
    return sum;
}

/// Divides claims of e[i]/sum paise that add up to `total` paise. Each claim is rounded down, then
/// the largest remainders get one paisa more, the first of equals before the others.
std::vector<Paise> round_claims(Paise total, std::span<const Wide> claims, std::int64_t sum) {
    const std::size_t count = claims.size();
    std::vector<Paise> shares(count);
    std::vector<std::int64_t> remainders(count);
    std::int64_t left = total.value;
    for (std::size_t i = 0; i < count; ++i) {
        Wide quotient = claims[i] / sum;
        Wide remainder = claims[i] % sum;
        if (remainder < 0) {  // C++ divides towards zero; the rule divides downwards
            remainder += sum;
            --quotient;
        }
        shares[i] = Paise{static_cast<std::int64_t>(quotient)};
        remainders[i] = static_cast<std::int64_t>(remainder);
        left -= shares[i].value;
    }
    HAAT_ASSERT(left >= 0 && left < static_cast<std::int64_t>(count));

    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    });
    for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) {
        shares[order[i]] += Paise{1};
    }
    return shares;
}

std::vector<Wide> claims_of(Paise total, std::span<const std::int64_t> weights) {
    std::vector<Wide> claims;
    claims.reserve(weights.size());
    for (const std::int64_t weight : weights) {
        claims.push_back(Wide{total.value} * weight);
    }
    return claims;
}

}  // namespace

Result<std::vector<Paise>> allocate(Paise total, std::span<const std::int64_t> weights) {
    const std::int64_t sum = HAAT_TRY(sum_of(total, weights));
    return round_claims(total, claims_of(total, weights), sum);
}

Result<CarriedShares> allocate_with_carry(Paise total, std::span<const std::int64_t> weights,
                                          std::span<std::int64_t> carry) {
    const std::int64_t sum = HAAT_TRY(sum_of(total, weights));
    Wide carry_sum = 0;
    for (const std::int64_t owed : carry) {
        if (owed <= -sum || owed >= sum) {
            return refuse(ErrorKind::kInvalid, "ledger.bad_carry");
        }
        carry_sum += owed;
    }
    if (carry.size() != weights.size() || carry_sum != 0) {
        return refuse(ErrorKind::kInvalid, "ledger.bad_carry");
    }

    std::vector<Wide> claims = claims_of(total, weights);
    for (std::size_t i = 0; i < claims.size(); ++i) {
        claims[i] += carry[i];
    }
    CarriedShares result{.shares = round_claims(total, claims, sum), .carried = true};
    if (std::ranges::any_of(result.shares, [](Paise share) { return share.value < 0; })) {
        return CarriedShares{.shares = round_claims(total, claims_of(total, weights), sum),
                             .carried = false};
    }
    for (std::size_t i = 0; i < claims.size(); ++i) {
        carry[i] = static_cast<std::int64_t>(claims[i] - Wide{sum} * result.shares[i].value);
    }
    return result;
}

Paise tax_inside(Paise gross, int rate_basis_points) {
    HAAT_ASSERT(gross.value >= 0 && gross.value <= kLimit);
    HAAT_ASSERT(rate_basis_points >= 0 && rate_basis_points <= 10'000);
    const Wide whole = 10'000 + rate_basis_points;
    const Wide tax = (Wide{gross.value} * rate_basis_points * 2 + whole) / (whole * 2);
    return Paise{static_cast<std::int64_t>(tax)};
}

std::int64_t weight_of(Milli quantity, Paise price_per_unit) {
    HAAT_ASSERT(quantity.value >= 0 && price_per_unit.value >= 0);
    const Wide weight = Wide{quantity.value} * price_per_unit.value;
    HAAT_ASSERT(weight <= kLimit);
    return static_cast<std::int64_t>(weight);
}

}  // namespace haat::ledger
