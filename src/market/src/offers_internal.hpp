/// @file What orders need of offers and nobody else.
#pragma once

#include "base/result.hpp"
#include "market/offers.hpp"

namespace haat::market {

/// Why nothing could be promised from it: no_offer, offer_not_open or offer_too_small.
[[nodiscard]] Error why_not_reserved(storage::Transaction& tx, OfferId offer_id, UnixSeconds now);

}  // namespace haat::market
