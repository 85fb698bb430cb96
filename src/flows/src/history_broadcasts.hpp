/// @file The broadcasts that one person was sent, found again in their chunks. Private to flows.
#pragma once

#include <cstdint>
#include <vector>

#include "flows/read_history.hpp"
#include "registry/people.hpp"

namespace haat::flows {

/// Of the latest 200 broadcasts those that had her, older than `before`, newest first, at most
/// `limit`. Costs the log of its chunks for each broadcast.
[[nodiscard]] std::vector<HistoryItem> broadcasts_to(const MessagingContext& context,
                                                     storage::Transaction& tx,
                                                     const registry::Person& person,
                                                     const HistoryPlace& before, int limit);

}  // namespace haat::flows
