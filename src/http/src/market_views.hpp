/// @file Demand, Offer and Order of the contract.
#pragma once

#include "base/json_writer.hpp"
#include "base/viewer.hpp"
#include "flows/read_orders.hpp"
#include "market/demands.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "storage/transaction.hpp"
#include "views.hpp"

namespace haat::http {

void write_demand(JsonWriter& json, storage::Transaction& tx, Views& views,
                  const market::Demand& demand, UnixSeconds now);
void write_offer(JsonWriter& json, Views& views, const Viewer& viewer, const market::Offer& offer);
void write_order(JsonWriter& json, Views& views, const market::Order& order);
/// OrderDetail.
[[nodiscard]] std::string order_detail(Views& views, const flows::OrderView& order);

/// Whole kilometres, rounded.
[[nodiscard]] std::int64_t kilometres(std::int64_t metres);

}  // namespace haat::http
