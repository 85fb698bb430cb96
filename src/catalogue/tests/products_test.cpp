#include "catalogue/products.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "storage_testing/testing.hpp"

namespace haat::catalogue {
namespace {

using storage::Transaction;

std::string read_data(const std::string& name) {
    std::ifstream in(std::string(HAAT_SOURCE_DIR "/data/catalogue/") + name, std::ios::binary);
    EXPECT_TRUE(in.good()) << name;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

CatalogueFiles shipped() {
    return {.products_csv = read_data("products.csv"),
            .product_keys_csv = read_data("product_keys.csv")};
}

class ProductsTest : public storage::testing::DatabaseTest {};
HAAT_BOTH_ENGINES(ProductsTest);

TEST_P(ProductsTest, LoadFromTheShippedFilesAndAgain) {
    const CatalogueFiles files = shipped();
    const auto load = [&](Transaction& tx) { return load_catalogue(tx, files); };
    const Result<CatalogueCounts> counts = database().write(load);
    ASSERT_TRUE(counts.has_value()) << counts.error().code;
    EXPECT_GE(counts->products, 232);
    EXPECT_GT(counts->tax_rates, 100);
    const auto pickle =
        database().read([](Transaction& tx) { return find_product(tx, "pickle_mango"); });
    ASSERT_TRUE(pickle.has_value());
    EXPECT_EQ(pickle->unit_default, "kg");
    EXPECT_FALSE(pickle->variants.empty());
    EXPECT_EQ(pickle->name("en"), pickle->name_en);
    EXPECT_NE(pickle->name("hi"), pickle->name_en);

    ASSERT_TRUE(database().write(load).has_value());
    database().read([&](Transaction& tx) {
        EXPECT_EQ(find_product(tx, "pickle_mango")->product_id, pickle->product_id);
        EXPECT_EQ(find_product(tx, pickle->product_id)->key, "pickle_mango");
        EXPECT_EQ(static_cast<std::int64_t>(list_products(tx).size()), counts->products);
        EXPECT_EQ(find_product(tx, "no_such_key").error().code, "catalogue.no_product");
    });
}

TEST_P(ProductsTest, AreOfAKindByTheLastWordOfTheirNames) {
    ASSERT_TRUE(database()
                    .write([](Transaction& tx) { return load_catalogue(tx, shipped()); })
                    .has_value());
    struct Row {
        const char* product;
        const char* generic;
        bool is;
    };
    const std::vector<Row> rows{
        {"pickle_mango", "pickle_mixed", true},  {"mushroom_pickle", "pickle_mixed", true},
        {"pickle_mixed", "pickle_mixed", true},  {"pickle_mixed", "pickle_mango", false},
        {"pickle_lemon", "pickle_mango", false}, {"slipper_rubber", "leather_chappal", true},
        {"tisi_laddu", "laddu", true},           {"honey_litchi", "honey", true},
        {"rice_katarni", "rice", true},          {"rice_flour", "rice", false},
        {"makhana_flour", "makhana", false},     {"makhana_roasted", "makhana", true},
        {"mango", "pickle_mango", false},        {"palm_jaggery", "jaggery", true},
    };
    database().read([&](Transaction& tx) {
        for (const Row& row : rows) {
            EXPECT_EQ(is_kind_of(*find_product(tx, row.product), *find_product(tx, row.generic)),
                      row.is)
                << row.product << " of " << row.generic;
        }
    });
}

TEST_P(ProductsTest, AreTaxedByTheRateOfTheDay) {
    ASSERT_TRUE(database().write(
        [&, files = shipped()](Transaction& tx) { return load_catalogue(tx, files); }));
    const UnixSeconds before = start_of_day_in_india({2025, 9, 21});
    const UnixSeconds now = start_of_day_in_india({2026, 11, 21});
    const UnixSeconds next_year = start_of_day_in_india({2027, 4, 1});
    database().write([&](Transaction& tx) {
        const ProductId rice = find_product(tx, "rice")->product_id;
        EXPECT_FALSE(tax_rate(tx, rice, Packing::kPacked, before).has_value());
        EXPECT_EQ(tax_rate(tx, rice, Packing::kPacked, now)->gst_basis_points, 500);
        EXPECT_EQ(tax_rate(tx, rice, Packing::kLoose, now)->gst_basis_points, 0);
        EXPECT_TRUE(set_tax_rate(
            tx, rice, Packing::kPacked,
            {.gst_basis_points = 1'200, .valid_from_at = next_year, .basis = "order 7"}));
        EXPECT_EQ(tax_rate(tx, rice, Packing::kPacked, now)->gst_basis_points, 500);
        EXPECT_EQ(tax_rate(tx, rice, Packing::kPacked, next_year)->gst_basis_points, 1'200);
        EXPECT_EQ(set_tax_rate(tx, rice, Packing::kPacked,
                               {.gst_basis_points = 10'001, .valid_from_at = now, .basis = ""})
                      .error()
                      .code,
                  "catalogue.bad_rate");
        EXPECT_EQ(set_tax_rate(tx, {1}, Packing::kPacked,
                               {.gst_basis_points = 1, .valid_from_at = now, .basis = ""})
                      .error()
                      .code,
                  "catalogue.no_product");
    });
}

TEST_P(ProductsTest, RefuseABrokenFileWithoutWritingAnything) {
    CatalogueFiles files = shipped();
    files.products_csv += "rice,चावल,Rice,,kg,kg,cereal,jeevika,365,,,0,5,twice\n";
    const auto refused =
        database().write([&](Transaction& tx) { return load_catalogue(tx, files); });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, "catalogue.bad_file");
    EXPECT_EQ(refused.error().params.at(1).second, "234");
    database().read([](Transaction& tx) { EXPECT_TRUE(list_products(tx).empty()); });
}

}  // namespace
}  // namespace haat::catalogue
