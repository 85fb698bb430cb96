#include "registry/people.hpp"

#include <gmock/gmock.h>

#include <array>

#include "loaded_places.hpp"
#include "registry/audience.hpp"
#include "registry/audience_tags.hpp"
#include "registry/consents.hpp"
#include "registry/groups.hpp"
#include "registry/organisations.hpp"
#include "storage/failure.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UnixSeconds kNow{1'790'000'000};
constexpr ProductId kPickle{11};
constexpr ProductId kRice{12};

class PeopleTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        load(database(), few_places());
    }

    Person add(std::string_view name, PlaceId place_id, std::string_view phone,
               std::vector<ProductId> products = {}, GroupId group_id = {}) {
        const Result<Person> person = try_add(name, place_id, phone, std::move(products), group_id);
        EXPECT_TRUE(person.has_value()) << person.error().code;
        return *person;
    }

    Result<Person> try_add(std::string_view name, PlaceId place_id, std::string_view phone,
                           std::vector<ProductId> products = {}, GroupId group_id = {}) {
        return database().write([&](Transaction& tx) {
            const NewAddress address{Channel::kWhatsapp, phone};
            return add_person(
                tx, system_viewer(),
                {.name = name,
                 .place_id = place_id,
                 .group_id = group_id,
                 .addresses =
                     phone.empty() ? std::span<const NewAddress>() : std::span(&address, 1),
                 .products = products,
                 .consent = NewConsent{kAllPurposes, Channel::kWhatsapp, "1/hi", "form:1"}},
                kNow);
        });
    }

    Viewer officer_of(PlaceId place_id, Role role = Role::kDistrictOfficer) {
        Viewer viewer{.account_id = {5}, .role = role, .place_id = place_id};
        viewer.places = database().read([&](Transaction& tx) { return place_range(tx, place_id); });
        return viewer;
    }

    std::vector<std::pair<std::uint32_t, int>> changes_since(std::int64_t epoch) {
        std::vector<std::pair<std::uint32_t, int>> changes;
        database().read([&](Transaction& tx) {
            suppression_changes_since(tx, epoch, [&](std::uint32_t ordinal, PurposeMask purposes) {
                changes.emplace_back(ordinal, purposes.bits);
            });
        });
        return changes;
    }
};
HAAT_BOTH_ENGINES(PeopleTest);

TEST_P(PeopleTest, OutsideTheScopeDoNotExist) {
    const Person rita = add("रीता देवी", kRampur, "+919812345601");
    const Viewer patna = officer_of(kPatna);
    const Viewer katihar = officer_of(kKatihar);
    const Viewer buyer = officer_of(kPatna, Role::kBuyer);
    database().read([&](Transaction& tx) {
        EXPECT_EQ(find_person(tx, patna, rita.person_id)->name, "रीता देवी");
        EXPECT_EQ(find_person(tx, katihar, rita.person_id).error().code, "registry.no_person");
        EXPECT_EQ(find_person(tx, katihar, rita.person_id).error().kind, ErrorKind::kNotFound);
        EXPECT_FALSE(find_person(tx, buyer, rita.person_id).has_value());
        EXPECT_FALSE(find_person_by_ordinal(tx, katihar, rita.ordinal).has_value());
        EXPECT_EQ(find_people(tx, patna, {{rita.person_id, PersonId{9}}}).size(), 1U);
        EXPECT_EQ(list_people(tx, patna, {}).size(), 1U);
        EXPECT_EQ(list_people(tx, patna, {.place_id = kKatihar}).size(), 0U);
        EXPECT_EQ(list_people(tx, katihar, {}).size(), 0U);
        EXPECT_EQ(addresses_of(tx, patna, rita.person_id)->front().external_id, "98••••5601");
        EXPECT_EQ(addresses_of(tx, system_viewer(), rita.person_id)->front().external_id,
                  "+919812345601");
        EXPECT_EQ(find_address(tx, patna, Channel::kWhatsapp, "+919812345601")->external_id,
                  "98••••5601");
        EXPECT_FALSE(find_address(tx, katihar, Channel::kWhatsapp, "+919812345601").has_value());
    });
    const Result<void> changed = database().write(
        [&](Transaction& tx) { return set_name(tx, katihar, rita.person_id, "Somebody else"); });
    EXPECT_FALSE(changed.has_value());
}

