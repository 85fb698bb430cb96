#include <array>
#include <fstream>
#include <map>
#include <optional>

#include "base/json_writer.hpp"
#include "catalogue/products.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "import_people.hpp"
#include "import_prices.hpp"
#include "output.hpp"
#include "registry/import.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

constexpr std::array kWords{
    Word{"what", "people|places|mandi-prices", "What the file holds."},
    Word{"file", "", "A CSV file. Places: a file of the LGD; without it the shipped tree.",
         false},
};
constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    Option{"--apply", "", "Change the database; without it the file is only judged."},
    Option{"--alone", "", "PostgreSQL: no server is running, so a step may take 250 ms."},
    Option{"--refusals", "FILE", "Where bad rows go; FILE.refused.csv if not given."},
};

/// The shipped place tree, slice by slice; repeating changes nothing.
Result<int> import_shipped_places(const Arguments& arguments, storage::Database& database) {
    auto loader = HAAT_TRY(registry::PlaceLoader::create(shipped_places()));
    if (arguments.has("--apply")) {
        ProgressBar bar("places");
        const bool loaded =
            database.read([&](storage::Transaction& tx) { return loader.is_loaded(tx); });
        while (!loaded &&
               database.write([&](storage::Transaction& tx) { return loader.step(tx); })) {
            const auto [done, all] = loader.progress();
            bar.show(done, all);
        }
        HAAT_TRY(load_shipped_catalogue(database));
    }
    const registry::PlaceCounts& counts = loader.counts();
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object().field("applied", arguments.has("--apply"));
        json.field("districts", counts.districts).field("blocks", counts.blocks);
        json.field("villages", counts.villages).field("post_offices", counts.post_offices);
        print_line(json.end_object().text());
    } else {
        print_text(arguments.has("--apply") ? "app.places_done" : "app.places_plan",
                   {{"districts", std::to_string(counts.districts)},
                    {"blocks", std::to_string(counts.blocks)},
                    {"villages", std::to_string(counts.villages)}});
    }
    return kExitOk;
}

/// Panchayats and villages from a file of the Local Government Directory.
Result<int> import_lgd(const Arguments& arguments, storage::Database& database, std::istream& in) {
    auto import = HAAT_TRY(registry::LgdImport::create(in));
    if (arguments.has("--apply")) {
        while (database.write([&](storage::Transaction& tx) { return import.step(tx); })) {
        }
    }
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object().field("applied", arguments.has("--apply"));
        json.field("panchayats", import.panchayats()).field("villages", import.villages());
        json.field("refused", import.refusals().size());
        print_line(json.end_object().text());
    } else {
        print_text("app.lgd_done", {{"panchayats", std::to_string(import.panchayats())},
                                    {"villages", std::to_string(import.villages())},
                                    {"refused", std::to_string(import.refusals().size())}});
    }
    return import.refusals().empty() ? kExitOk : kExitTrouble;
}

/// Bad rows, written when the first one comes.
class RefusalFile {
 public:
    explicit RefusalFile(std::string path) : path_(std::move(path)) {}
    void add(const registry::ImportRefusal& refusal) {
        if (!file_.is_open()) {
            file_.open(path_, std::ios::trunc);
            file_ << registry::refusal_file_header();
        }
        file_ << registry::refusal_file_row(
            refusal, texts().text(language_of_user(), refusal.code, {{"value", refusal.value}}));
    }
    [[nodiscard]] const std::string& path() const { return path_; }

 private:
    std::string path_;
    std::ofstream file_;
};

void report(const Arguments& arguments, const registry::ImportTotals& totals,
            const std::string& refusals) {
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object().field("applied", arguments.has("--apply"));
        json.field("records", totals.records).field("added", totals.added);
        json.field("updated", totals.updated).field("refused", totals.refused);
        json.field("shared_phones", totals.shared_phones);
        json.field("without_phone", totals.without_phone);
        json.field("refusals_file", totals.refused > 0 ? refusals : std::string());
        print_line(json.end_object().text());
        return;
    }
    print_text(arguments.has("--apply") ? "app.import_done" : "app.import_plan",
               {{"added", std::to_string(totals.added)},
                {"updated", std::to_string(totals.updated)},
                {"refused", std::to_string(totals.refused)}});
    if (totals.refused > 0) {
        print_text("app.import_refusals", {{"file", refusals}});
    }
}

Result<int> import_people(const Arguments& arguments, storage::Database& database,
                          std::ifstream& in) {
    const std::string path = arguments.value("file");
    const std::string hash = registry::file_content_hash(in);
    in.clear();
    const std::int64_t bytes = [&] {
        in.seekg(0, std::ios::end);
        const auto size = static_cast<std::int64_t>(in.tellg());
        in.seekg(0);
        return size;
    }();
    const bool apply = arguments.has("--apply");
    // Products are read once: a few hundred.
    std::map<std::string, ProductId, std::less<>> products;
    database.read([&](storage::Transaction& tx) {
        for (const catalogue::Product& product : catalogue::list_products(tx)) {
            products.emplace(product.key, product.product_id);
        }
    });
    const auto product_of = [&](std::string_view key) -> std::optional<ProductId> {
        const auto found = products.find(key);
        return found == products.end() ? std::nullopt : std::optional(found->second);
    };
    registry::ImportOptions options;
    options.mode = apply ? registry::ImportMode::kApply : registry::ImportMode::kDryRun;
    // A SQLite directory that a command has taken is used by nobody else.
    const bool alone = database.engine() == storage::Engine::kSqlite || arguments.has("--alone");
    options.company = alone ? registry::ImportCompany::kAlone : registry::ImportCompany::kServer;
    auto import =
        HAAT_TRY(registry::PeopleImport::create(in, hash, options, product_of, system_clock()));
    RefusalFile refusals(arguments.has("--refusals") ? arguments.value("--refusals")
                                                     : path + ".refused.csv");
    ProgressBar bar("people");
    const auto after_step = [&](std::int64_t) {
        for (const registry::ImportRefusal& refusal : import.take_refusals()) {
            refusals.add(refusal);
        }
        bar.show(import.totals().bytes_done, bytes);
    };
    if (apply) {
        apply_import(database, import, after_step);
    } else {
        while (database.read([&](storage::Transaction& tx) { return import.step(tx); })) {
            after_step(0);
        }
        after_step(0);
    }
    report(arguments, import.totals(), refusals.path());
    return import.totals().refused == 0 ? kExitOk : kExitTrouble;
}

Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    const std::string path = arguments.value("file");
    const bool people = arguments.value("what") == "people";
    const bool prices = arguments.value("what") == "mandi-prices";
    std::ifstream in;
    if (people || prices || !path.empty()) {
        in.open(path, std::ios::binary);
        if (!in) {
            return refuse(ErrorKind::kInvalid, "app.no_file", {{"file", path}});
        }
    }
    HAAT_TRY(require_current_schema(settings));
    const auto database = storage::Database::open(open_options(settings));
    if (people) {
        return import_people(arguments, *database, in);
    }
    if (prices) {
        return import_mandi_prices(arguments, *database, in);
    }
    return path.empty() ? import_shipped_places(arguments, *database)
                        : import_lgd(arguments, *database, in);
}

}  // namespace

constinit const Command kImport{
    "import", "People, places or prices from a file: a dry run, unless --apply. Safe to repeat.", kWords,
    kOptions, run};

}  // namespace haat::app
