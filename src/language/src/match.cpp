#include "match.hpp"

#include <algorithm>
#include <array>

namespace haat::language {
namespace {

constexpr int kMostSuspects = 48;  // words looked up by likeness, so that long spam stays cheap
constexpr std::size_t kLongestPhrase = 7;

// Endings that are written onto a noun: genitive -k, "me", "se", "ke" and emphatic vowels.
constexpr std::array<std::string_view, 14> kEndings = {
    "ke", "me", "se", "ko", "ka", "ki", "san", "k", "e", "o", "va", "vala", "vali", "ak"};

class Matcher {
 public:
    explicit Matcher(Message& message) : m_(message), lexicon_(message.lexicon) {}

    void find_words() {
        const std::size_t count = m_.tokens.size();
        m_.words.assign(count, kNoWord);
        m_.misspelt.assign(count, 0);
        for (std::size_t i = 0; i < count; ++i) m_.words[i] = find(i);
    }

    void find_meanings() {
        const std::size_t count = m_.tokens.size();
        m_.cues.assign(count, CueSet{});
        m_.candidates.reserve(count * 2);
        m_.first_candidate.reserve(count + 1);
        for (std::size_t i = 0; i < count; ++i) {
            m_.first_candidate.push_back(static_cast<std::uint32_t>(m_.candidates.size()));
            walk(i);
        }
        m_.first_candidate.push_back(static_cast<std::uint32_t>(m_.candidates.size()));
        for (std::size_t i = 0; i < count; ++i) m_.all |= m_.cues[i];
    }

 private:
    std::uint32_t find(std::size_t i) {
        const Token& token = m_.tokens[i];
        if (token.kind == TokenKind::kBreak) return kNoWord;
        const std::string_view tight = token.key.view();
        const std::uint32_t exact = lexicon_.find_word(tight);
        if (exact != kNoWord || token.kind != TokenKind::kWord) return exact;
        if (const std::uint32_t number = counted_number(tight); number != kNoWord) return number;
        if (!lexicon_.stem_of(tight).empty()) return kNoWord;  // a known verb in some form
        if (const std::uint32_t stem = without_ending(tight); stem != kNoWord) {
            m_.misspelt[i] = 1;
            return stem;
        }
        if (!token.devanagari) {
            const std::uint32_t whole = lexicon_.find_shortened(tight);
            if (whole != kNoWord) return whole;
        }
        if (suspects_++ >= kMostSuspects) return kNoWord;
        const std::uint32_t near = lexicon_.find_misspelt(tight);
        if (near != kNoWord) m_.misspelt[i] = 1;
        return near;
    }

    // "पचीसटा", "bisgo": a classifier written onto the number.
    std::uint32_t counted_number(std::string_view tight) const {
        for (const std::string_view classifier : {"ta", "go", "To"}) {
            if (!tight.ends_with(classifier) || tight.size() < classifier.size() + 3) continue;
            const std::uint32_t word =
                lexicon_.find_word(tight.substr(0, tight.size() - classifier.size()));
            if (word == kNoWord || word == kConnector) continue;
            const std::uint32_t node = lexicon_.step(0, word);
            if (node == kNoWord) continue;
            const bool number = std::ranges::any_of(
                lexicon_.meanings[node],
                [](const Meaning& meaning) { return meaning.kind == Kind::kNumber; });
            if (number) return word;
        }
        return kNoWord;
    }

    std::uint32_t without_ending(std::string_view tight) const {
        for (const std::string_view ending : kEndings) {
            if (!tight.ends_with(ending) || tight.size() < ending.size() + 3) continue;
            const std::uint32_t word =
                lexicon_.find_word(tight.substr(0, tight.size() - ending.size()));
            if (word != kNoWord && word != kConnector &&
                lexicon_.spelling[word] == Spelling::kMayBeMisspelt)
                return word;
        }
        return kNoWord;
    }

