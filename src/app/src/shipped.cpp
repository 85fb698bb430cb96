#include "shipped.hpp"

#include "catalogue/products.hpp"
#include "command.hpp"
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

Result<std::unique_ptr<flows::LexiconShelf>> shipped_words() {
    return flows::LexiconShelf::make({
        .lexicon_json = std::string(data_file("language/lexicon.json")),
        .products_csv = std::string(data_file("catalogue/products.csv")),
        .product_keys_csv = std::string(data_file("catalogue/product_keys.csv")),
        .spellings_csv = std::string(data_file("language/spellings.csv")),
        .cues_csv = std::string(data_file("language/cues.csv")),
    });
}

messaging::BookSource shipped_dialogues() {
    constexpr std::string_view kFolder = "dialogues/";
    constexpr std::string_view kEnd = ".json";
    messaging::BookSource source;
    for (const auto& [path, json] : data_files()) {
        if (path.starts_with(kFolder)) {
            const std::string_view file = path.substr(kFolder.size());
            source.dialogues.emplace(file.substr(0, file.size() - kEnd.size()), json);
        }
    }
    for (const auto& [path, json] : text_files()) {
        messaging::add_texts(source, json);
    }
    return source;
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
