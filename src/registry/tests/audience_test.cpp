#include "registry/audience.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "base/random.hpp"
#include "loaded_places.hpp"
#include "registry/audience_names.hpp"
#include "registry/audience_saved.hpp"
#include "registry/audience_tags.hpp"
#include "registry/consents.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UnixSeconds kNow{1'790'000'000};
constexpr ProductId kPickle{11};
constexpr ProductId kLitchi{12};
constexpr ProductId kHoney{13};
constexpr PlaceId kOtherRampur = place_id_of(PlaceKind::kVillage, 300003);

std::vector<AudienceProduct> few_products() {
    return {{kPickle, "pickle_mango", {"आम का अचार", "Mango pickle", "achar"}},
            {kLitchi, "litchi", {"लीची", "Litchi"}},
            {kHoney, "honey", {"शहद", "Honey"}},
            {{14}, "pickle_lemon", {"नींबू का अचार", "Lemon pickle", "achar"}}};
}

class AudienceTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        load(database(), few_places());
    }

    Viewer officer_of(PlaceId place_id, Role role = Role::kDistrictOfficer) {
        Viewer viewer{.account_id = {5}, .role = role, .place_id = place_id};
        viewer.places = database().read([&](Transaction& tx) { return place_range(tx, place_id); });
        return viewer;
    }

    struct Wish {
        PlaceId place_id = kRampur;
        std::vector<ProductId> products;
        GroupId group_id;
        std::string_view language = "hi";
        std::vector<Channel> channels;
        PurposeMask purposes = kAllPurposes;
    };
    Person add(const Wish& wish) {
        const std::int64_t number = next_phone_++;
        const std::string phone = "+91981234" + std::to_string(number);
        std::vector<NewAddress> addresses;
        for (const Channel channel : wish.channels) {
            const std::string_view id = phone;
            addresses.push_back({channel, channel == Channel::kTelegram ? id.substr(1) : id});
        }
        const Result<Person> person = database().write([&](Transaction& tx) {
            return add_person(
                tx, system_viewer(),
                {.name = "दीदी",
                 .place_id = wish.place_id,
                 .group_id = wish.group_id,
                 .language = wish.language,
                 .addresses = addresses,
                 .products = wish.products,
                 .consent = NewConsent{wish.purposes, Channel::kWhatsapp, "1/hi", "form:1"}},
                kNow);
        });
        EXPECT_TRUE(person.has_value()) << person.error().code;
        return *person;
    }

    Group make_group(GroupKind kind, std::string_view name, PlaceId place_id,
                     GroupId parent_id = {}) {
        return *database().write([&](Transaction& tx) {
            return ensure_group(
                tx, {.kind = kind, .name = name, .place_id = place_id, .parent_id = parent_id},
                kNow);
        });
    }

    Result<Audience> resolve(std::string_view text, const Viewer& viewer = system_viewer()) {
        Audience parsed = HAAT_TRY(parse_audience(text));
        return database().read([&](Transaction& tx) {
            return resolve_audience(tx, seeing_all(viewer), std::move(parsed), few_products, kNow);
        });
    }

    /// haat itself sees every place.
    static Viewer seeing_all(Viewer viewer) {
        if (viewer.is_system()) {
            viewer.places = {0, std::numeric_limits<std::int64_t>::max()};
        }
        return viewer;
    }

    std::vector<std::uint32_t> who(std::string_view text, const Viewer& viewer = system_viewer()) {
        const Result<Audience> audience = resolve(text, viewer);
        EXPECT_TRUE(audience.has_value()) << text << ": " << audience.error().code;
        return audience ? index_.select(seeing_all(viewer), *audience)
                        : std::vector<std::uint32_t>{};
    }

    void build() {
        database().read([&](Transaction& tx) { index_.build(tx); });
    }
    void catch_up() {
        database().read([&](Transaction& tx) { index_.catch_up(tx); });
    }

    std::string error_of(std::string_view text, const Viewer& viewer = system_viewer()) {
        const Result<Audience> audience = resolve(text, viewer);
        if (audience) {
            return "fine: " + audience_text(*audience);
        }
        std::string said = audience.error().code;
        for (const auto& [name, value] : audience.error().params) {
            if (name == "at" || name == "suggestions") {
                said += " " + value;
            }
        }
        return said;
    }

    AudienceIndex index_;
    std::int64_t next_phone_ = 1000;
};
HAAT_BOTH_ENGINES(AudienceTest);

