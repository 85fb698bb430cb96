/// @file One page of a list that is shown newest first: keyset, never OFFSET, so the hundredth page
/// costs what the first costs and a new row shifts nothing.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace haat::market {

/// Rows strictly older than (at, id). The default starts at the newest.
struct Page {
    UnixSeconds before_at{253'402'300'799};
    std::int64_t before_id = 9'007'199'254'740'991;
    std::int64_t limit = 50;  ///< 1..200.
};

}  // namespace haat::market
