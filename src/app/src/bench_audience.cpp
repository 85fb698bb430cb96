/// @file How fast an audience is counted, how large the index is, how long it takes to build from
/// the database. Uses the people that --data or --database holds; makes some if there are none
/// (`haat bench import` makes a whole state far faster).
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <thread>

#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "bench.hpp"
#include "benches.hpp"
#include "catalogue/products.hpp"
#include "exit_codes.hpp"
#include "flows/measure_audience.hpp"
#include "registry/audience.hpp"
#include "registry/audience_names.hpp"
#include "registry/audience_saved.hpp"
#include "registry/audience_tags.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "registry/synthetic.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

using registry::Audience;
using registry::AudienceField;
using storage::Transaction;

constexpr std::int64_t kPeople = 300'000;
constexpr int kRounds = 200;
constexpr std::int64_t kVillages = 200;
constexpr std::int64_t kContactDays = 62;
constexpr std::string_view kTag = "bench";
constexpr std::string_view kOuter = "bench outer";
constexpr std::string_view kInner = "bench inner";

/// One measured question; `ask` returns how many people it found.
struct Question {
    std::string name;
    std::function<std::int64_t()> ask;
};

Viewer whole_state() {
    Viewer viewer = system_viewer();
    viewer.place_id = registry::kBihar;
    return viewer;
}

Result<void> make_people(storage::Database& database, std::int64_t people, std::uint64_t seed) {
    auto loader = HAAT_TRY(registry::PlaceLoader::create(shipped_places()));
    const bool loaded = database.read([&](Transaction& tx) { return loader.is_loaded(tx); });
    while (!loaded && database.write([&](Transaction& tx) { return loader.step(tx); })) {
    }
    HAAT_TRY(load_shipped_catalogue(database));
    registry::SyntheticOptions options{.seed = seed, .people = people, .per_village = 350};
    database.read([&](Transaction& tx) {
        for (const std::string_view key : {"pickle_mango", "makhana", "honey", "sattu", "papad"}) {
            if (const auto product = catalogue::find_product(tx, key)) {
                options.products.push_back(product->product_id);
            }
        }
    });
    registry::SyntheticPeople made(options, system_clock().now());
    while (database.write([&](Transaction& tx) { return made.step(tx); })) {
    }
    return {};
}

/// What is not in a people file: contacts on each of the last 62 days, a tag, saved audiences.
Result<void> add_attributes(storage::Database& database, registry::AudienceIndex& index,
                            std::uint64_t seed) {
    const std::int64_t today = registry::india_day(system_clock().now());
    const std::vector<std::uint32_t> all = index.select(whole_state(), registry::everybody());
    Random random(seed);
    std::vector<std::uint32_t> marked;
    for (std::int64_t day = today - kContactDays + 1; day <= today; ++day) {
        marked.clear();
        for (const std::uint32_t ordinal : all) {
            if (random.chance(1, 20)) {
                marked.push_back(ordinal);
            }
        }
        index.mark_contacted(day, marked);
    }
    constexpr std::size_t kSlice = 1 << 21;
    for (std::size_t from = 0; from < marked.size(); from += kSlice) {
        const std::span<const std::uint32_t> slice(marked.data() + from,
                                                   std::min(kSlice, marked.size() - from));
        HAAT_TRY(database.write([&](Transaction& tx) {
            return registry::set_tag(tx, kTag, slice, registry::Tagging::kPut);
        }));
    }
    return {};
}

Result<Audience> resolved(storage::Database& database, std::string_view text) {
    const Audience parsed = HAAT_TRY(registry::parse_audience(text));
    return database.read([&](Transaction& tx) {
        Viewer viewer = whole_state();
        viewer.places = registry::place_range(tx, registry::kBihar);
        return registry::resolve_audience(tx, viewer, parsed, flows::audience_products(tx),
                                          system_clock().now());
    });
}

Result<void> save(storage::Database& database, std::string_view name, std::string_view text) {
    const Audience audience = HAAT_TRY(resolved(database, text));
    return database.write([&](Transaction& tx) -> Result<void> {
        Viewer viewer = whole_state();
        viewer.places = registry::place_range(tx, registry::kBihar);
        if (registry::saved_audiences_named(tx, viewer, name).empty()) {
            HAAT_TRY(registry::save_audience(tx, viewer, {.name = name, .audience = audience},
                                             system_clock().now()));
        }
        return {};
    });
}

/// place:(…) of the first so many places of a kind.
Audience any_place(storage::Database& database, registry::PlaceKind kind, std::int64_t most) {
    std::vector<Audience> parts;
    database.read([&](Transaction& tx) {
        const std::vector<registry::Place> places =
            registry::places_below(tx, registry::kBihar, kind);
        const auto count = std::min(places.size(), static_cast<std::size_t>(most));
        for (std::size_t i = 0; i < count; ++i) {  // spread over the state
            parts.push_back(registry::term(AudienceField::kPlace,
                                           places[i * places.size() / count].place_id.value));
        }
    });
    return registry::any_of(std::move(parts));
}

