#include "language/lexicon.hpp"

#include <algorithm>

#include "lexicon_data.hpp"

namespace haat::language {
namespace {

// How far a misspelt word may lie from a known one, in half edits, by its letters.
int bound_for(std::size_t letters) {
    if (letters < 4) return 0;
    if (letters == 4) return 1;
    if (letters == 5) return 1;
    if (letters == 6) return 2;
    return letters <= 9 ? 3 : 4;
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash == 0 ? 1 : hash;
}

std::uint32_t LexiconData::find_word(std::string_view tight) const {
    const std::uint32_t id = word_by_tight.find(hash_text(tight), kNoWord);
    if (id == kNoWord || id == kConnector) return id;
    if (words[id] != tight) return kNoWord;
    return same_as[id] == kNoWord ? id : same_as[id];
}

std::uint32_t LexiconData::find_shortened(std::string_view tight) const {
    const Key key = short_key(tight);
    if (key.size < kShortest) return kNoWord;
    const std::uint32_t word = word_by_short.find(hash_text(key.view()), kNoWord);
    const bool longer = word != kNoWord && word != kConnector && words[word].size() > tight.size();
    return longer && short_key(words[word]).view() == key.view() ? word : kNoWord;
}

bool LexiconData::means_the_same(std::uint32_t left, std::uint32_t right) const {
    const std::uint32_t a = step(0, left);
    const std::uint32_t b = step(0, right);
    if (a == kNoWord || b == kNoWord) return false;
    const auto says = [](const Meaning& meaning) {
        return meaning.kind != Kind::kCue || static_cast<Cue>(meaning.value) != Cue::kOrdinary;
    };
    return std::ranges::any_of(meanings[a], [&](const Meaning& one) {
        return says(one) && std::ranges::any_of(meanings[b], [&](const Meaning& other) {
                   return one.kind == other.kind && one.value == other.value;
               });
    });
}

bool LexiconData::names_goods(std::uint32_t word) const {
    const std::uint32_t node = step(0, word);
    return node != kNoWord && std::ranges::any_of(meanings[node], [](const Meaning& meaning) {
               return meaning.kind == Kind::kProduct;
           });
}

std::uint32_t LexiconData::find_misspelt(std::string_view tight, Wanted wanted) const {
    const bool goods = wanted == Wanted::kGoods;
    const auto bound_of = [&](std::size_t letters) {
        return goods && letters >= 3 ? bound_for(letters) + 1 : bound_for(letters);
    };
    int limit = bound_of(tight.size());
    if (limit == 0) return kNoWord;
    const Key loose = loose_key(tight);
    if (loose.size < 2 || (loose.size < 3 && !goods)) return kNoWord;

    std::uint32_t best = kNoWord;
    bool tie = false;
    const auto consider = [&](std::string_view key) {
        std::uint32_t link = loose_heads.find(hash_text(key), 0);
        while (link != 0) {
            const auto [word, next] = loose_links[link - 1];
            link = next;
            if (goods && !names_goods(word)) continue;
            const int strict = spelling[word] == Spelling::kNearlyExact ? 1 : 0;
            const int bound = std::min(limit, bound_of(words[word].size()) - strict);
            const int distance = key_distance(tight, words[word], bound);
            if (distance > bound) continue;
            if (distance < limit || best == kNoWord) {
                limit = distance;
                best = word;
                tie = false;
            } else if (word != best && !means_the_same(word, best)) {
                tie = true;
            }
        }
    };
    consider(loose.view());
    if (loose.size >= 4) {
        for (std::size_t i = 0; i < loose.size; ++i) {
            Key shorter;
            for (std::size_t j = 0; j < loose.size; ++j) {
                if (j != i) shorter.push(loose.letters[j]);
            }
            consider(shorter.view());
        }
    }
    return tie ? kNoWord : best;
}

std::uint32_t LexiconData::step(std::uint32_t node, std::uint32_t word) const {
    const std::uint64_t key = ((static_cast<std::uint64_t>(node) + 1) << 32U) | word;
    return edges.find(key, kNoWord);
}

std::int32_t LexiconData::piece_unit() const {
    const auto found = std::ranges::find(units, "piece", &UnitName::name);
    return found == units.end() ? -1 : static_cast<std::int32_t>(found - units.begin());
}

CueSet LexiconData::stem_of(std::string_view tight) const {
    CueSet found;
    for (std::size_t length = 2; length <= tight.size(); ++length) {
        const std::uint32_t at = stems.find(hash_text(tight.substr(0, length)), kNoWord);
        if (at != kNoWord) found |= stem_cues[at];
    }
    return found;
}

const std::vector<Collision>& Lexicon::collisions() const { return data_->collisions; }
std::size_t Lexicon::product_count() const { return data_->products.size(); }
std::size_t Lexicon::spelling_count() const { return data_->spellings; }

std::size_t Lexicon::memory_bytes() const {
    std::size_t bytes = data_->word_by_tight.memory_bytes() + data_->loose_heads.memory_bytes() +
                        data_->edges.memory_bytes() + data_->stems.memory_bytes();
    bytes += data_->word_by_short.memory_bytes();
    bytes += data_->words.size() * sizeof(std::string) + data_->loose_links.size() * 8;
    bytes += data_->meanings.size() * sizeof(std::vector<Meaning>);
    for (const std::vector<Meaning>& list : data_->meanings) bytes += list.size() * sizeof(Meaning);
    return bytes;
}

const ProductName* Lexicon::find_product(std::string_view key) const {
    const auto found = std::ranges::find(data_->product_names, key, &ProductName::key);
    return found == data_->product_names.end() ? nullptr : &*found;
}

}  // namespace haat::language
