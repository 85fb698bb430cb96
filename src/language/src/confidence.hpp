/// @file How sure an understanding is: counted evidence, weighed by a calibrated curve.
#pragma once

#include "dates.hpp"
#include "intent.hpp"
#include "items.hpp"
#include "language/understanding.hpp"

namespace haat::language {

/// `out` has its intent and its slots. O(words).
[[nodiscard]] Evidence gather_evidence(const Message& message, const Verdict& verdict,
                                       const Drafts& drafts, const Dates& dates,
                                       const Understanding& out);

/// Of the whole and of each slot. The weights were fitted to messages that the engine had not seen
/// when it read them; README.md of this module has the table.
[[nodiscard]] Confidence confidence_of(const Evidence& evidence);

}  // namespace haat::language
