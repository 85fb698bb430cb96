/// @file A customer brings something back, and what was shared of its price is taken back.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct ReturnRequest {
    std::string device_id;
    SaleId sale_id;
    Milli quantity;
    supply::ReturnedGoods goods = supply::ReturnedGoods::kSellable;
    std::string reason;                      ///< Not empty; no names.
    std::optional<UnixSeconds> returned_at;  ///< By the till's clock; none: now.
};

/// Promise: the refund comes out of exactly what was recorded, from everybody in proportion; after
/// the last piece is back everybody stands as before the sale. Each producer of whose share
/// something is taken is told (messages.payment_taken_back). Safe to repeat by device id.
/// @return flows.not_allowed, supply.no_sale, supply.no_site, ledger.would_be_negative (not enough
///   in the till), ledger.not_reversible, and what supply::take_back refuses.
[[nodiscard]] Result<Made<supply::SaleReturn>> return_sale(FlowContext& context,
                                                           const Viewer& viewer,
                                                           const ReturnRequest& request);

}  // namespace haat::flows
