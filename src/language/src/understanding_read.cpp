// From JSON back to what was understood, or what an officer says was meant.
#include <simdjson.h>

#include <charconv>

#include "language/learning.hpp"
#include "tokens.hpp"

namespace haat::language {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostItems = 32;

std::string text_in(element parent, std::string_view name) {
    std::string_view text;
    return parent[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

/// "12" and "0.0625" in ten-thousandths; none for anything else.
std::optional<std::int64_t> scaled_in(element parent, std::string_view name) {
    element value;
    if (parent[name].get(value) != simdjson::SUCCESS || !value.is_number()) return std::nullopt;
    std::string digits = simdjson::minify(value);
    const std::size_t point = digits.find('.');
    std::string decimals = point == std::string::npos ? "" : digits.substr(point + 1);
    if (point != std::string::npos) digits.resize(point);
    decimals.resize(4, '0');
    digits += decimals;
    std::int64_t number = 0;
    const char* end_of_digits = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), end_of_digits, number);
    if (error != std::errc{} || end != end_of_digits || number < 0) return std::nullopt;
    return number;
}

std::optional<Date> date_in(element parent, std::string_view name) {
    const std::string iso = text_in(parent, name);
    int parts[3] = {};
    std::size_t at = 0;
    for (int& part : parts) {
        const std::size_t end = std::min(iso.find('-', at), iso.size());
        const auto [stop, error] = std::from_chars(iso.data() + at, iso.data() + end, part);
        if (error != std::errc{} || stop != iso.data() + end) return std::nullopt;
        at = std::min(end + 1, iso.size());
    }
    return Date{parts[0], parts[1], parts[2]};
}

Item item_in(element json) {
    Item item{.product = text_in(json, "product"),
              .quantity = {},
              .unit = "",
              .price = {},
              .price_unit = ""};
    if (const auto quantity = scaled_in(json, "qty")) {
        item.quantity = TenThousandths{*quantity};
        item.unit = text_in(json, "unit");
    }
    std::int64_t paise = 0;
    if (json["price_paise"].get(paise) == simdjson::SUCCESS && paise >= 0) {
        item.price = Paise{paise};
        item.price_unit = text_in(json, "price_unit");
    }
    return item;
}

}  // namespace

std::optional<Understanding> understanding_from_json(std::string_view json) {
    simdjson::dom::parser parser;
    element root;
    const simdjson::padded_string padded(json);
    if (parser.parse(padded).get(root) != simdjson::SUCCESS || !root.is_object())
        return std::nullopt;
    const std::optional<Intent> intent = intent_from_name(text_in(root, "intent"));
    if (!intent) return std::nullopt;
    Understanding meaning;
    meaning.intent = *intent;
    simdjson::dom::array items;
    if (root["items"].get(items) == simdjson::SUCCESS) {
        for (const element item : items) {
            if (!item.is_object() || meaning.items.size() == kMostItems) return std::nullopt;
            meaning.items.push_back(item_in(item));
        }
    }
    meaning.date_from = date_in(root, "date_from");
    meaning.date_until = date_in(root, "date_until");
    meaning.order_ref = text_in(root, "order_ref");
    meaning.place = text_in(root, "place");
    return meaning;
}

}  // namespace haat::language
