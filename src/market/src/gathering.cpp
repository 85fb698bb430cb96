#include "market/gathering.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/assert.hpp"
#include "gathering_problem.hpp"

namespace haat::market {
namespace {

constexpr Wide kNanoPerPaisa = 1'000'000'000;
constexpr std::int64_t kNanoPerMilliOfPaisaPerUnit = 1'000'000;
// More than any order is worth (Rs 100 crore); keeps sums of 10,000 lots exact in 128 bits.
constexpr Wide kMostCostOfLot = Wide{100'000'000'000} * 1'000'000'000;
constexpr std::array<std::string_view, 7> kVerdicts = {
    "taken",   "taken_in_part",  "too_dear",         "grade",
    "too_far", "others_cheaper", "not_worth_a_visit"};

Paise rounded(Wide nano) {
    HAAT_ASSERT(nano >= 0);
    return {static_cast<std::int64_t>((nano + kNanoPerPaisa / 2) / kNanoPerPaisa)};
}

/// Nanopaise for a thousandth of a unit, as paise for a unit.
Paise per_unit(std::int64_t cost) { return rounded(Wide{cost} * 1000); }

std::int64_t carriage(const Candidate& candidate, const GatheringTask& task) {
    return task.per_tonne_km.value * candidate.distance_metres;
}

/// A grade that is not said counts as the worst: nobody has looked yet.
int rank_of(std::string_view grade) {
    return grade == "a" ? 0 : grade == "b" ? 1 : grade == "c" ? 2 : 3;
}

/// Why a candidate cannot be taken at all; kTaken if it can.
Verdict barred(const Candidate& candidate, const GatheringTask& task) {
    if (task.max_price && candidate.price_per_unit > *task.max_price) return Verdict::kTooDear;
    if (!task.worst_grade.empty() && rank_of(candidate.grade) > rank_of(task.worst_grade)) {
        return Verdict::kGrade;
    }
    if (task.max_distance_metres && candidate.distance_metres > *task.max_distance_metres) {
        return Verdict::kTooFar;
    }
    return Verdict::kTaken;
}

/// The problem of the candidates that can be taken, and which candidate each lot is.
struct Posed {
    Problem problem;
    std::vector<std::size_t> candidate_of_lot;
    std::int64_t held = 0;
};

Posed pose(std::span<const Candidate> candidates, const GatheringTask& task,
           std::vector<Decision>& decisions) {
    Posed posed;
    const auto useful = [&](std::size_t i) {
        return std::min(candidates[i].quantity.value, task.quantity.value);
    };
    std::vector<std::size_t>& order = posed.candidate_of_lot;
    const auto cost_of_candidate = [&](std::size_t i) {
        return candidates[i].price_per_unit.value * kNanoPerMilliOfPaisaPerUnit +
               carriage(candidates[i], task);
    };
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        HAAT_ASSERT(candidates[i].quantity > Milli{0} && candidates[i].distance_metres >= 0);
        decisions[i] = {.candidate = i,
                        .verdict = barred(candidates[i], task),
                        .landed_per_unit = per_unit(cost_of_candidate(i)),
                        .with_pickup_per_unit = {}};
        if (Wide{cost_of_candidate(i)} * useful(i) > kMostCostOfLot) {
            decisions[i].verdict = Verdict::kTooDear;
        }
        if (decisions[i].verdict == Verdict::kTaken) {
            order.push_back(i);
            posed.held += useful(i);
        }
    }
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return std::pair(cost_of_candidate(a), candidates[a].offer_id) <
               std::pair(cost_of_candidate(b), candidates[b].offer_id);
    });
    std::unordered_map<PlaceId, std::size_t> villages;
    for (const std::size_t i : order) {
        const std::size_t village =
            villages.try_emplace(candidates[i].place_id, villages.size()).first->second;
        posed.problem.lots.push_back(
            {.village = village, .quantity = useful(i), .cost = cost_of_candidate(i)});
    }
    posed.problem.villages = villages.size();
    posed.problem.quantity = std::min(task.quantity.value, posed.held);
    posed.problem.visit = Wide{task.pickup.value} * kNanoPerPaisa;
    return posed;
}

