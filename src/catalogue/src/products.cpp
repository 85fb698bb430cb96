#include "catalogue/products.hpp"

#include <algorithm>

#include "sql/products.hpp"

namespace haat::catalogue {
namespace {

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t end = list.find(';');
        if (end != 0) {
            parts.emplace_back(list.substr(0, end));
        }
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return parts;
}

template <typename Row>
Product product_from(const Row& row) {
    return {.product_id = row.product_id,
            .key = row.key,
            .name_hi = row.name_hi,
            .name_en = row.name_en,
            .variants = split(row.variants),
            .units = split(row.units),
            .unit_default = row.unit_default,
            .category = row.category,
            .made_by = split(row.made_by),
            .shelf_life_days = row.shelf_life_days,
            .hs_code = row.hs_code,
            .hs_note = row.hs_note};
}

std::string_view packing_name(Packing packing) {
    return packing == Packing::kLoose ? "loose" : "packed";
}

/// "चाय पत्ती (हरी)" → "चाय पत्ती".
std::string_view without_brackets(std::string_view name) {
    name = name.substr(0, name.find('('));
    while (name.ends_with(' ')) {
        name.remove_suffix(1);
    }
    return name;
}

bool ends_with_word(std::string_view name, std::string_view word) {
    return !word.empty() && word.find(' ') == std::string_view::npos && name.ends_with(word) &&
           (name.size() == word.size() || name[name.size() - word.size() - 1] == ' ');
}

}  // namespace

bool is_kind_of(const Product& product, const Product& generic) {
    if (product.key == generic.key) {
        return true;
    }
    const std::string_view name = without_brackets(product.name_hi);
    const auto is_its_last = [&](std::string_view word) { return ends_with_word(name, word); };
    return is_its_last(generic.name_hi) || std::ranges::any_of(generic.variants, is_its_last);
}

Result<Product> find_product(storage::Transaction& tx, ProductId product_id) {
    const auto row = sql::product_find(tx, {.product_id = product_id});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "catalogue.no_product");
    }
    return product_from(*row);
}

Result<Product> find_product(storage::Transaction& tx, std::string_view key) {
    const auto row = sql::product_by_key(tx, {.key = key});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "catalogue.no_product");
    }
    return product_from(*row);
}

std::vector<Product> list_products(storage::Transaction& tx) {
    std::vector<Product> products;
    for (const sql::ProductListRow& row : sql::product_list(tx)) {
        products.push_back(product_from(row));
    }
    return products;
}

std::optional<TaxRate> tax_rate(storage::Transaction& tx, ProductId product_id, Packing packing,
                                UnixSeconds at) {
    const auto row =
        sql::tax_at(tx, {.product_id = product_id, .packing = packing_name(packing), .now_at = at});
    if (!row) {
        return std::nullopt;
    }
    return TaxRate{.gst_basis_points = row->gst_basis_points,
                   .valid_from_at = row->valid_from_at,
                   .basis = row->basis};
}

Result<void> set_tax_rate(storage::Transaction& tx, ProductId product_id, Packing packing,
                          const TaxRate& rate) {
    if (rate.gst_basis_points < 0 || rate.gst_basis_points > 10'000) {
        return refuse(ErrorKind::kInvalid, "catalogue.bad_rate");
    }
    HAAT_TRY(find_product(tx, product_id));
    sql::tax_put(tx, {.product_id = product_id,
                      .packing = packing_name(packing),
                      .valid_from_at = rate.valid_from_at,
                      .gst_basis_points = rate.gst_basis_points,
                      .basis = rate.basis});
    return {};
}

}  // namespace haat::catalogue
