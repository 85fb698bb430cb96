/// @file Numbers to words and back, for read-back by voice and for forms: "साढ़े तीन सौ" is 350.
/// Source: data/language/README.md, "Numbers".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "language/lexicon.hpp"
#include "language/understanding.hpp"

namespace haat::language {

enum class Language : std::uint8_t { kHindi, kEnglish };

/// "बारह सौ" is not used: 1,234 is "एक हज़ार दो सौ चौंतीस"; English in the Indian way, "one lakh".
/// 0 <= number < 10^11 (a thousand crores and more are said as crores). @throws Bug outside.
[[nodiscard]] std::string number_to_words(std::int64_t number, Language language);

/// A quantity as it is said: 2.5 is "ढाई", 1.25 "सवा", 3.5 "साढ़े तीन", 0.75 "पौन", 4.75 "पौने पाँच";
/// other fractions digit by digit after "दशमलव" or "point". quantity >= 0.
[[nodiscard]] std::string quantity_to_words(TenThousandths quantity, Language language);

/// The number that `text` says and nothing else: digits of either script with Indian commas, words
/// up to crores, sawa, sadhe, paune. None if other words stand beside it.
[[nodiscard]] std::optional<TenThousandths> number_from_text(const Lexicon& lexicon,
                                                             std::string_view text);

}  // namespace haat::language
