/// @file The plan of an order inside a transaction; plan_order shows it, gather_order places it.
#pragma once

#include <span>

#include "flows/plan_order.hpp"
#include "market/demands.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// A plan for `wanted` of what a demand asks, without the offers in `except`.
[[nodiscard]] OrderPlan make_plan(storage::Transaction& tx, const Viewer& viewer,
                                  const market::Demand& demand, Milli wanted,
                                  std::span<const OfferId> except, UnixSeconds now);

}  // namespace haat::flows
