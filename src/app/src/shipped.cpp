#include "shipped.hpp"

#include "catalogue/products.hpp"
#include "embedded.hpp"

namespace haat::app {

Result<language::Lexicon> shipped_lexicon() {
    return language::Lexicon::build({
        .lexicon_json = data_file("language/lexicon.json"),
        .products_csv = data_file("catalogue/products.csv"),
        .product_keys_csv = data_file("catalogue/product_keys.csv"),
        .spellings_csv = data_file("language/spellings.csv"),
        .cues_csv = data_file("language/cues.csv"),
    });
}

Result<void> load_shipped_catalogue(storage::Database& database) {
    const catalogue::CatalogueFiles files{
        .products_csv = std::string(data_file("catalogue/products.csv")),
        .product_keys_csv = std::string(data_file("catalogue/product_keys.csv")),
    };
    HAAT_TRY(database.write(
        [&](storage::Transaction& tx) { return catalogue::load_catalogue(tx, files); }));
    return {};
}

registry::PlaceFiles shipped_places() {
    return {.districts_csv = std::string(data_file("places/bihar_districts.csv")),
            .blocks_csv = std::string(data_file("places/bihar_blocks.csv")),
            .villages_csv = std::string(data_file("places/bihar_villages.csv")),
            .post_offices_csv = std::string(data_file("places/bihar_post_offices.csv"))};
}

}  // namespace haat::app
