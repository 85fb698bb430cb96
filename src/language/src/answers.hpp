/// @file Messages that are nothing but an answer: yes, no, a number.
#pragma once

#include <optional>

#include "language/understanding.hpp"
#include "match.hpp"

namespace haat::language {

struct BareAnswer {
    Answer answer = Answer::kNone;
    std::int64_t number = 0;
};

/// Polite words around it ("हाँ जी दीदी") do not count. Cues and candidates are matched.
[[nodiscard]] BareAnswer bare_answer(const Message& message);

/// How much of what is asked about: Understanding::share.
[[nodiscard]] Share bare_share(const Message& message, Intent intent);

/// A message that is nothing but "stop" or "start": what haat itself tells people to write. A stop
/// must never be missed; inside a longer message the words may mean a shop or a road.
[[nodiscard]] std::optional<Intent> bare_command(const Message& message);

}  // namespace haat::language
