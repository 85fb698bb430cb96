/// @file One page of a list that is shown newest first: keyset, never OFFSET.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace haat::supply {

/// Rows strictly older than (at, id). The default starts at the newest.
struct Page {
    UnixSeconds before_at{253'402'300'799};
    std::int64_t before_id = 9'007'199'254'740'991;
    std::int64_t limit = 50;  ///< 1..200.
};

/// Whether an act was done now or is the answer to a repeated device id.
enum class Repeat : std::uint8_t { kFirst, kRepeated };

}  // namespace haat::supply
