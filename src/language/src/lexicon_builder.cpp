#include "lexicon_builder.hpp"

#include <algorithm>

namespace haat::language {
namespace {

// What Hindi, Bhojpuri, Magahi and Maithili put behind a verb's root, as tight keys.
constexpr std::string_view kVerbEndings[] = {
    "",      "a",    "i",    "e",   "ta",   "ti",   "te",    "ya",     "yi",    "ye",   "yega",
    "yenge", "na",   "ni",   "ne",  "ega",  "egi",  "enge",  "engi",   "unga",  "ungi", "un",
    "u",     "o",    "oge",  "ie",  "iye",  "iega", "kar",   "ke",     "ana",   "ane",  "ani",
    "aya",   "ayi",  "ai",   "aye", "ae",   "ata",  "ati",   "ate",    "akar",  "ake",  "va",
    "vana",  "vane", "vaya", "vai", "vaye", "vae",  "vakar", "vake",   "vata",  "vati", "vate",
    "vaiye", "aiye", "aie",  "ao",  "aega", "aegi", "aenge", "ayenge", "ayega", "avo",  "l",
    "al",    "la",   "li",   "le",  "lai",  "las",  "lan",   "lau",    "lahu",  "liai", "liyai",
    "lkai",  "lke",  "b",    "ab",  "bai",  "be",   "bo",    "bau",    "bak",   "am",   "t",
    "at",    "it",   "ait",  "tai", "tau",  "tani", "ihe",   "ihen",   "in",    "en",   "ib",
    "i",     "ia",   "iau",  "ai",  "ol",   "aul",  "aulau", "auli",   "avl",   "aval", "ave",
    "abe",   "abai", "ab",   "en",  "ein"};

constexpr std::string_view kFutureEndings[] = {
    "ega",  "egi",  "enge", "engi", "unga", "ungi", "oge",  "ogi", "b",  "ab",  "bai",
    "bau",  "bo",   "be",   "abai", "abo",  "abau", "am",   "m",   "mu", "vai", "yenge",
    "yega", "yegi", "tai",  "tau",  "taik", "ihe",  "ihen", "iha", "ib", "iba"};

}  // namespace

LexiconBuilder::LexiconBuilder(LexiconData& data) : data_(data) {
    data_.words.emplace_back();  // kConnector
    data_.spelling.push_back(Spelling::kExact);
    data_.meanings.emplace_back();  // the root
}

void LexiconBuilder::add_connector(std::string_view spelling) {
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    if (tokens.size() != 1) return;
    data_.word_by_tight.slot(hash_text(tokens[0].key.view()), kNoWord) = kConnector;
    add(spelling, Kind::kCue, static_cast<std::int32_t>(Cue::kConnector));
}

std::uint32_t LexiconBuilder::word(const Token& token) {
    const std::string_view tight = token.key.view();
    std::uint32_t& id = data_.word_by_tight.slot(hash_text(tight), kNoWord);
    if (id == kNoWord) {
        id = static_cast<std::uint32_t>(data_.words.size());
        data_.words.emplace_back(tight);
        data_.spelling.push_back(Spelling::kExact);
    }
    return id;
}

std::uint32_t LexiconBuilder::node_after(std::uint32_t node, std::uint32_t word) {
    const std::uint64_t key = ((static_cast<std::uint64_t>(node) + 1) << 32U) | word;
    std::uint32_t& next = data_.edges.slot(key, kNoWord);
    if (next == kNoWord) {
        next = static_cast<std::uint32_t>(data_.meanings.size());
        data_.meanings.emplace_back();
    }
    return next;
}

bool LexiconBuilder::put(const std::vector<std::uint32_t>& phrase, Meaning meaning,
                         std::string_view spelling) {
    std::uint32_t node = 0;
    for (const std::uint32_t id : phrase) node = node_after(node, id);
    std::vector<Meaning>& list = data_.meanings[node];
    if (meaning.derived && std::ranges::any_of(list, [&](const Meaning& other) {
            return other.kind == meaning.kind;
        })) {
        return false;
    }
    for (const Meaning& other : list) {
        if (other.kind == meaning.kind && other.value == meaning.value &&
            other.surface == meaning.surface) {
            return false;
        }
    }
    meaning.words = static_cast<std::uint8_t>(phrase.size());
    list.push_back(meaning);
    if (!spelling.empty()) ++data_.spellings;
    return true;
}

void LexiconBuilder::add(std::string_view spelling, Kind kind, std::int32_t value, Spelling how,
                         Direction direction) {
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    std::erase_if(tokens, [](const Token& token) { return token.kind == TokenKind::kBreak; });
    if (tokens.empty()) return;
    std::vector<std::uint32_t> phrase;
    for (const Token& token : tokens) {
        phrase.push_back(word(token));
        if (token.kind == TokenKind::kWord) {
            Spelling& known = data_.spelling[phrase.back()];
            known = std::max(known, how);
        }
    }
    const Meaning meaning{.kind = kind,
                          .direction = direction,
                          .value = value,
                          .surface = tokens.size() == 1 ? tokens[0].surface : 0};
    put(phrase, meaning, spelling);
}

void LexiconBuilder::add_stem(std::string_view stem, Cue cue) {
    std::vector<Token> tokens;
    tokenize(stem, tokens);
    if (tokens.size() != 1) return;
    std::uint32_t& at = data_.stems.slot(hash_text(tokens[0].key.view()), kNoWord);
    if (at == kNoWord) {
        at = static_cast<std::uint32_t>(data_.stem_cues.size());
        data_.stem_cues.emplace_back();
    }
    data_.stem_cues[at].add(cue);
}

void LexiconBuilder::forget_other_products(std::string_view spelling, std::int32_t product) {
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    std::erase_if(tokens, [](const Token& token) { return token.kind != TokenKind::kWord; });
    std::uint32_t node = 0;
    for (const Token& token : tokens) node = node_after(node, word(token));
    std::erase_if(data_.meanings[node], [&](const Meaning& meaning) {
        return meaning.kind == Kind::kProduct && meaning.value != product;
    });
    spelled_.erase(std::string(spelling));
    for (std::size_t other = 0; other < data_.spellings_of.size(); ++other) {
        if (other != static_cast<std::size_t>(product)) {
            std::erase(data_.spellings_of[other], spelling);
        }
    }
}

void LexiconBuilder::add_short_form(std::string_view spelling, std::string_view whole) {
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    tokenize(whole, tokens);
    if (tokens.size() == 2) short_forms_.emplace_back(word(tokens[0]), word(tokens[1]));
}

void LexiconBuilder::add_verb_root(std::string_view root) {
    std::vector<Token> tokens;
    tokenize(root, tokens);
    if (tokens.size() == 1) verb_roots_.emplace_back(tokens[0].key.view());
}

void LexiconBuilder::add_verb_cue(std::string_view root, Cue cue, bool future_only) {
    std::vector<Token> tokens;
    tokenize(root, tokens);
    if (tokens.size() != 1) return;
    const std::string key(tokens[0].key.view());
    const auto add_form = [&](std::string_view ending) {
        Token form;
        for (const char letter : key + std::string(ending)) form.key.push(letter);
        if (form.key.size < 4) return;  // too short to be told from other words
        const Meaning meaning{
            .kind = Kind::kCue, .value = static_cast<std::int32_t>(cue), .surface = kNoSurface};
        put({word(form)}, meaning, {});
    };
    for (const std::string_view ending : kFutureEndings) add_form(ending);
    if (future_only) return;
    for (const std::string_view ending : kVerbEndings) add_form(ending);
}

void LexiconBuilder::add_verb_forms() {
    for (const std::string& root : verb_roots_) {
        for (const std::string_view ending : kVerbEndings) {
            const std::string form = root + std::string(ending);
            std::uint32_t& id = data_.word_by_tight.slot(hash_text(form), kNoWord);
            if (id != kNoWord) continue;
            id = static_cast<std::uint32_t>(data_.words.size());
            data_.words.push_back(form);
            data_.spelling.push_back(Spelling::kExact);
        }
    }
}

void LexiconBuilder::add_unit_name(std::string_view spelling, std::int32_t unit) {
    add(spelling, Kind::kUnit, unit, Spelling::kMayBeMisspelt);
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    if (tokens.size() != 1) return;
    if (tokens[0].key.size >= 4) {
        inflect(tokens[0], word(tokens[0]));
    } else if (tokens[0].key.size == 3 && !tokens[0].devanagari) {  // jars, tins, bags
        aliases_.emplace_back(std::string(tokens[0].key.view()) + "s", word(tokens[0]));
    }
}

void LexiconBuilder::add_product_name(std::string_view spelling, std::int32_t product) {
    std::vector<Token> tokens;
    tokenize(spelling, tokens);
    std::erase_if(tokens, [](const Token& token) { return token.kind != TokenKind::kWord; });
    if (tokens.empty()) return;
    add(spelling, Kind::kProduct, product, Spelling::kMayBeMisspelt);
    const std::string& key = data_.products[static_cast<std::size_t>(product)].key;
    spelled_[std::string(spelling)].insert(key);
    data_.spellings_of.resize(data_.products.size());
    data_.spellings_of[static_cast<std::size_t>(product)].emplace_back(spelling);

    std::vector<std::uint32_t> phrase;
    for (const Token& token : tokens) phrase.push_back(word(token));
    inflect(tokens.back(), phrase.back());
    if (phrase.size() == 1) single_words_[product].push_back(phrase[0]);
    std::erase(phrase, kConnector);
    derived_.emplace_back(phrase, product);
    if (phrase.size() == 2 && phrase[0] != phrase[1]) {
        derived_.push_back({{phrase[1], phrase[0]}, product});
    }
}

// Plural and oblique: makhana, makhane, makhanon; packet, packets; tokri, tokriyan.
void LexiconBuilder::inflect(const Token& token, std::uint32_t word_id) {
    const std::string tight(token.key.view());
    if (tight.size() < 3) return;
    const std::string stem = tight.substr(0, tight.size() - 1);
    switch (tight.back()) {
        case 'a':
            for (const char* end : {"e", "o", "on"}) aliases_.emplace_back(stem + end, word_id);
            break;
        case 'i':
            for (const char* end : {"iya", "iyan", "iyo", "iyon"}) {
                aliases_.emplace_back(stem + end, word_id);
            }
            aliases_.emplace_back(stem + "is", word_id);
            aliases_.emplace_back(stem + "iyes", word_id);  // durries
            break;
        default:
            if (!token.devanagari) aliases_.emplace_back(tight + "s", word_id);
            for (const char* end : {"o", "on", "en", "va"})
                aliases_.emplace_back(tight + end, word_id);
    }
    aliases_.emplace_back(tight + "s", word_id);
}

void LexiconBuilder::alias(std::string_view tight, std::uint32_t word_id) {
    std::uint32_t& id = data_.word_by_tight.slot(hash_text(tight), kNoWord);
    if (id != kNoWord) {
        also_means(id, word_id);
        if (id != word_id && id != kConnector) {
            data_.also_of.resize(std::max<std::size_t>(data_.also_of.size(), id + 1), kNoWord);
            data_.also_of[id] = word_id;
        }
        return;
    }
    // find_word compares letters, so an alias is a word of its own that shares the meanings.
    id = static_cast<std::uint32_t>(data_.words.size());
    data_.words.emplace_back(tight);
    data_.spelling.push_back(Spelling::kExact);
    data_.same_as.resize(data_.words.size(), kNoWord);
    data_.same_as[id] = word_id;
}

// "मक्के" sounds like English "make": spelt as no source spells that word, it is the goods.
void LexiconBuilder::also_means(std::uint32_t word_id, std::uint32_t goods_id) {
    const std::uint32_t goods = data_.step(0, goods_id);
    if (goods == kNoWord || word_id == kConnector) return;
    std::vector<Meaning> added;
    for (const Meaning& meaning : data_.meanings[goods]) {
        if (meaning.kind == Kind::kProduct) added.push_back(meaning);
    }
    std::vector<Meaning>& list = data_.meanings[node_after(0, word_id)];
    const bool measures = std::ranges::any_of(
        list, [](const Meaning& meaning) { return meaning.kind != Kind::kCue; });
    if (measures) return;
    for (Meaning& meaning : added) {
        meaning.surface = kNoSurface;
        meaning.derived = true;
        list.push_back(meaning);
    }
}

void LexiconBuilder::link(std::string_view loose, std::uint32_t word_id) {
    std::uint32_t& head = data_.loose_heads.slot(hash_text(loose), 0);
    data_.loose_links.emplace_back(word_id, head);
    head = static_cast<std::uint32_t>(data_.loose_links.size());
}

// Only a word that says something by itself is known by its short form.
void LexiconBuilder::shorten(std::uint32_t word_id) {
    const std::string& tight = data_.words[word_id];
    const Key key = short_key(tight);
    const std::uint32_t node = data_.step(0, word_id);
    if (key.size < kShortest || key.size == tight.size()) return;
    if (node == kNoWord || data_.meanings[node].empty()) return;
    if (data_.same_as[word_id] != kNoWord) return;
    // "bcha": left over, or a calf? Short names of goods are too like other words.
    const bool goods = data_.names_goods(word_id);
    if (goods && (key.size <= kShortest || data_.meanings[node].size() > 1)) word_id = kConnector;
    std::uint32_t& known = data_.word_by_short.slot(hash_text(key.view()), kNoWord);
    if (known == kNoWord) {
        known = word_id;
    } else if (known != kConnector && !data_.means_the_same(known, word_id)) {
        known = kConnector;
    }
}

// "अवला कैंडी": what one spelling of the goods makes with a second word, every spelling does.
void LexiconBuilder::spread_kinds() {
    const std::size_t count = derived_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto [phrase, product] = derived_[i];
        if (phrase.size() != 2) continue;
        const std::uint32_t node = data_.step(0, phrase[0]);
        if (node == kNoWord) continue;
        for (const Meaning& meaning : data_.meanings[node]) {
            if (meaning.kind != Kind::kProduct || meaning.derived || meaning.value == product)
                continue;
            for (const std::uint32_t other : single_words_[meaning.value]) {
                if (other != phrase[0]) derived_.push_back({{other, phrase[1]}, product});
            }
        }
    }
}