    void walk(std::size_t begin) {
        const Token& token = m_.tokens[begin];
        if (token.kind == TokenKind::kWord) m_.cues[begin] |= lexicon_.stem_of(token.key.view());
        descend(begin, begin, 0, false);
    }

    // Follows the trie; within a product's name "ka", "ke", "ki" may stand where the lexicon has
    // none.
    void descend(std::size_t begin, std::size_t at, std::uint32_t node, bool skipped) {
        if (at >= m_.tokens.size() || at >= begin + kLongestPhrase || m_.words[at] == kNoWord)
            return;
        std::uint32_t next = lexicon_.step(node, m_.words[at]);
        // "कागज के थैले": a plural that is a word of its own, within a name.
        const std::uint32_t singular = lexicon_.also_of[m_.words[at]];
        if (next == kNoWord && at > begin && singular != kNoWord)
            next = lexicon_.step(node, singular);
        if (next != kNoWord) {
            collect(begin, at, next, skipped);
            descend(begin, at + 1, next, skipped);
        }
        if (m_.words[at] == kConnector && at > begin && !skipped)
            descend(begin, at + 1, node, true);
    }

    void collect(std::size_t begin, std::size_t last, std::uint32_t node, bool skipped) {
        const std::vector<Meaning>& meanings = lexicon_.meanings[node];
        const bool single = begin == last;
        const std::uint64_t surface = m_.tokens[begin].surface;
        // A spelling that the sources list as it stands excludes its look-alikes (साथ is not साठ).
        const bool exact = single && std::ranges::any_of(meanings, [&](const Meaning& meaning) {
                               return meaning.surface != 0 && meaning.surface == surface;
                           });
        const auto length = static_cast<std::uint16_t>(last - begin + 1);
        for (const Meaning& meaning : meanings) {
            const bool letter = m_.tokens[begin].key.size == 1;  // c is not q, though both sound k
            // A verb's form speaks for what its root does, also where its spelling is listed.
            const bool verb = meaning.surface == kNoSurface && meaning.kind == Kind::kCue &&
                              m_.tokens[begin].devanagari;
            if ((exact || letter) && !verb && meaning.surface != 0 && meaning.surface != surface)
                continue;
            if (skipped && meaning.kind != Kind::kProduct) continue;
            if (meaning.kind == Kind::kCue) {
                m_.cues[begin].add(static_cast<Cue>(meaning.value));
            }
            const bool known = std::any_of(m_.candidates.begin() + m_.first_candidate.back(),
                                           m_.candidates.end(), [&](const Candidate& other) {
                                               return other.length == length &&
                                                      other.meaning.kind == meaning.kind &&
                                                      other.meaning.value == meaning.value;
                                           });
            if (!known) m_.candidates.push_back({meaning, length});
        }
    }

    Message& m_;
    const LexiconData& lexicon_;
    int suspects_ = 0;
};

}  // namespace

bool Message::may_be(std::size_t at, Kind kind) const {
    if (at >= tokens.size()) return false;
    for (std::uint32_t i = first_candidate[at]; i < first_candidate[at + 1]; ++i) {
        if (candidates[i].meaning.kind == kind) return true;
    }
    return false;
}

bool Message::number_like(std::size_t at) const {
    if (at >= tokens.size()) return false;
    return tokens[at].kind == TokenKind::kNumber || may_be(at, Kind::kNumber) ||
           may_be(at, Kind::kMultiplier) || may_be(at, Kind::kFraction);
}

void match(Message& message) {
    Matcher matcher(message);
    matcher.find_words();
    matcher.find_meanings();
}

void match_again(Message& message, std::size_t at, std::uint32_t word) {
    message.words[at] = word;
    message.misspelt[at] = 1;
    message.candidates.clear();
    message.first_candidate.clear();
    message.all = {};
    message.spans.clear();
    message.span_of.clear();
    Matcher(message).find_meanings();
}

}  // namespace haat::language