TEST_P(PeopleTest, ShareAPhoneUpToSix) {
    for (int i = 0; i < kMaxPeoplePerAddress; ++i) {
        add("दीदी " + std::to_string(i), kRampur, "+919812345602");
    }
    EXPECT_EQ(try_add("सातवीं", kRampur, "+919812345602").error().code, "registry.address_full");
    database().read([&](Transaction& tx) {
        const auto address = find_address(tx, system_viewer(), Channel::kWhatsapp, "+919812345602");
        ASSERT_TRUE(address.has_value());
        const std::vector<Person> people =
            people_on_address(tx, system_viewer(), address->address_id);
        ASSERT_EQ(people.size(), 6U);
        EXPECT_EQ(people[1].ordinal, people[0].ordinal + 1);
        EXPECT_EQ(addresses_of(tx, system_viewer(), people[0].person_id)->front().people, 6);
        int rows = 0;
        addresses_in(tx, people.front().ordinal, people.back().ordinal, Channel::kWhatsapp,
                     [&](const SendAddress& row) {
                         EXPECT_EQ(row.address_id, address->address_id);
                         EXPECT_EQ(row.external_id, "+919812345602");
                         EXPECT_EQ(row.language, "hi");
                         EXPECT_EQ(row.ordinal, people[static_cast<std::size_t>(rows)].ordinal);
                         ++rows;
                     });
        EXPECT_EQ(rows, 6);
        addresses_in(tx, 0, 100'000, Channel::kSms, [&](const SendAddress&) { FAIL(); });
        std::vector<std::uint32_t> found;
        const std::array asked{people[1].ordinal, people[2].ordinal, people[5].ordinal,
                               people[5].ordinal + 1'000};
        addresses_at(tx, asked, Channel::kWhatsapp, [&](const SendAddress& row) {
            EXPECT_EQ(row.external_id, "+919812345602");
            found.push_back(row.ordinal);
        });
        EXPECT_EQ(found, std::vector<std::uint32_t>(asked.begin(), asked.begin() + 3));
        addresses_at(tx, asked, Channel::kSms, [&](const SendAddress&) { FAIL(); });
        std::vector<std::uint32_t> ordinals;
        address_ids_in(tx, people[1].ordinal, people[4].ordinal, Channel::kWhatsapp,
                       [&](std::uint32_t ordinal, AddressId address_id) {
                           EXPECT_EQ(address_id, address->address_id);
                           ordinals.push_back(ordinal);
                       });
        EXPECT_EQ(ordinals, (std::vector<std::uint32_t>{people[1].ordinal, people[2].ordinal,
                                                        people[3].ordinal, people[4].ordinal}));
        address_ids_in(tx, 0, 100'000, Channel::kSms, [](std::uint32_t, AddressId) { FAIL(); });
    });
}

TEST_P(PeopleTest, RefuseWhatIsWrong) {
    struct Case {
        std::string_view name;
        PlaceId place_id;
        std::string_view phone;
        std::string_view code;
    };
    const std::string long_name(101, 'a');
    const Case cases[] = {
        {" ", kRampur, "", "registry.bad_name"},
        {"\xFF", kRampur, "", "registry.bad_name"},
        {long_name, kRampur, "", "registry.bad_name"},
        {"Rita", {7}, "", "registry.no_place"},
        {"Rita", kPatna, "", "registry.place_kind"},
        {"Rita", kRampur, "9812345601", "registry.bad_address"},
    };
    for (const Case& wrong : cases) {
        const Result<Person> person = try_add(wrong.name, wrong.place_id, wrong.phone);
        ASSERT_FALSE(person.has_value()) << wrong.code;
        EXPECT_EQ(person.error().code, wrong.code);
    }
    database().read(
        [&](Transaction& tx) { EXPECT_THAT(list_people(tx, system_viewer(), {}), IsEmpty()); });
}

TEST_P(PeopleTest, GetOrdinalsVillageByVillageOnce) {
    std::set<std::uint32_t> seen;
    std::uint32_t last_rampur = 0;
    for (int i = 0; i < 30; ++i) {
        const Person here = add("A" + std::to_string(i), kRampur, "");
        const Person there = add("B" + std::to_string(i), kJhauwa, "");
        EXPECT_TRUE(seen.insert(here.ordinal).second);
        EXPECT_TRUE(seen.insert(there.ordinal).second);
        if (i > 0) {
            EXPECT_EQ(here.ordinal, last_rampur + 1);
        }
        last_rampur = here.ordinal;
    }
}

TEST_P(PeopleTest, AreSuppressedWhenTheirAddressSaysStop) {
    const Person rita = add("रीता", kRampur, "+919812345603");
    const Person sita = add("सीता", kRampur, "+919812345603");
    const Person gita = add("गीता", kRampur, "+919812345604");
    const ConsentSource stop{Channel::kWhatsapp, "", "wamid:1"};
    const std::int64_t before =
        database().read([](Transaction& tx) { return suppression_epoch(tx); });
    EXPECT_EQ(before, 0);
    const auto address_id = database().read([&](Transaction& tx) {
        return find_address(tx, system_viewer(), Channel::kWhatsapp, "+919812345603")->address_id;
    });
    database().write([&](Transaction& tx) {
        EXPECT_EQ(suppress_address(tx, address_id, kAllPurposes, stop, kNow), 2);
    });
    EXPECT_THAT(changes_since(0),
                ElementsAre(std::pair(rita.ordinal, 15), std::pair(sita.ordinal, 15)));
    // Again: no new epoch. A third person on that phone inherits it.
    database().write([&](Transaction& tx) {
        suppress_address(tx, address_id, kAllPurposes, stop, kNow);
        EXPECT_EQ(suppression_epoch(tx), 2);
    });
    const Person mita = add("मीता", kRampur, "+919812345603");
    EXPECT_EQ(mita.suppressed, kAllPurposes);
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(attach_address(tx, system_viewer(), gita.person_id,
                                   {Channel::kWhatsapp, "+919812345603"}, kNow));
    });
    EXPECT_THAT(changes_since(2),
                ElementsAre(std::pair(mita.ordinal, 15), std::pair(gita.ordinal, 15)));
    // One of them opts in again, for orders only.
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(give_consent(tx, system_viewer(), rita.person_id, only(MessagePurpose::kOrder),
                                 {Channel::kWhatsapp, "1/hi", "wamid:2"}, kNow));
    });
    EXPECT_THAT(changes_since(4), ElementsAre(std::pair(rita.ordinal, 11)));
    database().read([&](Transaction& tx) {
        const Person now = *find_person(tx, system_viewer(), rita.person_id);
        EXPECT_EQ(now.consents, only(MessagePurpose::kOrder));
        const std::vector<ConsentRow> rows = *consents_of(tx, system_viewer(), rita.person_id);
        ASSERT_EQ(rows.size(), 4U);
        EXPECT_TRUE(rows.front().given);
        EXPECT_EQ(rows.back().evidence, "wamid:2");
    });
    database().write([&](Transaction& tx) {
        opt_in_address(tx, address_id, kAllPurposes, {Channel::kWhatsapp, "1/hi", "wamid:3"}, kNow);
        EXPECT_EQ(find_person(tx, system_viewer(), sita.person_id)->suppressed, kNoPurpose);
        EXPECT_EQ(find_address(tx, system_viewer(), address_id)->suppressed, kNoPurpose);
    });
}

