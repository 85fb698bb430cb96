/// @file Chooses one meaning for each run of tokens by what stands beside it: "do" is two before a
/// unit and "give" after a verb, "gaya" a town before "me" and "went" after "bik".
#pragma once

#include "match.hpp"

namespace haat::language {

/// Fills `spans` and `span_of`. Tokens that already belong to a span are left alone. O(tokens).
void choose_meanings(Message& message);

/// Adds a span over tokens begin..end-1.
void add_span(Message& message, Span span);

}  // namespace haat::language
