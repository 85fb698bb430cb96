/// @file An order with its lines and who is behind each, as the viewer may see them.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "catalogue/products.hpp"
#include "flows/read_people.hpp"
#include "market/orders.hpp"
#include "registry/organisations.hpp"
#include "registry/places.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

struct OrderLineView {
    market::OrderLine line;
    ProducerView producer;
    std::optional<LotId> lot_id;  ///< The first that was weighed in for it.
};

struct OrderView {
    market::Order order;
    catalogue::Product product;
    registry::Place place;
    registry::Organisation buyer;
    std::vector<OrderLineView> lines;
};

/// @return flows.not_allowed, market.no_order (also outside her scope).
[[nodiscard]] Result<OrderView> read_order(storage::Transaction& tx, const Viewer& viewer,
                                           OrderId order_id);

}  // namespace haat::flows
