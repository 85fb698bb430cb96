#include "gathering_problem.hpp"

#include <algorithm>
#include <queue>
#include <utility>

#include "base/assert.hpp"

namespace haat::market {
namespace {

// Their product stays below 2^127, so two cores are compared exactly.
constexpr std::int64_t kMostQuantityOfVillage = 10'000'000'000'000;
constexpr Wide kMostCostOfVillage = Wide{10'000'000'000'000} * 1'000'000'000'000;

enum class Visit : std::uint8_t { kFree, kOpen, kClosed };

/// A subproblem: some villages are decided.
struct Node {
    Wide bound = 0;
    std::int64_t number = 0;  // newer first among equal bounds, so that the search ends
    std::vector<Visit> visits;

    friend bool operator<(const Node& a, const Node& b) {  // the queue's top is the greatest
        return a.bound != b.bound ? a.bound > b.bound : a.number < b.number;
    }
};

/// What the relaxation of a node says: never more than the node's cheapest choice costs.
struct Relaxed {
    bool is_feasible = false;
    Wide bound = 0;
    std::vector<bool> used;
    std::size_t split = 0;  ///< The village visited in part, or `villages` if there is none.
};

bool is_cheaper(const Core& core, std::int64_t cost) {
    return core.cost <= Wide{cost} * core.quantity;
}

class Searcher {
 public:
    Searcher(const Problem& problem, std::int64_t work_limit);
    Solution run();

 private:
    [[nodiscard]] Relaxed relax(const std::vector<Visit>& visits);
    void consider(const std::vector<bool>& open);
    void improve();
    void push(std::vector<Visit> visits, Wide bound);

