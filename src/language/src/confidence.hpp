/// @file How sure an understanding is: counted evidence, weighed by a calibrated curve.
#pragma once

#include <array>
#include <cstddef>

#include "dates.hpp"
#include "intent.hpp"
#include "items.hpp"
#include "language/understanding.hpp"

namespace haat::language {

/// `out` has its intent and its slots. O(words).
[[nodiscard]] Evidence gather_evidence(const Message& message, const Verdict& verdict,
                                       const Drafts& drafts, const Dates& dates,
                                       const Understanding& out);

inline constexpr std::size_t kFeatureCount = 16;

/// What the whole is judged by: counts, each up to a limit.
[[nodiscard]] std::array<double, kFeatureCount> features_of(const Evidence& evidence);

/// The constant, then a weight for each feature. tests/confidence_test.cpp fits them anew to what
/// was seen at first sight (tests/data/first_sight.csv) and says so if these are not the result.
inline constexpr std::array<double, kFeatureCount + 1> kConfidenceWeights = {
    0.36,  1.28,  1.89,  -0.42, -0.56, -0.66, -2.12, -0.89, -2.66,
    -1.72, -0.72, -0.78, -0.40, -1.06, -2.34, -2.18, -0.87};

/// Of the whole and of each slot; the slots' curves are set by hand.
[[nodiscard]] Confidence confidence_of(const Evidence& evidence);

}  // namespace haat::language
