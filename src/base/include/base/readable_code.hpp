/// @file Short codes that people read out and write down, as "P4K7": letter and digit by turns,
/// without what is confused on paper (no vowels, so no words; no B G L Q S Z, 0, 1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haat {

/// The `attempt`th candidate for the code of `id`: scattered over all codes of its length, always
/// the same. `characters` (even, 4..12) at first, two more after every 8 attempts, at most 12. With
/// 4 characters there are 14,400 codes, with 6 1.7 million, with 8 207 million.
[[nodiscard]] std::string readable_code(std::int64_t id, int attempt, int characters);

/// The code that somebody typed: any case, blanks and hyphens, ASCII or Devanagari digits. None if
/// it cannot be one.
[[nodiscard]] std::optional<std::string> normalise_readable_code(std::string_view text);

}  // namespace haat
