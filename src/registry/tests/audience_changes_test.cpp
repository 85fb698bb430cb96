/// Whatever changes, the index that followed the changes, one built anew and a plain look at every
/// person agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"
#include "loaded_places.hpp"
#include "registry/audience.hpp"
#include "registry/audience_tags.hpp"
#include "registry/consents.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;

constexpr UnixSeconds kNow{1'790'000'000};
constexpr PlaceId kOtherRampur = place_id_of(PlaceKind::kVillage, 300003);
const std::vector<PlaceId> kHomes{kRampur, kSonpurTola, kOtherRampur, kJhauwa};
const std::vector<PlaceId> kAsked{kRampur, kJhauwa,  kPatnaSadar,
                                  kPatna,  kKatihar, place_id_of(PlaceKind::kDivision, 2)};
const std::vector<std::string> kSpoken{"hi", "bho", "mai"};

/// What a plain look says of one person.
struct Facts {
    Person person;
    std::set<std::int64_t> places;
    std::set<std::int64_t> groups;
    std::set<std::int64_t> products;
    std::set<Channel> channels;
};

class AudienceChangesTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        load(database(), few_places());
        for (int i = 0; i < 2; ++i) {
            groups_.push_back(group(GroupKind::kClf, kPatnaSadar, {}));
        }
        for (int i = 0; i < 4; ++i) {
            groups_.push_back(group(GroupKind::kVo, kRampur, groups_[random_.below(2)]));
        }
        for (int i = 0; i < 8; ++i) {
            groups_.push_back(group(GroupKind::kShg, kRampur, groups_[2 + random_.below(4)]));
        }
        database().read([&](Transaction& tx) { index_.build(tx); });
    }

    GroupId group(GroupKind kind, PlaceId place_id, GroupId parent_id) {
        return database().write([&](Transaction& tx) {
            const std::string name = "G" + std::to_string(next_++);
            return ensure_group(
                       tx,
                       {.kind = kind, .name = name, .place_id = place_id, .parent_id = parent_id},
                       kNow)
                ->group_id;
        });
    }

    std::uint32_t below(std::size_t bound) {
        return random_.below(static_cast<std::uint32_t>(bound));
    }
    const Person& anybody() { return people_[below(people_.size())]; }
    PurposeMask some_purposes() { return {static_cast<std::uint8_t>(1 + below(15))}; }
    std::string some_phone() { return "+91981234" + std::to_string(1'000 + below(60)); }

    void add(Transaction& tx) {
        const std::string phone = some_phone();
        const NewAddress address{random_.chance(1, 2) ? Channel::kWhatsapp : Channel::kSms, phone};
        const std::vector<ProductId> products{{11 + below(3)}};
        NewPerson wish{.name = "दीदी",
                       .place_id = kHomes[below(kHomes.size())],
                       .language = kSpoken[below(kSpoken.size())],
                       .products = products};
        if (random_.chance(2, 3)) {
            wish.group_id = groups_[below(groups_.size())];
        }
        if (random_.chance(3, 4)) {
            wish.addresses = std::span(&address, 1);
        }
        if (random_.chance(3, 4)) {
            wish.consent = NewConsent{some_purposes(), Channel::kWhatsapp, "1/hi", "form:1"};
        }
        if (const Result<Person> made = add_person(tx, system_viewer(), wish, kNow)) {
            people_.push_back(*made);
        }
    }

    /// What no function of the registry does yet: moving, losing an address, being merged away.
    void by_hand(Transaction& tx) {
        const std::size_t at = below(people_.size());
        const std::string ordinal = std::to_string(people_[at].ordinal);
        switch (below(4)) {
            case 0:
                tx.execute_script("UPDATE person SET place_id = " +
                                  std::to_string(kHomes[below(kHomes.size())].value) +
                                  " WHERE ordinal = " + ordinal);
                break;
            case 1:
                tx.execute_script("UPDATE person SET group_id = " +
                                  std::to_string(groups_[below(groups_.size())].value) +
                                  " WHERE ordinal = " + ordinal);
                break;
            case 2:
                tx.execute_script("DELETE FROM person_contact WHERE ordinal = " + ordinal +
                                  "; UPDATE person SET channels = 0 WHERE ordinal = " + ordinal);
                break;
            default:
                if (!consents_of(tx, system_viewer(), people_[at].person_id)->empty()) {
                    return;
                }
                for (const std::string table : {"person_contact", "person_product", "person"}) {
                    tx.execute_script("DELETE FROM " + table + " WHERE ordinal = " + ordinal);
                }
                note_audience_change(tx, people_[at].ordinal, people_[at].ordinal);
                people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(at));
                return;
        }
        note_audience_change(tx, people_[at].ordinal, people_[at].ordinal);
    }

    void change(Transaction& tx) {
        const Viewer all = system_viewer();
        const ConsentSource source{Channel::kWhatsapp, "1/hi", "officer:1"};
        const std::uint32_t what = below(12);
        if (people_.size() < 20 || what < 3) {
            add(tx);
            return;
        }
        const std::size_t at = below(people_.size());
        const Person person = people_[at];
        Result<void> done;
        switch (what) {
            case 3: {
                std::vector<ProductId> products;
                for (std::int64_t product = 11; product < 14; ++product) {
                    if (random_.chance(1, 2)) {
                        products.push_back({product});
                    }
                }
                done = set_products(tx, all, person.person_id, products);
                break;
            }
            case 4:
                done = set_language(tx, all, person.person_id, kSpoken[below(kSpoken.size())]);
                break;
            case 5:
                done = suppress(tx, all, person.person_id, some_purposes(), source, kNow);
                break;
            case 6:
                done = give_consent(tx, all, person.person_id, some_purposes(), source, kNow);
                break;
            case 7: {
                const std::string phone = some_phone();
                if (attach_address(tx, all, person.person_id, {Channel::kSms, phone}, kNow)) {
                    done = {};
                }
                break;
            }
            case 8:
                stop_or_start(tx, source);
                break;
            case 9:
                (void)set_tag(tx, "fair", {{person.ordinal, anybody().ordinal}},
                              random_.chance(2, 3) ? Tagging::kPut : Tagging::kTake);
                break;
            case 10:
                (void)ensure_group(tx,
                                   {.kind = GroupKind::kVo,
                                    .name = "G" + std::to_string(2 + below(4)),
                                    .place_id = kRampur,
                                    .parent_id = groups_[below(2)]},
                                   kNow);
                break;
            default:
                by_hand(tx);
        }
        EXPECT_TRUE(done.has_value());
    }

    void stop_or_start(Transaction& tx, const ConsentSource& source) {
        const Address address = ensure_address(tx, Channel::kSms, some_phone(), kNow);
        if (random_.chance(1, 2)) {
            suppress_address(tx, address.address_id, some_purposes(), source, kNow);
        } else {
            opt_in_address(tx, address.address_id, some_purposes(), source, kNow);
        }
    }

    std::vector<Facts> look() {
        std::vector<Facts> facts;
        database().read([&](Transaction& tx) {
            Viewer all = system_viewer();
            all.places = place_range(tx, kBihar);
            for (const Person& person : list_people(tx, all, {.limit = 500})) {
                Facts fact{.person = person};
                for (const Place& place : place_path(tx, person.place_id)) {
                    fact.places.insert(place.place_id.value);
                }
                for (const Group& above : group_path(tx, person.group_id)) {
                    fact.groups.insert(above.group_id.value);
                }
                for (const ProductId product_id : *products_of(tx, all, person.person_id)) {
                    fact.products.insert(product_id.value);
                }
                for (const PersonAddress& address : *addresses_of(tx, all, person.person_id)) {
                    fact.channels.insert(address.channel);
                }
                facts.push_back(std::move(fact));
            }
        });
        return facts;
    }

    static bool fits(const Facts& facts, const Audience& audience) {
        const auto part_fits = [&](const Audience& part) { return fits(facts, part); };
        switch (audience.kind) {
            case Audience::Kind::kAll:
                return std::ranges::all_of(audience.parts, part_fits);
            case Audience::Kind::kAny:
                return std::ranges::any_of(audience.parts, part_fits);
            case Audience::Kind::kNot:
                return !fits(facts, audience.parts.front());
            case Audience::Kind::kTerm:
                break;
        }
        switch (audience.field) {
            case AudienceField::kPlace:
                return facts.places.contains(audience.id);
            case AudienceField::kGroup:
                return facts.groups.contains(audience.id);
            case AudienceField::kMakes:
                return facts.products.contains(audience.id);
            case AudienceField::kSpeaks:
                return facts.person.language == audience.text;
            case AudienceField::kReach:
                return facts.channels.contains(*channel_from_name(audience.text));
            default: {
                const MessagePurpose purpose = *message_purpose_from_name(audience.text);
                return facts.person.consents.has(purpose) && !facts.person.suppressed.has(purpose);
            }
        }
    }

    Audience some_tree(int depth) {
        const std::uint32_t what = below(depth > 0 ? 10 : 6);
        switch (what) {
            case 0:
                return term(AudienceField::kPlace, kAsked[below(kAsked.size())].value);
            case 1:
                return term(AudienceField::kGroup, groups_[below(groups_.size())].value);
            case 2:
                return term(AudienceField::kMakes, 11 + below(3));
            case 3:
                return term(AudienceField::kSpeaks, kSpoken[below(kSpoken.size())]);
            case 4:
                return term(AudienceField::kReach, random_.chance(1, 2) ? "whatsapp" : "sms");
            case 5:
                return term(AudienceField::kConsent, random_.chance(1, 2) ? "market" : "order");
            case 6:
                return none_of(some_tree(depth - 1));
            default: {
                std::vector<Audience> parts;
                const std::uint32_t count = 2 + below(3);
                for (std::uint32_t i = 0; i < count; ++i) {
                    parts.push_back(some_tree(depth - 1));
                }
                return what == 7 ? any_of(std::move(parts)) : all_of(std::move(parts));
            }
        }
    }

    Random random_{20261122};
    AudienceIndex index_;
    std::vector<GroupId> groups_;
    std::vector<Person> people_;
    int next_ = 0;
};
HAAT_BOTH_ENGINES(AudienceChangesTest);

