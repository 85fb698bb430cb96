#include "market/searches.hpp"

#include <gtest/gtest.h>

#include "market_fixture.hpp"

namespace haat::market {
namespace {

constexpr PlaceId kState{1};

class SearchesTest : public MarketTest {
 protected:
    static SearchDraft pickle(std::string device_id) {
        return {.device_id = std::move(device_id),
                .product_id = kPickle,
                .grade = "",
                .min_quantity = {0},
                .max_price = std::nullopt,
                .place_id = kState,
                .tells = true};
    }
    Result<Search> save(const SearchDraft& draft, OrganisationId shop = kShop) {
        return write(
            [&](storage::Transaction& tx) { return save_search(tx, buyer(shop), draft, kNow); });
    }
    int note(const Offer& offer, UnixSeconds now = kNow) {
        return write([&](storage::Transaction& tx) { return note_offer(tx, offer, now); });
    }
    Search now(SearchId search_id, OrganisationId shop = kShop) {
        return database().read([&](storage::Transaction& tx) {
            return find_search(tx, buyer(shop), search_id).value();
        });
    }
    std::vector<Tellable> due(UnixSeconds at) {
        return write([&](storage::Transaction& tx) { return take_due_searches(tx, at, 10); });
    }
};
HAAT_BOTH_ENGINES(SearchesTest);

TEST_P(SearchesTest, NotesWhatFitsOnceAndNothingElse) {
    SearchDraft draft = pickle("search-0001");
    draft.min_quantity = {20'000};
    draft.max_price = Paise{18'000};
    draft.place_id = kPatna;
    const SearchId id = save(draft)->search_id;
    const Offer fits = added(has(1));  // 20 kg at 180 rupees, in Patna
    EXPECT_EQ(note(fits), 1);
    EXPECT_EQ(note(fits), 0) << "noted before";
    EXPECT_EQ(note(added(has(2, 19'999))), 0) << "too little";
    EXPECT_EQ(note(added(has(3, 20'000, 18'001))), 0) << "too dear";
    EXPECT_EQ(note(added(has(11))), 0) << "in Gaya";
    OfferDraft papad = has(4);
    papad.product_id = kPapad;
    EXPECT_EQ(note(added(papad)), 0) << "another product";
    EXPECT_EQ(now(id).matches, 1);
    const auto offers = database().read([&](storage::Transaction& tx) {
        return matches_of(tx, buyer(kShop), id, Page{}, kNow).value();
    });
    ASSERT_EQ(offers.size(), 1U);
    EXPECT_EQ(offers.front().offer_id, fits.offer_id);
}

TEST_P(SearchesTest, AGradeThatIsAskedForMustBeSaid) {
    SearchDraft draft = pickle("search-0002");
    draft.grade = "a";
    const SearchId id = save(draft)->search_id;
    OfferDraft good = has(1);
    good.grade = "a";
    note(added(good));
    OfferDraft second = has(2);
    second.grade = "b";
    note(added(second));
    note(added(has(3)));  // she said none
    EXPECT_EQ(now(id).matches, 1);
}

TEST_P(SearchesTest, BelongsToItsShopAlone) {
    const SearchId id = save(pickle("search-0003"))->search_id;
    note(added(has(1)));
    write([&](storage::Transaction& tx) {
        EXPECT_FALSE(find_search(tx, buyer(kOtherShop), id));
        EXPECT_FALSE(matches_of(tx, buyer(kOtherShop), id, Page{}, kNow).has_value());
        EXPECT_FALSE(remove_search(tx, buyer(kOtherShop), id, kNow).has_value());
        EXPECT_FALSE(set_tells(tx, buyer(kOtherShop), id, false).has_value());
        EXPECT_FALSE(mark_seen(tx, buyer(kOtherShop), id).has_value());
        EXPECT_TRUE(list_searches(tx, buyer(kOtherShop)).empty());
        return 0;
    });
    EXPECT_EQ(now(id).unseen, 1);
    EXPECT_TRUE(write([&](storage::Transaction& tx) { return mark_seen(tx, buyer(kShop), id); }));
    EXPECT_EQ(now(id).unseen, 0);
    EXPECT_EQ(save(pickle("search-0003"))->search_id, id) << "a repeat is the first";
    SearchDraft other = pickle("search-0003");
    other.place_id = kGaya;
    EXPECT_EQ(save(other).error().code, "market.device_id_reused");
}

TEST_P(SearchesTest, TheSameIsKeptOnceAndWhatNobodyCouldBeToldDelaysNothing) {
    SearchDraft quiet = pickle("search-0010");
    quiet.tells = false;
    const SearchId id = save(quiet)->search_id;
    const auto again = save(pickle("search-0011"));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->search_id, id);
    EXPECT_TRUE(again->tells);
    SearchDraft dearer = pickle("search-0012");
    dearer.max_price = Paise{20'000};
    EXPECT_NE(save(dearer)->search_id, id);
    note(added(has(1)));
    EXPECT_EQ(due(kNow).size(), 2U);
    note(added(has(2)), {kNow.value + 5});
    EXPECT_EQ(due({kNow.value + 5}).size(), 2U) << "nothing was told before";
}

TEST_P(SearchesTest, TellsTheFirstAtOnceAndLaterOnesTogether) {
    save(pickle("search-0004"));
    const Offer first = added(has(1));
    note(first);
    auto told = due(kNow);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().fresh, 1);
    EXPECT_EQ(told.front().latest, first.offer_id);
    EXPECT_TRUE(due(kNow).empty()) << "told once";
    write([&](storage::Transaction& tx) {
        note_told(tx, told.front().search.search_id, kNow);
        return 0;
    });
    note(added(has(2)), {kNow.value + 5});
    const Offer third = added(has(3));
    note(third, {kNow.value + 9});
    EXPECT_TRUE(due({kNow.value + kTellEverySeconds - 1}).empty());
    told = due({kNow.value + kTellEverySeconds});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().fresh, 2);
    EXPECT_EQ(told.front().latest, third.offer_id);
}

TEST_P(SearchesTest, TellsNothingWhenNotAskedOrRemoved) {
    SearchDraft quiet = pickle("search-0005");
    quiet.tells = false;
    const SearchId silent = save(quiet)->search_id;
    SearchDraft cheap = pickle("search-0006");
    cheap.max_price = Paise{20'000};
    const SearchId gone = save(cheap)->search_id;
    EXPECT_TRUE(write(
        [&](storage::Transaction& tx) { return remove_search(tx, buyer(kShop), gone, kNow); }));
    note(added(has(1)));
    EXPECT_TRUE(due({kNow.value + kDay}).empty());
    EXPECT_EQ(now(silent).matches, 1);
    EXPECT_TRUE(
        write([&](storage::Transaction& tx) { return set_tells(tx, buyer(kShop), silent, true); }));
    EXPECT_TRUE(due({kNow.value + kDay}).empty()) << "what came before is not told";
    note(added(has(2)), {kNow.value + 1});
    EXPECT_EQ(due({kNow.value + kDay}).size(), 1U);
}

TEST_P(SearchesTest, RefusesWhatCannotBe) {
    SearchDraft bad = pickle("search-0007");
    bad.grade = "z";
    EXPECT_EQ(save(bad).error().code, "market.search_invalid");
    bad = pickle("short");
    EXPECT_EQ(save(bad).error().code, "market.search_invalid");
    EXPECT_EQ(save(pickle("search-0008"), OrganisationId{}).error().code, "market.search_invalid");
    for (int i = 0; i < kSearchesMax; ++i) {
        SearchDraft one = pickle("search-many-" + std::to_string(i));
        one.max_price = Paise{10'000 + i};
        ASSERT_TRUE(save(one).has_value());
    }
    EXPECT_EQ(save(pickle("search-0009")).error().code, "market.searches_full");
}

}  // namespace
}  // namespace haat::market
