#include "ledger/allocation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/assert.hpp"
#include "base/random.hpp"
#include "table.hpp"

namespace haat::ledger {
namespace {

__extension__ using Wide = __int128;
using Numbers = std::vector<std::int64_t>;

Numbers numbers_of(const std::string& text) {
    Numbers numbers;
    for (const std::string& part : testing::split_text(text, ' ')) {
        numbers.push_back(parse_integer(part).value());
    }
    return numbers;
}

std::string text_of(std::span<const std::int64_t> numbers) {
    std::string text;
    for (const std::int64_t number : numbers) {
        text += (text.empty() ? "" : " ") + std::to_string(number);
    }
    return text;
}

Numbers values_of(const std::vector<Paise>& shares) {
    Numbers values;
    for (const Paise share : shares) {
        values.push_back(share.value);
    }
    return values;
}

TEST(Allocation, Table) {
    for (const auto& [line, cells] : testing::read_table("allocation.txt", 4)) {
        SCOPED_TRACE("allocation.txt:" + std::to_string(line));
        const Paise total{parse_integer(cells[0]).value()};
        const Numbers weights = numbers_of(cells[1]);
        std::string outcome;
        if (cells[2] == "-") {
            const auto shares = allocate(total, weights);
            outcome = shares ? text_of(values_of(*shares)) : shares.error().code;
        } else {
            Numbers carry = numbers_of(cells[2]);
            const auto shares = allocate_with_carry(total, weights, carry);
            outcome = shares ? text_of(values_of(shares->shares)) + " ; " + text_of(carry) +
                                   (shares->carried ? "" : ", kept")
                             : shares.error().code;
        }
        EXPECT_EQ(outcome, cells[3]);
    }
}

/// The rule a second time, in other words: exact fractions compared by cross multiplication, paise
/// handed out one at a time to whoever is furthest below the exact share.
Numbers allocate_by_fractions(std::int64_t total, const Numbers& weights) {
    const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
    Numbers shares(weights.size());
    std::int64_t left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        std::int64_t low = 0;  // the largest k with k / 1 <= total * weight / sum
        std::int64_t high = total;
        while (low < high) {
            const std::int64_t middle = low + (high - low + 1) / 2;
            if (Wide{middle} * sum <= Wide{total} * weights[i]) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        shares[i] = low;
        left -= low;
    }
    for (; left > 0; --left) {
        std::size_t furthest = 0;
        for (std::size_t i = 1; i < weights.size(); ++i) {
            const Wide gap = Wide{total} * weights[i] - Wide{shares[i]} * sum;
            const Wide best = Wide{total} * weights[furthest] - Wide{shares[furthest]} * sum;
            furthest = gap > best ? i : furthest;
        }
        ++shares[furthest];
    }
    return shares;
}

Numbers random_weights(Random& random) {
    Numbers weights(1 + random.below(12));
    for (std::int64_t& weight : weights) {
        weight = random.chance(1, 8) ? 0 : random.below(random.chance(1, 2) ? 10 : 2'000'000'000);
    }
    weights[random.below(static_cast<std::uint32_t>(weights.size()))] = 1 + random.below(1000);
    return weights;
}

TEST(Allocation, HoldsItsPromisesOnRandomSales) {
    Random random(20261121);
    for (int round = 0; round < 20'000; ++round) {
        const Numbers weights = random_weights(random);
        const std::int64_t total = random.below(random.chance(1, 3) ? 30 : 2'000'000'000);
        const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
        const auto result = allocate(Paise{total}, weights);
        ASSERT_TRUE(result);
        const Numbers shares = values_of(*result);

        ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), std::int64_t{0}), total);
        ASSERT_EQ(shares, allocate_by_fractions(total, weights));
        for (std::size_t i = 0; i < shares.size(); ++i) {
            const Wide off = Wide{shares[i]} * sum - Wide{total} * weights[i];
            ASSERT_TRUE(off < sum && off > -sum) << "a paisa or more from exact";
            ASSERT_GE(shares[i], 0);
            ASSERT_TRUE(weights[i] != 0 || shares[i] == 0);
            for (std::size_t k = 0; k < i; ++k) {
                ASSERT_TRUE(weights[i] != weights[k] || std::abs(shares[i] - shares[k]) <= 1);
                ASSERT_TRUE(weights[i] <= weights[k] || shares[i] >= shares[k] - 1);
            }
        }
    }
}

TEST(Allocation, DoesNotDependOnTheOrderButForTies) {
    Random random(7);
    for (int round = 0; round < 5'000; ++round) {
        const Numbers weights = random_weights(random);
        const std::int64_t total = random.below(5'000'000);
        const Wide sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
        std::vector<std::size_t> order(weights.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = order.size(); i > 1; --i) {
            std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
        }
        Numbers mixed;
        for (const std::size_t i : order) {
            mixed.push_back(weights[i]);
        }
        const Numbers straight = values_of(allocate(Paise{total}, weights).value());
        const Numbers turned = values_of(allocate(Paise{total}, mixed).value());
        for (std::size_t i = 0; i < order.size(); ++i) {
            const Wide remainder = Wide{total} * weights[order[i]] % sum;
            const bool tied = std::ranges::any_of(order, [&](std::size_t other) {
                return other != order[i] && Wide{total} * weights[other] % sum == remainder;
            });
            ASSERT_TRUE(tied || turned[i] == straight[order[i]]);
        }
    }
}

TEST(Allocation, CarryKeepsEveryPayeeWithinAPaisaOver100000Sales) {
    const std::vector<Numbers> rules{
        {3, 4, 3}, {1, 1, 1}, {15, 80, 5}, {5000, 3333, 1667}, {7, 11, 13, 17, 1}};
    for (const Numbers& weights : rules) {
        SCOPED_TRACE(text_of(weights));
        Random random(99);
        const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        Numbers carry(weights.size());
        Numbers got(weights.size());
        Numbers without(weights.size());
        Wide totals = 0;
        for (int sale = 0; sale < 100'000; ++sale) {
            const std::int64_t total = 21 + random.below(200'000);  // up to Rs 2,000
            const auto result = allocate_with_carry(Paise{total}, weights, carry);
            ASSERT_TRUE(result && result->carried);
            const auto plain = allocate(Paise{total}, weights);
            totals += total;
            std::int64_t shared = 0;
            for (std::size_t i = 0; i < weights.size(); ++i) {
                got[i] += result->shares[i].value;
                without[i] += (*plain)[i].value;
                shared += result->shares[i].value;
                ASSERT_GE(result->shares[i].value, 0);
            }
            ASSERT_EQ(shared, total);
            ASSERT_EQ(std::accumulate(carry.begin(), carry.end(), std::int64_t{0}), 0);
        }
        Wide worst_without = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const Wide due = totals * weights[i];
            ASSERT_EQ(due - Wide{got[i]} * sum, carry[i]);
            ASSERT_LT(std::abs(carry[i]), sum) << "a paisa or more off for life";
            const Wide off = due - Wide{without[i]} * sum;
            worst_without = std::max(worst_without, off < 0 ? -off : off);
        }
        RecordProperty("plain_drift_paise_" + text_of(weights),
                       std::to_string(static_cast<std::int64_t>(worst_without / sum)));
    }
}

TEST(Allocation, RefundsPieceByPieceEndAtNothing) {
    Random random(5);
    for (int round = 0; round < 2'000; ++round) {
        const Numbers weights = random_weights(random);
        std::int64_t left = 1 + random.below(100'000);
        Numbers shares = values_of(allocate(Paise{left}, weights).value());
        while (left > 0) {
            const std::int64_t refund =
                1 + random.below(static_cast<std::uint32_t>(std::min<std::int64_t>(left, 40'000)));
            const Numbers back = values_of(allocate(Paise{refund}, shares).value());
            for (std::size_t i = 0; i < shares.size(); ++i) {
                shares[i] -= back[i];
                ASSERT_GE(shares[i], 0);
            }
            left -= refund;
        }
        ASSERT_TRUE(std::ranges::all_of(shares, [](std::int64_t share) { return share == 0; }));
    }
}

TEST(Allocation, TaxInsideAPrice) {
    EXPECT_EQ(tax_inside(Paise{10'500}, 500), Paise{500});
    EXPECT_EQ(tax_inside(Paise{10'000}, 500), Paise{476});  // 476.19
    EXPECT_EQ(tax_inside(Paise{100}, 1800), Paise{15});     // 15.25
    EXPECT_EQ(tax_inside(Paise{21}, 500), Paise{1});        // exactly 1
    EXPECT_EQ(tax_inside(Paise{12'345}, 0), Paise{0});
    EXPECT_EQ(tax_inside(Paise{0}, 1800), Paise{0});
}

TEST(Allocation, WeightIsQuantityTimesPriceUnrounded) {
    EXPECT_EQ(weight_of(Milli{20'500}, Paise{18'050}), 370'025'000);
    EXPECT_THROW((void)weight_of(Milli{std::int64_t{1} << 40}, Paise{std::int64_t{1} << 40}), Bug);
}

}  // namespace
}  // namespace haat::ledger