/// Divides a village's pick-up among its lines by quantity; what is left over goes, a paisa each,
/// to the largest remainders.
void share_pickup(Paise pickup, std::span<const std::size_t> lines,
                  std::vector<Decision>& decisions, const Posed& posed) {
    Wide all = 0;
    for (const std::size_t lot : lines) {
        all += decisions[posed.candidate_of_lot[lot]].taken.value;
    }
    std::int64_t left = pickup.value;
    std::vector<std::pair<Wide, std::size_t>> remainders;
    for (const std::size_t lot : lines) {
        Decision& decision = decisions[posed.candidate_of_lot[lot]];
        const Wide exact = Wide{pickup.value} * decision.taken.value;
        const auto share = static_cast<std::int64_t>(exact / all);
        decision.transport += Paise{share};
        left -= share;
        remainders.emplace_back(-(exact % all), lot);
    }
    std::ranges::sort(remainders);
    for (std::int64_t i = 0; i < left; ++i) {
        const std::size_t lot = remainders[static_cast<std::size_t>(i)].second;
        decisions[posed.candidate_of_lot[lot]].transport += Paise{1};
    }
}

/// Writes what was chosen, and why the rest was not, into the decisions of one village.
void decide_village(const Posed& posed, std::span<const std::size_t> village, const Choice& choice,
                    Wide visit_would_add, std::span<const Candidate> candidates,
                    const GatheringTask& task, Gathering& gathering) {
    const Core core = core_of(posed.problem, village);
    std::vector<std::size_t> lines;
    for (std::size_t k = 0; k < village.size(); ++k) {
        const std::size_t lot = village[k];
        const std::size_t i = posed.candidate_of_lot[lot];
        Decision& decision = gathering.decisions[i];
        decision.with_pickup_per_unit =
            k < core.lots ? rounded(core.cost * 1000 / core.quantity) : decision.landed_per_unit;
        const std::int64_t taken = choice.taken[lot];
        if (taken == 0) {
            continue;
        }
        lines.push_back(lot);
        decision.taken = {taken};
        decision.verdict =
            taken == candidates[i].quantity.value ? Verdict::kTaken : Verdict::kTakenInPart;
        decision.goods = cost_of(decision.taken, candidates[i].price_per_unit);
        decision.transport = rounded(Wide{carriage(candidates[i], task)} * taken);
        gathering.dearest_landed_per_unit =
            std::max(gathering.dearest_landed_per_unit, decision.landed_per_unit);
    }
    for (const std::size_t lot : village) {
        Decision& decision = gathering.decisions[posed.candidate_of_lot[lot]];
        if (decision.taken == Milli{0}) {
            decision.verdict = lines.empty() ? Verdict::kNotWorthAVisit : Verdict::kOthersCheaper;
            decision.visit_would_add =
                lines.empty() ? rounded(std::max(visit_would_add, Wide{0})) : Paise{0};
        }
    }
    if (!lines.empty()) {
        ++gathering.villages;
        share_pickup(task.pickup, lines, gathering.decisions, posed);
    }
}

}  // namespace

std::string_view name_of(Verdict verdict) { return kVerdicts[std::to_underlying(verdict)]; }

Gathering gather(std::span<const Candidate> candidates, const GatheringTask& task) {
    HAAT_ASSERT(task.quantity > Milli{0} && task.pickup >= Paise{0} &&
                task.per_tonne_km >= Paise{0});
    Gathering gathering;
    gathering.decisions.resize(candidates.size());
    const Posed posed = pose(candidates, task, gathering.decisions);
    const Solution search = solve(posed.problem, task.work_limit);
    gathering.gathered = {posed.problem.quantity};
    gathering.missing = task.quantity - gathering.gathered;
    gathering.proven = search.proven;
    gathering.lower_bound = {static_cast<std::int64_t>(search.lower_bound / kNanoPerPaisa)};
    if (posed.problem.lots.empty()) {
        return gathering;
    }
    const std::vector<Wide> added = cost_of_visits(posed.problem, search.best);
    const auto villages = lots_by_village(posed.problem);
    for (std::size_t v = 0; v < villages.size(); ++v) {
        decide_village(posed, villages[v], search.best, added[v], candidates, task, gathering);
    }
    for (const Decision& decision : gathering.decisions) {
        gathering.goods += decision.goods;
        gathering.transport += decision.transport;
    }
    gathering.total = gathering.goods + gathering.transport;
    return gathering;
}

}  // namespace haat::market
