/// @file What she has just put on the market, corrected. Private to flows.
#pragma once

#include "answer_actions.hpp"

namespace haat::flows {

/// A message that is else not understood, while no question waits, means goods if it names a
/// quantity or a price of what she put on the market within a day. Free unless it names one.
void heed_mend(Answering& a, const messaging::DialogueState& state);

}  // namespace haat::flows
