// From the packet on the shelf to the paisa in each account, computed by hand in the comments.
#include <gmock/gmock.h>

#include <thread>

#include "flows/read_lots.hpp"
#include "flows/read_share_out.hpp"
#include "flows/return_sale.hpp"
#include "flows/settings.hpp"
#include "ledger/accounts.hpp"
#include "ledger/invariants.hpp"
#include "ledger/share_out.hpp"
#include "story.hpp"

namespace haat::flows {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class SaleTest : public StoryTest {
 protected:
    Paise owed_to(PersonId person) { return -balance(ledger::payable_to(person)); }
    Paise pool(std::string_view name) { return -balance(ledger::pool(name)); }

    ShareOutView share_out_of(SaleId sale_id, const Viewer& who) {
        return read([&](storage::Transaction& tx) { return read_share_out(tx, who, sale_id); })
            .value();
    }
    void all_laws_hold() {
        const auto breaches =
            read([&](storage::Transaction& tx) { return ledger::check_invariants(tx); });
        for (const ledger::Breach& breach : breaches) {
            ADD_FAILURE() << breach.law << ": " << breach.explanation;
        }
        EXPECT_THAT(read([&](storage::Transaction& tx) { return supply::check_mass_balance(tx); }),
                    IsEmpty());
    }
};
HAAT_BOTH_ENGINES(SaleTest);

TEST_P(SaleTest, PriceOnThePacketLeavesEverybodyWhatIsDue) {
    const supply::Lot lot = packed();
    EXPECT_EQ(lot.packs, 78);
    EXPECT_EQ(lot.weight, Milli{39'000});  // a kilo was lost in packing
    // (20 x 180 + 10 x 190 + 10 x 200) / 40 = 187.50 a kilo, 93.75 a packet; / 0.98 for the fee,
    // + 3.00 packing, / 0.85 for the margin, x 1.05 tax = 121.90, so 122 rupees.
    const auto packing =
        read([&](storage::Transaction& tx) { return supply::find_packing(tx, lot.lot_id); });
    EXPECT_EQ(packing->pack_price, Paise{12'200});
    const auto label =
        label_of_lot(context(), system_viewer(), message_texts(), lot.lot_id, "https://haat.test");
    ASSERT_TRUE(label) << label.error().code;
    EXPECT_NE(label->find("<svg"), std::string::npos);
    EXPECT_EQ(label->find("सीता"), std::string::npos);
}

TEST_P(SaleTest, EveryPaisaOfPickleReachesWhoEarnedIt) {
    const supply::Lot lot = in_the_mall();
    (void)sender().take();
    const auto sold =
        sell(context(), at(Role::kCashier, data().khadi_mall), pickle_sale(lot.lot_id));
    ASSERT_TRUE(sold) << sold.error().code;

    // 1,220.00 holds 5 % tax: 58.10 (58.095). Without it 1,161.90; margin 15 % = 174.285 -> 174.29.
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{122'000});
    EXPECT_EQ(-balance(std::string(ledger::kGstPayable)), Paise{5'810});
    EXPECT_EQ(-balance(ledger::payable_to(data().khadi_mall)), Paise{17'429});
    // Packing 5 kg x 6.00. Fee 2 % of 1,161.90 - 174.28 - 30.00 = 957.62: 19.15.
    EXPECT_EQ(-balance(ledger::payable_to(data().packaging_house)), Paise{3'000});
    EXPECT_EQ(-balance(ledger::payable_to(GroupId{301})), Paise{1'915});
    // 938.46 is left; weights 20 x 180 : 10 x 190 : 10 x 200 = 36 : 19 : 20 of 75.
    EXPECT_EQ(owed_to(kSita), Paise{45'046});
    EXPECT_EQ(owed_to(kGita), Paise{23'774});
    EXPECT_EQ(owed_to(kRita), Paise{25'026});
    EXPECT_EQ(owed_to(kMeera), Paise{0});
    EXPECT_EQ(balance(ledger::proceeds_of("group")), Paise{0});
    all_laws_hold();

    const std::vector<Outgoing> sent = sender().take();
    ASSERT_THAT(sent, SizeIs(3));
    EXPECT_EQ(sent[0].text_key, "messages.payment_earned");
    EXPECT_EQ(sent[0].purpose, registry::MessagePurpose::kPayment);
}

TEST_P(SaleTest, RoundingOfOneSaleIsMadeGoodByTheNext) {
    const supply::Lot lot = in_the_mall();
    ASSERT_TRUE(sell(context(), system_viewer(), pickle_sale(lot.lot_id, "till-00001")));
    ASSERT_TRUE(sell(context(), system_viewer(), pickle_sale(lot.lot_id, "till-00002")));
    EXPECT_EQ(-balance(ledger::payable_to(data().khadi_mall)), Paise{34'857});  // 2 x 174.285
    EXPECT_EQ(balance(ledger::proceeds_of("group")), Paise{0});
    all_laws_hold();
}

TEST_P(SaleTest, SaleIsSharedOnceHoweverOftenTheTillSaysIt) {
    const supply::Lot lot = in_the_mall();
    (void)sender().take();
    std::vector<std::optional<Result<Made<supply::Sale>>>> answers(8);
    {
        std::vector<std::jthread> threads;
        for (auto& answer : answers) {
            threads.emplace_back(
                [&] { answer = sell(context(), system_viewer(), pickle_sale(lot.lot_id)); });
        }
    }
    int first = 0;
    for (const auto& answer : answers) {
        ASSERT_TRUE(answer->has_value()) << answer->error().code;
        first += (*answer)->repeat == Repeat::kFirst ? 1 : 0;
    }
    EXPECT_EQ(first, 1);
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{122'000});
    EXPECT_THAT(sender().take(), SizeIs(3));
}

TEST_P(SaleTest, WhatFailsWhileTellingIsNotSold) {
    const supply::Lot lot = in_the_mall();
    sender().fail(true);
    EXPECT_THROW((void)sell(context(), system_viewer(), pickle_sale(lot.lot_id)),
                 std::runtime_error);
    sender().fail(false);
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{0});
    EXPECT_EQ(owed_to(kSita), Paise{0});
    EXPECT_EQ(read([&](storage::Transaction& tx) {
                  return supply::stock_at(tx, lot.lot_id, data().khadi_mall);
              }),
              Milli{39'000});
    const auto sold = sell(context(), system_viewer(), pickle_sale(lot.lot_id));
    ASSERT_TRUE(sold);
    EXPECT_EQ(sold->repeat, Repeat::kFirst);
}

TEST_P(SaleTest, SaleRefusals) {
    const supply::Lot lot = in_the_mall();
    SaleRequest request = pickle_sale(lot.lot_id);
    EXPECT_EQ(sell(context(), buyer(), request).error().code, "flows.not_allowed");
    EXPECT_EQ(sell(context(), at(Role::kCashier, data().museum_shop), request).error().code,
              "supply.no_site");
    request.price = {3'000};  // packing alone costs that much
    EXPECT_EQ(sell(context(), system_viewer(), request).error().code, "ledger.deductions_exceed");
    request = pickle_sale(lot.lot_id);
    request.quantity = {39'500};
    EXPECT_EQ(sell(context(), system_viewer(), request).error().code, "supply.not_enough");
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{0});
    all_laws_hold();
}

TEST_P(SaleTest, ReturnTakesBackWhatWasRecorded) {
    const supply::Lot lot = in_the_mall();
    const SaleId sale_id =
        sell(context(), system_viewer(), pickle_sale(lot.lot_id)).value().thing.sale_id;
    (void)sender().take();
    // 4 of 10 packets: 488.00 of 1,220.00, everybody in proportion.
    const auto some = return_sale(context(), at(Role::kCashier, data().khadi_mall),
                                  {.device_id = "back-00001",
                                   .sale_id = sale_id,
                                   .quantity = {2'000},
                                   .reason = "ढक्कन ढीला"});
    ASSERT_TRUE(some) << some.error().code;
    EXPECT_EQ(some->thing.refund, Paise{48'800});
    EXPECT_EQ(owed_to(kSita), Paise{27'028});  // 450.46 - 180.184
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{73'200});
    const std::vector<Outgoing> told = sender().take();
    ASSERT_THAT(told, SizeIs(3));
    EXPECT_EQ(told[0].text_key, "messages.payment_taken_back");
    const auto again = return_sale(context(), system_viewer(),
                                   {.device_id = "back-00001",
                                    .sale_id = sale_id,
                                    .quantity = {2'000},
                                    .reason = "ढक्कन ढीला"});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repeat, Repeat::kRepeated);
    // The rest: everybody stands as before the sale.
    ASSERT_TRUE(return_sale(
        context(), system_viewer(),
        {.device_id = "back-00002", .sale_id = sale_id, .quantity = {3'000}, .reason = "पसंद नहीं"}));
    for (const PersonId person : {kSita, kGita, kRita}) {
        EXPECT_EQ(owed_to(person), Paise{0});
    }
    EXPECT_EQ(balance(ledger::cash_at(data().khadi_mall)), Paise{0});
    EXPECT_EQ(balance(std::string(ledger::kGstPayable)), Paise{0});
    EXPECT_EQ(balance(ledger::proceeds_of("group")), Paise{0});
    all_laws_hold();
}

TEST_P(SaleTest, JailGoodsAreSharedByTheRuleAndNobodyIsNamed) {
    const supply::Lot lot = notebooks_in_the_shop();
    // Wages: 2 days x 121.00 + 1.5 days x 40.00 = 302.00; material 500.00.
    EXPECT_EQ(balance("assets:batch:" + std::to_string(lot.lot_id.value) + ":wages"),
              Paise{30'200});
    (void)sender().take();
    const auto sold = sell(context(), system_viewer(),
                           {.device_id = "till-00009",
                            .site_id = data().museum_shop,
                            .lot_id = lot.lot_id,
                            .quantity = {40'000},
                            .price = {60'000}});
    ASSERT_TRUE(sold) << sold.error().code;
    // 600.00: tax 28.57, margin 15 % of 571.43 = 85.71, material 200.00, wages 120.80; 164.92 left:
    // prisoners 82.46, victims' families 54.97 (54.967), staff 27.49 (27.492).
    EXPECT_EQ(-balance(ledger::payable_to(data().museum_shop)), Paise{8'571});
    EXPECT_EQ(pool("victims"), Paise{5'497});
    EXPECT_EQ(pool("staff-patna-jail"), Paise{2'749});
    EXPECT_EQ(balance("assets:batch:" + std::to_string(lot.lot_id.value) + ":wages"),
              Paise{18'120});
    EXPECT_EQ(balance(ledger::proceeds_of("mukti")), Paise{0});
    EXPECT_THAT(sender().take(), IsEmpty());
    all_laws_hold();

    const ShareOutView view = share_out_of(sold->thing.sale_id, officer());
    EXPECT_EQ(view.unaccounted, Paise{0});
    EXPECT_EQ(view.rule.order_no, "DEMO-1");
    EXPECT_TRUE(view.rule.demo);
    EXPECT_FALSE(view.rule.suspense);
    std::vector<std::int64_t> prisoners;
    for (const ShareView& share : view.shares) {
        EXPECT_TRUE(share.sealed);
        EXPECT_EQ(share.name, std::nullopt);
        if (share.class_code == "prisoners") {
            prisoners.push_back(share.amount.value);
        }
    }
    std::ranges::sort(prisoners);
    EXPECT_THAT(prisoners, ::testing::ElementsAre(3'534, 4'712));  // 1.5 and 2 of 3.5 days
    // The till learns the sum of each class and not how many shared it.
    const ShareOutView till =
        share_out_of(sold->thing.sale_id, at(Role::kCashier, data().museum_shop));
    EXPECT_THAT(till.shares, SizeIs(3));
}

TEST_P(SaleTest, LastPieceOfABatchEarnsBackItsCostToThePaisa) {
    const supply::Lot lot = notebooks_in_the_shop();
    int number = 0;
    for (const std::int64_t pieces : {33'000, 33'000, 34'000}) {
        ASSERT_TRUE(sell(context(), system_viewer(),
                         {.device_id = "till-0000" + std::to_string(++number),
                          .site_id = data().museum_shop,
                          .lot_id = lot.lot_id,
                          .quantity = {pieces},
                          .price = {60'001}}));
    }
    const std::string batch = "assets:batch:" + std::to_string(lot.lot_id.value);
    EXPECT_EQ(balance(batch + ":wages"), Paise{0});
    EXPECT_EQ(balance(batch + ":material"), Paise{0});
    EXPECT_EQ(-balance(ledger::payable_to(data().jail)), Paise{50'000});
    all_laws_hold();
}

TEST_P(SaleTest, WithoutAnOrderTheSurplusWaits) {
    const supply::Lot lot = notebooks_in_the_shop();
    // A sale of a day before the demo rule holds (1 January 2026).
    const auto sold = sell(context(), system_viewer(),
                           {.device_id = "till-00009",
                            .site_id = data().museum_shop,
                            .lot_id = lot.lot_id,
                            .quantity = {40'000},
                            .price = {60'000},
                            .sold_at = UnixSeconds{1'766'000'000}});
    ASSERT_TRUE(sold) << sold.error().code;
    EXPECT_EQ(-balance(ledger::suspense_of("mukti")), Paise{16'492});
    EXPECT_EQ(pool("victims"), Paise{0});
    const ShareOutView view = share_out_of(sold->thing.sale_id, officer());
    EXPECT_TRUE(view.rule.suspense);
    EXPECT_EQ(view.rule.order_no, std::nullopt);
    EXPECT_EQ(view.unaccounted, Paise{0});
    all_laws_hold();
}

TEST_P(SaleTest, BatchIsRecordedOnceAndItsMakersAreKnownAgain) {
    const auto first = record_batch(context(), jailer(), notebooks());
    ASSERT_TRUE(first) << first.error().code;
    const auto again = record_batch(context(), jailer(), notebooks());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->repeat, Repeat::kRepeated);
    ASSERT_TRUE(record_batch(context(), jailer(), notebooks("jail-00002")));
    const auto batch = read([&](storage::Transaction& tx) {
        return supply::find_batch(tx, system_viewer(), first->thing.lot_id);
    });
    ASSERT_TRUE(batch);
    Paise owed;
    for (const supply::BatchMaker& maker : batch->makers) {
        owed += -balance(ledger::payable_to(maker.sealed_id));
    }
    EXPECT_EQ(owed, Paise{60'400});  // two batches of 302.00: the same two people
}

TEST_P(SaleTest, BatchRefusals) {
    BatchRequest request = notebooks();
    request.makers[0].maker_code = "Ram Kumar";
    EXPECT_EQ(record_batch(context(), jailer(), request).error().code, "flows.batch_invalid");
    request = notebooks();
    request.makers[1].maker_code = "K-17";
    EXPECT_EQ(record_batch(context(), jailer(), request).error().code, "flows.batch_invalid");
    request = notebooks();
    request.product_key = "untaxed";
    EXPECT_EQ(record_batch(context(), jailer(), request).error().code, "flows.no_tax_rate");
    EXPECT_EQ(record_batch(context(), officer(), notebooks()).error().code, "flows.not_allowed");
    context().vault_key = nullptr;
    EXPECT_EQ(record_batch(context(), jailer(), notebooks()).error().code, "flows.no_vault_key");
}

TEST_P(SaleTest, NamesAreForThoseWhoMaySeePeople) {
    const supply::Lot lot = in_the_mall();
    const SaleId sale_id =
        sell(context(), system_viewer(), pickle_sale(lot.lot_id)).value().thing.sale_id;
    const ShareOutView state = share_out_of(sale_id, officer());
    ASSERT_THAT(state.shares, SizeIs(3));
    EXPECT_EQ(state.shares[0].name, "सीता");
    EXPECT_EQ(state.shares[0].payee_code, "P000001");
    EXPECT_EQ(state.classes[0].code, "producers");
    EXPECT_EQ(state.classes[0].amount, Paise{93'846});
    EXPECT_EQ(state.unaccounted, Paise{0});
    const ShareOutView till = share_out_of(sale_id, at(Role::kCashier, data().khadi_mall));
    ASSERT_THAT(till.shares, SizeIs(3));
    EXPECT_EQ(till.shares[0].name, std::nullopt);
    EXPECT_EQ(read([&](storage::Transaction& tx) {
                  return read_share_out(tx, at(Role::kCashier, data().museum_shop), sale_id);
              })
                  .error()
                  .code,
              "supply.no_sale");
}

TEST_P(SaleTest, PacketIsTracedBackToEachWoman) {
    const supply::Lot lot = in_the_mall();
    const LotTrace trace = read([&](storage::Transaction& tx) {
                               return read_lot_trace(tx, officer(), lot.lot_id);
                           }).value();
    std::vector<std::string> names;
    for (const TraceStepView& step : trace.backward) {
        if (step.step.step == "weighed") {
            ASSERT_TRUE(step.producer.has_value());
            names.push_back(step.producer->name.value_or(""));
        }
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAre("सीता", "गीता", "Rita"));
}

TEST_P(SaleTest, RatesChangeFromTheirDayOn) {
    const UnixSeconds tomorrow{kStart.value + kDay};
    const SettingVersion less{Setting::kOutletMarginBasisPoints, tomorrow, 1'000, "O-77"};
    EXPECT_EQ(change_setting(context(), buyer(), less).error().code, "flows.not_allowed");
    ASSERT_TRUE(change_setting(context(), officer(), less));
    ASSERT_TRUE(change_setting(context(), officer(), less));
    SettingVersion other = less;
    other.value = 900;
    EXPECT_EQ(change_setting(context(), officer(), other).error().code, "flows.setting_exists");
    other.order_no = "";
    EXPECT_EQ(change_setting(context(), officer(), other).error().code, "flows.setting_invalid");
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(setting_at(tx, less.setting, kStart), 1'500);
        EXPECT_EQ(setting_at(tx, less.setting, tomorrow), 1'000);
        EXPECT_EQ(all_settings(tx).size(), kSettings.size() + 1);
    });
}

}  // namespace
}  // namespace haat::flows
