/// @file After the commit: who looks at a screen learns that something changed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "flows/context.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// One LiveEvent of the contract, and the one of the counters of today.
void announce(storage::Transaction& tx, FlowContext& context, std::string_view topic,
              std::int64_t id, std::string_view change, UnixSeconds now);

}  // namespace haat::flows
