// The weights of the confidence are those that a logistic regression gives for what was seen at
// first sight: data/first_sight.csv holds the evidence of messages that the engine had not seen
// when it read them, as `haat understand --evidence` printed it, and whether the whole message was
// right.
#include "confidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "fixture.hpp"

namespace haat::language {
namespace {

using Row = std::array<double, kFeatureCount + 1>;  // the constant first
using Weights = std::array<double, kFeatureCount + 1>;

struct Sight {
    Evidence evidence;
    Row features{};
    int round = 0;
    bool right = false;
    int fold = 0;
};

// Rounds with the lengths and the mix of what people write (dev.jsonl); the others were made harder
// on purpose.
bool has_the_usual_mix(const Sight& sight) {
    static constexpr std::array kRounds = {12, 15, 18, 21, 22, 23, 24, 26, 27, 29, 30};
    return std::ranges::find(kRounds, sight.round) != kRounds.end();
}

std::vector<int> numbers_of(std::string_view line) {
    std::vector<int> numbers;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(','), line.size());
        int number = 0;
        std::from_chars(line.data(), line.data() + end, number);
        numbers.push_back(number);
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return numbers;
}

// round,right and the fields of Evidence in their order.
Sight sight_of(const std::vector<int>& n) {
    Sight sight;
    sight.round = n.at(0);
    sight.right = n.at(1) == 1;
    sight.evidence = {.intent_score = n.at(2),
                      .intent_margin = n.at(3),
                      .words = n.at(4),
                      .unknown_words = n.at(5),
                      .likened_goods = n.at(6),
                      .unnamed_goods = n.at(7),
                      .guesses = n.at(8),
                      .unused_numbers = n.at(9),
                      .likened_places = n.at(10),
                      .unsure_dates = n.at(11),
                      .uneven_items = n.at(12),
                      .odd_amounts = n.at(13),
                      .items = n.at(14),
                      .strange_cues = n.at(15),
                      .bare_numbers = n.at(16),
                      .numbers_left = n.at(17),
                      .unit_clashes = n.at(18),
                      .days_named = n.at(19),
                      .bare_offers = n.at(20),
                      .is_greeting = n.at(21) == 1,
                      .is_answer = n.at(22) == 1};
    sight.features[0] = 1.0;
    std::ranges::copy(features_of(sight.evidence), sight.features.begin() + 1);
    return sight;
}

std::vector<Sight> first_sights() {
    const std::string file = read_data("src/language/tests/data/first_sight.csv");
    std::vector<Sight> sights;
    std::size_t begin = file.find('\n') + 1;  // the head
    while (begin < file.size()) {
        const std::size_t end = std::min(file.find('\n', begin), file.size());
        sights.push_back(sight_of(numbers_of(std::string_view(file).substr(begin, end - begin))));
        sights.back().fold = static_cast<int>(sights.size() % 5);
        begin = end + 1;
    }
    return sights;
}

// What needs no weights: answers, commands, plain greetings.
bool is_plain(const Sight& sight) {
    const Evidence& seen = sight.evidence;
    return seen.is_answer || seen.words == 0 || (seen.is_greeting && seen.unknown_words == 0);
}

double share_of(const Weights& weights, const Row& row) {
    double logit = 0;
    for (std::size_t i = 0; i < row.size(); ++i) logit += weights[i] * row[i];
    return 1.0 / (1.0 + std::exp(-logit));
}

// Solves matrix * x = right by Gauss; the matrix is positive definite.
Weights solve(std::array<Weights, kFeatureCount + 1> matrix, Weights right) {
    const std::size_t n = right.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            const double factor = matrix[j][i] / matrix[i][i];
            for (std::size_t k = i; k < n; ++k) matrix[j][k] -= factor * matrix[i][k];
            right[j] -= factor * right[i];
        }
    }
    Weights x{};
    for (std::size_t i = n; i-- > 0;) {
        double rest = right[i];
        for (std::size_t k = i + 1; k < n; ++k) rest -= matrix[i][k] * x[k];
        x[i] = rest / matrix[i][i];
    }
    return x;
}

