// What a word means, for people who ask.
#include <algorithm>

#include "language/lexicon.hpp"
#include "lexicon_data.hpp"

namespace haat::language {
namespace {

constexpr std::array<std::string_view, 4> kWordKinds = {"product", "unit", "place", "cue"};

WordMeaning told(const LexiconData& data, const Meaning& meaning) {
    const auto at = static_cast<std::size_t>(meaning.value);
    switch (meaning.kind) {
        case Kind::kProduct:
            return {.kind = "product", .target = data.products[at].key};
        case Kind::kUnit:
            return {.kind = "unit", .target = data.units[at].key};
        case Kind::kPlace:
            return {.kind = "place", .target = data.places[at].key};
        case Kind::kFestival:
            return {.kind = "festival", .target = data.festivals[at].key};
        case Kind::kCue:
            return {.kind = "cue", .target = std::string(kCueNames[at])};
        case Kind::kNumber:
        case Kind::kMultiplier:
        case Kind::kFraction:
            return {.kind = "number",
                    .target = meaning.kind == Kind::kFraction ? "" : std::to_string(meaning.value)};
        case Kind::kWeekday:
        case Kind::kMonth:
        case Kind::kRelativeDay:
        case Kind::kDateMarker:
            return {.kind = "day", .target = std::to_string(meaning.value)};
        default:
            return {.kind = "word", .target = ""};
    }
}

}  // namespace

std::string_view word_kind_name(WordKind kind) {
    return kWordKinds[static_cast<std::size_t>(kind)];
}

std::optional<WordKind> word_kind_from_name(std::string_view name) {
    const auto found = std::ranges::find(kWordKinds, name);
    if (found == kWordKinds.end()) return std::nullopt;
    return static_cast<WordKind>(found - kWordKinds.begin());
}

std::vector<std::string_view> cue_names() {
    std::vector<std::string_view> names;
    for (const std::string_view name : kCueNames) {
        if (!name.starts_with('=')) names.push_back(name);
    }
    return names;
}

WordExplained Lexicon::explain(std::string_view spelling) const {
    WordExplained out;
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    std::erase_if(tokens, [](const Token& token) { return token.kind == TokenKind::kBreak; });
    std::uint32_t node = 0;
    for (const Token& token : tokens) {
        std::uint32_t word = data_->find_word(token.key.view());
        if (word == kNoWord && token.kind == TokenKind::kWord) {
            word = data_->find_misspelt(token.key.view());
            if (word != kNoWord) out.likened_to = data_->words[word];
        }
        node = word == kNoWord ? kNoWord : data_->step(node, word);
        if (node == kNoWord) break;
    }
    if (tokens.empty() || node == kNoWord || node == 0) return out;
    const std::uint64_t surface = tokens.size() == 1 ? tokens[0].surface : 0;
    const bool listed = std::ranges::any_of(data_->meanings[node], [&](const Meaning& meaning) {
        return meaning.surface != 0 && meaning.surface == surface;
    });
    for (const Meaning& meaning : data_->meanings[node]) {
        const bool exact = out.likened_to.empty() && !meaning.derived &&
                           (tokens.size() > 1 || meaning.surface == surface);
        if (listed && !exact) continue;  // a listed spelling excludes what only sounds like it
        WordMeaning one = told(*data_, meaning);
        one.exact = exact;
        one.derived = meaning.derived;
        const bool known = std::ranges::any_of(out.meanings, [&](const WordMeaning& other) {
            return other.kind == one.kind && other.target == one.target;
        });
        if (!known) out.meanings.push_back(std::move(one));
    }
    const auto first_product = std::ranges::find(out.meanings, "product", &WordMeaning::kind);
    if (first_product != out.meanings.end())
        std::rotate(out.meanings.begin(), first_product, first_product + 1);
    return out;
}

std::vector<std::string> Lexicon::names_of(std::string_view product_key) const {
    const auto found = std::ranges::find(data_->products, product_key, &Product::key);
    const auto at = static_cast<std::size_t>(found - data_->products.begin());
    if (found == data_->products.end() || at >= data_->spellings_of.size()) return {};
    std::vector<std::string> names;
    for (const std::string& name : data_->spellings_of[at]) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

const std::vector<ProductName>& Lexicon::products() const { return data_->product_names; }

std::vector<LexiconUnit> Lexicon::units() const {
    std::vector<LexiconUnit> units;
    for (const UnitName& unit : data_->units) units.push_back({unit.key, unit.name, unit.factor});
    return units;
}

std::vector<std::string_view> Lexicon::place_keys() const {
    std::vector<std::string_view> keys;
    for (const Place& place : data_->places) keys.push_back(place.key);
    return keys;
}

}  // namespace haat::language
