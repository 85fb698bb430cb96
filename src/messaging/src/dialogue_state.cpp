/// How a conversation's state is kept between messages.
#include <boost/json.hpp>

#include "base/json_writer.hpp"
#include "messaging/dialogue.hpp"

namespace haat::messaging {
namespace {

std::int64_t integer(const boost::json::object& object, const char* key) {
    const boost::json::value* found = object.if_contains(key);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

DialogueState read(const boost::json::object& object) {
    DialogueState state;
    const std::int64_t waiting = integer(object, "waiting");
    state.waiting = waiting >= 0 && waiting <= static_cast<int>(Waiting::kOrder)
                        ? static_cast<Waiting>(waiting)
                        : Waiting::kNothing;
    state.token = integer(object, "token");
    state.order_line = integer(object, "order_line");
    state.misunderstood = static_cast<int>(integer(object, "misunderstood"));
    if (const boost::json::value* said = object.if_contains("said")) {
        state.said = std::string(said->as_string());
    }
    if (const boost::json::value* offers = object.if_contains("offers")) {
        for (const boost::json::value& value : offers->as_array()) {
            const boost::json::object& offer = value.as_object();
            PendingOffer pending{.product_key = std::string(offer.at("product").as_string()),
                                 .quantity = {integer(offer, "quantity_milli")},
                                 .unit = std::string(offer.at("unit").as_string()),
                                 .price = std::nullopt};
            if (offer.contains("price_paise")) {
                pending.price = Paise{integer(offer, "price_paise")};
            }
            state.offers.push_back(std::move(pending));
        }
    }
    return state;
}

}  // namespace

std::string to_json(const DialogueState& state) {
    JsonWriter json;
    json.begin_object()
        .field("waiting", static_cast<int>(state.waiting))
        .field("said", state.said)
        .field("token", state.token)
        .field("order_line", state.order_line)
        .field("misunderstood", state.misunderstood);
    json.key("offers").begin_array();
    for (const PendingOffer& offer : state.offers) {
        json.begin_object().field("product", offer.product_key);
        json.field("quantity_milli", offer.quantity).field("unit", offer.unit);
        if (offer.price) {
            json.field("price_paise", *offer.price);
        }
        json.end_object();
    }
    json.end_array().end_object();
    return json.take();
}

DialogueState dialogue_state_from_json(std::string_view json) {
    try {
        return read(
            boost::json::parse(boost::json::string_view(json.data(), json.size())).as_object());
    } catch (const std::exception&) {
        return {};  // a state of another version: the conversation starts again
    }
}

}  // namespace haat::messaging
