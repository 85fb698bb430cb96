/// @file What the broadcasts of one plan may still cost. Each permit takes its price in its own
/// transaction, in whatever process, so a budget is never passed, not even by a window of sends.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct Allowance {
    std::int64_t left_centipaise = 0;
    std::optional<UnixSeconds> stalled_at;  ///< Since when it is too small for the next message.
};

/// Makes one, or moves what is left with a changed budget. Safe to repeat.
void set_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                   std::int64_t budget_centipaise);
[[nodiscard]] std::optional<Allowance> find_allowance(storage::Transaction& tx,
                                                      std::int64_t allowance_id);
void take_allowance(storage::Transaction& tx, std::int64_t allowance_id, std::int64_t centipaise);
void stall_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                     std::optional<UnixSeconds> since);
/// Only while nothing of it can be permitted or is in flight.
void refill_allowance(storage::Transaction& tx, std::int64_t allowance_id,
                      std::int64_t left_centipaise);

}  // namespace haat::messaging
