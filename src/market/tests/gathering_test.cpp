/// The gathering against two counterparts that share nothing with it: every subset of villages, and
/// a dynamic programme over single units.
#include "market/gathering.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "base/random.hpp"

namespace haat::market {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;

Candidate candidate(std::int64_t offer, std::int64_t village, std::int64_t quantity,
                    std::int64_t price, std::int64_t metres = 0) {
    return {.offer_id = {offer},
            .person_id = {offer},
            .place_id = {village},
            .quantity = {quantity},
            .price_per_unit = {price},
            .grade = "",
            .distance_metres = metres};
}

/// Cost in nanopaise of one thousandth of a unit, written down anew from the definition.
std::int64_t unit_cost(const Candidate& offer, const GatheringTask& task) {
    return offer.price_per_unit.value * 1'000'000 + task.per_tonne_km.value * offer.distance_metres;
}

/// The least cost in nanopaise, by a dynamic programme over villages and single thousandths.
std::int64_t least_by_units(const std::vector<Candidate>& offers, const GatheringTask& task) {
    std::map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>> villages;
    std::int64_t held = 0;
    for (const Candidate& offer : offers) {
        villages[offer.place_id.value].emplace_back(unit_cost(offer, task), offer.quantity.value);
        held += offer.quantity.value;
    }
    const std::int64_t wanted = std::min(held, task.quantity.value);
    std::vector<std::int64_t> least(static_cast<std::size_t>(wanted) + 1, kNever);
    least[0] = 0;
    for (auto& [village, lots] : villages) {
        std::ranges::sort(lots);
        std::vector<std::int64_t> cost{0};  // of taking that many units of this village
        for (const auto& [each, quantity] : lots) {
            for (std::int64_t i = 0; i < quantity; ++i) {
                cost.push_back(cost.back() + each +
                               (cost.size() == 1 ? task.pickup.value * 1'000'000'000 : 0));
            }
        }
        std::vector<std::int64_t> next = least;
        for (std::size_t have = 0; have < least.size(); ++have) {
            for (std::size_t take = 1; take < cost.size() && have + take < least.size(); ++take) {
                next[have + take] = std::min(next[have + take], least[have] + cost[take]);
            }
        }
        least = next;
    }
    return least.back();
}

/// What a plan really costs, from its decisions alone.
std::int64_t cost_of_plan(const Gathering& plan, const std::vector<Candidate>& offers,
                          const GatheringTask& task) {
    std::int64_t cost = 0;
    std::map<std::int64_t, int> visited;
    for (const Decision& decision : plan.decisions) {
        const Candidate& offer = offers[decision.candidate];
        EXPECT_LE(decision.taken, offer.quantity);
        EXPECT_GE(decision.taken, Milli{0});
        cost += decision.taken.value * unit_cost(offer, task);
        if (decision.taken > Milli{0}) visited[offer.place_id.value] = 1;
    }
    EXPECT_EQ(plan.villages, std::ssize(visited));
    return cost + std::ssize(visited) * task.pickup.value * 1'000'000'000;
}

/// What must hold of every plan, whatever it gathers.
void expect_sound(const Gathering& plan, const std::vector<Candidate>& offers,
                  const GatheringTask& task) {
    ASSERT_EQ(plan.decisions.size(), offers.size());
    Milli gathered;
    Paise goods;
    Paise transport;
    std::map<std::int64_t, std::int64_t> taken_of_village;
    for (const Decision& decision : plan.decisions) {
        gathered += decision.taken;
        goods += decision.goods;
        transport += decision.transport;
        const bool is_taken =
            decision.verdict == Verdict::kTaken || decision.verdict == Verdict::kTakenInPart;
        EXPECT_EQ(is_taken, decision.taken > Milli{0});
        EXPECT_EQ(decision.goods,
                  cost_of(decision.taken, offers[decision.candidate].price_per_unit));
        taken_of_village[offers[decision.candidate].place_id.value] += decision.taken.value;
    }
    for (const Decision& decision : plan.decisions) {
        const std::int64_t of_village = taken_of_village[offers[decision.candidate].place_id.value];
        if (decision.verdict == Verdict::kOthersCheaper) {
            EXPECT_GT(of_village, 0);
        }
        if (decision.verdict == Verdict::kNotWorthAVisit) {
            EXPECT_EQ(of_village, 0);
        }
        if (decision.verdict == Verdict::kOthersCheaper && plan.missing == Milli{0}) {
            EXPECT_GE(decision.landed_per_unit, plan.dearest_landed_per_unit);
        }
    }
    EXPECT_EQ(gathered, plan.gathered);
    EXPECT_EQ(plan.gathered + plan.missing, task.quantity);
    EXPECT_EQ(goods, plan.goods);
    EXPECT_EQ(transport, plan.transport);
    EXPECT_EQ(plan.total, goods + transport);
}

TEST(Gathering, IsTheLeastOfAllInThreeThousandSmallCases) {
    int with_a_choice = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        Random random(seed);
        std::vector<Candidate> offers;
        const std::uint32_t count = 1 + random.below(14);
        const std::uint32_t villages = 1 + random.below(7);
        for (std::uint32_t i = 0; i < count; ++i) {
            offers.push_back(candidate(i + 1, 1 + random.below(villages), 1 + random.below(9),
                                       random.below(60) * 100, random.below(30'000)));
        }
        const GatheringTask task{.quantity = {1 + random.below(45)},
                                 .pickup = {random.below(4) * random.below(20)},
                                 .per_tonne_km = {random.below(3000)}};
        const Gathering plan = gather(offers, task);
        expect_sound(plan, offers, task);
        ASSERT_TRUE(plan.proven) << "seed " << seed;
        const std::int64_t least = least_by_units(offers, task);
        ASSERT_EQ(cost_of_plan(plan, offers, task), least) << "seed " << seed;
        ASSERT_EQ(plan.lower_bound.value, least / 1'000'000'000) << "seed " << seed;
        with_a_choice += plan.villages < villages && plan.missing == Milli{0} ? 1 : 0;
    }
    EXPECT_GT(with_a_choice, 1000);
}

/// The least over every subset of villages, for real quantities where units cannot be counted.
std::optional<__int128_t> least_by_subsets(const std::vector<Candidate>& offers,
                                           const GatheringTask& task, std::uint32_t villages) {
    std::optional<__int128_t> least;
    std::vector<Candidate> sorted = offers;
    std::ranges::sort(sorted, {}, [&](const Candidate& offer) { return unit_cost(offer, task); });
    for (std::uint32_t subset = 1; subset < (1U << villages); ++subset) {
        __int128_t cost = 0;
        std::int64_t left = task.quantity.value;
        std::uint32_t visited = 0;
        for (const Candidate& offer : sorted) {
            if (((subset >> (offer.place_id.value - 1)) & 1U) == 0 || left == 0) continue;
            const std::int64_t taken = std::min(left, offer.quantity.value);
            visited |= 1U << (offer.place_id.value - 1);
            cost += static_cast<__int128_t>(taken) * unit_cost(offer, task);
            left -= taken;
        }
        cost += static_cast<__int128_t>(std::popcount(visited)) * task.pickup.value * 1'000'000'000;
        if (left == 0 && (!least || cost < *least)) least = cost;
    }
    return least;
}

TEST(Gathering, IsTheLeastOfAllSubsetsForRealQuantities) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Random random(seed);
        std::vector<Candidate> offers;
        constexpr std::uint32_t kVillages = 12;
        for (std::int64_t i = 1; i <= 60; ++i) {
            offers.push_back(candidate(i, 1 + random.below(kVillages), 1'000 + random.below(40'000),
                                       15'000 + random.below(5'000), random.below(60'000)));
        }
        const GatheringTask task{.quantity = {500'000},
                                 .pickup = {20'000 + random.below(60'000)},
                                 .per_tonne_km = {2'000}};
        const Gathering plan = gather(offers, task);
        expect_sound(plan, offers, task);
        ASSERT_TRUE(plan.proven);
        const auto least = least_by_subsets(offers, task, kVillages);
        ASSERT_TRUE(least.has_value());
        ASSERT_EQ(plan.lower_bound.value, static_cast<std::int64_t>(*least / 1'000'000'000))
            << "seed " << seed;
        EXPECT_LE(std::abs(plan.total.value - plan.lower_bound.value), 2 * std::ssize(offers));
    }
}

TEST(Gathering, TenThousandOffersAreQuickAndNearTheLeast) {
    Random random(7);
    std::vector<Candidate> offers;
    for (std::int64_t i = 1; i <= 10'000; ++i) {
        const std::int64_t village = 1 + random.below(2'000);
        offers.push_back(candidate(i, village, 2'000 + random.below(28'000),
                                   14'000 + random.below(8'000), (village * 37) % 90'000));
    }
    const GatheringTask task{.quantity = {5'000'000}, .pickup = {15'000}, .per_tonne_km = {2'000}};
    const auto start = std::chrono::steady_clock::now();
    const Gathering plan = gather(offers, task);
    const auto took = std::chrono::steady_clock::now() - start;
    expect_sound(plan, offers, task);
    EXPECT_EQ(plan.missing, Milli{0});
    EXPECT_LE(plan.total.value - plan.lower_bound.value, plan.total.value / 1000);
    EXPECT_LT(took, std::chrono::seconds(2));
    RecordProperty("milliseconds", static_cast<int>(took / std::chrono::milliseconds(1)));
    RecordProperty("gap_paise", static_cast<int>(plan.total.value - plan.lower_bound.value));
}

TEST(Gathering, FewWholeVillagesWinOverManyCheapCrumbs) {
    // 100 kg wanted; 10 villages with 10 kg at 100.00, one with 100 kg at 101.00. A visit costs
    // 50.00: ten visits cost 500.00, the dearer goods only 100.00 more.
    std::vector<Candidate> offers{candidate(1, 1, 100'000, 10'100)};
    for (std::int64_t i = 2; i <= 11; ++i) offers.push_back(candidate(i, i, 10'000, 10'000));
    const Gathering plan = gather(offers, {.quantity = {100'000}, .pickup = {5'000}});
    EXPECT_EQ(plan.villages, 1);
    EXPECT_EQ(plan.goods, Paise{1'010'000});
    EXPECT_EQ(plan.transport, Paise{5'000});
    EXPECT_EQ(plan.decisions[0].verdict, Verdict::kTaken);
    EXPECT_EQ(plan.decisions[1].verdict, Verdict::kNotWorthAVisit);
    // 10 kg at 1.00 less saves 10.00 of the 50.00 that the visit costs.
    EXPECT_EQ(plan.decisions[1].visit_would_add, Paise{4'000});
    EXPECT_EQ(plan.decisions[1].landed_per_unit, Paise{10'000});
    EXPECT_EQ(plan.decisions[1].with_pickup_per_unit, Paise{10'500});
    // Without a cost of visits the crumbs win.
    const Gathering free = gather(offers, {.quantity = {100'000}});
    EXPECT_EQ(free.villages, 10);
    EXPECT_EQ(free.total, Paise{1'000'000});
}

TEST(Gathering, TakesAllThereIsAndSaysWhatIsMissing) {
    const std::vector<Candidate> offers{candidate(1, 1, 20'000, 18'000),
                                        candidate(2, 2, 30'000, 17'000)};
    const Gathering plan =
        gather(offers, {.quantity = {500'000}, .pickup = {100}, .per_tonne_km = {0}});
    EXPECT_EQ(plan.gathered, Milli{50'000});
    EXPECT_EQ(plan.missing, Milli{450'000});
    EXPECT_EQ(plan.goods, Paise{870'000});
    EXPECT_EQ(plan.transport, Paise{200});
    EXPECT_TRUE(plan.proven);

    const Gathering none = gather({}, {.quantity = {500}});
    EXPECT_EQ(none.missing, Milli{500});
    EXPECT_EQ(none.total, Paise{0});
    EXPECT_TRUE(none.proven);
}

TEST(Gathering, SaysWhyOfEachOffer) {
    struct Row {
        const char* what;
        Candidate offer;
        Verdict verdict;
    };
    Candidate grade_c = candidate(4, 1, 10'000, 10'000);
    grade_c.grade = "c";
    Candidate no_grade = candidate(5, 1, 10'000, 10'000);
    Candidate taken = candidate(1, 1, 30'000, 18'000, 10'000);
    Candidate part = candidate(2, 1, 50'000, 19'000, 10'000);
    Candidate dear = candidate(3, 1, 10'000, 20'001);
    Candidate far = candidate(6, 1, 10'000, 10'000, 50'001);
    Candidate others = candidate(7, 1, 10'000, 19'500);
    Candidate lonely = candidate(8, 2, 10'000, 18'999);
    for (Candidate* offer : {&taken, &part, &dear, &far, &others, &lonely}) offer->grade = "b";
    const std::vector<Row> rows{{"cheapest", taken, Verdict::kTaken},
                                {"fills the rest", part, Verdict::kTakenInPart},
                                {"a paisa too dear", dear, Verdict::kTooDear},
                                {"worse grade", grade_c, Verdict::kGrade},
                                {"nobody graded it", no_grade, Verdict::kGrade},
                                {"a metre too far", far, Verdict::kTooFar},
                                {"same village, dearer", others, Verdict::kOthersCheaper},
                                {"alone in its village", lonely, Verdict::kNotWorthAVisit}};
    std::vector<Candidate> offers;
    for (const Row& row : rows) offers.push_back(row.offer);
    const Gathering plan = gather(offers, {.quantity = {50'000},
                                           .max_price = Paise{20'000},
                                           .worst_grade = "b",
                                           .max_distance_metres = 50'000,
                                           .pickup = {10'000},
                                           .per_tonne_km = {2'000}});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(name_of(plan.decisions[i].verdict), name_of(rows[i].verdict)) << rows[i].what;
    }
    // 30 kg and 20 kg over 10 km at 2 paise a kg and km, and 100.00 of pick-up by weight.
    EXPECT_EQ(plan.decisions[0].transport, Paise{600 + 6'000});
    EXPECT_EQ(plan.decisions[1].transport, Paise{400 + 4'000});
    EXPECT_EQ(plan.decisions[0].landed_per_unit, Paise{18'020});
    EXPECT_EQ(plan.dearest_landed_per_unit, Paise{19'020});
}

TEST(Gathering, LimitsIncludeThemselves) {
    Candidate just = candidate(1, 1, 10'000, 20'000, 50'000);
    just.grade = "b";
    const Gathering plan = gather(std::vector{just}, {.quantity = {10'000},
                                                      .max_price = Paise{20'000},
                                                      .worst_grade = "b",
                                                      .max_distance_metres = 50'000});
    EXPECT_EQ(plan.decisions[0].verdict, Verdict::kTaken);
}

TEST(Gathering, ThePickupIsSharedByLargestRemainder) {
    const std::vector<Candidate> offers{candidate(1, 1, 1'000, 100), candidate(2, 1, 2'000, 100)};
    const Gathering plan = gather(offers, {.quantity = {3'000}, .pickup = {100}});
    EXPECT_EQ(plan.decisions[0].transport, Paise{33});
    EXPECT_EQ(plan.decisions[1].transport, Paise{67});
}

TEST(Gathering, IsTheSameInAnyOrderOfItsInput) {
    Random random(3);
    std::vector<Candidate> offers;
    for (std::int64_t i = 1; i <= 40; ++i) {
        offers.push_back(candidate(i, 1 + random.below(9), 5'000, 10'000 + random.below(3) * 10));
    }
    const GatheringTask task{.quantity = {77'000}, .pickup = {700}, .per_tonne_km = {}};
    const auto taken = [&](std::vector<Candidate> order) {
        std::map<std::int64_t, std::int64_t> by_offer;
        const Gathering plan = gather(order, task);
        for (const Decision& decision : plan.decisions) {
            by_offer[order[decision.candidate].offer_id.value] = decision.taken.value;
        }
        return std::pair(plan.total, by_offer);
    };
    const auto first = taken(offers);
    std::ranges::reverse(offers);
    EXPECT_EQ(taken(offers).first, first.first);
}

TEST(Gathering, AbsurdOffersDoNotBreakTheArithmetic) {
    std::vector<Candidate> offers;
    for (std::int64_t i = 1; i <= 20; ++i) {
        offers.push_back(candidate(i, 1, 1'000'000'000'000,
                                   100'000'000'000 / (i % 2 == 0 ? 1 : 100'000'000), 5'000'000));
    }
    const Gathering plan = gather(offers, {.quantity = {1'000'000'000'000},
                                           .pickup = {1'000'000'000},
                                           .per_tonne_km = {100'000'000}});
    EXPECT_EQ(plan.decisions[1].verdict, Verdict::kTooDear);
}

}  // namespace
}  // namespace haat::market
