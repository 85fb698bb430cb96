#include "catalogue/products.hpp"

#include <algorithm>

#include "handlers.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains_folded(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, {}, lower, lower).empty();
}

bool is_named(const catalogue::Product& product, std::string_view part) {
    return contains_folded(product.name_hi, part) || contains_folded(product.name_en, part) ||
           std::ranges::any_of(product.variants, [&](const std::string& variant) {
               return contains_folded(variant, part);
           });
}

/// Product of the contract.
void write_product(JsonWriter& json, const catalogue::Product& product) {
    json.begin_object().field("product_key", product.key).field("name_hi", product.name_hi);
    json.field("name_en", product.name_en).key("units").begin_array();
    for (const std::string& unit : product.units) {
        json.string(unit);
    }
    json.end_array().field("unit_default", product.unit_default);
    json.field("category", product.category).key("made_by").begin_array();
    for (const std::string& maker : product.made_by) {
        json.string(maker);
    }
    json.end_array().end_object();
}

}  // namespace

Result<Answer> list_products(Call& call) {
    QueryReader query(call.request);
    const auto part = query.maybe_text("q", {.max = 80});
    const Paging paging = read_paging(query);
    HAAT_TRY(query.done());
    std::vector<catalogue::Product> products = call.services.database.read(
        [&](storage::Transaction& tx) { return catalogue::list_products(tx); });
    std::erase_if(products, [&](const catalogue::Product& product) {
        return (part && !is_named(product, *part)) ||
               (paging.after && product.key <= *paging.after);
    });
    const std::size_t count = std::min(products.size(), static_cast<std::size_t>(paging.limit));
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (std::size_t i = 0; i < count; ++i) {
        write_product(json, products[i]);
    }
    json.end_array();
    nullable_text(json, "next", count < products.size() ? products[count - 1].key : "");
    return json_answer(json.end_object().take());
}

}  // namespace haat::http
