// From what the buyer wants to the lots that the women bring: one yes each, nothing promised twice.
#include <gmock/gmock.h>

#include <thread>

#include "story.hpp"

namespace haat::flows {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OrderTest : public StoryTest {};
HAAT_BOTH_ENGINES(OrderTest);

std::string param(const Outgoing& message, std::string_view name) {
    const auto found =
        std::ranges::find(message.params, name, &std::pair<std::string, std::string>::first);
    return found == message.params.end() ? "" : found->second;
}

TEST_P(OrderTest, DemandIsPostedOnceAndOpenScreensHear) {
    const auto first = post_demand(context(), buyer(), pickle_wanted());
    ASSERT_TRUE(first);
    EXPECT_EQ(first->repeat, Repeat::kFirst);
    EXPECT_EQ(first->thing.buyer_organisation_id, data().buyer_shop);
    EXPECT_THAT(notifier().take(), Contains(HasSubstr("demand {\"id\":")));
    const auto again = post_demand(context(), buyer(), pickle_wanted());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repeat, Repeat::kRepeated);
    EXPECT_EQ(again->thing.demand_id, first->thing.demand_id);
    EXPECT_THAT(notifier().take(), IsEmpty());
}

TEST_P(OrderTest, DemandRefusals) {
    DemandRequest wrong_unit = pickle_wanted();
    wrong_unit.unit = "litre";
    EXPECT_EQ(post_demand(context(), buyer(), wrong_unit).error().code, "flows.unit_differs");
    DemandRequest unknown = pickle_wanted();
    unknown.product_key = "gold";
    EXPECT_EQ(post_demand(context(), buyer(), unknown).error().code, "catalogue.no_product");
    EXPECT_EQ(post_demand(context(), viewer(Role::kCashier), pickle_wanted()).error().code,
              "flows.not_allowed");
    EXPECT_EQ(post_demand(context(), officer(), pickle_wanted()).error().code,
              "flows.no_organisation");
}

