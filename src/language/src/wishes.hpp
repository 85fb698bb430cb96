/// @file What she wishes of the messages themselves: that they stop, or that they go on. To write
/// on to someone who said stop is the worst mistake there is, so that a denial counts in every
/// form, and "again" and "start" count only where nothing denies them.
#pragma once

#include "match.hpp"

namespace haat::language {

/// Adds wants_none, send_none and send_on, and takes off "stop" and "start" where they are denied
/// ("बंद मत करो") or only told ("मैसेज चालू है"). After the other cues are derived. O(words).
void derive_wishes(Message& message);

}  // namespace haat::language
