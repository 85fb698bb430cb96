#include "language/learning.hpp"

#include <algorithm>

#include "context.hpp"
#include "intent.hpp"
#include "match.hpp"
#include "references.hpp"

namespace haat::language {
namespace {

constexpr std::size_t kLongestGroup = 200;
constexpr std::size_t kPhoneDigits = 6;

/// A message read as far as words are given their meanings.
struct ReadMessage {
    ReadMessage(const Lexicon& lexicon, std::string_view text)
        : message(lexicon.data(), text, Date{2000, 1, 1}) {
        tokenize(text, message.tokens);
        match(message);
        derive_cues(message);
        (void)find_references(message);
        choose_meanings(message);
    }

    [[nodiscard]] std::string_view word(std::size_t at) const {
        const Token& token = message.tokens[at];
        return message.text.substr(token.begin, token.end - token.begin);
    }
    [[nodiscard]] bool is_name(std::size_t at) const {
        return message.tokens[at].kind == TokenKind::kWord && message.has(at + 1, Cue::kSurname);
    }
    [[nodiscard]] bool is_unknown(std::size_t at) const {
        if (message.tokens[at].kind != TokenKind::kWord) return false;
        const bool meant = message.span_at(at) != nullptr || !message.cues[at].empty();
        return message.words[at] == kNoWord ? !meant : message.misspelt[at] != 0;
    }

    Message message;
};

std::string joined_key(std::string_view text) {
    std::vector<Token> tokens;
    tokenize(text, tokens);
    std::string key;
    for (const Token& token : tokens) {
        if (token.kind == TokenKind::kWord) key += token.key.view();
    }
    return key;
}

int likeness(std::string_view one, std::string_view other) {
    const auto length = static_cast<int>(std::max(one.size(), other.size()));
    if (length == 0) return 0;
    const int distance = key_distance(one, other, length * 2);
    return std::max(0, 1000 - 500 * distance / length);
}

}  // namespace

std::vector<UnknownWords> unknown_words(const Lexicon& lexicon, std::string_view text) {
    const ReadMessage read(lexicon, text);
    std::vector<UnknownWords> found;
    for (std::size_t at = 0; at < read.message.size(); ++at) {
        if (!read.is_unknown(at) || read.is_name(at)) continue;
        const Token& token = read.message.tokens[at];
        found.push_back({.text = std::string(read.word(at)),
                         .begin = token.begin,
                         .end = token.end,
                         .likened = read.message.words[at] != kNoWord});
    }
    return found;
}

std::string folded_message(std::string_view text) {
    std::vector<Token> tokens;
    tokenize(text, tokens);
    std::string folded;
    for (const Token& token : tokens) {
        const std::string_view part = token.kind == TokenKind::kWord     ? token.key.view()
                                      : token.kind == TokenKind::kNumber ? std::string_view("#")
                                                                         : std::string_view();
        if (part.empty() || folded.size() + part.size() + 1 > kLongestGroup) continue;
        if (!folded.empty()) folded += ' ';
        folded += part;
    }
    return folded;
}

int likeness_permille(const Lexicon& lexicon, std::string_view spelling, WordKind kind,
                      std::string_view target) {
    const std::string key = joined_key(spelling);
    int best = 0;
    if (kind == WordKind::kProduct) {
        for (const std::string& name : lexicon.names_of(target)) {
            best = std::max(best, likeness(key, joined_key(name)));
        }
    } else {
        best = likeness(key, joined_key(target));
    }
    return best;
}

std::optional<NearestProduct> nearest_product(const Lexicon& lexicon, std::string_view spelling,
                                              int least) {
    const std::string key = joined_key(spelling);
    if (key.size() < 3) return std::nullopt;
    NearestProduct best{.product = "", .likeness_permille = least - 1};
    const LexiconData& data = lexicon.data();
    for (std::size_t i = 0; i < data.spellings_of.size(); ++i) {
        for (const std::string& name : data.spellings_of[i]) {
            const int like = likeness(key, joined_key(name));
            if (like > best.likeness_permille) best = {data.products[i].key, like};
        }
    }
    if (best.product.empty()) return std::nullopt;
    return best;
}

std::string masked_example(const Lexicon& lexicon, std::string_view text, std::string_view keep) {
    const ReadMessage read(lexicon, text);
    std::string shown;
    std::size_t at_byte = 0;
    for (std::size_t at = 0; at < read.message.size(); ++at) {
        const Token& token = read.message.tokens[at];
        const bool phone = token.kind == TokenKind::kNumber && token.digits >= kPhoneDigits;
        const bool kept = keep.find(read.word(at)) != std::string_view::npos;
        const bool hidden = phone || read.is_name(at) || (read.is_unknown(at) && !kept);
        if (token.begin < at_byte) continue;
        shown += text.substr(at_byte, token.begin - at_byte);
        shown += hidden ? std::string_view("…") : read.word(at);
        at_byte = token.end;
    }
    if (read.message.size() < kMostTokens) shown += text.substr(at_byte);
    return shown;
}

}  // namespace haat::language
