/// How a conversation's state is kept between messages.
#include <boost/json.hpp>

#include "base/json_writer.hpp"
#include "messaging/dialogue.hpp"

namespace haat::messaging {
namespace {

using boost::json::object;
using boost::json::value;

std::int64_t integer(const object& json, const char* key) {
    const value* found = json.if_contains(key);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string text(const object& json, const char* key) {
    const value* found = json.if_contains(key);
    return found != nullptr ? std::string(found->as_string()) : std::string();
}

PendingOffer goods_from(const object& json) {
    PendingOffer goods{.product_key = text(json, "product"),
                       .quantity = {integer(json, "quantity_milli")},
                       .unit = text(json, "unit"),
                       .price = std::nullopt};
    if (json.contains("price_paise")) {
        goods.price = Paise{integer(json, "price_paise")};
    }
    return goods;
}

/// Each element of an array that may be absent.
template <typename Each>
void each(const object& json, const char* key, const Each& take) {
    if (const value* found = json.if_contains(key)) {
        for (const value& element : found->as_array()) {
            take(element);
        }
    }
}

std::map<std::string, std::string> values_from(const object& json) {
    std::map<std::string, std::string> values;
    if (const value* found = json.if_contains("values")) {
        for (const auto& member : found->as_object()) {
            values.emplace(member.key(), member.value().as_string());
        }
    }
    return values;
}

DialogueState read(const object& json) {
    DialogueState state{.version = integer(json, "version"),
                        .dialogue = text(json, "dialogue"),
                        .step = text(json, "step"),
                        .said = text(json, "said"),
                        .token = integer(json, "token"),
                        .asked_at = {integer(json, "asked_at")},
                        .misunderstood = static_cast<int>(integer(json, "misunderstood"))};
    each(json, "goods", [&](const value& v) { state.goods.push_back(goods_from(v.as_object())); });
    each(json, "trail", [&](const value& v) { state.trail.emplace_back(v.as_string()); });
    each(json, "listed", [&](const value& v) {
        state.listed.push_back({text(v.as_object(), "id"), text(v.as_object(), "title")});
    });
    state.values = values_from(json);
    if (const value* host = json.if_contains("host")) {
        const object& fields = host->as_object();
        state.host = HostDialogue{.version = integer(fields, "version"),
                                  .dialogue = text(fields, "dialogue"),
                                  .step = text(fields, "step"),
                                  .values = values_from(fields)};
    }
    if (const value* about = json.if_contains("about")) {
        for (const auto& member : about->as_object()) {
            state.about.emplace(member.key(), member.value().as_int64());
        }
    }
    return state;
}

void write_values(JsonWriter& json, const std::map<std::string, std::string>& values) {
    json.key("values").begin_object();
    for (const auto& [name, value] : values) {
        json.field(name, value);
    }
    json.end_object();
}

void write_goods(JsonWriter& json, const std::vector<PendingOffer>& goods) {
    json.key("goods").begin_array();
    for (const PendingOffer& offer : goods) {
        json.begin_object().field("product", offer.product_key);
        json.field("quantity_milli", offer.quantity).field("unit", offer.unit);
        if (offer.price) {
            json.field("price_paise", *offer.price);
        }
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string to_json(const DialogueState& state) {
    JsonWriter json;
    json.begin_object().field("version", state.version);
    json.field("misunderstood", state.misunderstood);
    json.key("about").begin_object();
    for (const auto& [name, number] : state.about) {
        json.field(name, number);
    }
    json.end_object();
    if (state.dialogue.empty()) {
        json.end_object();
        return json.take();
    }
    json.field("dialogue", state.dialogue).field("step", state.step).field("said", state.said);
    json.field("token", state.token).field("asked_at", state.asked_at.value);
    write_values(json, state.values);
    if (state.host) {
        json.key("host").begin_object().field("version", state.host->version);
        json.field("dialogue", state.host->dialogue).field("step", state.host->step);
        write_values(json, state.host->values);
        json.end_object();
    }
    write_goods(json, state.goods);
    json.key("trail").begin_array();
    for (const std::string& step : state.trail) {
        json.string(step);
    }
    json.end_array().key("listed").begin_array();
    for (const ListedChoice& choice : state.listed) {
        json.begin_object().field("id", choice.id).field("title", choice.title).end_object();
    }
    json.end_array().end_object();
    return json.take();
}

DialogueState dialogue_state_from_json(std::string_view json) {
    try {
        return read(
            boost::json::parse(boost::json::string_view(json.data(), json.size())).as_object());
    } catch (const std::exception&) {
        return {};  // a state of another program: the conversation starts again
    }
}

}  // namespace haat::messaging
