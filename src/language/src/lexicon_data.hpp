/// @file What a lexicon holds: words by their keys, phrases of words in a trie, meanings at its
/// nodes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cues.hpp"
#include "flat_map.hpp"
#include "fold.hpp"
#include "language/lexicon.hpp"
#include "tokens.hpp"

namespace haat::language {

enum class Kind : std::uint8_t {
    kNone,
    kNumber,      ///< value: the number, 0..100 (100 multiplies)
    kMultiplier,  ///< value: 100, 1000, 100000, 10000000
    kFraction,    ///< value: Fraction
    kUnit,        ///< value: index into units
    kCurrency,
    kRate,
    kLump,
    kApprox,
    kWeekday,      ///< value: 1 (Monday) to 7
    kMonth,        ///< value: 1..12
    kRelativeDay,  ///< value: days; `direction` says whether the tense decides
    kDateMarker,   ///< value: DateMarker
    kFestival,     ///< value: index into festivals
    kPlace,        ///< value: index into places
    kProduct,      ///< value: index into products
    kNegation,
    kSoldOut,
    kCue,      ///< value: Cue
    kIgnored,  ///< Of a message only: a phone number, a date, a size (match.hpp)
};

/// How far from its spelling a word is known again; a word of several meanings goes by the widest.
enum class Spelling : std::uint8_t {
    kExact,
    kNearlyExact,    ///< Half an edit less than goods: what is asked, done and complained of.
    kMayBeMisspelt,  ///< Goods, places, units, days.
};

enum class Fraction : std::int32_t { kHalf, kThreeQuarters, kSawa, kDedh, kDhai, kSadhe, kPaune };
enum class DateMarker : std::int32_t { kUntil, kBefore, kAfter, kFrom, kWithin };
enum class Direction : std::uint8_t { kFixed, kByTense };

struct Meaning {
    Kind kind = Kind::kNone;
    std::uint8_t words = 0;                   ///< Length of the phrase in words.
    Direction direction = Direction::kFixed;  ///< Of relative days.
    bool derived = false;  ///< Made from a source's phrase, as "A ka B" from "A B".
    std::int32_t value = 0;
    std::uint64_t surface = 0;  ///< Of one-word phrases: the spelling as written.
};

struct UnitName {
    std::string name;         ///< "kg"
    std::int64_t factor = 0;  ///< In ten-thousandths: 1,000,000 for a quintal; 625 for a chhatank.
    std::string key{};        ///< Its first Roman name: "quintal".
};

struct Festival {
    std::string key;
    std::vector<Date> dates;  ///< Ascending.
};

struct Place {
    std::string key;
    bool district = false;
};

struct Product {
    std::string key;
    std::string hindi;
    std::string english;
    std::string default_unit;
    bool animal = false;
};

inline constexpr std::uint64_t kNoSurface = 1;  // the hash of no spelling
inline constexpr std::uint32_t kNoWord = 0xFFFFFFFFU;
inline constexpr std::size_t kShortest = 3;     ///< Letters of a short form that says which word.
inline constexpr std::uint32_t kConnector = 0;  ///< The word id of ka, ke, ki, of.

std::uint64_t hash_text(std::string_view text);

struct LexiconData {
    // Words.
    std::vector<std::string> words;      ///< Tight keys; the index is the word id.
    std::vector<Spelling> spelling;      ///< By word id.
    std::vector<std::uint32_t> same_as;  ///< By word id: the word that an inflection stands for.
    std::vector<std::uint32_t>
        also_of;  ///< By word id: a word it may be the plural or a short form of.
    FlatMap word_by_tight;
    FlatMap word_by_short;  ///< hash of a short key -> word; kConnector if it could be several
    FlatMap loose_heads;    ///< hash of a loose key or of it less one letter -> list
    std::vector<std::pair<std::uint32_t, std::uint32_t>> loose_links;  ///< (word, next + 1)

    // Phrases.
    FlatMap edges;                               ///< hash(node, word) -> node; node 0 is the root
    std::vector<std::vector<Meaning>> meanings;  ///< By node.
    FlatMap stems;                               ///< hash of a tight prefix -> index into stem_cues
    std::vector<CueSet> stem_cues;

    std::vector<UnitName> units;
    std::vector<Festival> festivals;
    std::vector<Place> places;
    std::vector<Product> products;
    std::vector<ProductName> product_names;
    std::vector<std::vector<std::string>> spellings_of;  ///< By product, as the sources write them.
    std::vector<Collision> collisions;
    std::size_t spellings = 0;

    [[nodiscard]] std::uint32_t find_word(std::string_view tight) const;
    enum class Wanted : std::uint8_t { kAnything, kGoods };
    /// The nearest word that may be misspelt, within the bound for its length; kNoWord if none or
    /// if two of different meanings are equally near. Where goods are wanted the bound is half an
    /// edit wider and only names of goods count. O(letters) lookups.
    [[nodiscard]] std::uint32_t find_misspelt(std::string_view tight,
                                              Wanted wanted = Wanted::kAnything) const;
    /// The word that this one shortens by leaving out "a": "hjar" is "hajar"; kNoWord if none or
    /// several. O(letters).
    [[nodiscard]] std::uint32_t find_shortened(std::string_view tight) const;
    /// A word that alone names goods.
    [[nodiscard]] bool names_goods(std::uint32_t word) const;
    /// Two words that share a meaning: "kuntal", "quintal".
    [[nodiscard]] bool means_the_same(std::uint32_t left, std::uint32_t right) const;
    [[nodiscard]] std::uint32_t step(std::uint32_t node, std::uint32_t word) const;
    /// The unit that counts single pieces; -1 if the lexicon has none. O(units).
    [[nodiscard]] std::int32_t piece_unit() const;
    [[nodiscard]] CueSet stem_of(std::string_view tight) const;
};

}  // namespace haat::language