TEST_P(PeopleTest, ProductsAndLanguageReachTheAudience) {
    const Person rita = add("रीता", kRampur, "+919812345605", {kPickle});
    const Person sita = add("सीता", kSonpurTola, "", {kPickle, kRice});
    const Person gita = add("गीता", kJhauwa, "+919812345606", {kRice});
    AudienceIndex index;
    database().read([&](Transaction& tx) { index.build(tx); });
    const Viewer all = system_viewer();
    EXPECT_EQ(index.people(), 3);
    EXPECT_EQ(index.count(all, everybody()), 3);
    EXPECT_THAT(index.select(all, {.products = {kPickle}}),
                ElementsAre(rita.ordinal, sita.ordinal));
    EXPECT_THAT(index.select(all, {.products = {kPickle}, .channel = Channel::kWhatsapp}),
                ElementsAre(rita.ordinal));
    EXPECT_EQ(index.count(all, {.places = {kPatna}}), 2);
    EXPECT_EQ(index.count(all, {.places = {kPatna, kKatihar}}), 3);
    EXPECT_EQ(index.count(all, {.places = {kBihar}, .exclude_places = {kRampur}}), 2);
    EXPECT_EQ(index.count(all, {.places = {place_id_of(PlaceKind::kDivision, 2)}}), 1);
    EXPECT_EQ(index.count(all, {.places = {kPatnaSadar}}), 2);
    EXPECT_EQ(index.count(all, {.languages = {"mai"}}), 0);
    EXPECT_EQ(index.count(all, {.tags = {"nobody set this"}}), 0);
    EXPECT_EQ(index.count(officer_of(kKatihar), everybody()), 1);
    EXPECT_EQ(index.count(officer_of(kPatnaSadar, Role::kBlockOfficer), everybody()), 2);
    EXPECT_EQ(index.count(officer_of(kPatna, Role::kBuyer), everybody()), 0);
    const std::vector<DistrictCount> districts = index.count_by_district(all, everybody());
    ASSERT_EQ(districts.size(), 2U);
    EXPECT_EQ(districts[0].people, 2);

    database().write([&](Transaction& tx) {
        EXPECT_TRUE(set_products(tx, all, rita.person_id, {{kRice}}));
        EXPECT_TRUE(set_language(tx, all, sita.person_id, "mai"));
        EXPECT_TRUE(suppress(tx, all, gita.person_id, only(MessagePurpose::kMarket),
                             {Channel::kWhatsapp, "", "officer:1"}, kNow));
    });
    EXPECT_EQ(database().read([&](Transaction& tx) { return index.catch_up(tx); }), 3);
    EXPECT_EQ(database().read([&](Transaction& tx) { return index.catch_up(tx); }), 0);
    EXPECT_THAT(index.select(all, {.products = {kPickle}}), ElementsAre(sita.ordinal));
    EXPECT_THAT(index.select(all, {.products = {kRice}, .purpose = MessagePurpose::kMarket}),
                ElementsAre(rita.ordinal, sita.ordinal));
    EXPECT_EQ(index.count(all, {.products = {kRice}, .purpose = MessagePurpose::kOrder}), 3);
    EXPECT_THAT(index.select(all, {.languages = {"mai"}}), ElementsAre(sita.ordinal));
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(set_tag(tx, "fair", {{sita.ordinal, gita.ordinal}}, Tagging::kPut));
    });
    database().read([&](Transaction& tx) { index.catch_up(tx); });
    EXPECT_EQ(index.count(all, {.tags = {"fair"}}), 2);
    EXPECT_EQ(index.count(all, {.exclude_tags = {"fair"}}), 1);
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(add_product(tx, all, gita.person_id, kPickle));
        EXPECT_EQ(products_of(tx, all, gita.person_id)->size(), 2U);
    });
    const Person mita = add("मीता", kSonpurTola, "+919812345605", {kPickle});
    database().read([&](Transaction& tx) { index.catch_up(tx); });
    EXPECT_EQ(index.count(all, {.products = {kPickle}}), 3);
    AudienceIndex again;  // following the changes and building anew must agree
    database().read([&](Transaction& tx) { again.build(tx); });
    for (const ProductId product_id : {kPickle, kRice}) {
        EXPECT_EQ(index.select(all, {.products = {product_id}}),
                  again.select(all, {.products = {product_id}}));
    }
    EXPECT_GT(mita.ordinal, sita.ordinal);
    EXPECT_GT(index.memory_bytes(), 1000);
}

