/// @file How fast a whole state is loaded, by the path of `haat import people --apply`: made-up
/// rows of CSV are parsed, judged and written, with addresses, groups, products, consents and all
/// indexes. With --data the database stays, for the other measurements.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_writer.hpp"
#include "bench.hpp"
#include "benches.hpp"
#include "catalogue/products.hpp"
#include "exit_codes.hpp"
#include "import_people.hpp"
#include "output.hpp"
#include "registry/people.hpp"
#include "registry/synthetic.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

using storage::Transaction;

constexpr std::int64_t kPeople = 1'000'000;
constexpr std::int64_t kSampleRows = 200'000;
constexpr std::uint32_t kChunk = 4'096;

/// What the made-up women make, commonest first.
const std::vector<std::string>& product_keys() {
    static const std::vector<std::string> kKeys{
        "pickle_mango", "makhana", "honey", "sattu", "papad", "agarbatti", "mushroom_oyster"};
    return kKeys;
}

class Stopwatch {
 public:
    [[nodiscard]] double seconds() const {
        return static_cast<double>(system_clock().monotonic_micros() - wall_) / 1e6;
    }
    [[nodiscard]] std::int64_t cpu() const { return cpu_micros() - cpu_; }

 private:
    std::int64_t wall_ = system_clock().monotonic_micros();
    std::int64_t cpu_ = cpu_micros();
};

Result<void> load_shipped(storage::Database& database) {
    auto loader = HAAT_TRY(registry::PlaceLoader::create(shipped_places()));
    const bool loaded = database.read([&](Transaction& tx) { return loader.is_loaded(tx); });
    while (!loaded && database.write([&](Transaction& tx) { return loader.step(tx); })) {
    }
    return load_shipped_catalogue(database);
}

registry::ProductByKey known_products(storage::Database& database) {
    std::map<std::string, ProductId, std::less<>> products;
    database.read([&](Transaction& tx) {
        for (const catalogue::Product& product : catalogue::list_products(tx)) {
            products.emplace(product.key, product.product_id);
        }
    });
    return [products = std::move(products)](std::string_view key) -> std::optional<ProductId> {
        const auto found = products.find(key);
        return found == products.end() ? std::nullopt : std::optional(found->second);
    };
}

std::unique_ptr<std::istream> people_file(storage::Database& database,
                                          const registry::SyntheticOptions& options) {
    return database.read([&](Transaction& tx) {
        return registry::synthetic_people_file(tx, options, product_keys());
    });
}

/// Rows a second that are only made up, and that are made up, parsed and judged: neither may be
/// what the figure measures.
Result<void> measure_reading(storage::Database& database, registry::SyntheticOptions options,
                             BenchReport& report) {
    options.people = std::min(options.people, kSampleRows);
    const Stopwatch making;
    const std::unique_ptr<std::istream> made = people_file(database, options);
    std::string line;
    while (std::getline(*made, line)) {
    }
    const double made_up = static_cast<double>(options.people);
    report.figure("generated_per_s", made_up / making.seconds());

    const std::unique_ptr<std::istream> read = people_file(database, options);
    auto import = HAAT_TRY(registry::PeopleImport::create(
        *read, "sample", {}, known_products(database), system_clock()));
    const Stopwatch judging;
    while (database.read([&](Transaction& tx) { return import.read_ahead(tx); })) {
    }
    report.figure("generated_and_judged_per_s", made_up / judging.seconds());
    return {};
}

/// What a sender pays for each address of a chunk.
void measure_sender(storage::Database& database, std::int64_t people, BenchReport& report) {
    std::int64_t rows = 0;
    std::size_t bytes = 0;
    const Stopwatch reading;
    database.read([&](Transaction& tx) {
        for (std::uint32_t first = 0; rows < std::min(people, kPeople) && first < people * 2;
             first += kChunk) {
            registry::addresses_in(tx, first, first + kChunk - 1, registry::Channel::kWhatsapp,
                                   [&](const registry::SendAddress& address) {
                                       ++rows;
                                       bytes += address.external_id.size();
                                   });
        }
    });
    report.figure(
        "sender_cpu_us_per_address",
        static_cast<double>(reading.cpu()) / static_cast<double>(std::max<std::int64_t>(rows, 1)));
    report.count("sender_rows", rows);
    static_cast<void>(bytes);
}

