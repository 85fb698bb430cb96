/// @file A packet is sold in the city, and every paisa of the price is shared out at once.
/// Source: docs/domain/flows.md, sections 3 and 4.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

using supply::Made;
using supply::Repeat;

struct SaleRequest {
    std::string device_id;
    SiteId site_id;
    LotId lot_id;
    Milli quantity;
    Paise price;                         ///< What the customer paid altogether, tax included.
    std::optional<UnixSeconds> sold_at;  ///< By the till's clock; none: now.
};

/// Promise: the sale and its share-out are one: either both stand or neither does, and nothing of
/// the price is left over.
///
/// Goods of groups: tax, the outlet's margin, packing at cost, the federations' fee, and the rest
/// to the producers in proportion to weight delivered x agreed price; each is told what she earned
/// (messages.payment_earned).
/// Goods of a jail: tax, margin, material, wages, and the surplus by the rule that holds on the day
/// of the sale; without one it waits in suspense. Nobody is written to, nobody is named.
///
/// Safe to repeat by device id.
/// @return flows.not_allowed, flows.no_tax_rate (params: product), supply.no_site,
///   ledger.deductions_exceed (the price does not cover what is due before anybody shares), and
///   what supply::sell refuses.
[[nodiscard]] Result<Made<supply::Sale>> sell(FlowContext& context, const Viewer& viewer,
                                              const SaleRequest& request);

}  // namespace haat::flows
