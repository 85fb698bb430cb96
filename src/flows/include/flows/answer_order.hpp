/// @file A producer says yes or no to her part of an order, or the deadline passes without a word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "market/orders.hpp"

namespace haat::flows {

/// "order_yes:812": the id of the button by which a line is answered.
[[nodiscard]] std::string order_button(OrderLineId order_line_id, market::Answer answer);

struct PressedOrderButton {
    OrderLineId order_line_id;
    market::Answer answer = market::Answer::kYes;
};

/// What the button with that id says; none if it is another button.
[[nodiscard]] std::optional<PressedOrderButton> pressed_order_button(std::string_view button_id);

struct AnsweredLine {
    market::OrderLine line;
    market::Order order;
    std::vector<market::OrderLine> asked_instead;  ///< Producers asked in her place after a no.
};

/// Promise: her word counts once, and only hers. A yes binds what was reserved, and she hears where
/// to bring it; a no frees it at once, and others are asked for the rest if they have it and there
/// is an hour left to answer. She is answered by a message (messages.order_yes, .order_yes_bring,
/// .order_no); the same answer again does nothing.
/// @return market.no_line, market.line_answered, market.line_expired.
[[nodiscard]] Result<AnsweredLine> answer_order(FlowContext& context, const Viewer& viewer,
                                                PersonId person_id, OrderLineId order_line_id,
                                                market::Answer answer);

/// The same inside a transaction of the caller's.
[[nodiscard]] Result<AnsweredLine> answer_order(storage::Transaction& tx, FlowContext& context,
                                                const Viewer& viewer, PersonId person_id,
                                                OrderLineId order_line_id, market::Answer answer);

/// She gives a part of it: that binds, she hears both quantities (messages.order_part), the rest is
/// hers again and is asked of others as after a no.
/// @return as answer_order; market.line_too_small.
[[nodiscard]] Result<AnsweredLine> accept_part(storage::Transaction& tx, FlowContext& context,
                                               const Viewer& viewer, PersonId person_id,
                                               OrderLineId order_line_id, Milli quantity);

/// Promise: goods never stay promised to somebody who does not answer. Frees lines whose deadline
/// has passed and tells their producers; at most `limit` in one transaction.
/// @return How many lines were freed; a worker calls again while it is `limit`.
std::int64_t expire_unanswered(FlowContext& context, std::int64_t limit);

}  // namespace haat::flows
