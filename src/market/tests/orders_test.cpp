#include "market/orders.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "market/prices.hpp"
#include "market_fixture.hpp"

namespace haat::market {
namespace {

class OrdersTest : public MarketTest {
 protected:
    static OrderDraft draft_of(const Demand& demand, const std::vector<Offer>& offers,
                               std::string device_id = "order-0001") {
        OrderDraft draft{.device_id = std::move(device_id),
                         .demand_id = demand.demand_id,
                         .answer_by_at = {kNow.value + kDay},
                         .lines = {}};
        for (const Offer& offer : offers) {
            draft.lines.push_back({.offer_id = offer.offer_id,
                                   .quantity = offer.quantity,
                                   .price_per_unit = offer.price_per_unit,
                                   .distance_metres = 12'000,
                                   .transport = {5'000}});
        }
        return draft;
    }
    Result<Order> placed(const OrderDraft& draft, UnixSeconds now = kNow) {
        return write([&](storage::Transaction& tx) { return place(tx, buyer(kShop), draft, now); });
    }
    Result<OrderLine> answered(const OrderLine& line, Answer what, UnixSeconds now = kNow) {
        return write([&](storage::Transaction& tx) {
            return answer(tx, line.person_id, line.order_line_id, what, now);
        });
    }
    Result<OrderLine> weighed(const OrderLine& line, std::int64_t quantity, LineRest rest) {
        return write([&](storage::Transaction& tx) {
            return weigh(tx, line.order_line_id, {quantity}, rest, kNow);
        });
    }
    Order order_now(OrderId id) {
        return database()
            .read([&](storage::Transaction& tx) { return find_order(tx, system_viewer(), id); })
            .value();
    }
    std::vector<OrderLine> lines(OrderId id, const Viewer& viewer = system_viewer()) {
        return database().read([&](storage::Transaction& tx) { return lines_of(tx, viewer, id); });
    }
    DemandState demand_state(DemandId id) {
        return database()
            .read([&](storage::Transaction& tx) {
                return find_demand(tx, system_viewer(), id, kNow);
            })
            ->state;
    }
};
HAAT_BOTH_ENGINES(OrdersTest);

TEST_P(OrdersTest, ADemandIsPostedOnce) {
    const Demand demand = posted(wanted("device-0001"));
    EXPECT_EQ(demand.state, DemandState::kOpen);
    EXPECT_EQ(demand.note, "मीठा अचार");
    EXPECT_EQ(posted(wanted("device-0001")).demand_id, demand.demand_id);
    const auto other = write([&](storage::Transaction& tx) {
        return post(tx, system_viewer(), wanted("device-0001", 1), kNow);
    });
    EXPECT_EQ(other.error().code, "market.device_id_reused");
    DemandDraft any_price = wanted("device-0002");
    any_price.max_price.reset();
    EXPECT_FALSE(posted(any_price).max_price.has_value());
    DemandDraft of_another = wanted("device-0003");
    const auto refused = write(
        [&](storage::Transaction& tx) { return post(tx, buyer(kOtherShop), of_another, kNow); });
    EXPECT_EQ(refused.error().params.at(0).second, "buyer");
}

TEST_P(OrdersTest, ABuyerSeesHerOwnDemandsOnly) {
    const Demand demand = posted(wanted("device-0001"));
    const auto seen = [&](const Viewer& viewer, std::optional<DemandState> state, UnixSeconds now) {
        return database().read([&](storage::Transaction& tx) {
            return list_demands(tx, viewer, {.state = state, .product_id = {}}, {}, now).size();
        });
    };
    EXPECT_EQ(seen(buyer(kShop), {}, kNow), 1U);
    EXPECT_EQ(seen(buyer(kOtherShop), {}, kNow), 0U);
    EXPECT_EQ(seen(buyer({}), {}, kNow), 0U);
    EXPECT_EQ(seen(officer(Role::kDistrictOfficer, 200, 299), {}, kNow), 1U);
    EXPECT_EQ(seen(system_viewer(), DemandState::kOpen, {demand.deadline_at.value - 1}), 1U);
    EXPECT_EQ(seen(system_viewer(), DemandState::kOpen, demand.deadline_at), 0U);
    EXPECT_EQ(seen(system_viewer(), DemandState::kExpired, demand.deadline_at), 1U);
    const auto close = [&](const Viewer& viewer) {
        return write([&](storage::Transaction& tx) {
            return close_demand(tx, viewer, demand.demand_id, kNow);
        });
    };
    EXPECT_EQ(close(buyer(kOtherShop)).error().code, "market.no_demand");
    EXPECT_TRUE(close(buyer(kShop)).has_value());
    EXPECT_TRUE(close(buyer(kShop)).has_value());
    EXPECT_EQ(demand_state(demand.demand_id), DemandState::kClosed);
}

TEST_P(OrdersTest, TheLastDealsAreTold) {
    const Demand demand = posted(wanted("device-0001"));
    std::vector<Offer> offers;
    for (const std::int64_t i : {1, 2, 3, 15}) {
        offers.push_back(added(has(i, 10'000 + i * 1'000, 17'000 + i * 100)));
    }
    const Order order = placed(draft_of(demand, offers)).value();
    const auto deals = [&](PlaceRange places, std::int64_t days) {
        return database().read([&](storage::Transaction& tx) {
            return recent_deals(tx, kPickle, places, {kNow.value + days * kDay});
        });
    };
    EXPECT_FALSE(deals({100, 199}, 0));
    std::int64_t second = 0;
    for (const OrderLine& line : lines(order.order_id)) {
        EXPECT_TRUE(answered(line, Answer::kYes, {kNow.value + ++second}));
    }
    const auto patna = deals({100, 199}, 1).value();
    EXPECT_EQ(patna.count, 3);
    EXPECT_EQ(patna.unit, "kg");
    EXPECT_EQ(patna.median, Paise{17'200});
    ASSERT_EQ(patna.last.size(), 2U);
    EXPECT_GT(patna.last[0].agreed_at, patna.last[1].agreed_at);
    EXPECT_EQ(patna.last[0].quantity, Milli{13'000});
    EXPECT_EQ(patna.last[0].price, Paise{17'300});
    EXPECT_EQ(deals({200, 299}, 1)->last.size(), 1U);
    EXPECT_FALSE(deals({100, 199}, 92));
}

TEST_P(OrdersTest, ReservesEveryLineAndAsks) {
    const Demand demand = posted(wanted("device-0001"));
    const Offer one = added(has(1));
    const Offer two = added(has(15, 30'000, 17'333));
    const Order order = placed(draft_of(demand, {one, two})).value();
    EXPECT_EQ(order.state, OrderState::kAsking);
    EXPECT_EQ(order.quantity, Milli{50'000});
    EXPECT_EQ(order.goods, Paise{360'000 + 519'990});
    EXPECT_EQ(order.transport, Paise{10'000});
    EXPECT_EQ(order.total, order.goods + order.transport);
    EXPECT_EQ(order.wanted, Milli{500'000});
    EXPECT_EQ(order.waiting, 2);
    EXPECT_EQ(order.reference.size(), 4U);
    EXPECT_EQ(offer_now(one.offer_id).state, OfferState::kReserved);
    EXPECT_EQ(demand_state(demand.demand_id), DemandState::kOrdered);
    EXPECT_EQ(lines(order.order_id).size(), 2U);
    EXPECT_EQ(lines(order.order_id, officer(Role::kBlockOfficer, 100, 199)).size(), 1U);
    EXPECT_EQ(lines(order.order_id, buyer(kShop)).size(), 2U);
    EXPECT_EQ(lines(order.order_id, buyer(kOtherShop)).size(), 0U);
    EXPECT_EQ(lines(order.order_id, officer(Role::kCashier, 1, 999)).size(), 0U);
    // The same device id is the same order; for another demand it is refused.
    EXPECT_EQ(placed(draft_of(demand, {one, two})).value().order_id, order.order_id);
    const Demand second = posted(wanted("device-0002"));
    EXPECT_EQ(placed(draft_of(second, {one})).error().code, "market.device_id_reused");
}

TEST_P(OrdersTest, OrdersAllOrNothing) {
    const Demand demand = posted(wanted("device-0001"));
    const Offer one = added(has(1));
    const Offer two = added(has(2));
    struct Row {
        const char* code;
        std::function<void(OrderDraft&)> spoil;
    };
    OfferDraft papad = has(3);
    papad.product_id = kPapad;
    const OfferId other_product = added(papad).offer_id;
    const std::vector<Row> rows{
        {"market.offer_too_small", [](OrderDraft& d) { d.lines[1].quantity = {20'001}; }},
        {"market.offer_price_changed", [](OrderDraft& d) { d.lines[1].price_per_unit = {17'999}; }},
        {"market.no_offer", [](OrderDraft& d) { d.lines[1].offer_id = {4}; }},
        {"market.order_invalid", [&](OrderDraft& d) { d.lines[1].offer_id = other_product; }},
        {"market.order_invalid", [](OrderDraft& d) { d.lines[1].offer_id = d.lines[0].offer_id; }},
        {"market.order_invalid", [](OrderDraft& d) { d.lines[1].quantity = {0}; }},
        {"market.order_invalid", [](OrderDraft& d) { d.lines[1].transport = {-1}; }},
        {"market.order_invalid", [](OrderDraft& d) { d.lines[1].distance_metres = -1; }},
        {"market.order_invalid", [](OrderDraft& d) { d.lines.clear(); }},
        {"market.order_invalid", [](OrderDraft& d) { d.answer_by_at = kNow; }},
        {"market.order_invalid", [](OrderDraft& d) { d.device_id = "short"; }},
        {"market.no_demand", [](OrderDraft& d) { d.demand_id = {4}; }},
    };
    for (const Row& row : rows) {
        OrderDraft draft = draft_of(demand, {one, two});
        row.spoil(draft);
        const auto refused = placed(draft);
        ASSERT_FALSE(refused.has_value()) << row.code;
        EXPECT_EQ(refused.error().code, row.code);
        EXPECT_EQ(offer_now(one.offer_id).reserved, Milli{0}) << row.code;
        EXPECT_EQ(demand_state(demand.demand_id), DemandState::kOpen) << row.code;
    }
    placed(draft_of(demand, {one})).value();
    EXPECT_EQ(placed(draft_of(demand, {two}, "order-0002")).error().code, "market.demand_not_open");
}

TEST_P(OrdersTest, EachProducersOwnAnswerDecides) {
    const Demand demand = posted(wanted("device-0001"));
    const Offer yes = added(has(1));
    const Offer no = added(has(2));
    const Offer silent = added(has(3));
    const Order order = placed(draft_of(demand, {yes, no, silent})).value();
    const auto asked = lines(order.order_id);
    ASSERT_EQ(asked.size(), 3U);

    const auto wrong = write([&](storage::Transaction& tx) {
        return answer(tx, didi(2), asked[0].order_line_id, Answer::kYes, kNow);
    });
    EXPECT_EQ(wrong.error().code, "market.no_line");
    EXPECT_EQ(answered(asked[0], Answer::kYes)->answer, Answer::kYes);
    EXPECT_EQ(answered(asked[0], Answer::kYes)->answer, Answer::kYes);
    EXPECT_EQ(answered(asked[0], Answer::kNo).error().code, "market.line_answered");
    EXPECT_EQ(offer_now(yes.offer_id).ordered, Milli{20'000});
    EXPECT_EQ(offer_now(yes.offer_id).state, OfferState::kOrdered);
    EXPECT_EQ(answered(asked[1], Answer::kNo)->answer, Answer::kNo);
    EXPECT_EQ(offer_now(no.offer_id).state, OfferState::kOpen);
    EXPECT_EQ(order_now(order.order_id).state, OrderState::kAsking);

    const UnixSeconds deadline = order.answer_by_at;
    const auto expire = [&](UnixSeconds now) {
        return write([&](storage::Transaction& tx) { return expire_waiting(tx, now, 100); });
    };
    EXPECT_TRUE(expire({deadline.value - 1}).empty());
    EXPECT_EQ(answered(asked[2], Answer::kYes, deadline).error().code, "market.line_expired");
    const auto expired = expire(deadline);
    ASSERT_EQ(expired.size(), 1U);
    EXPECT_EQ(expired[0].person_id, didi(3));
    EXPECT_TRUE(expire(deadline).empty());
    EXPECT_EQ(offer_now(silent.offer_id).state, OfferState::kOpen);
    EXPECT_EQ(answered(asked[2], Answer::kYes).error().code, "market.line_expired");

    const Order after = order_now(order.order_id);
    EXPECT_EQ(after.state, OrderState::kAgreed);
    EXPECT_EQ(after.yes, 1);
    EXPECT_EQ(after.no, 2);
    EXPECT_EQ(after.quantity, Milli{20'000});
    EXPECT_EQ(after.goods, Paise{360'000});
    EXPECT_EQ(after.transport, Paise{5'000});
}

TEST_P(OrdersTest, AnOrderThatNobodyAcceptsIsCancelled) {
    const Demand demand = posted(wanted("device-0001"));
    const Order order = placed(draft_of(demand, {added(has(1))})).value();
    answered(lines(order.order_id)[0], Answer::kNo).value();
    EXPECT_EQ(order_now(order.order_id).state, OrderState::kCancelled);
}

TEST_P(OrdersTest, WeighingCompletesAndGivesTheRestBack) {
    const Demand demand = posted(wanted("device-0001"));
    const Offer one = added(has(1));
    const Offer two = added(has(2));
    const Order order = placed(draft_of(demand, {one, two})).value();
    const auto asked = lines(order.order_id);
    EXPECT_EQ(weighed(asked[0], 1, LineRest::kDone).error().code, "market.line_not_agreed");
    answered(asked[0], Answer::kYes).value();
    answered(asked[1], Answer::kYes).value();

    EXPECT_FALSE(weighed(asked[0], 12'000, LineRest::kMoreToCome)->finished_at.has_value());
    EXPECT_EQ(order_now(order.order_id).state, OrderState::kCollecting);
    EXPECT_EQ(offer_now(one.offer_id).ordered, Milli{20'000});
    EXPECT_EQ(weighed(asked[0], 7'600, LineRest::kDone)->weighed, Milli{19'600});
    EXPECT_EQ(offer_now(one.offer_id).ordered, Milli{19'600});
    EXPECT_EQ(offer_now(one.offer_id).remaining, Milli{400});
    EXPECT_EQ(weighed(asked[0], 1, LineRest::kDone).error().code, "market.line_finished");

    // More than was ordered is taken as it is and finishes the line.
    EXPECT_TRUE(weighed(asked[1], 20'300, LineRest::kMoreToCome)->finished_at.has_value());
    EXPECT_EQ(offer_now(two.offer_id).ordered, Milli{20'000});
    const Order after = order_now(order.order_id);
    EXPECT_EQ(after.state, OrderState::kCompleted);
    EXPECT_EQ(after.weighed, Milli{39'900});
    EXPECT_EQ(write([&](storage::Transaction& tx) {
                  return cancel(tx, buyer(kShop), order.order_id, kNow);
              })
                  .error()
                  .code,
              "market.order_collecting");
}

TEST_P(OrdersTest, CancellingGivesEverythingBack) {
    const Demand demand = posted(wanted("device-0001"));
    const Offer one = added(has(1));
    const Offer two = added(has(2));
    const Order order = placed(draft_of(demand, {one, two})).value();
    const auto asked = lines(order.order_id);
    answered(asked[0], Answer::kYes).value();
    const auto call_off = [&](const Viewer& viewer) {
        return write(
            [&](storage::Transaction& tx) { return cancel(tx, viewer, order.order_id, kNow); });
    };
    EXPECT_EQ(call_off(buyer(kOtherShop)).error().code, "market.no_order");
    EXPECT_EQ(call_off(buyer(kShop))->state, OrderState::kCancelled);
    EXPECT_EQ(call_off(buyer(kShop))->state, OrderState::kCancelled);
    for (const Offer& offer : {one, two}) {
        EXPECT_EQ(offer_now(offer.offer_id).remaining, Milli{20'000});
    }
    EXPECT_EQ(demand_state(demand.demand_id), DemandState::kOpen);
    EXPECT_EQ(answered(asked[1], Answer::kYes).error().code, "market.line_expired");
    EXPECT_EQ(weighed(asked[0], 1, LineRest::kDone).error().code, "market.line_finished");
    // The demand can be ordered again.
    EXPECT_EQ(placed(draft_of(demand, {one}, "order-0002"))->state, OrderState::kAsking);
}

TEST_P(OrdersTest, IsFoundByWhatPeopleSayAndByItsState) {
    const Demand demand = posted(wanted("device-0001"));
    const Order order = placed(draft_of(demand, {added(has(1))})).value();
    std::string said = order.reference;
    said[0] = static_cast<char>(said[0] - 'A' + 'a');
    said.insert(2, " - ");
    const auto found = [&](const Viewer& viewer, std::string_view reference) {
        return database().read([&](storage::Transaction& tx) {
            return find_order_by_reference(tx, viewer, reference).has_value();
        });
    };
    EXPECT_TRUE(found(buyer(kShop), said));
    EXPECT_FALSE(found(buyer(kOtherShop), said));
    EXPECT_FALSE(found(buyer(kShop), "X"));
    const auto listed = [&](const Viewer& viewer, std::optional<OrderState> state) {
        return database().read([&](storage::Transaction& tx) {
            return list_orders(tx, viewer, state, {.limit = 1}).size();
        });
    };
    EXPECT_EQ(listed(buyer(kShop), {}), 1U);
    EXPECT_EQ(listed(buyer(kOtherShop), {}), 0U);
    EXPECT_EQ(listed(system_viewer(), OrderState::kAsking), 1U);
    EXPECT_EQ(listed(system_viewer(), OrderState::kAgreed), 0U);
    const auto hers = [&](std::optional<Answer> what) {
        return database().read([&](storage::Transaction& tx) {
            return lines_of_person(tx, system_viewer(), didi(1), what, 10).size();
        });
    };
    EXPECT_EQ(hers(Answer::kWaiting), 1U);
    EXPECT_EQ(hers(Answer::kYes), 0U);
    EXPECT_EQ(hers({}), 1U);
}

TEST_P(OrdersTest, SixteenBuyersOrderTheSameOfferOnce) {
    const Offer offer = added(has(1));
    std::vector<OrderDraft> drafts;
    for (int i = 0; i < 16; ++i) {
        const std::string number = std::to_string(1000 + i);
        drafts.push_back(draft_of(posted(wanted("device-" + number)), {offer}, "order-" + number));
    }
    std::atomic<int> won{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&, i] {
            if (placed(drafts[static_cast<std::size_t>(i)])) ++won;
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(offer_now(offer.offer_id).reserved, Milli{20'000});
}

TEST(References, AreShortReadableAndSpread) {
    std::set<std::string> seen;
    for (std::int64_t id = 1; id <= 2'000; ++id) {
        const std::string reference = reference_for({id}, 0);
        ASSERT_EQ(reference.size(), 4U);
        for (const char c : std::string_view("AEIOUBGLQSZ01")) {
            ASSERT_FALSE(reference.contains(c)) << reference;
        }
        ASSERT_EQ(normalise_reference(reference), reference);
        seen.insert(reference);
    }
    EXPECT_GT(seen.size(), 1'800U);  // 14,400 are possible; 2,000 random ones meet about 135 times
    EXPECT_EQ(reference_for({1}, 7).size(), 4U);
    EXPECT_EQ(reference_for({1}, 8).size(), 6U);
    EXPECT_EQ(reference_for({1}, 16).size(), 8U);
    EXPECT_NE(reference_for({1}, 0), reference_for({1}, 1));
}

TEST(References, AreReadAsPeopleWriteThem) {
    struct Row {
        const char* typed;
        std::optional<std::string> means;
    };
    const std::vector<Row> rows{{"P4K7", "P4K7"},
                                {"p4k7", "P4K7"},
                                {" p4 k-7 ", "P4K7"},
                                {"P४K७", "P4K7"},
                                {"P4K7M2", "P4K7M2"},
                                {"P4K", {}},
                                {"4PK7", {}},
                                {"P1K7", {}},
                                {"B4K7", {}},
                                {"P४K", {}},
                                {"", {}},
                                {"P4K7P4K7P4K7P4", {}}};
    for (const Row& row : rows) {
        EXPECT_EQ(normalise_reference(row.typed), row.means) << row.typed;
    }
}

}  // namespace
}  // namespace haat::market
