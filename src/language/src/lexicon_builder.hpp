/// @file Puts spellings into a LexiconData; knows phrases, inflections and misspelling, not files.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lexicon_data.hpp"

namespace haat::language {

class LexiconBuilder {
 public:
    explicit LexiconBuilder(LexiconData& data);

    /// Words that count as ka, ke, ki; before all else, for phrases are stored with them folded.
    void add_connector(std::string_view spelling);
    void add(std::string_view spelling, Kind kind, std::int32_t value,
             Spelling how = Spelling::kExact, Direction direction = Direction::kFixed);
    /// A unit's name with its plurals: bora, bore, boron.
    void add_unit_name(std::string_view spelling, std::int32_t unit);
    /// Every word that begins so speaks for `cue`.
    void add_stem(std::string_view stem, Cue cue);
    /// A verb's root: its forms become known words, so that none is taken for misspelt goods.
    void add_verb_root(std::string_view root);
    /// Forms of a verb's root that speak for `cue`: its future ones, or all.
    void add_verb_cue(std::string_view root, Cue cue, bool future_only);
    /// Within phrases `spelling` stands for `whole` too: "h" for "hai".
    void add_short_form(std::string_view spelling, std::string_view whole);
    /// A collision decided: this spelling means no other goods than `product`.
    void forget_other_products(std::string_view spelling, std::int32_t product);
    /// A product's name with what people make of it: plural, "B A".
    void add_product_name(std::string_view spelling, std::int32_t product);
    /// Last: links misspellings, reports collisions.
    void finish();

 private:
    std::uint32_t word(const Token& token);
    std::uint32_t node_after(std::uint32_t node, std::uint32_t word);
    bool put(const std::vector<std::uint32_t>& phrase, Meaning meaning, std::string_view spelling);
    void inflect(const Token& token, std::uint32_t word);
    void add_verb_forms();
    void alias(std::string_view tight, std::uint32_t word);
    void also_means(std::uint32_t word_id, std::uint32_t goods_id);
    void link(std::string_view loose, std::uint32_t word);
    void shorten(std::uint32_t word_id);
    void spread_kinds();

    LexiconData& data_;
    std::map<std::string, std::set<std::string>> spelled_;  ///< "kind spelling" -> product keys
    std::vector<std::pair<std::string, std::uint32_t>> aliases_;
    std::vector<std::string> verb_roots_;  ///< Tight keys.
    std::vector<std::pair<std::vector<std::uint32_t>, std::int32_t>> derived_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> short_forms_;
    std::map<std::int32_t, std::vector<std::uint32_t>> single_words_;  ///< Names of one word.
};

}  // namespace haat::language
