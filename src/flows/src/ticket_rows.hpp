/// @file A ticket with what its row on a screen shows beside it. Private to flows.
#pragma once

#include "flows/settle_tickets.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Three reads, one more if it is about an order.
[[nodiscard]] TicketRow ticket_row(storage::Transaction& tx, messaging::Ticket ticket);

}  // namespace haat::flows
