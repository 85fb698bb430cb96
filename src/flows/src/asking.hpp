/// @file The question to a producer whether she gives her part of an order.
#pragma once

#include <span>

#include "flows/context.hpp"
#include "market/orders.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Queues one question with the buttons yes and no for each line.
void ask_producers(storage::Transaction& tx, FlowContext& context, const market::Order& order,
                   std::span<const market::OrderLine> lines);

/// Queues one message of `text_key` about a line: {product}, {quantity}, {unit}, {order}.
void tell_producer(storage::Transaction& tx, FlowContext& context, const market::Order& order,
                   const market::OrderLine& line, std::string_view text_key);

}  // namespace haat::flows
