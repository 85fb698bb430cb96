/// @file The words that the understanding knows: numbers, units, products, places, days and the cue
/// words of the intents. Data, not code: built from texts that somebody else read from disk or from
/// the database, immutable afterwards, so one lexicon is shared by all threads.
/// Source: data/language/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace haat::language {

struct LexiconData;

/// What a word that an officer adds or takes away means.
enum class WordKind : std::uint8_t { kProduct, kUnit, kPlace, kCue };

/// "product", "unit", "place", "cue".
[[nodiscard]] std::string_view word_kind_name(WordKind kind);
[[nodiscard]] std::optional<WordKind> word_kind_from_name(std::string_view name);
/// Cue classes that officers may add words to, as data/language/cues.csv names them.
[[nodiscard]] std::vector<std::string_view> cue_names();

/// A spelling that an officer added to the shipped lists, or took out of them.
struct OfficerWord {
    WordKind kind = WordKind::kProduct;
    std::string spelling;
    /// A product's or place's key; a unit's key (LexiconUnit); a cue class as "sold".
    std::string target;
    bool removed = false;  ///< Of the lists: this spelling no longer means it.
    bool decides = false;  ///< As "!" in the files: of all products it means only this one.
};

/// The texts a lexicon is made of, each a whole file; they are read during build only.
struct LexiconSources {
    std::string_view lexicon_json;         ///< data/language/lexicon.json
    std::string_view products_csv;         ///< data/catalogue/products.csv
    std::string_view product_keys_csv;     ///< data/catalogue/product_keys.csv
    std::string_view spellings_csv;        ///< data/language/spellings.csv: more names of products
    std::string_view cues_csv;             ///< data/language/cues.csv: cue words of the intents
    std::span<const OfficerWord> words{};  ///< Beyond the files; read during build only.
};

/// One meaning of a word or phrase, for people who ask why.
struct WordMeaning {
    std::string kind;  ///< "product", "unit", "place", "cue", "number", "day", "festival", "word".
    std::string target;    ///< As OfficerWord::target; of others what it stands for.
    bool exact = false;    ///< The lists have it spelt just so; else it sounds like one of them.
    bool derived = false;  ///< Made from a listed phrase or an inflection.
};

/// What the engine makes of a word.
struct WordExplained {
    std::vector<WordMeaning> meanings;
    std::string likened_to;  ///< A known word (its sound) that it is taken for; empty: none.
};

struct LexiconUnit {
    std::string key;          ///< Its first Roman name, "quintal".
    std::string name;         ///< What quantities are turned into, "kg".
    std::int64_t factor = 0;  ///< Of `name`, in ten-thousandths: 1,000,000 for a quintal.
};

/// One spelling that means several things of the same kind: the engine cannot choose between them
/// and asks back, so an officer should.
struct Collision {
    std::string spelling;               ///< As the source writes it.
    std::vector<std::string> meanings;  ///< Keys, as "cumin" and "fish_seed"; two or more.
};

/// A name of a product as the lexicon shows it to people.
struct ProductName {
    std::string_view key;
    std::string_view hindi;
    std::string_view english;
    std::string_view default_unit;
};

/// Immutable, cheap to copy (one shared pointer), safe from any thread. About 2 MB for the shipped
/// data (5,000 spellings); building takes about 10 ms.
class Lexicon {
 public:
    /// @return On refusal: language.lexicon_unreadable (`source`, `detail`): a source is not what
    /// it should be, or names a cue class that the engine does not have.
    [[nodiscard]] static Result<Lexicon> build(const LexiconSources& sources);

    /// Spellings with several meanings of one kind, in the order of the sources.
    [[nodiscard]] const std::vector<Collision>& collisions() const;

    [[nodiscard]] std::size_t product_count() const;
    [[nodiscard]] std::size_t spelling_count() const;
    [[nodiscard]] std::size_t memory_bytes() const;  ///< Approximate.

    /// None if there is no such key. O(products).
    [[nodiscard]] const ProductName* find_product(std::string_view key) const;

    /// What a word or phrase means here, products first. O(letters).
    [[nodiscard]] WordExplained explain(std::string_view spelling) const;
    /// Names of a product, shipped and added, in the order of the sources; empty if there is none.
    [[nodiscard]] std::vector<std::string> names_of(std::string_view product_key) const;
    [[nodiscard]] const std::vector<ProductName>& products() const;
    [[nodiscard]] std::vector<LexiconUnit> units() const;
    [[nodiscard]] std::vector<std::string_view> place_keys() const;

    /// For the engine itself.
    [[nodiscard]] const LexiconData& data() const { return *data_; }

 private:
    explicit Lexicon(std::shared_ptr<const LexiconData> data) : data_(std::move(data)) {}
    std::shared_ptr<const LexiconData> data_;
};

}  // namespace haat::language