TEST_P(AudienceTest, FindsExactlyThoseWhoAreMeant) {
    const Group clf = make_group(GroupKind::kClf, "Ekta CLF", kPatnaSadar);
    const Group vo = make_group(GroupKind::kVo, "Ekta VO", kRampur, clf.group_id);
    const Group shg = make_group(GroupKind::kShg, "Lakshmi", kRampur, vo.group_id);
    using enum Channel;
    const std::uint32_t a =
        add({kRampur, {kLitchi}, shg.group_id, "hi", {kWhatsapp, kSms}}).ordinal;
    const std::uint32_t b = add({kRampur, {kHoney, kLitchi}, {}, "bho", {kSms}}).ordinal;
    const std::uint32_t c =
        add({kSonpurTola, {kPickle}, vo.group_id, "hi", {kWhatsapp}, only(MessagePurpose::kOrder)})
            .ordinal;
    const std::uint32_t d = add({kOtherRampur, {kHoney}, {}, "hi", {kTelegram}}).ordinal;
    const std::uint32_t e = add({kJhauwa, {}, {}, "mai", {}}).ordinal;
    build();
    const std::vector<std::pair<std::string_view, std::set<std::uint32_t>>> cases{
        {"everybody", {a, b, c, d, e}},
        {"not everybody", {}},
        {"place:patna", {a, b, c, d}},
        {"in:katihaar", {e}},
        {"place:\"patna sadar\"", {a, b, c}},
        {"place:\"Rampur, Patna Sadar, Patna\"", {a, b}},
        {"place:(\"Rampur, Patna Sadar\" or jhauwa)", {a, b, e}},
        {"place:bihar", {a, b, c, d, e}},
        {"place:purnia", {e}},
        {"makes:litchi", {a, b}},
        {"makes:(litchi and honey)", {b}},
        {"makes:(litchi and not honey)", {a}},
        {"makes:शहद", {b, d}},
        {"makes:achar", {c}},
        {"group:\"ekta clf\"", {a, c}},
        {"group:\"Lakshmi, Rampur, Patna Sadar\"", {a}},
        {"place:patna and not group:\"Ekta VO\"", {b, d}},
        {"speaks:hindi", {a, c, d}},
        {"भाषा:(भोजपुरी या मैथिली)", {b, e}},
        {"reach:sms", {a, b}},
        {"reach:(whatsapp or telegram)", {a, c, d}},
        {"consent:market", {a, b, d, e}},
        {"consent:order and not consent:market", {c}},
        {"जगह:पटना और नहीं भाषा:हिंदी", {b}},
        {"(makes:litchi or makes:honey) and (reach:sms or reach:telegram)", {a, b, d}},
        {"not (makes:litchi or makes:honey)", {c, e}},
        {"tag:nobody", {}},
        {"not contacted:7d", {a, b, c, d, e}},
    };
    for (const auto& [text, expected] : cases) {
        const std::vector<std::uint32_t> found = who(text);
        EXPECT_EQ(std::set(found.begin(), found.end()), expected) << text;
    }
}