TEST_P(AudienceChangesTest, AreFollowedExactly) {
    for (int round = 0; round < 25; ++round) {
        const std::uint32_t changes = 1 + below(30);
        for (std::uint32_t i = 0; i < changes; ++i) {
            // A refusal (a full phone) keeps nothing: then nobody was added.
            database().write([&](Transaction& tx) { change(tx); });
        }
        AudienceIndex fresh;
        database().read([&](Transaction& tx) {
            index_.catch_up(tx);
            fresh.build(tx);
        });
        AudienceIndex parallel;
        if (round % 8 == 0) {
            parallel.build(database(), 2);
        }
        const std::vector<Facts> facts = look();
        ASSERT_EQ(index_.people(), static_cast<std::int64_t>(facts.size()));
        for (int asked = 0; asked < 40; ++asked) {
            const Audience tree = some_tree(3);
            std::vector<std::uint32_t> expected;
            for (const Facts& fact : facts) {
                if (fits(fact, tree)) {
                    expected.push_back(fact.person.ordinal);
                }
            }
            const std::string text = audience_text(tree);
            ASSERT_EQ(index_.select(system_viewer(), tree), expected) << round << ": " << text;
            ASSERT_EQ(fresh.select(system_viewer(), tree), expected) << round << ": " << text;
            if (round % 8 == 0) {
                ASSERT_EQ(parallel.select(system_viewer(), tree), expected) << text;
            }
        }
        const Audience fair = term(AudienceField::kTag, "fair");
        ASSERT_EQ(index_.select(system_viewer(), fair), fresh.select(system_viewer(), fair));
    }
}

