/// @file Messages that are nothing but an answer: yes, no, a number.
#pragma once

#include "language/understanding.hpp"
#include "match.hpp"

namespace haat::language {

struct BareAnswer {
    Answer answer = Answer::kNone;
    std::int64_t number = 0;
};

/// Polite words around it ("हाँ जी दीदी") do not count. Cues and candidates are matched.
[[nodiscard]] BareAnswer bare_answer(const Message& message);

}  // namespace haat::language