TEST_P(AudienceTest, AnOfficerFindsOnlyHerOwnPlaces) {
    const std::uint32_t here = add({.place_id = kRampur, .products = {kLitchi}}).ordinal;
    const std::uint32_t there = add({.place_id = kJhauwa, .products = {kLitchi}}).ordinal;
    build();
    const Viewer patna = officer_of(kPatna);
    EXPECT_THAT(who("makes:litchi"), ElementsAre(here, there));
    EXPECT_THAT(who("makes:litchi", patna), ElementsAre(here));
    EXPECT_THAT(who("not makes:honey", patna), ElementsAre(here));
    EXPECT_THAT(who("everybody", officer_of(kPatna, Role::kBuyer)), IsEmpty());
    EXPECT_EQ(error_of("place:katihar", patna), "registry.audience_no_place 7 ");
    EXPECT_EQ(error_of("place:#3000000201", patna), "registry.audience_no_place 7 ");
    EXPECT_EQ(error_of("place:\"Jhauwa, Rajpur, Katihar\"", patna),
              "registry.audience_no_place 7 ");
    const std::vector<std::uint32_t> both{here, there};
    const std::vector<DistrictCount> seen = index_.districts_of(patna, both);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.front().district_id, kPatna);
}

TEST_P(AudienceTest, SaysWhatANameMayHaveMeant) {
    make_group(GroupKind::kVo, "Ekta VO", kRampur);
    make_group(GroupKind::kVo, "Ekta VO", kOtherRampur);
    EXPECT_EQ(error_of("place:patnaa"), "registry.audience_no_place_like 7 Patna");
    EXPECT_EQ(error_of("place:rajpur"),
              "registry.audience_places_like 7 \"Rajpur, Patna\", \"Rajpur, Katihar\"");
    EXPECT_EQ(error_of("place:rampur"),
              "registry.audience_places_like 7 \"Rampur, Patna Sadar, Patna\", "
              "\"Rampur, Rajpur, Patna\"");
    EXPECT_EQ(error_of("reach:sms and makes:litchy"),
              "registry.audience_no_product_like 21 litchi");
    EXPECT_EQ(error_of("group:\"ekta vo\""),
              "registry.audience_groups_like 7 \"Ekta VO, Rampur, Patna Sadar, Patna\", "
              "\"Ekta VO, Rampur, Rajpur, Patna\"");
    EXPECT_EQ(error_of("group:ektaa"), "registry.audience_no_group 7 ");
    EXPECT_EQ(error_of("saved:x"), "registry.audience_no_saved 7 ");
    EXPECT_EQ(error_of("place:qqqqqqq"), "registry.audience_no_place 7 ");
}

TEST_P(AudienceTest, CanonicalTextMeansTheSame) {
    const Group vo = make_group(GroupKind::kVo, "Ekta VO", kRampur);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"place:PATNA", "place:Patna"},
        {"in:#4000001967", "place:\"Rajpur, Patna\""},
        {"place:#6000300001", "place:\"Rampur, Patna Sadar, Patna\""},
        {"place:#6000300004", "place:\"Jhauwa, Rajpur, Katihar\""},
        {"makes:लीची or makes:शहद", "makes:(litchi or honey)"},
        {"makes:achar", "makes:(pickle_mango or pickle_lemon)"},
        {"group:#" + std::to_string(vo.group_id.value), "group:\"Ekta VO\""},
        {"not (not speaks:HINDI)", "speaks:hi"},
        {"contacted:7 days or tag:\"a b\"", "contacted:7d or tag:\"a b\""},
        {"(reach:sms and (consent:market and everybody))", "reach:sms and consent:market"},
    };
    for (const auto& [text, canonical] : cases) {
        const Result<Audience> audience = resolve(text);
        ASSERT_TRUE(audience.has_value()) << text << ": " << audience.error().code;
        EXPECT_EQ(audience_text(*audience), canonical);
        const Result<Audience> again = resolve(audience_text(*audience));
        ASSERT_TRUE(again.has_value()) << canonical << ": " << again.error().code;
        EXPECT_EQ(*again, *audience) << canonical;
        const Result<Audience> by_ids = resolve(audience_text(*audience, AudienceStyle::kIds));
        ASSERT_TRUE(by_ids.has_value()) << canonical;
        EXPECT_EQ(*by_ids, *audience) << canonical;
    }
}

