/// @file What a lexicon can learn from messages: which of their words it does not know, which
/// messages say the same, and how much a word sounds like the names of some goods.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/lexicon.hpp"
#include "language/understanding.hpp"

namespace haat::language {

/// Words in a row that the lexicon does not know, or knows only by their likeness to others.
struct UnknownWords {
    std::string text;       ///< As written.
    std::size_t begin = 0;  ///< Bytes of the message.
    std::size_t end = 0;
    bool likened = false;  ///< Taken for a word that it resembles.
};

/// The unknown words of a message, each by itself, in its order; names of people as they are
/// addressed ("sunita devi") are left out. O(its words).
[[nodiscard]] std::vector<UnknownWords> unknown_words(const Lexicon& lexicon,
                                                      std::string_view text);

/// The same for messages that say the same: sounds of the words, "#" for every number. At most 200
/// bytes of ASCII.
[[nodiscard]] std::string folded_message(std::string_view text);

/// How much `spelling` sounds like the nearest name of a product or unit, in per mille: 1000 is the
/// same. 0 if there is no such target.
[[nodiscard]] int likeness_permille(const Lexicon& lexicon, std::string_view spelling,
                                    WordKind kind, std::string_view target);

/// The product whose name is nearest to a word, if any is near enough to be worth a look (per mille
/// of likeness); none for words of one or two letters. About 3 ms.
struct NearestProduct {
    std::string product;
    int likeness_permille = 0;
};
[[nodiscard]] std::optional<NearestProduct> nearest_product(const Lexicon& lexicon,
                                                            std::string_view spelling, int least);

/// What understanding_to_json wrote of intent, items, dates, reference and place, or what an
/// officer put in its stead; absent fields stay empty. None for what is not of that form.
[[nodiscard]] std::optional<Understanding> understanding_from_json(std::string_view json);

/// A message as an example to show: every word that the lexicon does not know but `keep`, names
/// before "devi", and digits in a row of six or more become "…".
[[nodiscard]] std::string masked_example(const Lexicon& lexicon, std::string_view text,
                                         std::string_view keep);

}  // namespace haat::language