void count_rows(storage::Database& database, BenchReport& report) {
    const registry::RegisterRows rows =
        database.read([](Transaction& tx) { return registry::count_register(tx); });
    JsonWriter json;
    json.begin_object().field("person", rows.people).field("contact", rows.contacts);
    json.field("person_contact", rows.person_contacts).field("person_product", rows.products);
    json.field("consent", rows.consents).field("producer_group", rows.groups).end_object();
    report.json("rows", json.text());
}

}  // namespace

Result<std::int64_t> ensure_people(BenchDatabase& database, std::int64_t people,
                                   std::uint64_t seed) {
    const bool empty = database->read(
        [](Transaction& tx) { return registry::is_register_empty(tx); });
    if (empty) {
        HAAT_TRY(load_shipped(*database));
        const registry::SyntheticOptions options{.seed = seed, .people = people};
        const std::unique_ptr<std::istream> file = people_file(*database, options);
        auto import = HAAT_TRY(
            registry::PeopleImport::create(*file, fmt::format("made-up {} {}", seed, people),
                                           {.mode = registry::ImportMode::kApply,
                                            .company = registry::ImportCompany::kAlone,
                                            .is_synthetic = true},
                                           known_products(*database), system_clock()));
        apply_import(*database, import, [](std::int64_t) {});
    }
    return database->read(
        [](Transaction& tx) { return registry::count_register(tx).people; });
}

Result<int> bench_import(const Arguments& arguments) {
    const registry::SyntheticOptions options{
        .seed = static_cast<std::uint64_t>(HAAT_TRY(number_of(arguments, "--seed", 1))),
        .people = HAAT_TRY(number_of(arguments, "--people", kPeople))};
    BenchDatabase database(arguments);
    if (!database->read([](Transaction& tx) { return registry::is_register_empty(tx); })) {
        return refuse(ErrorKind::kConflict, "app.bench_people_there");
    }
    HAAT_TRY(load_shipped(*database));
    BenchReport report;
    report.count("people", options.people);
    HAAT_TRY(measure_reading(*database, options, report));

    const std::unique_ptr<std::istream> file = people_file(*database, options);
    const std::string name = fmt::format("made-up {} {}", options.seed, options.people);
    auto import =
        HAAT_TRY(registry::PeopleImport::create(*file, name,
                                                {.mode = registry::ImportMode::kApply,
                                                 .company = registry::ImportCompany::kAlone,
                                                 .is_synthetic = true},
                                                known_products(*database), system_clock()));
    std::vector<std::int64_t> steps;
    ProgressBar bar("people");
    const Stopwatch loading;
    apply_import(*database, import, [&](std::int64_t micros) {
        steps.push_back(micros);
        bar.show(import.totals().records, options.people);
    });
    const double rows_done = loading.seconds();
    database.reopen();  // with the last checkpoint
    const double people = static_cast<double>(options.people);
    report.figure("people_per_s", people / loading.seconds());
    report.figure("seconds", loading.seconds());
    report.figure("cpu_us_per_person", static_cast<double>(loading.cpu()) / people);
    report.figure("checkpoint_s", loading.seconds() - rows_done);
    report.figure("last_step_s", static_cast<double>(steps.back()) / 1e6);
    steps.pop_back();
    report.figure("slowest_slice_ms", static_cast<double>(percentile(steps, 1)) / 1e3);
    report.count("added", import.totals().added);
    report.count("refused", import.totals().refused);
    report.count("shared_phones", import.totals().shared_phones);
    const std::int64_t bytes = database->bytes_on_disk();
    report.count("bytes_on_disk", bytes);
    report.figure("bytes_per_person", static_cast<double>(bytes) / people);
    count_rows(*database, report);
    measure_sender(*database, options.people, report);
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
