// Reads data/catalogue into the database.
#include <algorithm>
#include <set>
#include <sstream>

#include "base/csv.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "sql/products.hpp"

namespace haat::catalogue {
namespace {

/// The day from which the rates in the files hold.
constexpr Date kRatesFrom{2025, 9, 22};

std::unexpected<Error> bad_file(std::string_view file, const CsvReader& reader) {
    return refuse(ErrorKind::kInvalid, "catalogue.bad_file",
                  {{"file", std::string(file)}, {"line", std::to_string(reader.line())}});
}

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

/// One file, a record at a time, with its columns by name.
class Table {
 public:
    Table(std::string_view file, const std::string& text) : file_(file), in_(text), reader_(in_) {}

    [[nodiscard]] Result<void> open(std::initializer_list<std::string_view> columns) {
        if (reader_.next(header_) != CsvRead::kRecord) {
            return bad();
        }
        for (const std::string_view column : columns) {
            if (csv_column(header_, column) < 0) {
                return bad();
            }
        }
        return {};
    }
    [[nodiscard]] Result<bool> next() {
        const CsvRead read = reader_.next(fields_);
        if (read == CsvRead::kEnd) {
            return false;
        }
        if (read != CsvRead::kRecord || fields_.size() != header_.size() ||
            !std::ranges::all_of(fields_, is_utf8)) {
            return bad();
        }
        return true;
    }
    [[nodiscard]] const std::string& operator[](std::string_view column) const {
        return fields_.at(static_cast<std::size_t>(csv_column(header_, column)));
    }
    [[nodiscard]] std::unexpected<Error> bad() const { return bad_file(file_, reader_); }

 private:
    std::string_view file_;
    std::istringstream in_;
    CsvReader reader_;
    std::vector<std::string> header_;
    std::vector<std::string> fields_;
};

Result<std::int64_t> load_taxes(storage::Transaction& tx, const Table& table,
                                ProductId product_id) {
    std::int64_t rates = 0;
    for (const auto& [column, packing] :
         {std::pair("gst_pct_loose", "loose"), std::pair("gst_pct_packed", "packed")}) {
        if (table[column].empty()) {
            continue;  // blank means "not sure", which is not zero
        }
        const std::optional<std::int64_t> rate = basis_points(table[column]);
        if (!rate) {
            return table.bad();
        }
        sql::tax_put(tx, {.product_id = product_id,
                          .packing = packing,
                          .valid_from_at = start_of_day_in_india(kRatesFrom),
                          .gst_basis_points = *rate,
                          .basis = table["gst_basis"]});
        ++rates;
    }
    return rates;
}

/// Keys that the language knows and products.csv does not: name and unit only.
Result<std::int64_t> load_keys(storage::Transaction& tx, const std::string& text,
                               const std::set<std::string>& known) {
    Table table("product_keys.csv", text);
    HAAT_TRY(table.open({"key", "hindi", "english", "nlu_default_unit", "variants"}));
    std::int64_t added = 0;
    while (HAAT_TRY(table.next())) {
        if (known.contains(table["key"])) {
            continue;
        }
        sql::product_put(tx, {.new_product_id = tx.new_id_as<ProductId>(),
                              .key = table["key"],
                              .name_hi = table["hindi"],
                              .name_en = table["english"],
                              .variants = table["variants"],
                              .units = table["nlu_default_unit"],
                              .unit_default = table["nlu_default_unit"],
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
    Table table("products.csv", files.products_csv);
    HAAT_TRY(table.open({"key", "name_hi", "name_en", "variants", "units", "unit_default",
                         "category", "made_by", "shelf_life_days", "hs_code", "hs_note",
                         "gst_pct_loose", "gst_pct_packed", "gst_basis"}));
    while (HAAT_TRY(table.next())) {
        const std::optional<long long> days = parse_integer(table["shelf_life_days"]);
        if (table["key"].empty() || table["unit_default"].empty() ||
            !known.insert(table["key"]).second || (!days && !table["shelf_life_days"].empty())) {
            return table.bad();
        }
        const ProductId product_id =
            sql::product_put(tx, {.new_product_id = tx.new_id_as<ProductId>(),
                                  .key = table["key"],
                                  .name_hi = table["name_hi"],
                                  .name_en = table["name_en"],
                                  .variants = table["variants"],
                                  .units = table["units"],
                                  .unit_default = table["unit_default"],
                                  .category = table["category"],
                                  .made_by = table["made_by"],
                                  .shelf_life_days = days,
                                  .hs_code = table["hs_code"],
                                  .hs_note = table["hs_note"]})
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
