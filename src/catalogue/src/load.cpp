// Reads data/catalogue into the database.
#include <set>

#include "base/csv_table.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "sql/products.hpp"

namespace haat::catalogue {
namespace {

/// The day from which the rates in the files hold.
constexpr Date kRatesFrom{2025, 9, 22};

constexpr std::string_view kBadFile = "catalogue.bad_file";

/// "5" as 500, "0.25" as 25; none for other text.
std::optional<std::int64_t> basis_points(std::string_view percent) {
    const std::size_t dot = percent.find('.');
    std::string fraction(dot == std::string_view::npos ? "" : percent.substr(dot + 1));
    if (fraction.size() > 2) {
        return std::nullopt;
    }
    fraction.resize(2, '0');
    const std::optional<long long> whole = parse_integer(percent.substr(0, dot));
    const std::optional<long long> rest = parse_integer(fraction);
    if (!whole || !rest || *whole < 0 || *whole > 100 || *rest < 0) {
        return std::nullopt;
    }
    return *whole * 100 + *rest;
}

Result<std::int64_t> load_taxes(storage::Transaction& tx, const CsvTable& table,
                                ProductId product_id) {
    std::int64_t rates = 0;
    for (const auto& [column, packing] :
         {std::pair("gst_pct_loose", "loose"), std::pair("gst_pct_packed", "packed")}) {
        if (table.text(column).empty()) {
            continue;  // blank means "not sure", which is not zero
        }
        const std::optional<std::int64_t> rate = basis_points(table.text(column));
        if (!rate) {
            return table.refusal();
        }
        sql::tax_put(tx, {.product_id = product_id,
                          .packing = packing,
                          .valid_from_at = start_of_day_in_india(kRatesFrom),
                          .gst_basis_points = *rate,
                          .basis = table.text("gst_basis")});
        ++rates;
    }
    return rates;
}

/// Keys that the language knows and products.csv does not: name and unit only.
Result<std::int64_t> load_keys(storage::Transaction& tx, const std::string& text,
                               const std::set<std::string>& known) {
    CsvTable table("product_keys.csv", text, kBadFile);
    HAAT_TRY(table.open({"key", "hindi", "english", "nlu_default_unit", "variants"}));
    std::int64_t added = 0;
    while (HAAT_TRY(table.next())) {
        if (known.contains(table.text("key"))) {
            continue;
        }
        sql::product_put(tx, {.new_product_id = tx.new_id_as<ProductId>(),
                              .key = table.text("key"),
                              .name_hi = table.text("hindi"),
                              .name_en = table.text("english"),
                              .variants = table.text("variants"),
                              .units = table.text("nlu_default_unit"),
                              .unit_default = table.text("nlu_default_unit"),
                              .category = "other",
                              .made_by = "",
                              .shelf_life_days = std::nullopt,
                              .hs_code = "",
                              .hs_note = ""});
        ++added;
    }
    return added;
}

}  // namespace

Result<CatalogueCounts> load_catalogue(storage::Transaction& tx, const CatalogueFiles& files) {
    CatalogueCounts counts;
    std::set<std::string> known;
    CsvTable table("products.csv", files.products_csv, kBadFile);
    HAAT_TRY(table.open({"key", "name_hi", "name_en", "variants", "units", "unit_default",
                         "category", "made_by", "shelf_life_days", "hs_code", "hs_note",
                         "gst_pct_loose", "gst_pct_packed", "gst_basis"}));
    while (HAAT_TRY(table.next())) {
        const std::optional<long long> days = parse_integer(table.text("shelf_life_days"));
        if (table.text("key").empty() || table.text("unit_default").empty() ||
            !known.insert(table.text("key")).second ||
            (!days && !table.text("shelf_life_days").empty())) {
            return table.refusal();
        }
        const ProductId product_id =
            sql::product_put(tx, {.new_product_id = tx.new_id_as<ProductId>(),
                                  .key = table.text("key"),
                                  .name_hi = table.text("name_hi"),
                                  .name_en = table.text("name_en"),
                                  .variants = table.text("variants"),
                                  .units = table.text("units"),
                                  .unit_default = table.text("unit_default"),
                                  .category = table.text("category"),
                                  .made_by = table.text("made_by"),
                                  .shelf_life_days = days,
                                  .hs_code = table.text("hs_code"),
                                  .hs_note = table.text("hs_note")})
                .product_id;
        counts.tax_rates += HAAT_TRY(load_taxes(tx, table, product_id));
        ++counts.products;
    }
    if (!files.product_keys_csv.empty()) {
        counts.products += HAAT_TRY(load_keys(tx, files.product_keys_csv, known));
    }
    return counts;
}

}  // namespace haat::catalogue
