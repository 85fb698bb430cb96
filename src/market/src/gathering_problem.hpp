/// @file The arithmetic core of gathering: a demand met from villages, each with a fixed cost and
/// lots of rising cost. Costs are exact integers in nanopaise (10^-9 paise), so nothing is lost to
/// rounding before the plan is written down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haat::market {

__extension__ using Wide = __int128;

/// A lot: so many thousandths of a unit at so many nanopaise each.
struct Lot {
    std::size_t village = 0;
    std::int64_t quantity = 0;
    std::int64_t cost = 0;
};

/// Lots sorted by (cost, the caller's order); villages are numbered from 0.
struct Problem {
    std::vector<Lot> lots;
    std::size_t villages = 0;
    std::int64_t quantity = 0;  ///< At most what all lots hold together.
    Wide visit = 0;             ///< Fixed cost of a village, nanopaise.
};

/// What is taken of each lot, and what that costs with the visits.
struct Choice {
    std::vector<std::int64_t> taken;
    Wide cost = 0;
};

struct Solution {
    Choice best;
    Wide lower_bound = 0;
    bool proven = false;
};

/// The cheapest way when only villages with open[v] may be visited: by rising cost. Costs O(lots).
/// @throws Bug if they hold too little.
[[nodiscard]] Choice fill(const Problem& problem, const std::vector<bool>& open);

/// Branch and bound over visits. See docs/domain/trace.md, section 2.
[[nodiscard]] Solution solve(const Problem& problem, std::int64_t work_limit);

/// What visiting each unvisited village would add to the cost, all else staying open; 0 for visited
/// ones. Never negative for a choice that is optimal.
[[nodiscard]] std::vector<Wide> cost_of_visits(const Problem& problem, const Choice& choice);

/// Lots of each village, in the order of their cost.
[[nodiscard]] std::vector<std::vector<std::size_t>> lots_by_village(const Problem& problem);

/// The best part of a village: its cheapest lots for which cost with the visit over quantity is
/// least; the lots after it cost at least that much each, or are not needed.
struct Core {
    std::size_t lots = 0;
    std::int64_t quantity = 0;
    Wide cost = 0;  ///< Visit and lots.
};

[[nodiscard]] Core core_of(const Problem& problem, std::span<const std::size_t> village);

}  // namespace haat::market