void LexiconBuilder::finish() {
    spread_kinds();
    for (const auto& [phrase, product] : derived_) {
        put(phrase, {.kind = Kind::kProduct, .derived = true, .value = product}, {});
    }
    for (const auto& [tight, word_id] : aliases_) alias(tight, word_id);
    add_verb_forms();
    data_.same_as.resize(data_.words.size(), kNoWord);
    data_.also_of.resize(data_.words.size(), kNoWord);
    for (const auto& [spelling, whole] : short_forms_) data_.also_of[spelling] = whole;

    for (std::uint32_t id = 1; id < data_.words.size(); ++id) {
        if (data_.spelling[id] == Spelling::kExact) continue;
        const Key loose = loose_key(data_.words[id]);
        if (loose.size < 2) continue;
        link(loose.view(), id);
        if (loose.size < 4) continue;
        for (std::size_t i = 0; i < loose.size; ++i) {
            Key shorter;
            for (std::size_t j = 0; j < loose.size; ++j) {
                if (j != i) shorter.push(loose.letters[j]);
            }
            link(shorter.view(), id);
        }
    }
    for (std::uint32_t id = 1; id < data_.words.size(); ++id) shorten(id);
    for (const auto& [spelling, keys] : spelled_) {
        if (keys.size() > 1) {
            data_.collisions.push_back({spelling, {keys.begin(), keys.end()}});
        }
    }
}

}  // namespace haat::language
