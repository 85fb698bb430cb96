/// @file Which of the 18 intents a message has: weighted evidence from cues, see intent_rules.cpp.
#pragma once

#include <array>
#include <span>

#include "language/understanding.hpp"
#include "match.hpp"

namespace haat::language {

/// `weight` speaks for `intent` if the message has all of `all`, one of `any` (if not empty) and
/// none of `none`.
struct Rule {
    Intent intent;
    int weight;
    CueSet all;
    CueSet any;
    CueSet none;
};

[[nodiscard]] std::span<const Rule> intent_rules();

struct Verdict {
    Intent intent = Intent::kOther;
    int score = 0;
    int margin = 0;  ///< Over the second best.
};

/// The word denies something: "नहीं", "mat"; not the "na" behind "bhej dijiye" nor the "no" of a
/// number.
[[nodiscard]] bool is_negation(const Message& message, std::size_t at);

/// Adds what neighbours make of each other to the cues: "nahi" beside "aaya" is not_come. After
/// match.
void derive_cues(Message& message);

/// Weighs the rules over message.all. O(rules).
[[nodiscard]] Verdict weigh(const Message& message);

}  // namespace haat::language