    const Problem& problem_;
    std::int64_t work_left_;
    std::vector<Core> cores_;
    std::vector<std::size_t> by_rate_;  // villages by rising rate of their core
    std::vector<bool> in_core_;         // of each lot
    std::priority_queue<Node> nodes_;
    std::int64_t numbered_ = 0;
    Choice best_;
    bool has_best_ = false;
};

Searcher::Searcher(const Problem& problem, std::int64_t work_limit)
    : problem_(problem), work_left_(work_limit), in_core_(problem.lots.size()) {
    const auto villages = lots_by_village(problem);
    for (std::size_t v = 0; v < villages.size(); ++v) {
        cores_.push_back(core_of(problem, villages[v]));
        by_rate_.push_back(v);
        // A core that can meet the whole demand leaves nothing to the lots after it.
        const bool is_enough = cores_[v].quantity >= problem.quantity;
        const std::size_t lots = is_enough ? villages[v].size() : cores_[v].lots;
        for (std::size_t i = 0; i < lots; ++i) {
            in_core_[villages[v][i]] = true;
        }
    }
    std::ranges::sort(by_rate_, [this](std::size_t a, std::size_t b) {
        const Wide left = cores_[a].cost * cores_[b].quantity;
        const Wide right = cores_[b].cost * cores_[a].quantity;
        return left != right ? left < right : a < b;
    });
}

/// Fills by rising cost, where a free village offers its core as one piece at the rate that pays
/// its visit, and a piece may be cut. At most one core is cut: the last piece taken.
Relaxed Searcher::relax(const std::vector<Visit>& visits) {
    Relaxed relaxed{.used = std::vector<bool>(problem_.villages), .split = problem_.villages};
    for (std::size_t v = 0; v < visits.size(); ++v) {
        if (visits[v] == Visit::kOpen) {
            relaxed.bound += problem_.visit;
            relaxed.used[v] = true;
        }
    }
    std::int64_t left = problem_.quantity;
    std::size_t next_lot = 0;
    std::size_t next_core = 0;
    while (left > 0) {
        --work_left_;
        while (next_lot < problem_.lots.size()) {
            const Visit visit = visits[problem_.lots[next_lot].village];
            if (visit == Visit::kOpen || (visit == Visit::kFree && !in_core_[next_lot])) break;
            ++next_lot;
            --work_left_;
        }
        while (next_core < by_rate_.size() && visits[by_rate_[next_core]] != Visit::kFree) {
            ++next_core;
            --work_left_;
        }
        const bool has_lot = next_lot < problem_.lots.size();
        const bool has_core = next_core < by_rate_.size();
        if (!has_lot && !has_core) {
            return relaxed;
        }
        if (has_core &&
            (!has_lot || is_cheaper(cores_[by_rate_[next_core]], problem_.lots[next_lot].cost))) {
            const std::size_t village = by_rate_[next_core++];
            const Core& core = cores_[village];
            relaxed.used[village] = true;
            const std::int64_t taken = std::min(left, core.quantity);
            relaxed.bound += core.cost * taken / core.quantity;  // a whole core: exactly its cost
            if (taken < core.quantity) relaxed.split = village;
            left -= taken;
        } else {
            const Lot& lot = problem_.lots[next_lot++];
            const std::int64_t taken = std::min(left, lot.quantity);
            relaxed.bound += Wide{taken} * lot.cost;
            left -= taken;
        }
    }
    relaxed.is_feasible = true;
    return relaxed;
}

/// Keeps the best choice that visits only these villages.
void Searcher::consider(const std::vector<bool>& open) {
    std::int64_t held = 0;
    for (const Lot& lot : problem_.lots) {
        held += open[lot.village] ? lot.quantity : 0;
    }
    work_left_ -= static_cast<std::int64_t>(problem_.lots.size());
    if (held < problem_.quantity) {
        return;
    }
    Choice choice = fill(problem_, open);
    if (!has_best_ || choice.cost < best_.cost) {
        best_ = std::move(choice);
        has_best_ = true;
    }
}

void Searcher::push(std::vector<Visit> visits, Wide bound) {
    nodes_.push({.bound = bound, .number = numbered_++, .visits = std::move(visits)});
}

/// Visits one more village while that saves: what is left to gain when the search was cut short.
void Searcher::improve() {
    for (std::size_t round = 0; round < problem_.villages; ++round) {
        const std::vector<Wide> added = cost_of_visits(problem_, best_);
        const auto least = std::ranges::min_element(added);
        if (least == added.end() || *least >= 0) {
            return;
        }
        std::vector<bool> open(problem_.villages);
        for (std::size_t i = 0; i < problem_.lots.size(); ++i) {
            if (best_.taken[i] > 0) open[problem_.lots[i].village] = true;
        }
        open[static_cast<std::size_t>(least - added.begin())] = true;
        consider(open);
    }
}

Solution Searcher::run() {
    consider(std::vector<bool>(problem_.villages, true));
    push(std::vector<Visit>(problem_.villages, Visit::kFree), 0);
    Wide lower_bound = 0;
    while (!nodes_.empty() && work_left_ > 0) {
        Node node = nodes_.top();
        nodes_.pop();
        if (node.bound >= best_.cost) {
            nodes_ = {};
            break;
        }
        lower_bound = node.bound;
        Relaxed relaxed = relax(node.visits);
        if (!relaxed.is_feasible || relaxed.bound >= best_.cost) {
            continue;
        }
        consider(relaxed.used);
        if (relaxed.split == problem_.villages) {
            continue;  // nothing is cut, so the relaxation is the node's best choice
        }
        std::vector<Visit> visits = std::move(node.visits);
        visits[relaxed.split] = Visit::kClosed;
        push(visits, relaxed.bound);
        visits[relaxed.split] = Visit::kOpen;
        push(std::move(visits), relaxed.bound);
        relaxed.used[relaxed.split] = false;
        consider(relaxed.used);
    }
    const bool proven = nodes_.empty() || nodes_.top().bound >= best_.cost;
    if (!proven) {
        lower_bound = std::max(lower_bound, nodes_.top().bound);
        improve();
    }
    return {.best = best_, .lower_bound = proven ? best_.cost : lower_bound, .proven = proven};
}

}  // namespace

std::vector<std::vector<std::size_t>> lots_by_village(const Problem& problem) {
    std::vector<std::vector<std::size_t>> villages(problem.villages);
    for (std::size_t i = 0; i < problem.lots.size(); ++i) {
        villages[problem.lots[i].village].push_back(i);
    }
    return villages;
}

Core core_of(const Problem& problem, std::span<const std::size_t> village) {
    Core core{.cost = problem.visit};
    for (const std::size_t i : village) {
        const Lot& lot = problem.lots[i];
        if (core.quantity >= problem.quantity ||
            (core.quantity > 0 && Wide{lot.cost} * core.quantity >= core.cost)) {
            break;
        }
        ++core.lots;
        core.quantity += lot.quantity;
        core.cost += Wide{lot.quantity} * lot.cost;
    }
    HAAT_ASSERT(core.quantity > 0 && core.quantity <= kMostQuantityOfVillage &&
                core.cost < kMostCostOfVillage);
    return core;
}

Choice fill(const Problem& problem, const std::vector<bool>& open) {
    Choice choice{.taken = std::vector<std::int64_t>(problem.lots.size())};
    std::vector<bool> visited(problem.villages);
    std::int64_t left = problem.quantity;
    for (std::size_t i = 0; i < problem.lots.size() && left > 0; ++i) {
        const Lot& lot = problem.lots[i];
        if (!open[lot.village]) {
            continue;
        }
        if (!visited[lot.village]) {
            visited[lot.village] = true;
            choice.cost += problem.visit;
        }
        choice.taken[i] = std::min(left, lot.quantity);
        choice.cost += Wide{choice.taken[i]} * lot.cost;
        left -= choice.taken[i];
    }
    HAAT_ASSERT(left == 0);
    return choice;
}

Solution solve(const Problem& problem, std::int64_t work_limit) {
    if (problem.lots.empty()) {
        return {.best = {}, .lower_bound = 0, .proven = true};
    }
    return Searcher(problem, work_limit).run();
}

std::vector<Wide> cost_of_visits(const Problem& problem, const Choice& choice) {
    std::vector<Wide> added(problem.villages, 0);
    std::vector<std::size_t> taken_dearest_first;
    std::vector<bool> visited(problem.villages);
    for (std::size_t i = problem.lots.size(); i-- > 0;) {
        if (choice.taken[i] > 0) {
            taken_dearest_first.push_back(i);
            visited[problem.lots[i].village] = true;
        }
    }
    const auto villages = lots_by_village(problem);
    for (std::size_t v = 0; v < villages.size(); ++v) {
        if (visited[v]) {
            continue;
        }
        Wide change = problem.visit;
        std::size_t dearest = 0;
        std::int64_t dearest_used = 0;
        for (const std::size_t i : villages[v]) {
            std::int64_t left = problem.lots[i].quantity;
            while (left > 0 && dearest < taken_dearest_first.size()) {
                const std::size_t replaced = taken_dearest_first[dearest];
                const std::int64_t saving = problem.lots[replaced].cost - problem.lots[i].cost;
                if (saving <= 0) {
                    left = 0;
                    break;
                }
                const std::int64_t moved = std::min(left, choice.taken[replaced] - dearest_used);
                change -= Wide{moved} * saving;
                left -= moved;
                dearest_used += moved;
                if (dearest_used == choice.taken[replaced]) {
                    ++dearest;
                    dearest_used = 0;
                }
            }
        }
        added[v] = change;
    }
    return added;
}

}  // namespace haat::market
