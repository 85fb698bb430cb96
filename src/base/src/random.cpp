#include "base/random.hpp"

#include "base/assert.hpp"

namespace haat {
namespace {
constexpr std::uint64_t kMultiplier = 6364136223846793005ULL;
constexpr std::uint64_t kIncrement = 1442695040888963407ULL;
}  // namespace

Random::Random(std::uint64_t seed) : state_((seed + kIncrement) * kMultiplier + kIncrement) {}

std::uint32_t Random::next() {
    const std::uint64_t old = state_;
    state_ = old * kMultiplier + kIncrement;
    const auto mixed = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto rotation = static_cast<std::uint32_t>(old >> 59U);
    return (mixed >> rotation) | (mixed << ((32U - rotation) & 31U));
}

std::uint32_t Random::below(std::uint32_t bound) {
    HAAT_ASSERT(bound > 0);
    // Lemire's multiplication with rejection: no bias.
    const std::uint32_t threshold = (0U - bound) % bound;
    while (true) {
        const std::uint64_t product = static_cast<std::uint64_t>(next()) * bound;
        if (static_cast<std::uint32_t>(product) >= threshold) {
            return static_cast<std::uint32_t>(product >> 32U);
        }
    }
}

bool Random::chance(std::uint32_t numerator, std::uint32_t denominator) {
    return below(denominator) < numerator;
}

}  // namespace haat