Result<std::vector<Question>> questions(storage::Database& database,
                                        const registry::AudienceIndex& index) {
    std::vector<Question> all;
    const auto add_tree = [&](std::string name, const Audience& tree) {
        all.push_back(
            {std::move(name), [&index, tree] { return index.count(whole_state(), tree); }});
    };
    const auto add = [&](std::string_view text) -> Result<void> {
        add_tree(std::string(text), HAAT_TRY(resolved(database, text)));
        return {};
    };
    HAAT_TRY(save(database, kInner, "makes:(honey or makhana) and not reach:sms"));
    HAAT_TRY(save(database, kOuter, "saved:\"bench inner\" or (makes:sattu and speaks:hi)"));
    constexpr std::string_view kSix =
        "place:(Muzaffarpur or Vaishali or Samastipur) and makes:(honey or makhana or sattu) and "
        "speaks:hi and reach:whatsapp and consent:market and not contacted:7d";
    constexpr std::string_view kWide =
        "speaks:(hi or bho or mai) and reach:whatsapp and consent:market and not makes:honey and "
        "not tag:bench and not contacted:30d";
    for (const std::string_view text :
         {std::string_view("everybody"),
          std::string_view("place:Muzaffarpur and consent:market and speaks:hi"),
          std::string_view(
              "place:(Muzaffarpur or Vaishali or Samastipur) and "
              "makes:(honey or makhana or sattu) and reach:whatsapp and consent:market"),
          std::string_view("makes:pickle_mango and consent:market and not reach:sms"), kSix, kWide,
          std::string_view("not contacted:62d"), std::string_view("not (makes:honey or reach:sms)"),
          std::string_view(
              "saved:\"bench outer\" and consent:market and not saved:\"bench inner\""),
          std::string_view("(place:Gaya or speaks:mag) and (reach:sms or reach:whatsapp) and "
                           "consent:notice and not contacted:3d")}) {
        HAAT_TRY(add(text));
    }
    add_tree("place:(200 villages) and consent:market",
             registry::all_of({any_place(database, registry::PlaceKind::kVillage, kVillages),
                               registry::term(AudienceField::kConsent, "market")}));
    add_tree("place:(every district)", any_place(database, registry::PlaceKind::kDistrict, 1'000));
    add_tree("place:(every block) and reach:whatsapp",
             registry::all_of({any_place(database, registry::PlaceKind::kBlock, 10'000),
                               registry::term(AudienceField::kReach, "whatsapp")}));
    const std::vector<registry::Group> clfs = database.read([](Transaction& tx) {
        return registry::groups_below(tx, registry::kBihar, registry::GroupKind::kClf, 1);
    });
    if (!clfs.empty()) {
        add_tree("group:(a federation) and consent:market",
                 registry::all_of({registry::term(AudienceField::kGroup, clfs[0].group_id.value),
                                   registry::term(AudienceField::kConsent, "market")}));
    }
    const Audience six = HAAT_TRY(resolved(database, kSix));
    all.push_back({"six terms, by channel, language and district",
                   [&index, six] { return index.breakdown(whole_state(), six).people; }});
    const Audience wide = HAAT_TRY(resolved(database, kWide));
    all.push_back({"six wide terms, by channel, language and district",
                   [&index, wide] { return index.breakdown(whole_state(), wide).people; }});
    all.push_back({"everybody, by channel, language and district", [&index] {
                       return index.breakdown(whole_state(), registry::everybody()).people;
                   }});
    return all;
}

/// CPU of this thread alone: on a machine with other work, wall time measures the others.
std::int64_t thread_cpu_micros() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::int64_t{spent.tv_sec} * 1'000'000 + spent.tv_nsec / 1'000;
}

std::string measure(const std::vector<Question>& all) {
    JsonWriter json;
    json.begin_array();
    for (const Question& question : all) {
        std::vector<std::int64_t> micros;
        std::vector<std::int64_t> cpu;
        std::int64_t count = question.ask();  // once for the caches
        for (int round = 0; round < kRounds; ++round) {
            const std::int64_t spent = thread_cpu_micros();
            const std::int64_t started = system_clock().monotonic_micros();
            count = question.ask();
            cpu.push_back(thread_cpu_micros() - spent);
            micros.push_back(system_clock().monotonic_micros() - started);
        }
        json.begin_object().field("name", question.name).field("count", count);
        json.field("p50_us", percentile(micros, 0.50));
        json.field("p99_us", percentile(micros, 0.99));
        json.field("p50_cpu_us", percentile(cpu, 0.50));
        json.field("p99_cpu_us", percentile(cpu, 0.99)).end_object();
    }
    return json.end_array().take();
}

}  // namespace

Result<int> bench_audience(const Arguments& arguments) {
    const std::int64_t people = HAAT_TRY(number_of(arguments, "--people", kPeople));
    const auto seed = static_cast<std::uint64_t>(HAAT_TRY(number_of(arguments, "--seed", 1)));
    BenchDatabase database(arguments);
    const bool is_empty = database->read([](Transaction& tx) {
        return registry::list_people(tx, system_viewer(), {.limit = 1}).empty();
    });
    if (is_empty) {
        HAAT_TRY(make_people(*database, people, seed));
    }
    database.reopen();
    registry::AudienceIndex index;
    const int connections =
        static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 3U));
    const std::int64_t cpu_before = cpu_micros();
    const std::int64_t started = system_clock().monotonic_micros();
    index.build(*database, connections);
    const std::int64_t built = system_clock().monotonic_micros() - started;
    const std::int64_t built_cpu = cpu_micros() - cpu_before;

    BenchReport report;
    report.count("people", index.people());
    report.figure("rebuild_s", static_cast<double>(built) / 1e6);
    report.figure("rebuild_cpu_s", static_cast<double>(built_cpu) / 1e6);
    report.count("connections", connections);
    HAAT_TRY(add_attributes(*database, index, seed));
    database->read([&](Transaction& tx) { index.catch_up(tx); });
    const std::vector<Question> all = HAAT_TRY(questions(*database, index));
    report.json("queries", measure(all));
    report.count("memory_bytes", index.memory_bytes());
    report.circumstances(*database);
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
