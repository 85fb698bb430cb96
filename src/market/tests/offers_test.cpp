#include "market/offers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "market_fixture.hpp"

namespace haat::market {
namespace {

class OffersTest : public MarketTest {
 protected:
    std::vector<OfferId> listed(const Viewer& viewer, const OfferFilter& filter,
                                UnixSeconds now = kNow) {
        const auto offers = database().read(
            [&](storage::Transaction& tx) { return list_offers(tx, viewer, filter, Page{}, now); });
        std::vector<OfferId> ids;
        for (const Offer& offer : offers) ids.push_back(offer.offer_id);
        return ids;
    }
};
HAAT_BOTH_ENGINES(OffersTest);

TEST_P(OffersTest, IsFoundAsItWasGiven) {
    const Offer offer = added(has(1));
    EXPECT_EQ(offer.person_id, didi(1));
    EXPECT_EQ(offer.quantity, Milli{20'000});
    EXPECT_EQ(offer.remaining, Milli{20'000});
    EXPECT_EQ(offer.price_per_unit, Paise{18'000});
    EXPECT_EQ(offer.grade, "");
    EXPECT_EQ(offer.said, "20 किलो आम का अचार है");
    EXPECT_EQ(offer.inbound_id, InboundId{7'001});
    EXPECT_EQ(offer.offered_at, kNow);
    EXPECT_EQ(offer.state, OfferState::kOpen);
    EXPECT_EQ(offer_now(offer.offer_id).unit, "kg");
}

TEST_P(OffersTest, TheSameMessageAddsNothingTwice) {
    const Offer offer = added(has(1));
    EXPECT_EQ(added(has(1), {kNow.value + 40 * kDay}).offer_id, offer.offer_id);
    OfferDraft other = has(1, 21'000);
    const auto refused = write([&](storage::Transaction& tx) { return add(tx, other, kNow); });
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, "market.offer_source_reused");
    // Another product in the same message is another offer.
    OfferDraft papad = has(1);
    papad.product_id = kPapad;
    EXPECT_NE(added(papad).offer_id, offer.offer_id);
}

TEST_P(OffersTest, RefusesWhatCannotBe) {
    struct Row {
        const char* field;
        std::function<void(OfferDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"person_id", [](OfferDraft& d) { d.person_id = {}; }},
        {"product_key", [](OfferDraft& d) { d.product_id = {}; }},
        {"quantity_milli", [](OfferDraft& d) { d.quantity = {0}; }},
        {"quantity_milli", [](OfferDraft& d) { d.quantity = {1'000'000'000'001}; }},
        {"unit", [](OfferDraft& d) { d.unit = ""; }},
        {"price_paise", [](OfferDraft& d) { d.price_per_unit = {0}; }},
        {"grade", [](OfferDraft& d) { d.grade = "d"; }},
        {"place_id", [](OfferDraft& d) { d.place_id = {}; }},
        {"available_until_at", [](OfferDraft& d) { d.available_until_at = kNow; }},
        {"available_from_at", [](OfferDraft& d) { d.available_from_at = d.available_until_at; }},
        {"said", [](OfferDraft& d) { d.said = std::string(1001, 'x'); }},
        {"said", [](OfferDraft& d) { d.said = "\xFF"; }},
    };
    for (const Row& row : rows) {
        OfferDraft draft = has(1);
        row.spoil(draft);
        const auto refused = write([&](storage::Transaction& tx) { return add(tx, draft, kNow); });
        ASSERT_FALSE(refused.has_value()) << row.field;
        EXPECT_EQ(refused.error().code, "market.offer_invalid");
        EXPECT_EQ(refused.error().params.at(0).second, row.field);
    }
    OfferDraft answering = has(1);
    answering.demand_id = DemandId{99};
    EXPECT_EQ(
        write([&](storage::Transaction& tx) { return add(tx, answering, kNow); }).error().code,
        "market.no_demand");
    EXPECT_TRUE(listed(system_viewer(), {}).empty());
}

TEST_P(OffersTest, StateFollowsFromQuantitiesAndDates) {
    const OfferId id = added(has(1)).offer_id;
    const UnixSeconds end = offer_now(id).available_until_at;
    const auto run = [&](auto work) { write([&](storage::Transaction& tx) { work(tx); }); };
    EXPECT_EQ(offer_now(id, {end.value - 1}).state, OfferState::kOpen);
    EXPECT_EQ(offer_now(id, end).state, OfferState::kExpired);
    run([&](auto& tx) { EXPECT_TRUE(reserve(tx, id, {15'000}, kNow).has_value()); });
    EXPECT_EQ(offer_now(id).state, OfferState::kOpen);
    run([&](auto& tx) { EXPECT_TRUE(reserve(tx, id, {5'000}, kNow).has_value()); });
    EXPECT_EQ(offer_now(id).state, OfferState::kReserved);
    EXPECT_EQ(offer_now(id, end).state, OfferState::kReserved);
    run([&](auto& tx) { confirm(tx, id, {15'000}, kNow); });
    EXPECT_EQ(offer_now(id).state, OfferState::kReserved);
    run([&](auto& tx) { confirm(tx, id, {5'000}, kNow); });
    EXPECT_EQ(offer_now(id).state, OfferState::kOrdered);
    run([&](auto& tx) { release_ordered(tx, id, {1}, kNow); });
    EXPECT_EQ(offer_now(id).remaining, Milli{1});
    EXPECT_EQ(offer_now(id).state, OfferState::kOpen);
    EXPECT_THROW(run([&](auto& tx) { release(tx, id, {1}, kNow); }), Bug);
    EXPECT_THROW(run([&](auto& tx) { release_ordered(tx, id, {20'000}, kNow); }), Bug);
    EXPECT_THROW(run([&](auto& tx) { confirm(tx, id, {1}, kNow); }), Bug);
}

TEST_P(OffersTest, ReserveSaysWhyNot) {
    const OfferId id = added(has(1)).offer_id;
    const auto why = [&](OfferId offer, std::int64_t quantity, UnixSeconds now) {
        return write([&](storage::Transaction& tx) { return reserve(tx, offer, {quantity}, now); })
            .error();
    };
    EXPECT_EQ(why(id, 20'001, kNow).code, "market.offer_too_small");
    EXPECT_EQ(why(id, 20'001, kNow).params.at(0).second, "20");
    EXPECT_EQ(why(OfferId{5}, 1, kNow).code, "market.no_offer");
    EXPECT_EQ(why(id, 1, {kNow.value + 30 * kDay}).code, "market.offer_not_open");
    EXPECT_EQ(offer_now(id).reserved, Milli{0});
}

TEST_P(OffersTest, WithdrawsOnlyWhatIsNotPromised) {
    const OfferId id = added(has(1)).offer_id;
    const auto take_back = [&](PersonId person) {
        return write([&](storage::Transaction& tx) { return withdraw(tx, person, id, kNow); });
    };
    EXPECT_EQ(take_back(didi(2)).error().code, "market.no_offer");
    write([&](storage::Transaction& tx) { return reserve(tx, id, {5'000}, kNow); }).value();
    EXPECT_EQ(take_back(didi(1))->state, OfferState::kWithdrawn);
    EXPECT_EQ(take_back(didi(1))->state, OfferState::kWithdrawn);
    EXPECT_EQ(offer_now(id).reserved, Milli{5'000});
    EXPECT_EQ(write([&](storage::Transaction& tx) { return reserve(tx, id, {1}, kNow); })
                  .error()
                  .params.at(0)
                  .second,
              "withdrawn");
    const OfferId promised = added(has(2)).offer_id;
    write([&](storage::Transaction& tx) { return reserve(tx, promised, {20'000}, kNow); }).value();
    EXPECT_EQ(write([&](storage::Transaction& tx) { return withdraw(tx, didi(2), promised, kNow); })
                  .error()
                  .code,
              "market.offer_ordered");
}

TEST_P(OffersTest, ChangesNeverBelowWhatIsPromised) {
    const OfferId id = added(has(1)).offer_id;
    const auto to = [&](std::int64_t milli, std::int64_t paise, PersonId person = didi(1)) {
        return write([&](storage::Transaction& tx) {
            return change(tx, person, id, {{milli}, {paise}, "25 किलो"}, kNow);
        });
    };
    EXPECT_EQ(to(25'000, 18'000, didi(2)).error().code, "market.no_offer");
    const Offer more = to(25'000, 19'000).value();
    EXPECT_EQ(more.quantity, Milli{25'000});
    EXPECT_EQ(more.price_per_unit, Paise{19'000});
    EXPECT_EQ(more.said, "25 किलो");
    EXPECT_EQ(to(25'000, 0).error().params.at(0).second, "price_paise");
    EXPECT_EQ(to(0, 100).error().params.at(0).second, "quantity_milli");
    write([&](storage::Transaction& tx) { return reserve(tx, id, {5'000}, kNow); }).value();
    EXPECT_EQ(to(5'000, 19'000).error().code, "market.offer_ordered");
    EXPECT_EQ(to(5'001, 19'000)->remaining, Milli{1});
    write([&](storage::Transaction& tx) { return withdraw(tx, didi(1), id, kNow); }).value();
    EXPECT_EQ(to(9'000, 19'000).error().code, "market.offer_not_open");
}

TEST_P(OffersTest, ListsOnlyTheViewersPlaces) {
    const OfferId in_patna = added(has(1), {kNow.value + 1}).offer_id;
    const OfferId in_gaya = added(has(15), {kNow.value + 2}).offer_id;
    struct Row {
        const char* who;
        Viewer viewer;
        std::vector<OfferId> sees;
    };
    Viewer nobody = officer(Role::kCashier, 0, 999);
    const std::vector<Row> rows{
        {"haat itself", system_viewer(), {in_gaya, in_patna}},
        {"state", officer(Role::kStateOfficer, 1, 999), {in_gaya, in_patna}},
        {"Patna", officer(Role::kDistrictOfficer, 100, 199), {in_patna}},
        {"Gaya", officer(Role::kDistrictOfficer, 200, 299), {in_gaya}},
        {"the village", officer(Role::kPurchasePoint, 101, 101), {in_patna}},
        {"the next village", officer(Role::kBlockOfficer, 102, 102), {}},
        {"a buyer", buyer(kShop), {in_gaya, in_patna}},
        {"a cashier", nobody, {}},
        {"a jail", officer(Role::kJailOfficer, 0, 999), {}},
        {"the victims' fund", officer(Role::kVictimFund, 0, 999), {}},
    };
    const UnixSeconds now{kNow.value + 5};
    for (const Row& row : rows) {
        EXPECT_EQ(listed(row.viewer, {}, now), row.sees) << row.who;
        EXPECT_EQ(listed(row.viewer, {.product_id = kPickle}, now), row.sees) << row.who;
        const bool finds = database().read([&](storage::Transaction& tx) {
            return find_offer(tx, row.viewer, in_patna, now).has_value();
        });
        EXPECT_EQ(finds, std::ranges::find(row.sees, in_patna) != row.sees.end()) << row.who;
    }
    const OfferFilter gaya{.places = PlaceRange{200, 299}};
    EXPECT_EQ(listed(system_viewer(), gaya, now), std::vector{in_gaya});
    EXPECT_TRUE(listed(officer(Role::kDistrictOfficer, 100, 199), gaya, now).empty());
    EXPECT_EQ(listed(system_viewer(), {.person_id = didi(1)}, now), std::vector{in_patna});
    EXPECT_TRUE(listed(system_viewer(), {.product_id = kPapad}, now).empty());
    EXPECT_EQ(listed(system_viewer(), {.state = OfferState::kExpired}, {kNow.value + 30 * kDay}),
              (std::vector{in_gaya, in_patna}));
    EXPECT_TRUE(listed(system_viewer(), {.state = OfferState::kExpired}, now).empty());
}

TEST_P(OffersTest, PagesMeetWithoutGapOrRepeat) {
    std::vector<OfferId> all;
    for (std::int64_t i = 1; i <= 20; ++i) {
        all.insert(all.begin(), added(has(i), {kNow.value + i / 3}).offer_id);  // equal times too
    }
    std::vector<OfferId> seen;
    Page page{.limit = 7};
    while (true) {
        const auto offers = database().read([&](storage::Transaction& tx) {
            return list_offers(tx, system_viewer(), {}, page, {kNow.value + 100});
        });
        if (offers.empty()) break;
        for (const Offer& offer : offers) seen.push_back(offer.offer_id);
        page.before_at = offers.back().offered_at;
        page.before_id = offers.back().offer_id.value;
    }
    std::ranges::sort(all);
    std::vector<OfferId> sorted = seen;
    std::ranges::sort(sorted);
    EXPECT_EQ(sorted, all);
}

TEST_P(OffersTest, FittingOffersAreOpenCheapAndInTime) {
    const OfferId cheap = added(has(1, 10'000, 17'000)).offer_id;
    const OfferId dear = added(has(2, 10'000, 20'001)).offer_id;
    const OfferId exact = added(has(3, 10'000, 20'000)).offer_id;
    OfferDraft late = has(4);
    late.available_from_at = {kNow.value + 11 * kDay};
    added(late);
    const OfferId gone = added(has(5)).offer_id;
    write([&](storage::Transaction& tx) { return reserve(tx, gone, {20'000}, kNow); }).value();
    const Demand demand = posted(wanted("device-0001"));
    database().read([&](storage::Transaction& tx) {
        const auto fitting = offers_that_fit(tx, system_viewer(), kPickle, demand.deadline_at,
                                             demand.max_price, 100, kNow);
        ASSERT_EQ(fitting.size(), 2U);
        EXPECT_EQ(fitting[0].offer_id, cheap);
        EXPECT_EQ(fitting[1].offer_id, exact);
        EXPECT_EQ(matched(tx, demand, kNow).quantity, Milli{20'000});
        EXPECT_EQ(matched(tx, demand, kNow).offers, 2);
        EXPECT_EQ(offers_that_fit(tx, system_viewer(), kPickle, demand.deadline_at, std::nullopt,
                                  100, kNow)
                      .back()
                      .offer_id,
                  dear);
    });
}

TEST_P(OffersTest, TellsWhatEndedInAnInterval) {
    const Offer offer = added(has(1));
    const std::int64_t end = offer.available_until_at.value;
    const auto ended = [&](std::int64_t after, std::int64_t until) {
        return database().read([&](storage::Transaction& tx) {
            return expired_between(tx, system_viewer(), {after}, {until}, 10).size();
        });
    };
    EXPECT_EQ(ended(end - 10, end - 1), 0U);
    EXPECT_EQ(ended(end - 1, end), 1U);
    EXPECT_EQ(ended(end, end + 10), 0U);
}

TEST_P(OffersTest, SixteenAtOncePromiseTheLastKiloOnce) {
    const OfferId id = added(has(1, 1'000)).offer_id;
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            const auto done = database().write(
                [&](storage::Transaction& tx) { return reserve(tx, id, {1'000}, kNow); });
            (done ? won : lost) += 1;
            if (!done) {
                EXPECT_EQ(done.error().code, "market.offer_not_open");
            }
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 15);
    EXPECT_EQ(offer_now(id).reserved, Milli{1'000});
}

}  // namespace
}  // namespace haat::market