TEST_P(OrderTest, PlanTakesTheCheaperVillageAndStaysInIt) {
    everybody_offers();
    const auto demand = post_demand(context(), buyer(), pickle_wanted());
    const auto plan = plan_order(context(), officer(), demand->thing.demand_id);
    ASSERT_TRUE(plan);
    ASSERT_THAT(plan->lines, SizeIs(3));
    // 20 x 180 + 10 x 185 + 10 of 15 x 190 rupees, and one pick-up of 300 rupees.
    EXPECT_EQ(plan->goods, Paise{735'000});
    EXPECT_EQ(plan->transport, Paise{30'000});
    EXPECT_EQ(plan->total, Paise{765'000});
    EXPECT_EQ(plan->missing, Milli{0});
}

TEST_P(OrderTest, OrderAsksEveryProducerOnce) {
    const PlacedOrder placed = ordered();
    EXPECT_EQ(placed.order.total, Paise{765'000});
    const std::vector<Outgoing> asked = sender().take();
    ASSERT_THAT(asked, SizeIs(3));
    const auto sita = std::ranges::find(asked, kSita, &Outgoing::person_id);
    ASSERT_NE(sita, asked.end());
    EXPECT_EQ(sita->text_key, "messages.order_ask");
    EXPECT_EQ(param(*sita, "name"), "सीता");
    EXPECT_EQ(param(*sita, "product"), "आम अचार");
    EXPECT_EQ(param(*sita, "quantity"), "20");
    EXPECT_EQ(param(*sita, "price"), "₹180");
    EXPECT_EQ(param(*sita, "amount"), "₹3,600");
    ASSERT_THAT(sita->buttons, SizeIs(2));
    const auto pressed = pressed_order_button(sita->buttons[0].id);
    ASSERT_TRUE(pressed);
    EXPECT_EQ(pressed->answer, market::Answer::kYes);
    EXPECT_EQ(pressed->order_line_id, line_of(placed.asked, kSita).order_line_id);

    const auto again =
        gather_order(context(), officer(), {"order-0001", placed.order.demand_id, Paise{765'000}});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repeat, Repeat::kRepeated);
    EXPECT_EQ(again->thing.order.order_id, placed.order.order_id);
    EXPECT_THAT(sender().take(), IsEmpty());
}

TEST_P(OrderTest, PlanThatChangedOrdersNothing) {
    everybody_offers();
    const DemandId demand_id =
        post_demand(context(), buyer(), pickle_wanted()).value().thing.demand_id;
    const auto refused = gather_order(context(), officer(), {"order-0001", demand_id, Paise{1}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "flows.plan_changed");
    EXPECT_THAT(sender().take(), IsEmpty());
    EXPECT_EQ(plan_order(context(), officer(), demand_id)->total, Paise{765'000});
    // The buyer may order what she asked for, at the price that she saw.
    EXPECT_EQ(gather_order(context(), buyer(), {"order-0002", demand_id, {}}).error().code,
              "flows.plan_changed");
}

TEST_P(OrderTest, NoFreesHerGoodsAndAsksAnother) {
    const PlacedOrder placed = ordered();
    (void)sender().take();
    const AnsweredLine no = answered(line_of(placed.asked, kMeera), market::Answer::kNo);
    ASSERT_THAT(no.asked_instead, SizeIs(1));
    EXPECT_EQ(no.asked_instead[0].person_id, kRita);
    EXPECT_EQ(no.asked_instead[0].quantity, Milli{10'000});
    EXPECT_EQ(no.order.quantity, Milli{40'000});
    const std::vector<Outgoing> sent = sender().take();
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(sent[0].text_key, "messages.order_no");
    EXPECT_EQ(sent[1].text_key, "messages.order_ask");
    EXPECT_EQ(param(sent[1], "product"), "Mango pickle");
    EXPECT_EQ(answer_order(context(), system_viewer(), kMeera,
                           line_of(placed.asked, kMeera).order_line_id, market::Answer::kYes)
                  .error()
                  .code,
              "market.line_answered");
}

TEST_P(OrderTest, YesTellsWhereToBringItAndOnlyHerOwnWordCounts) {
    const PlacedOrder placed = ordered();
    (void)sender().take();
    const market::OrderLine& line = line_of(placed.asked, kSita);
    EXPECT_EQ(
        answer_order(context(), system_viewer(), kGita, line.order_line_id, market::Answer::kYes)
            .error()
            .code,
        "market.no_line");
    answered(line, market::Answer::kYes);
    answered(line, market::Answer::kYes);
    const std::vector<Outgoing> sent = sender().take();
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(sent[0].text_key, "messages.order_yes_bring");
    EXPECT_EQ(param(sent[0], "site"), "गाँव खरीद केंद्र (नमूना)");
}

TEST_P(OrderTest, SilenceUntilTheDeadlineFreesTheGoods) {
    const PlacedOrder placed = ordered();
    (void)sender().take();
    EXPECT_EQ(expire_unanswered(context(), 100), 0);
    clock().advance_seconds(kDay + 1);
    EXPECT_EQ(expire_unanswered(context(), 100), 3);
    EXPECT_EQ(expire_unanswered(context(), 100), 0);
    EXPECT_THAT(sender().take(), SizeIs(3));
    EXPECT_EQ(answer_order(context(), system_viewer(), kSita,
                           line_of(placed.asked, kSita).order_line_id, market::Answer::kYes)
                  .error()
                  .code,
              "market.line_expired");
}

TEST_P(OrderTest, CancelledOrderTellsWhoWasAskedOnce) {
    const PlacedOrder placed = ordered();
    (void)sender().take();
    ASSERT_TRUE(cancel_order(context(), officer(), placed.order.order_id));
    ASSERT_TRUE(cancel_order(context(), officer(), placed.order.order_id));
    EXPECT_THAT(sender().take(), SizeIs(3));
}

TEST_P(OrderTest, WeighedLotsBearTheProducerAndGiveAReceipt) {
    const std::vector<supply::Lot> lots = weighed_in();
    ASSERT_THAT(lots, SizeIs(3));
    EXPECT_EQ(lots[2].producer_person_id, kRita);
    EXPECT_EQ(lots[2].price_per_unit, Paise{20'000});
    const std::vector<Outgoing> sent = sender().take();
    const Outgoing& receipt = sent.back();
    EXPECT_EQ(receipt.text_key, "messages.weighed_receipt");
    EXPECT_EQ(receipt.person_id, kRita);
    EXPECT_EQ(param(receipt, "amount"), "₹2,000");
    EXPECT_EQ(param(receipt, "lot"), lots[2].code);
}

TEST_P(OrderTest, TheSameDeviceIdAtTheSameMomentWeighsOnce) {
    const PlacedOrder placed = ordered();
    const market::OrderLine line = line_of(placed.asked, kSita);
    answered(line, market::Answer::kYes);
    (void)sender().take();
    const WeighingRequest request{.device_id = "scale-0001",
                                  .order_line_id = line.order_line_id,
                                  .weight = {19'500},
                                  .grade = "b",
                                  .site_id = data().purchase_point};
    std::vector<std::optional<Result<Made<supply::Lot>>>> answers(8);
    {
        std::vector<std::jthread> threads;
        for (auto& answer : answers) {
            threads.emplace_back([&] { answer = weigh_in(context(), system_viewer(), request); });
        }
    }
    int first = 0;
    for (const auto& answer : answers) {
        ASSERT_TRUE(answer->has_value()) << answer->error().code;
        first += (*answer)->repeat == Repeat::kFirst ? 1 : 0;
        EXPECT_EQ((*answer)->thing.lot_id, (*answers.front())->thing.lot_id);
    }
    EXPECT_EQ(first, 1);
    EXPECT_THAT(sender().take(), SizeIs(1));
}

TEST_P(OrderTest, WeighingRefusals) {
    const PlacedOrder placed = ordered();
    const market::OrderLine line = line_of(placed.asked, kSita);
    const WeighingRequest request{.device_id = "scale-0001",
                                  .order_line_id = line.order_line_id,
                                  .weight = {20'000},
                                  .grade = "a",
                                  .site_id = data().purchase_point};
    EXPECT_EQ(weigh_in(context(), buyer(), request).error().code, "flows.not_allowed");
    EXPECT_EQ(weigh_in(context(), at(Role::kPurchasePoint, {77}), request).error().code,
              "supply.no_site");
    const Viewer scale = at(Role::kPurchasePoint, data().purchase_point);
    EXPECT_EQ(weigh_in(context(), scale, request).error().code, "market.line_not_agreed");
    answered(line, market::Answer::kYes);
    const auto made = weigh_in(context(), scale, request);
    ASSERT_TRUE(made) << made.error().code;
    EXPECT_EQ(made->repeat, Repeat::kFirst);
}

TEST_P(OrderTest, WhatFailsHalfWayLeavesNothing) {
    const PlacedOrder placed = ordered();
    const market::OrderLine line = line_of(placed.asked, kSita);
    answered(line, market::Answer::kYes);
    (void)sender().take();
    (void)notifier().take();
    const WeighingRequest request{.device_id = "scale-0001",
                                  .order_line_id = line.order_line_id,
                                  .weight = {20'000},
                                  .grade = "a",
                                  .site_id = data().purchase_point};
    sender().fail(true);
    EXPECT_THROW((void)weigh_in(context(), system_viewer(), request), std::runtime_error);
    EXPECT_THAT(notifier().take(), IsEmpty());
    read([&](storage::Transaction& tx) {
        EXPECT_THAT(supply::lots_of_order_line(tx, system_viewer(), line.order_line_id), IsEmpty());
        EXPECT_EQ(market::find_line(tx, system_viewer(), line.order_line_id)->weighed, Milli{0});
    });
    sender().fail(false);
    const auto made = weigh_in(context(), system_viewer(), request);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->repeat, Repeat::kFirst);
}

}  // namespace
}  // namespace haat::flows