TEST_P(PeopleTest, BelongToGroups) {
    const auto [shg, vo] = database().write([&](Transaction& tx) {
        const Group clf = *ensure_group(
            tx, {.kind = GroupKind::kClf, .name = "Ekta CLF", .place_id = kPatnaSadar}, kNow);
        const Group made = *ensure_group(tx,
                                         {.kind = GroupKind::kVo,
                                          .name = "Ekta VO",
                                          .place_id = kRampur,
                                          .parent_id = clf.group_id},
                                         kNow);
        const Group lower = *ensure_group(
            tx, {.kind = GroupKind::kShg, .name = "Lakshmi", .place_id = kRampur}, kNow);
        const Group same = *ensure_group(tx,
                                         {.kind = GroupKind::kShg,
                                          .name = "LAKSHMI",
                                          .place_id = kRampur,
                                          .parent_id = made.group_id},
                                         kNow);
        EXPECT_EQ(same.group_id, lower.group_id);
        EXPECT_EQ(same.parent_id, made.group_id);
        EXPECT_EQ(group_path(tx, same.group_id).size(), 3U);
        EXPECT_EQ(child_groups(tx, clf.group_id).size(), 1U);
        EXPECT_EQ(groups_below(tx, kPatna, GroupKind::kShg, 10).size(), 1U);
        EXPECT_EQ(ensure_group(tx,
                               {.kind = GroupKind::kShg,
                                .name = "Wrong",
                                .place_id = kRampur,
                                .parent_id = clf.group_id},
                               kNow)
                      .error()
                      .code,
                  "registry.bad_parent");
        return std::pair(same, made);
    });
    const Person rita = add("रीता", kRampur, "", {}, shg.group_id);
    add("सीता", kRampur, "");
    AudienceIndex index;
    database().read([&](Transaction& tx) { index.build(tx); });
    EXPECT_THAT(index.select(system_viewer(), {.groups = {vo.group_id}}),
                ElementsAre(rita.ordinal));
    EXPECT_THAT(index.select(system_viewer(), {.groups = {shg.group_id}}),
                ElementsAre(rita.ordinal));
    database().read([&, group_id = shg.group_id](Transaction& tx) {
        EXPECT_EQ(list_people(tx, system_viewer(), {.group_id = group_id}).size(), 1U);
    });
}

TEST_P(PeopleTest, OrganisationsAreMadeOnceByCode) {
    database().write([&](Transaction& tx) {
        const NewOrganisation shop{.kind = OrganisationKind::kBuyer,
                                   .code = "patna-shop",
                                   .name_en = "Patna Shop",
                                   .name_hi = "पटना दुकान",
                                   .place_id = kPatna};
        const Organisation first = *ensure_organisation(tx, shop, kNow);
        EXPECT_EQ(ensure_organisation(tx, shop, kNow)->organisation_id, first.organisation_id);
        EXPECT_EQ(find_organisation(tx, "patna-shop")->name_hi, "पटना दुकान");
        EXPECT_EQ(find_organisation(tx, first.organisation_id)->code, "patna-shop");
        EXPECT_EQ(list_organisations(tx, OrganisationKind::kBuyer).size(), 1U);
        EXPECT_EQ(list_organisations(tx, OrganisationKind::kJail).size(), 0U);
        EXPECT_FALSE(find_organisation(tx, "other").has_value());
    });
}

}  // namespace
}  // namespace haat::registry
