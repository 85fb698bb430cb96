#include "demo_world.hpp"

#include <array>
#include <limits>
#include <set>

#include "access/accounts.hpp"
#include "access/passwords.hpp"
#include "base/assert.hpp"
#include "base/clock.hpp"
#include "catalogue/products.hpp"
#include "command.hpp"
#include "embedded.hpp"
#include "flows/demo_master_data.hpp"
#include "registry/people.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "registry/synthetic.hpp"
#include "storage/migrations.hpp"

namespace haat::app {
namespace {

using storage::Transaction;

/// What the made-up women make, commonest first.
constexpr std::array kProducts{"pickle_mango", "makhana",   "honey",          "sattu",
                               "papad",        "agarbatti", "mushroom_oyster"};

void load_places(storage::Database& database) {
    const registry::PlaceFiles files{
        .districts_csv = std::string(data_file("places/bihar_districts.csv")),
        .blocks_csv = std::string(data_file("places/bihar_blocks.csv")),
        .villages_csv = std::string(data_file("places/bihar_villages.csv")),
        .post_offices_csv = std::string(data_file("places/bihar_post_offices.csv"))};
    Result<registry::PlaceLoader> loader = registry::PlaceLoader::create(files);
    HAAT_ASSERT(loader.has_value());  // the files are inside this program
    if (database.read([&](Transaction& tx) { return loader->is_loaded(tx); })) {
        return;
    }
    while (database.write([&](Transaction& tx) { return loader->step(tx); })) {
    }
}

void load_products(storage::Database& database) {
    database.write([](Transaction& tx) {
        const auto loaded = catalogue::load_catalogue(
            tx, {.products_csv = std::string(data_file("catalogue/products.csv")),
                 .product_keys_csv = std::string(data_file("catalogue/product_keys.csv"))});
        HAAT_ASSERT(loaded.has_value());
    });
}

std::vector<registry::Person> some_people(storage::Database& database, std::int64_t after) {
    return database.read([&](Transaction& tx) {
        return registry::list_people(tx, system_viewer(), {.after_ordinal = after, .limit = 500});
    });
}

Result<void> make_people(storage::Database& database, std::int64_t people, std::uint64_t seed) {
    const std::vector<registry::Person> there = some_people(database, -1);
    if (!there.empty()) {
        return there.front().is_synthetic ? Result<void>()
                                          : refuse(ErrorKind::kConflict, "app.demo_not_synthetic");
    }
    registry::SyntheticOptions options{.seed = seed, .people = people, .mobilisers = true};
    database.read([&](Transaction& tx) {
        for (const char* key : kProducts) {
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

/// Who works at a point or a packaging house sees the women of her block: both stand in the village
/// of made-up women that is nearest to the city, so that there are some.
Result<flows::DemoPlaces> places_of(Transaction& tx, const std::vector<registry::Person>& people) {
    flows::DemoPlaces places = HAAT_TRY(flows::usual_demo_places(tx));
    const registry::Place city = HAAT_TRY(registry::find_place(tx, places.city));
    std::set<PlaceId> villages;
    for (const registry::Person& person : people) {
        villages.insert(person.place_id);
    }
    std::int64_t nearest_metres = std::numeric_limits<std::int64_t>::max();
    for (const PlaceId village_id : villages) {
        const registry::Place village = HAAT_TRY(registry::find_place(tx, village_id));
        const auto metres = registry::metres_between(village, city);
        if (metres && *metres < nearest_metres) {
            nearest_metres = *metres;
            places.village = village_id;
            places.block = village.block_id;
        }
    }
    return places;
}

struct DemoAccount {
    const char* login;
    const char* name_hi;
    const char* name_en;
    Role role;
    PlaceId place_id;
    OrganisationId organisation_id;
    SiteId site_id;
};

Result<void> make_accounts(storage::Database& database, const flows::DemoMasterData& data,
                           const flows::DemoPlaces& places) {
    const PlaceId state = registry::kBihar;
    const std::array accounts{
        DemoAccount{"state",
                    "राज्य अधिकारी (नमूना)",
                    "State officer (sample)",
                    Role::kStateOfficer,
                    state,
                    {},
                    {}},
        DemoAccount{"state2",
                    "दूसरी राज्य अधिकारी (नमूना)",
                    "Second state officer (sample)",
                    Role::kStateOfficer,
                    state,
                    {},
                    {}},
        DemoAccount{"shop",
                    "पटना दुकान (नमूना)",
                    "Patna shop (sample)",
                    Role::kBuyer,
                    state,
                    data.buyer_shop,
                    {}},
        DemoAccount{"didi",
                    "जीविका मित्र (नमूना)",
                    "Group mobiliser (sample)",
                    Role::kMobiliser,
                    places.village,
                    {},
                    {}},
        DemoAccount{"point",
                    "खरीद केंद्र (नमूना)",
                    "Purchase point (sample)",
                    Role::kPurchasePoint,
                    places.village,
                    {},
                    data.purchase_point},
        DemoAccount{"house",
                    "पैकेजिंग घर (नमूना)",
                    "Packaging house (sample)",
                    Role::kPackagingHouse,
                    places.block,
                    {},
                    data.packaging_house},
        DemoAccount{"mall", "खादी मॉल (नमूना)", "Khadi Mall (sample)", Role::kCashier, places.city,
                    data.khadi_board, data.khadi_mall},
        DemoAccount{"museum", "संग्रहालय दुकान (नमूना)", "Museum shop (sample)", Role::kCashier,
                    places.city, data.museum, data.museum_shop},
        DemoAccount{"jail", "कर्मशाला (नमूना)", "Jail workshop (sample)", Role::kJailOfficer,
                    places.city, data.jail, data.workshop},
        DemoAccount{
            "auditor", "लेखा परीक्षक (नमूना)", "Auditor (sample)", Role::kAuditor, state, {}, {}},
    };
    access::PasswordHasher hasher;
    const std::string hash = HAAT_TRY(hasher.hash(kDemoPassword));
    return database.write([&](Transaction& tx) -> Result<void> {
        for (const DemoAccount& account : accounts) {
            if (access::find_account(tx, account.login)) {
                continue;
            }
            HAAT_TRY(access::add_account(tx,
                                         {.login = account.login,
                                          .name_hi = account.name_hi,
                                          .name_en = account.name_en,
                                          .role = account.role,
                                          .place_id = account.place_id,
                                          .organisation_id = account.organisation_id,
                                          .site_id = account.site_id,
                                          .password_hash = hash},
                                         system_clock().now()));
        }
        return {};
    });
}

DemoWorld world_of(storage::Database& database) {
    DemoWorld world;
    database.read([&](Transaction& tx) {
        std::vector<std::pair<PersonId, std::string>> numbers;
        registry::addresses_in(tx, 0, std::numeric_limits<std::uint32_t>::max(),
                               registry::Channel::kWhatsapp,
                               [&](const registry::SendAddress& address) {
                                   numbers.emplace_back(address.person_id, address.external_id);
                               });
        for (const auto& [person_id, number] : numbers) {
            const auto person = registry::find_person(tx, system_viewer(), person_id);
            world.phones.push_back({number, person->name});
        }
    });
    world.people = static_cast<std::int64_t>(world.phones.size());
    return world;
}

}  // namespace

Result<DemoWorld> make_demo_world(const storage::OpenOptions& options, std::int64_t people,
                                  std::uint64_t seed) {
    HAAT_TRY(storage::migrate(options));
    const std::unique_ptr<storage::Database> database = storage::Database::open(options);
    load_places(*database);
    load_products(*database);
    HAAT_TRY(make_people(*database, people, seed));
    struct Made {
        flows::DemoPlaces places;
        flows::DemoMasterData data;
    };
    const std::vector<registry::Person> women = some_people(*database, -1);
    Result<Made> making = database->write([&](Transaction& tx) -> Result<Made> {
        const flows::DemoPlaces places = HAAT_TRY(places_of(tx, women));
        return Made{places, HAAT_TRY(flows::ensure_demo_master_data(tx, texts(), places,
                                                                    system_clock().now()))};
    });
    const Made made = HAAT_TRY(std::move(making));
    HAAT_TRY(make_accounts(*database, made.data, made.places));
    return world_of(*database);
}

}  // namespace haat::app