TEST_P(AudienceTest, TagsAreKeptAndFollowed) {
    const std::uint32_t a = add({.place_id = kRampur}).ordinal;
    const std::uint32_t b = add({.place_id = kSonpurTola}).ordinal;
    build();
    const auto set = [&](std::string_view tag, std::vector<std::uint32_t> ordinals,
                         Tagging tagging) {
        return database().write(
            [&](Transaction& tx) { return set_tag(tx, tag, ordinals, tagging); });
    };
    EXPECT_TRUE(set("fair", {a, b}, Tagging::kPut));
    EXPECT_TRUE(set("stage:applied", {a, 3'000'000}, Tagging::kPut));
    EXPECT_FALSE(set("", {a}, Tagging::kPut));
    catch_up();
    EXPECT_THAT(who("tag:fair"), ElementsAre(a, b));
    EXPECT_THAT(who("stage:applied"), ElementsAre(a));  // nobody has the other ordinal
    EXPECT_TRUE(set("fair", {a}, Tagging::kTake));
    const std::int64_t before = index_.freshness();
    EXPECT_TRUE(set("fair", {a}, Tagging::kTake));  // changes nothing
    catch_up();
    EXPECT_EQ(index_.freshness(), before + 1);
    EXPECT_THAT(who("tag:fair"), ElementsAre(b));
    EXPECT_THAT(who("tag:fair and not stage:applied"), ElementsAre(b));
    database().read([&](Transaction& tx) {
        EXPECT_THAT(tags_like(tx, "stage:", 10), ElementsAre("stage:applied"));
        EXPECT_EQ(tags_like(tx, "", 10).size(), 2U);
    });
    build();  // from the database alone
    EXPECT_THAT(who("tag:fair"), ElementsAre(b));
}

TEST_P(AudienceTest, KnowsWhoWasContactedWithinDays) {
    std::vector<std::uint32_t> people;
    for (int i = 0; i < 200; ++i) {
        people.push_back(add({.place_id = kRampur}).ordinal);
    }
    build();
    const std::int64_t today = india_day(kNow);
    Random random(7);
    std::vector<std::int64_t> last(people.size(), 0);
    for (int round = 0; round < 400; ++round) {  // days in any order, also too old ones
        const std::int64_t day =
            today - 150 + random.below(static_cast<std::uint32_t>(std::min(151, 20 + round)));
        std::vector<std::uint32_t> marked;
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (random.chance(1, 40)) {
                marked.push_back(people[i]);
                last[i] = std::max(last[i], day);
            }
        }
        index_.mark_contacted(day, marked);
    }
    index_.mark_contacted(today, {});
    for (const int days : {1, 2, 7, 30, 61, 62}) {
        std::vector<std::uint32_t> expected;
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (last[i] > today - days) {
                expected.push_back(people[i]);
            }
        }
        const std::string text = "contacted:" + std::to_string(days) + "d";
        EXPECT_EQ(who(text), expected) << text;
        EXPECT_EQ(who("not " + text).size(), people.size() - expected.size()) << text;
        EXPECT_EQ(who("place:patna and " + text), expected) << text;
    }
}

