/// @file Where a producer brings her goods.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "storage/transaction.hpp"
#include "supply/sites.hpp"

namespace haat::flows {

/// The purchase point nearest to her place: in her block, else in her district, else none.
[[nodiscard]] std::optional<supply::Site> nearest_purchase_point(storage::Transaction& tx,
                                                                 PersonId person_id);

}  // namespace haat::flows
