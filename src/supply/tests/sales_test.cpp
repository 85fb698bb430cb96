#include "supply/sales.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "storage/failure.hpp"
#include "supply_fixture.hpp"

namespace haat::supply {
namespace {

class SalesTest : public SupplyTest {
 protected:
    LotId jars_at_mall() {
        const LotId jar = jars();
        moved(house_, mall_, {jar});
        return jar;
    }
    ReturnDraft returning(SaleId sale, std::int64_t quantity) {
        return {.device_id = next_device(),
                .sale_id = sale,
                .quantity = {quantity},
                .goods = ReturnedGoods::kSellable,
                .reason = "ढक्कन ढीला",
                .returned_at = kNow};
    }
    Result<Made<SaleReturn>> taken_back(const ReturnDraft& draft) {
        return write([&](storage::Transaction& tx) {
            return take_back(tx, at(Role::kCashier, mall_), draft, kNow);
        });
    }
};
HAAT_BOTH_ENGINES(SalesTest);

TEST_P(SalesTest, SellsWholePacketsOfTwoWomen) {
    const LotId jar = jars_at_mall();
    const SaleDraft draft = selling(jar, 1'500, 52'500);
    const Made<SaleDone> made = sold(draft).value();
    const Sale& sale = made.thing.sale;
    EXPECT_EQ(sale.quantity, Milli{1'500});
    EXPECT_EQ(sale.price, Paise{52'500});
    EXPECT_EQ(sale.gst, Paise{2'500});
    EXPECT_EQ(sale.lot_kind, LotKind::kPacked);
    EXPECT_EQ(sale.owner, Owner::of(kClf));
    EXPECT_EQ(lot_now(jar).remaining, Milli{17'500});
    const auto& origins = made.thing.origins;
    ASSERT_EQ(origins.size(), 2U);
    EXPECT_EQ(origins[0].weight * 2, origins[1].weight * 3);  // 12 kg to 8 kg
    EXPECT_EQ(origins[0].producer_person_id, didi(1));
    EXPECT_EQ(origins[1].price_per_unit, Paise{17'000});

    const Made<SaleDone> again = sold(draft).value();
    EXPECT_EQ(again.repeat, Repeat::kRepeated);
    EXPECT_EQ(again.thing.sale.sale_id, sale.sale_id);
    EXPECT_EQ(again.thing.origins.size(), 2U);
    EXPECT_EQ(lot_now(jar).remaining, Milli{17'500});
    SaleDraft other = draft;
    other.price = {52'501};
    EXPECT_EQ(sold(other).error().code, "supply.device_id_reused");
    // The tax may be settled again before a repeat arrives; it is still the same sale.
    SaleDraft retaxed = draft;
    retaxed.gst_basis_points = 1'200;
    retaxed.gst = {5'625};
    EXPECT_EQ(sold(retaxed).value().thing.sale.gst, Paise{2'500});
    expect_balance();
}

TEST_P(SalesTest, RefusesWhatCannotBeSold) {
    const LotId jar = jars_at_mall();
    const LotId weighed = lot_of(3, 1'000);
    moved(point_, mall_, {weighed});
    struct Row {
        const char* code;
        std::function<void(SaleDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"supply.not_enough", [](SaleDraft& d) { d.quantity = {19'500}; }},
        {"supply.not_enough", [&](SaleDraft& d) { d.site_id = museum_; }},
        {"supply.not_whole_packs", [](SaleDraft& d) { d.quantity = {750}; }},
        {"supply.not_for_sale", [&](SaleDraft& d) { d.lot_id = weighed; }},
        {"supply.no_lot", [](SaleDraft& d) { d.lot_id = {1}; }},
        {"supply.no_site", [](SaleDraft& d) { d.site_id = {1}; }},
        {"supply.wrong_site_kind", [&](SaleDraft& d) { d.site_id = house_; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.quantity = {0}; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.price = {0}; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.gst = d.price; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.gst = {-1}; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.gst_basis_points = 10'001; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.sold_at = {kNow.value + 2 * kDay}; }},
        {"supply.sale_invalid", [](SaleDraft& d) { d.device_id = ""; }},
    };
    for (const Row& row : rows) {
        SaleDraft draft = selling(jar, 500, 17'500);
        row.spoil(draft);
        const auto refused = sold(draft);
        ASSERT_FALSE(refused.has_value()) << row.code;
        EXPECT_EQ(refused.error().code, row.code);
    }
    EXPECT_EQ(lot_now(jar).remaining, Milli{19'000});
    expect_balance();
}

TEST_P(SalesTest, ReturnsAddUpToThePriceExactly) {
    const LotId jar = jars_at_mall();
    const Sale sale = sold(selling(jar, 1'500, 52'501)).value().thing.sale;
    const ReturnDraft first = returning(sale.sale_id, 500);
    EXPECT_EQ(taken_back(first).value().thing.refund, Paise{17'500});
    EXPECT_EQ(taken_back(first).value().repeat, Repeat::kRepeated);
    EXPECT_EQ(lot_now(jar).remaining, Milli{18'000});
    const auto second = taken_back(returning(sale.sale_id, 500)).value().thing;
    const auto third = taken_back(returning(sale.sale_id, 500)).value().thing;
    EXPECT_EQ(Paise{17'500} + second.refund + third.refund, sale.price);
    const Paise first_gst = taken_back(first).value().thing.gst;
    EXPECT_EQ(first_gst + second.gst + third.gst, sale.gst);
    const auto too_much = taken_back(returning(sale.sale_id, 500));
    EXPECT_EQ(too_much.error().code, "supply.return_exceeds_sale");
    EXPECT_EQ(lot_now(jar).remaining, Milli{19'000});
    expect_balance();
}

TEST_P(SalesTest, SpoiltGoodsDoNotComeBackOnTheShelf) {
    const LotId jar = jars_at_mall();
    const SaleId sale = sold(selling(jar, 1'000, 35'000)).value().thing.sale.sale_id;
    ReturnDraft draft = returning(sale, 500);
    draft.goods = ReturnedGoods::kSpoilt;
    EXPECT_EQ(taken_back(draft).value().thing.refund, Paise{17'500});
    EXPECT_EQ(lot_now(jar).remaining, Milli{18'000});
    expect_balance();
    struct Row {
        const char* code;
        std::function<void(ReturnDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"supply.no_sale", [](ReturnDraft& d) { d.sale_id = {1}; }},
        {"supply.not_whole_packs", [](ReturnDraft& d) { d.quantity = {250}; }},
        {"supply.sale_invalid", [](ReturnDraft& d) { d.quantity = {0}; }},
        {"supply.sale_invalid", [](ReturnDraft& d) { d.reason = " "; }},
        {"supply.sale_invalid", [](ReturnDraft& d) { d.device_id = "x"; }},
        {"supply.return_exceeds_sale", [](ReturnDraft& d) { d.quantity = {1'000}; }},
    };
    for (const Row& row : rows) {
        ReturnDraft wrong = returning(sale, 500);
        row.spoil(wrong);
        EXPECT_EQ(taken_back(wrong).error().code, row.code);
    }
    const auto of_another_till = write([&](storage::Transaction& tx) {
        return take_back(tx, at(Role::kCashier, museum_), returning(sale, 500), kNow);
    });
    EXPECT_EQ(of_another_till.error().code, "supply.no_sale");
}

TEST_P(SalesTest, ASaleIsWrittenOnce) {
    const LotId jar = jars_at_mall();
    const Sale sale = sold(selling(jar, 500, 17'500)).value().thing.sale;
    taken_back(returning(sale.sale_id, 500)).value();
    for (const char* change : {"UPDATE sale SET price_paise = price_paise + 1",
                               "UPDATE sale SET owner_id = 1", "UPDATE sale SET gst_paise = 0",
                               "DELETE FROM sale", "UPDATE sale_return SET refund_paise = 0",
                               "DELETE FROM sale_return", "UPDATE sale SET returned_milli = 501"}) {
        EXPECT_THROW(write([&](storage::Transaction& tx) { tx.execute_script(change); }),
                     storage::Failure)
            << change;
    }
}

TEST_P(SalesTest, SixteenTillsSellTheLastKiloOnce) {
    const LotId jar = jars_at_mall();
    sold(selling(jar, 18'000, 630'000)).value();
    std::vector<SaleDraft> drafts;
    for (int i = 0; i < 16; ++i) drafts.push_back(selling(jar, 1'000, 35'000));
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::jthread> threads;
    for (const SaleDraft& draft : drafts) {
        threads.emplace_back([&] {
            const auto done = sold(draft);
            (done ? won : lost) += 1;
            if (!done) {
                EXPECT_EQ(done.error().code, "supply.not_enough");
            }
        });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 15);
    EXPECT_EQ(lot_now(jar).remaining, Milli{0});
    expect_balance();
}

TEST_P(SalesTest, OneDeviceIdThroughTwoProcessesSellsOnce) {
    if (GetParam() == storage::Engine::kSqlite) {
        GTEST_SUCCEED();  // one process owns a SQLite directory
        return;
    }
    const LotId jar = jars_at_mall();
    const std::unique_ptr<storage::Database> other = storage::Database::open(options());
    const SaleDraft draft = selling(jar, 1'000, 35'000);
    std::atomic<int> first{0};
    std::atomic<int> repeated{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            const auto done =
                (i % 2 == 0 ? *other : database()).write([&](storage::Transaction& tx) {
                    return sell(tx, system_viewer(), draft, kNow);
                });
            ASSERT_TRUE(done.has_value());
            (done->repeat == Repeat::kFirst ? first : repeated) += 1;
        });
    }
    threads.clear();
    EXPECT_EQ(first, 1);
    EXPECT_EQ(repeated, 7);
    EXPECT_EQ(lot_now(jar).remaining, Milli{18'000});
    expect_balance();
}

TEST_P(SalesTest, JailGoodsKnowTheirMakersByRandomIdsOnly) {
    const auto batch_draft = [&] {
        return BatchDraft{.device_id = "batch-0001",
                          .site_id = beur_,
                          .product_id = kPapad,
                          .quantity = {40'000},
                          .unit = "kg",
                          .price_per_unit = {30'000},
                          .material = {120'000},
                          .makers = {{{8812}, {2'500}, "skilled", {12'100}},
                                     {{7701}, {1'000}, "unskilled", {4'000}}},
                          .made_at = kNow};
    };
    const auto make = [&](const BatchDraft& draft) {
        return write(
            [&](storage::Transaction& tx) { return make_batch(tx, jail(kBeurJail), draft, kNow); });
    };
    const Lot lot = make(batch_draft()).value().thing;
    EXPECT_EQ(lot.kind, LotKind::kBatch);
    EXPECT_FALSE(lot.producer_person_id.has_value());
    EXPECT_EQ(make(batch_draft())->repeat, Repeat::kRepeated);
    struct Row {
        const char* what;
        std::function<void(BatchDraft&)> spoil;
        const char* code;
    };
    const std::vector<Row> rows{
        {"twice", [](BatchDraft& d) { d.makers[1].sealed_id = {8812}; }, "supply.batch_invalid"},
        {"no days", [](BatchDraft& d) { d.makers[0].days = {0}; }, "supply.batch_invalid"},
        {"grade", [](BatchDraft& d) { d.makers[0].grade = "a"; }, "supply.batch_invalid"},
        {"nobody", [](BatchDraft& d) { d.makers.clear(); }, "supply.batch_invalid"},
        {"no id", [](BatchDraft& d) { d.makers[0].sealed_id = {}; }, "supply.batch_invalid"},
        {"negative", [](BatchDraft& d) { d.material = {-1}; }, "supply.batch_invalid"},
        {"site", [&](BatchDraft& d) { d.site_id = mall_; }, "supply.wrong_site_kind"},
    };
    for (const Row& row : rows) {
        BatchDraft draft = batch_draft();
        draft.device_id = next_device();
        row.spoil(draft);
        EXPECT_EQ(make(draft).error().code, row.code) << row.what;
    }
    read([&](storage::Transaction& tx) {
        const Batch batch = find_batch(tx, system_viewer(), lot.lot_id).value();
        EXPECT_EQ(batch.material, Paise{120'000});
        EXPECT_EQ(batch.wages, Paise{30'250 + 4'000});
        ASSERT_EQ(batch.makers.size(), 2U);
        EXPECT_EQ(batch.makers[0].sealed_id, SealedId{7701});
        EXPECT_EQ(batch.makers[1].days, Milli{2'500});
        EXPECT_TRUE(find_batch(tx, jail(kBeurJail), lot.lot_id).has_value());
        EXPECT_FALSE(find_batch(tx, jail(kGayaJail), lot.lot_id).has_value());
        EXPECT_FALSE(find_batch(tx, officer(Role::kStateOfficer, 1, 999), lot.lot_id).has_value());
        EXPECT_FALSE(find_batch(tx, at(Role::kCashier, museum_), lot.lot_id).has_value());
        EXPECT_FALSE(find_batch(tx, officer(Role::kVictimFund, 1, 999), lot.lot_id).has_value());
        EXPECT_FALSE(public_trace(tx, lot.trace_token)->people.has_value());
        EXPECT_TRUE(public_trace(tx, lot.trace_token)->villages.empty());
    });
    moved(beur_, museum_, {lot.lot_id});
    SaleDraft draft = selling(lot.lot_id, 1'250, 37'500);
    draft.site_id = museum_;
    const SaleDone done = sold(draft).value().thing;
    EXPECT_EQ(done.sale.lot_kind, LotKind::kBatch);
    EXPECT_EQ(done.sale.owner, Owner::of(kBeurJail));
    ASSERT_EQ(done.origins.size(), 1U);
    EXPECT_EQ(done.origins[0].lot_id, lot.lot_id);
    read([&](storage::Transaction& tx) {
        const auto seen = [&](const Viewer& viewer) {
            return list_sales(tx, viewer, {}, {}).size();
        };
        EXPECT_EQ(seen(jail(kBeurJail)), 1U);  // wherever it was sold
        EXPECT_EQ(seen(jail(kGayaJail)), 0U);
        EXPECT_EQ(seen(at(Role::kCashier, museum_)), 1U);
        EXPECT_EQ(seen(at(Role::kCashier, mall_)), 0U);
        EXPECT_EQ(seen(officer(Role::kDistrictOfficer, 200, 299)), 1U);
        EXPECT_EQ(seen(officer(Role::kDistrictOfficer, 100, 199)), 0U);
        EXPECT_EQ(list_sales(tx, system_viewer(), mall_, {}).size(), 0U);
        EXPECT_EQ(list_sales(tx, system_viewer(), museum_, {}).size(), 1U);
        const auto back = trace_back(tx, system_viewer(), lot.lot_id, 10);
        ASSERT_EQ(back.size(), 1U);
        EXPECT_EQ(back[0].step, "worked");
    });
    // Jail goods are shared by another rule, so they never go into a group's packets.
    const LotId plain = lot_of(1, 1'000);
    moved(point_, house_, {plain});
    EXPECT_EQ(packed(packing({{plain, {500}}, {lot.lot_id, {500}}}, 500, 2)).error().code,
              "supply.packing_invalid");
    expect_balance();
}

}  // namespace
}  // namespace haat::supply