TEST_P(AudienceTest, GroupsMoveAndSavedAudiencesNest) {
    const Group first = make_group(GroupKind::kClf, "First", kPatnaSadar);
    const Group second = make_group(GroupKind::kClf, "Second", kPatnaSadar);
    const Group vo = make_group(GroupKind::kVo, "VO", kRampur, first.group_id);
    const Group shg = make_group(GroupKind::kShg, "SHG", kRampur, vo.group_id);
    const std::uint32_t a =
        add({.place_id = kRampur, .products = {kLitchi}, .group_id = shg.group_id}).ordinal;
    build();
    EXPECT_THAT(who("group:first"), ElementsAre(a));
    make_group(GroupKind::kVo, "VO", kRampur, second.group_id);  // the same, with another parent
    catch_up();
    EXPECT_THAT(who("group:first"), IsEmpty());
    EXPECT_THAT(who("group:second"), ElementsAre(a));
    // A new group below a new one, known by its first member.
    const Group third = make_group(GroupKind::kClf, "Third", kPatnaSadar);
    const Group its = make_group(GroupKind::kVo, "Its", kSonpurTola, third.group_id);
    const std::uint32_t b =
        add({.place_id = kSonpurTola, .products = {kHoney}, .group_id = its.group_id}).ordinal;
    catch_up();
    EXPECT_THAT(who("group:third"), ElementsAre(b));

    const Viewer patna = officer_of(kPatna);
    const auto save = [&](std::string_view name, std::string_view text) {
        const Audience audience = *resolve(text, patna);
        return database().write([&](Transaction& tx) {
            return save_audience(tx, patna, {.name = name, .audience = audience, .people = 1},
                                 kNow);
        });
    };
    const SavedAudience litchi = *save("Litchi makers", "makes:litchi");
    const SavedAudience sweet = *save("Sweet", "saved:\"litchi makers\" or makes:honey");
    EXPECT_EQ(save("SWEET", "makes:honey").error().code, "registry.audience_name_taken");
    EXPECT_EQ(save(" ", "makes:honey").error().code, "registry.bad_audience_name");
    EXPECT_THAT(who("saved:sweet", patna), ElementsAre(a, b));
    EXPECT_THAT(who("saved:sweet and not saved:\"Litchi makers\"", patna), ElementsAre(b));
    EXPECT_EQ(audience_text(*resolve("saved:sweet", patna)), "saved:Sweet");
    // It would need itself.
    const Audience circle = *resolve("saved:sweet or reach:sms", patna);
    const Result<SavedAudience> refused = database().write([&](Transaction& tx) {
        return change_saved_audience(tx, patna, litchi.saved_audience_id,
                                     {.name = litchi.name, .audience = circle}, kNow);
    });
    EXPECT_EQ(refused.error().code, "registry.audience_cycle");
    // A new name does not break who uses it; removing it would.
    const Audience same = *resolve("makes:litchi", patna);
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(change_saved_audience(tx, patna, litchi.saved_audience_id,
                                          {.name = "Lychee", .audience = same}, kNow));
        EXPECT_EQ(remove_saved_audience(tx, patna, litchi.saved_audience_id).error().code,
                  "registry.audience_in_use");
    });
    EXPECT_THAT(who("saved:sweet", patna), ElementsAre(a, b));
    const Viewer katihar = officer_of(kKatihar);
    EXPECT_EQ(error_of("saved:sweet", katihar), "registry.audience_no_saved 7 ");
    database().write([&](Transaction& tx) {
        EXPECT_THAT(list_saved_audiences(tx, katihar, {}, 10), IsEmpty());
        EXPECT_EQ(list_saved_audiences(tx, patna, {}, 10).size(), 2U);
        EXPECT_EQ(list_saved_audiences(tx, patna, litchi.saved_audience_id, 10).size(), 1U);
        EXPECT_FALSE(remove_saved_audience(tx, katihar, sweet.saved_audience_id));
        EXPECT_TRUE(remove_saved_audience(tx, patna, sweet.saved_audience_id));
        EXPECT_TRUE(remove_saved_audience(tx, patna, litchi.saved_audience_id));
    });
}

TEST_P(AudienceTest, OldChangesGoAndASleeperBuildsAnew) {
    const std::uint32_t a = add({.place_id = kRampur, .products = {kLitchi}}).ordinal;
    build();
    const std::uint32_t b = add({.place_id = kRampur, .products = {kLitchi}}).ordinal;
    const auto trim = [&](std::int64_t seconds) {
        return database().write([&](Transaction& tx) {
            return trim_audience_changes(tx, UnixSeconds{kNow.value + seconds});
        });
    };
    EXPECT_EQ(trim(0), 0);
    const std::uint32_t c = add({.place_id = kRampur, .products = {kLitchi}}).ordinal;
    EXPECT_EQ(trim(86'399), 0);
    EXPECT_EQ(trim(86'400), 2);  // what was there at the first mark
    EXPECT_EQ(trim(86'400), 0);
    catch_up();
    EXPECT_THAT(who("makes:litchi"), ElementsAre(a, b, c));
}

}  // namespace
}  // namespace haat::registry
