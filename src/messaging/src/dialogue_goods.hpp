/// @file What a message says of goods, as the dialogue keeps it.
#pragma once

#include "messaging/dialogue.hpp"

namespace haat::messaging {

/// What take_goods and check_goods come to: complete, no_quantity, no_price; none: nothing is
/// named.
[[nodiscard]] std::string_view completeness(const std::vector<PendingOffer>& goods);

/// Named goods of a message.
[[nodiscard]] std::vector<PendingOffer> goods_of(const language::Understanding& meaning);

/// The first without a price (kPrice) or a quantity (else); the first of all if none lacks it.
/// `goods` is not empty.
[[nodiscard]] std::vector<PendingOffer>::iterator first_lacking(std::vector<PendingOffer>& goods,
                                                                Takes takes);

/// Puts what a further message says of the same goods into what waits; false if it says nothing of
/// them. `takes` is what was asked: a bare number is that.
[[nodiscard]] bool correct_goods(std::vector<PendingOffer>& goods,
                                 const language::Understanding& meaning, Takes takes);

}  // namespace haat::messaging
