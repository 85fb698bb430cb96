#include "asking.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "catalogue/products.hpp"
#include "flows/answer_order.hpp"
#include "letter.hpp"
#include "registry/organisations.hpp"

namespace haat::flows {

void ask_producers(storage::Transaction& tx, FlowContext& context, const market::Order& order,
                   std::span<const market::OrderLine> lines) {
    const auto product = catalogue::find_product(tx, order.product_id);
    const auto buyer = registry::find_organisation(tx, order.buyer_organisation_id);
    HAAT_ASSERT(product && buyer);
    for (const market::OrderLine& line : lines) {
        Letter(tx, line.person_id, "messages.order_ask", registry::MessagePurpose::kOrder)
            .organisation("buyer", *buyer)
            .goods(*product, line.quantity, order.unit)
            .amount("price", line.price_per_unit)
            .amount("amount", line.amount)
            .day("until", order.answer_by_at)
            .put("order", order.reference)
            .button(order_button(line.order_line_id, market::Answer::kYes), "messages.button_yes")
            .button(order_button(line.order_line_id, market::Answer::kNo), "messages.button_no")
            .send(tx, context);
    }
}

void tell_producer(storage::Transaction& tx, FlowContext& context, const market::Order& order,
                   const market::OrderLine& line, std::string_view text_key) {
    const auto product = catalogue::find_product(tx, order.product_id);
    HAAT_ASSERT(product);
    Letter(tx, line.person_id, text_key, registry::MessagePurpose::kOrder)
        .goods(*product, line.quantity, order.unit)
        .put("order", order.reference)
        .send(tx, context);
}

}  // namespace haat::flows
