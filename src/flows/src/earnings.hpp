/// @file What a sale brought a producer, or what a return took, told to her.
#pragma once

#include "base/ids.hpp"
#include "flows/context.hpp"
#include "storage/transaction.hpp"
#include "supply/sales.hpp"

namespace haat::flows {

/// One message to each producer who has a share of the sale. Sealed payees get none.
void tell_what_she_earned(storage::Transaction& tx, FlowContext& context, const supply::Sale& sale,
                          const supply::Site& site);

/// One message to each producer of whose share something was taken back by that share-out.
void tell_what_was_taken_back(storage::Transaction& tx, FlowContext& context,
                              const supply::Sale& sale, const supply::Site& site,
                              ShareOutId reversal);

}  // namespace haat::flows
