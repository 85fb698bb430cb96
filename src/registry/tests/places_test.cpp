#include <gmock/gmock.h>

#include <chrono>
#include <sstream>

#include "loaded_places.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;
using ::testing::ElementsAre;

std::vector<std::string> names(const std::vector<Place>& places) {
    std::vector<std::string> list;
    for (const Place& place : places) {
        list.push_back(place.name_en);
    }
    return list;
}

class PlacesTest : public storage::testing::DatabaseTest {};
HAAT_BOTH_ENGINES(PlacesTest);

TEST_P(PlacesTest, AreATreeWhoseSubtreesAreRanges) {
    load(database(), few_places());
    database().read([&](Transaction& tx) {
        const Result<Place> village = find_place(tx, kRampur);
        ASSERT_TRUE(village.has_value());
        EXPECT_EQ(village->name_en, "Rampur");
        EXPECT_EQ(village->district_id, kPatna);
        EXPECT_TRUE(village->has_own_point);
        EXPECT_EQ(names(place_path(tx, kRampur)),
                  (std::vector<std::string>{"Rampur", "Patna Sadar", "Patna", "Patna", "Bihar"}));
        for (const Place& above : place_path(tx, kRampur)) {
            EXPECT_LE(above.numbers.first, village->numbers.first);
            EXPECT_GE(above.numbers.last, village->numbers.last);
        }
        const PlaceRange katihar = place_range(tx, kKatihar);
        EXPECT_TRUE(village->numbers.first < katihar.first ||
                    village->numbers.first > katihar.last);
        EXPECT_EQ(names(places_below(tx, kPatna, PlaceKind::kVillage)),
                  (std::vector<std::string>{"Rampur", "Sonpur Tola", "Rampur"}));
        EXPECT_EQ(names(child_places(tx, kBihar)), (std::vector<std::string>{"Patna", "Purnia"}));
        EXPECT_FALSE(find_place(tx, PlaceKind::kVillage, 999'999).has_value());
        EXPECT_EQ(place_range(tx, {5}).first, 1);
        EXPECT_EQ(place_range(tx, {5}).last, 0);
        const Result<Place> inherits = find_place(tx, kSonpurTola);
        EXPECT_TRUE(inherits->has_point);
        EXPECT_FALSE(inherits->has_own_point);
        EXPECT_EQ(inherits->lat_micro, 25'594'100);
    });
}

TEST_P(PlacesTest, NeverResolveABlockByAnAmbiguousName) {
    load(database(), few_places());
    database().read([&](Transaction& tx) {
        const PlaceMatch alone = resolve_block(tx, "RAJPUR");
        EXPECT_FALSE(alone.place.has_value());
        EXPECT_EQ(alone.candidates.size(), 2U);
        const PlaceMatch with_district = resolve_block(tx, "raj pur", kKatihar);
        ASSERT_TRUE(with_district.place.has_value());
        EXPECT_EQ(with_district.place->code, 1807);
        EXPECT_EQ(resolve_block(tx, "पटना सदर").place->code, 1966);
        EXPECT_EQ(resolve_block(tx, "Patna Rural").place->code, 1966);
        EXPECT_TRUE(resolve_block(tx, "Nowhere").candidates.empty());
        EXPECT_EQ(resolve_district(tx, "katihaar").place->place_id, kKatihar);
        EXPECT_EQ(resolve_village(tx, "sonpur-tola", kPatnaSadar).place->place_id, kSonpurTola);
        EXPECT_FALSE(resolve_village(tx, "Jhauwa", kPatnaSadar).place.has_value());
        EXPECT_THAT(names(search_places(tx, "raj", 10)), ElementsAre("Rajpur", "Rajpur"));
        EXPECT_THAT(names(search_places(tx, "पट", 1)), ElementsAre("Patna"));
        EXPECT_TRUE(search_places(tx, " - ", 10).empty());
        EXPECT_EQ(post_offices_of(tx, 800'001).front().name_en, "G.P.O., Patna");
        EXPECT_EQ(post_offices_of(tx, 854'105).front().block_id, PlaceId{});
    });
}

TEST_P(PlacesTest, LoadAgainWithoutChangeAndMendWhatChanged) {
    load(database(), few_places());
    PlaceFiles changed = few_places();
    const PlaceLoader same = *PlaceLoader::create(changed);
    EXPECT_TRUE(database().read([&](Transaction& tx) { return same.is_loaded(tx); }));
    changed.villages_csv += "300005,Naya Tola,1966,212,,\n";
    changed.villages_csv.replace(changed.villages_csv.find("Sonpur Tola"), 11, "Sonpur Tolla");
    const PlaceLoader other = *PlaceLoader::create(changed);
    EXPECT_FALSE(database().read([&](Transaction& tx) { return other.is_loaded(tx); }));
    load(database(), changed);
    load(database(), changed);
    database().read([&](Transaction& tx) {
        EXPECT_EQ(names(places_below(tx, kPatnaSadar, PlaceKind::kVillage)),
                  (std::vector<std::string>{"Rampur", "Sonpur Tolla", "Naya Tola"}));
    });
}

TEST_P(PlacesTest, TakePanchayatsFromLgdFiles) {
    load(database(), few_places());
    std::istringstream by_block(
        "S.No.,Block Code,Local Body Code,Local Body Name (In English),Local Body Name (In Local)\n"
        "1,1966,90002,Sonpur Panchayat,सोनपुर पंचायत\n"
        "2,1966,90001,Rampur Panchayat,रामपुर पंचायत\n"
        "3,7777,90003,Nowhere,\n"
        "4,1966,zzz,Bad,\n");
    std::istringstream by_village(
        "Village Code,Village Name (In English),Local Body Code,Local Body Name (In English)\n"
        "300002,Sonpur Tola,90002,Sonpur Panchayat\n"
        "399999,Unknown,90002,Sonpur Panchayat\n");
    Result<LgdImport> first = LgdImport::create(by_block);
    ASSERT_TRUE(first.has_value());
    while (database().write([&](Transaction& tx) { return first->step(tx); })) {
    }
    EXPECT_EQ(first->panchayats(), 2);
    ASSERT_EQ(first->refusals().size(), 2U);
    EXPECT_EQ(first->refusals()[0].code, "registry.lgd_bad_code");
    EXPECT_EQ(first->refusals()[0].line, 5);
    EXPECT_EQ(first->refusals()[1].code, "registry.lgd_unknown_block");

    for (int again = 0; again < 2; ++again) {
        by_village.clear();
        by_village.seekg(0);
        Result<LgdImport> second = LgdImport::create(by_village);
        ASSERT_TRUE(second.has_value());
        while (database().write([&](Transaction& tx) { return second->step(tx); })) {
        }
        EXPECT_EQ(second->villages(), 1);
        ASSERT_EQ(second->refusals().size(), 1U);
        EXPECT_EQ(second->refusals()[0].code, "registry.lgd_unknown_village");
    }
    database().read([&](Transaction& tx) {
        const PlaceId panchayat = place_id_of(PlaceKind::kPanchayat, 90002);
        EXPECT_EQ(names(places_below(tx, panchayat, PlaceKind::kVillage)),
                  (std::vector<std::string>{"Sonpur Tola"}));
        EXPECT_EQ(places_below(tx, kPatnaSadar, PlaceKind::kVillage).size(), 2U);
        EXPECT_EQ(find_place(tx, panchayat)->name_hi, "सोनपुर पंचायत");
    });
    load(database(), few_places());  // loading the shipped files again leaves panchayats alone
    database().read([&](Transaction& tx) {
        EXPECT_EQ(place_path(tx, kSonpurTola).at(1).kind, PlaceKind::kPanchayat);
    });
    std::istringstream useless("a,b\n1,2\n");
    EXPECT_EQ(LgdImport::create(useless).error().code, "registry.lgd_columns");
}

TEST_P(PlacesTest, LoadTheWholeStateInShortSlices) {
    Result<PlaceFiles> files = read_place_files(HAAT_SOURCE_DIR "/data/places");
    ASSERT_TRUE(files.has_value());
    Result<PlaceLoader> loader = PlaceLoader::create(*files);
    ASSERT_TRUE(loader.has_value());
    EXPECT_EQ(loader->counts().districts, 38);
    EXPECT_EQ(loader->counts().blocks, 534);
    EXPECT_EQ(loader->counts().villages, 44'933);
    using Watch = std::chrono::steady_clock;
    const Watch::time_point start = Watch::now();
    std::int64_t longest_micros = 0;
    bool more = true;
    while (more) {
        const Watch::time_point slice = Watch::now();
        more = database().write([&](Transaction& tx) { return loader->step(tx); });
        longest_micros = std::max<std::int64_t>(
            longest_micros,
            std::chrono::duration_cast<std::chrono::microseconds>(Watch::now() - slice).count());
    }
    RecordProperty("load_ms", std::to_string((Watch::now() - start).count() / 1'000'000));
    RecordProperty("longest_slice_us", std::to_string(longest_micros));
    database().read([&](Transaction& tx) {
        EXPECT_EQ(places_below(tx, kBihar, PlaceKind::kVillage).size(), 44'933U);
        EXPECT_EQ(places_below(tx, kBihar, PlaceKind::kDivision).size(), 9U);
        // Every village lies within its block's numbers, and no two share one.
        std::int64_t last = -1;
        for (const Place& village : places_below(tx, kBihar, PlaceKind::kVillage)) {
            ASSERT_GT(village.numbers.first, last);
            last = village.numbers.last;
        }
        int ambiguous = 0;
        for (const Place& block : places_below(tx, kBihar, PlaceKind::kBlock)) {
            const PlaceMatch match = resolve_block(tx, block.name_en);
            ambiguous += match.place ? 0 : 1;
            ASSERT_TRUE(resolve_block(tx, block.name_en, block.district_id).place.has_value())
                << block.name_en;
        }
        EXPECT_GE(ambiguous, 24);  // twelve names, each in two districts or more
    });
}

TEST(Places, MeasureDistanceInMetres) {
    // Patna to Gaya is 94 km as the crow flies, Patna to Kishanganj 285 km (great circle).
    EXPECT_NEAR(static_cast<double>(metres_between(25'594'100, 85'137'600, 24'796'900, 85'000'000)),
                89'700, 400);
    EXPECT_NEAR(static_cast<double>(metres_between(25'594'100, 85'137'600, 26'102'200, 87'945'000)),
                286'600, 1'500);
    EXPECT_EQ(metres_between(25'594'100, 85'137'600, 25'594'100, 85'137'600), 0);
    EXPECT_EQ(metres_between(1'000'000, 0, 0, 0), 111'195);
}

TEST(Places, RefuseBrokenFilesWithTheirLine) {
    PlaceFiles files = few_places();
    files.blocks_csv += "17,Bad,बुरा,999,BAD,,25.0,85.0\n";
    const Result<PlaceLoader> refused = PlaceLoader::create(files);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, "registry.bad_place_file");
    EXPECT_EQ(refused.error().params.at(0).second, "bihar_blocks.csv");
    EXPECT_EQ(refused.error().params.at(1).second, "5");
    EXPECT_FALSE(read_place_files("/nowhere").has_value());
}

}  // namespace
}  // namespace haat::registry
