/// @file Randomness is handed in, so that one seed replays a whole run. Not for secrets: keys,
/// tokens and salts come from libsodium in the modules that need them.
#pragma once

#include <cstdint>

namespace haat {

/// PCG32 (pcg-random.org): small, fast, the same numbers on every machine.
class Random {
  public:
    explicit Random(std::uint64_t seed);
    [[nodiscard]] std::uint32_t next();
    /// Uniform in 0..bound-1; bound >= 1.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound);
    /// True `numerator` times out of `denominator`.
    [[nodiscard]] bool chance(std::uint32_t numerator, std::uint32_t denominator);

  private:
    std::uint64_t state_;
};

}  // namespace haat
