/// @file More lines for an order whose producers said no: others are asked for what is missing.
#pragma once

#include <span>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "market/orders.hpp"
#include "storage/transaction.hpp"

namespace haat::market {

/// Adds lines to an order that stands, with the deadline it has: reserves each line's offer or
/// none. An offer that the order has a line of already is refused: nobody is asked twice.
/// @return market.no_order (also a cancelled one), market.order_invalid (params: field),
///   market.offer_price_changed, and what reserve() refuses.
[[nodiscard]] Result<Order> extend(storage::Transaction& tx, OrderId order_id,
                                   std::span<const LineDraft> lines, UnixSeconds now);

}  // namespace haat::market
