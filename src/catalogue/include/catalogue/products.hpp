/// @file What is made and sold: products with their names, units and dated GST rates.
/// Source: data/catalogue (SOURCES.md there says how sure each HS code and rate is).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::catalogue {

struct Product {
    ProductId product_id;
    std::string key;  ///< "pickle_mango"; the name in contract, lexicon and files.
    std::string name_hi;
    std::string name_en;
    std::vector<std::string> variants;  ///< Other words for it.
    std::vector<std::string> units;     ///< Units it is traded in.
    std::string unit_default;           ///< Quantities are Milli of this unit.
    std::string category;
    std::vector<std::string> made_by;  ///< jeevika, farmer, prison.
    std::optional<std::int64_t> shelf_life_days;
    std::string hs_code;  ///< May be empty: not known for sure.
    std::string hs_note;

    [[nodiscard]] const std::string& name(std::string_view language) const {
        return language == "en" ? name_en : name_hi;
    }
};

/// catalogue.no_product if there is none.
[[nodiscard]] Result<Product> find_product(storage::Transaction& tx, ProductId product_id);
[[nodiscard]] Result<Product> find_product(storage::Transaction& tx, std::string_view key);

/// Whether a word for `generic` may mean `product` too: the name of `product` ends with a single word
/// for `generic`, as "आम अचार" with "अचार", a word for mixed pickle. A product is of its own kind.
[[nodiscard]] bool is_kind_of(const Product& product, const Product& generic);

/// All products by key; a few hundred.
[[nodiscard]] std::vector<Product> list_products(storage::Transaction& tx);

enum class Packing : std::uint8_t { kLoose, kPacked };

/// GST of a product on a day, in basis points (500 = 5 %).
struct TaxRate {
    std::int64_t gst_basis_points = 0;
    UnixSeconds valid_from_at;
    std::string basis;  ///< How sure we are, as "from memory, verify".
};

/// The rate that holds at `at`; none where it is not known, which is not zero.
[[nodiscard]] std::optional<TaxRate> tax_rate(storage::Transaction& tx, ProductId product_id,
                                              Packing packing, UnixSeconds at);

/// A rate from a day on; replaces a rate that starts in the same second.
/// @return catalogue.bad_rate unless 0..10000, catalogue.no_product.
[[nodiscard]] Result<void> set_tax_rate(storage::Transaction& tx, ProductId product_id,
                                        Packing packing, const TaxRate& rate);

/// The texts of data/catalogue.
struct CatalogueFiles {
    std::string products_csv;
    std::string product_keys_csv;  ///< Keys that the language knows beyond products.csv; may be "".
};

struct CatalogueCounts {
    std::int64_t products = 0;
    std::int64_t tax_rates = 0;
};

/// Loads products and rates; rates hold from 22 September 2025. Safe to repeat: the same files
/// change nothing, changed ones mend names; ids stay. About 10 ms.
/// @return catalogue.bad_file {file, line}.
[[nodiscard]] Result<CatalogueCounts> load_catalogue(storage::Transaction& tx,
                                                     const CatalogueFiles& files);

}  // namespace haat::catalogue
