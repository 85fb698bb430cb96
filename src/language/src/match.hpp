/// @file The words of one message with all their meanings, before context decides between them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lexicon_data.hpp"
#include "tokens.hpp"

namespace haat::language {

/// A meaning that begins at a token.
struct Candidate {
    Meaning meaning;
    std::uint16_t length = 1;  ///< In tokens, skipped connectors included.
};

/// A run of tokens with one meaning, or a number put together from several.
struct Span {
    Kind kind = Kind::kNone;
    std::uint16_t begin = 0;  ///< First token.
    std::uint16_t end = 0;    ///< One past the last.
    Direction direction = Direction::kFixed;
    bool misspelt = false;
    bool article = false;     ///< The number is "ek", which may be no number.
    bool counted = false;     ///< The number carries a classifier (दूगो): pieces.
    bool each = false;        ///< "10-10": so many of each.
    std::int32_t value = 0;   ///< As in Meaning; for numbers unused.
    std::int64_t number = 0;  ///< Of kNumber, in ten-thousandths.
    std::int64_t low = 0;     ///< Of a range its lower end, else the number.
};

/// Everything about one message that the later steps read.
struct Message {
    const LexiconData& lexicon;
    std::string_view text;
    Date today;
    std::vector<Token> tokens;
    std::vector<std::uint32_t> words;            ///< Word id by token, kNoWord for unknown.
    std::vector<std::uint8_t> misspelt;          ///< By token: found only by its likeness.
    std::vector<CueSet> cues;                    ///< By token: what begins there.
    std::vector<Candidate> candidates;           ///< By token, first_candidate says where.
    std::vector<std::uint32_t> first_candidate;  ///< By token, one more at the end.
    CueSet all;                                  ///< Union of cues.
    std::vector<Span> spans;                     ///< Chosen, in order, not overlapping.
    std::vector<std::int16_t> span_of;           ///< By token: index into spans or -1.

    Message(const LexiconData& data, std::string_view source, Date day)
        : lexicon(data), text(source), today(day) {}

    [[nodiscard]] std::size_t size() const { return tokens.size(); }
    [[nodiscard]] bool has(std::size_t at, Cue cue) const {
        return at < cues.size() && cues[at].has(cue);
    }
    [[nodiscard]] bool has_any(std::size_t at, const CueSet& set) const {
        return at < cues.size() && cues[at].has_any(set);
    }
    [[nodiscard]] bool may_be(std::size_t at, Kind kind) const;
    [[nodiscard]] bool breaks(std::size_t at) const {
        return at >= tokens.size() || tokens[at].kind == TokenKind::kBreak;
    }
    [[nodiscard]] bool number_like(std::size_t at) const;
    [[nodiscard]] const Span* span_at(std::size_t at) const {
        return at < span_of.size() && span_of[at] >= 0
                   ? &spans[static_cast<std::size_t>(span_of[at])]
                   : nullptr;
    }
};

/// Why a run of tokens is no business of the quantities; the value of a kIgnored span.
enum class Ignored : std::int32_t { kPhone, kReference, kSize, kPeople, kDate, kOther };

/// Fills words, cues and candidates of a tokenized message. O(tokens).
void match(Message& message);

/// The same once more, with the word at `at` taken for `word`, which it resembles. O(tokens).
void match_again(Message& message, std::size_t at, std::uint32_t word);

}  // namespace haat::language