TEST_P(AudienceChangesTest, AreCountedAlikeInEveryWay) {
    for (int i = 0; i < 60; ++i) {
        database().write([&](Transaction& tx) { add(tx); });
    }
    database().read([&](Transaction& tx) { index_.catch_up(tx); });
    const std::vector<Facts> facts = look();
    for (int asked = 0; asked < 20; ++asked) {
        const Audience tree = some_tree(2);
        std::map<std::string, std::int64_t> languages;
        std::map<std::int64_t, std::int64_t> districts;
        std::map<Channel, std::int64_t> channels;
        for (const Facts& fact : facts) {
            if (fits(fact, tree)) {
                ++languages[fact.person.language];
                ++districts[fact.places.contains(kPatna.value) ? kPatna.value : kKatihar.value];
                for (const Channel channel : fact.channels) {
                    ++channels[channel];
                }
            }
        }
        const AudienceBreakdown by = index_.breakdown(system_viewer(), tree);
        EXPECT_EQ(by.people, index_.count(system_viewer(), tree));
        EXPECT_EQ(
            (std::map<std::string, std::int64_t>(by.by_language.begin(), by.by_language.end())),
            languages);
        EXPECT_EQ((std::map<Channel, std::int64_t>(by.by_channel.begin(), by.by_channel.end())),
                  channels);
        ASSERT_EQ(by.by_district.size(), districts.size());
        for (const DistrictCount& count : by.by_district) {
            EXPECT_EQ(count.people, districts[count.district_id.value]);
        }
    }
}

}  // namespace
}  // namespace haat::registry