// Logistic regression with a ridge of 1 on all but the constant, by Newton's steps.
Weights fit(const std::vector<Sight>& sights, const std::function<bool(const Sight&)>& taken) {
    Weights weights{};
    for (int step = 0; step < 30; ++step) {
        std::array<Weights, kFeatureCount + 1> curve{};
        Weights slope{};
        for (std::size_t i = 0; i < weights.size(); ++i) {
            curve[i][i] = i == 0 ? 1e-9 : 1.0;
            slope[i] = i == 0 ? 0.0 : -weights[i];
        }
        for (const Sight& sight : sights) {
            if (!taken(sight) || is_plain(sight)) continue;
            const double share = share_of(weights, sight.features);
            for (std::size_t i = 0; i < weights.size(); ++i) {
                slope[i] += sight.features[i] * ((sight.right ? 1.0 : 0.0) - share);
                for (std::size_t j = 0; j < weights.size(); ++j)
                    curve[i][j] += sight.features[i] * sight.features[j] * share * (1.0 - share);
            }
        }
        const Weights change = solve(curve, slope);
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += change[i];
    }
    return weights;
}

TEST(Confidence, WeightsAreThoseOfTheFit) {
    const std::vector<Sight> sights = first_sights();
    ASSERT_GE(sights.size(), 900U);
    const Weights fitted = fit(sights, [](const Sight&) { return true; });
    for (std::size_t i = 0; i < fitted.size(); ++i) {
        EXPECT_NEAR(kConfidenceWeights[i], fitted[i], 0.006) << "weight " << i;
    }
}

struct Tally {
    int all = 0;
    int confident = 0;
    int wrong = 0;  ///< Of the confident ones.
    std::array<int, 5> count{};
    std::array<int, 5> right{};

    void add(double share, bool is_right) {
        const std::size_t band = share < 0.5   ? 0
                                 : share < 0.7 ? 1
                                 : share < 0.8 ? 2
                                 : share < 0.9 ? 3
                                               : 4;
        ++all;
        ++count[band];
        right[band] += is_right ? 1 : 0;
        confident += share >= 0.8 ? 1 : 0;
        wrong += share >= 0.8 && !is_right ? 1 : 0;
    }

    [[nodiscard]] double share(int part) const { return static_cast<double>(part) / all; }

    void print(const char* name) const {
        std::printf("%s: %d, confident %.3f, wrong and confident %.4f\n", name, all,
                    share(confident), share(wrong));
        for (std::size_t band = 0; band < count.size(); ++band) {
            std::printf("  band %zu: %d, right %.3f\n", band, count[band],
                        count[band] == 0 ? 0.0 : static_cast<double>(right[band]) / count[band]);
        }
    }
};

// Each fifth is judged by weights that were fitted to the other four.
TEST(Confidence, SeparatesRightFromWrongAtFirstSight) {
    const std::vector<Sight> sights = first_sights();
    Tally all;
    Tally usual;
    for (int fold = 0; fold < 5; ++fold) {
        Weights weights = fit(sights, [&](const Sight& s) { return s.fold != fold; });
        weights[0] -= kCaution;
        for (const Sight& sight : sights) {
            if (sight.fold != fold) continue;
            const double share = is_plain(sight) ? confidence_of(sight.evidence).overall / 1000.0
                                                 : share_of(weights, sight.features);
            all.add(share, sight.right);
            if (has_the_usual_mix(sight)) usual.add(share, sight.right);
        }
    }
    all.print("all rounds");
    usual.print("rounds of the usual mix");
    EXPECT_GE(usual.share(usual.confident), 0.85);
    EXPECT_LE(usual.share(usual.wrong), 0.03);
    EXPECT_GE(all.share(all.confident), 0.82);
    EXPECT_LE(all.share(all.wrong), 0.035);
    EXPECT_GE(all.right[4] * 1.0 / all.count[4], 0.95);
    EXPECT_LE(all.right[0] * 1.0 / all.count[0], 0.5);
}

}  // namespace
}  // namespace haat::language
