#include "base/readable_code.hpp"
#include "market/orders.hpp"

namespace haat::market {

std::string reference_for(OrderId order_id, int attempt) {
    return readable_code(order_id.value, attempt, 4);
}

std::optional<std::string> normalise_reference(std::string_view text) {
    return normalise_readable_code(text);
}

}  // namespace haat::market
