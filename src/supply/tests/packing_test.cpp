#include "supply/packing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "supply_fixture.hpp"

namespace haat::supply {
namespace {

class PackingTest : public SupplyTest {
 protected:
    std::vector<Origin> origins(LotId lot) {
        return read([&](storage::Transaction& tx) { return origins_of(tx, lot); }).value();
    }
};
HAAT_BOTH_ENGINES(PackingTest);

TEST_P(PackingTest, JarsComeFromTwoWomenAndTheLossIsStated) {
    const LotId one = lot_of(1, 12'000, 18'000);
    const LotId two = lot_of(2, 8'500, 17'000);
    moved(point_, house_, {one, two});
    const PackingDraft draft = packing({{one, {12'000}}, {two, {8'000}}}, 500, 38);
    const Made<Lot> made = packed(draft).value();
    const Lot& jar = made.thing;
    EXPECT_EQ(jar.kind, LotKind::kPacked);
    EXPECT_EQ(jar.weight, Milli{19'000});
    EXPECT_EQ(jar.pack_size, Milli{500});
    EXPECT_EQ(jar.packs, 38);
    EXPECT_FALSE(jar.producer_person_id.has_value());
    EXPECT_EQ(jar.trace_token.size(), 16U);
    EXPECT_EQ(lot_now(one).state, LotState::kUsed);
    EXPECT_EQ(lot_now(one).producer_person_id, didi(1));
    EXPECT_EQ(lot_now(two).remaining, Milli{500});
    read([&](storage::Transaction& tx) {
        const Packing packing = find_packing(tx, jar.lot_id).value();
        EXPECT_EQ(packing.input, Milli{20'000});
        EXPECT_EQ(packing.output, Milli{19'000});
        EXPECT_EQ(packing.loss, Milli{1'000});
        EXPECT_EQ(packing.pack_price, Paise{17'500});
        EXPECT_FALSE(find_packing(tx, one).has_value());
        EXPECT_EQ(inputs_of(tx, jar.lot_id).size(), 2U);
        EXPECT_EQ(stock_of(tx, jar.lot_id)[0].owner, Owner::of(kClf));
    });
    EXPECT_EQ(packed(draft)->repeat, Repeat::kRepeated);
    EXPECT_EQ(packed(draft)->thing.lot_id, jar.lot_id);
    PackingDraft other = draft;
    other.packs = 37;
    EXPECT_EQ(packed(other).error().code, "supply.device_id_reused");
    expect_balance();
}

TEST_P(PackingTest, RefusesWhatCannotBePacked) {
    const LotId lot = lot_of(1, 10'000);
    IntakeDraft papad_draft = brings(2, 10'000);
    papad_draft.product_id = kPapad;
    const LotId papad = take(papad_draft).value().thing.lot_id;
    moved(point_, house_, {lot, papad});
    const LotId elsewhere = lot_of(3, 10'000);
    struct Row {
        const char* code;
        std::function<void(PackingDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"supply.packing_exceeds_inputs", [](PackingDraft& d) { d.packs = 11; }},
        {"supply.not_enough", [](PackingDraft& d) { d.inputs[0].quantity = {10'001}; }},
        {"supply.not_enough", [&](PackingDraft& d) { d.inputs[0].lot_id = elsewhere; }},
        {"supply.product_differs", [&](PackingDraft& d) { d.inputs.push_back({papad, {1'000}}); }},
        {"supply.no_lot", [](PackingDraft& d) { d.inputs[0].lot_id = {1}; }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.inputs.clear(); }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.inputs.push_back(d.inputs[0]); }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.inputs[0].quantity = {0}; }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.pack_size = {0}; }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.packs = 0; }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.packs = 1'000'001; }},
        {"supply.packing_invalid",
         [](PackingDraft& d) {
             d.packs = 1'000'000;
             d.pack_size = {1'000'000'000'000};
         }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.best_before_at = d.packed_at; }},
        {"supply.packing_invalid", [](PackingDraft& d) { d.pack_price = {-1}; }},
        {"supply.wrong_site_kind", [&](PackingDraft& d) { d.site_id = mall_; }},
        {"supply.no_site", [](PackingDraft& d) { d.site_id = {1}; }},
    };
    for (const Row& row : rows) {
        PackingDraft draft = packing({{lot, {10'000}}}, 1'000, 10);
        row.spoil(draft);
        const auto refused = packed(draft);
        ASSERT_FALSE(refused.has_value()) << row.code;
        EXPECT_EQ(refused.error().code, row.code);
        EXPECT_EQ(lot_now(lot).remaining, Milli{10'000}) << row.code;
    }
    expect_balance();
    EXPECT_TRUE(packed(packing({{lot, {10'000}}}, 1'000, 10)).has_value());
}

TEST_P(PackingTest, PartsAreExactThroughTwoPackings) {
    const LotId jar = jars();  // 12 of didi 1 and 8 of didi 2
    const LotId third = lot_of(3, 7'000, 20'000);
    moved(point_, house_, {third});
    // A mixed packet: 4.5 kg out of the jars (3:2), 7 kg of the third.
    const LotId mixed =
        packed(packing({{jar, {4'500}}, {third, {7'000}}}, 250, 46)).value().thing.lot_id;
    const auto parts = origins(mixed);
    ASSERT_EQ(parts.size(), 3U);
    std::int64_t sum = 0;
    for (const Origin& part : parts) sum += part.weight;
    // 4.5 x 3/5 = 2.7, 4.5 x 2/5 = 1.8, 7.0 of 11.5.
    for (const Origin& part : parts) {
        const std::int64_t grams = part.producer_person_id == didi(1)   ? 2'700
                                   : part.producer_person_id == didi(2) ? 1'800
                                                                        : 7'000;
        EXPECT_EQ(part.weight * 11'500, grams * sum);
        EXPECT_EQ(part.quantity, Milli{grams});
    }
    EXPECT_EQ(parts[0].price_per_unit, Paise{18'000});
    EXPECT_EQ(parts[0].order_line_id, OrderLineId{4001});
    // A weighed lot is its own single source.
    const auto own = origins(third);
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].weight, 1);
    EXPECT_EQ(own[0].quantity, Milli{7'000});
    expect_balance();
}

TEST_P(PackingTest, OneSourceByTwoWaysIsAddedUp) {
    const LotId jar = jars();
    const LotId more = lot_of(3, 1'000);
    moved(point_, house_, {more});
    const LotId left =
        packed(packing({{jar, {5'000}}, {more, {1'000}}}, 500, 12)).value().thing.lot_id;
    const LotId both =
        packed(packing({{left, {6'000}}, {jar, {4'000}}}, 500, 20)).value().thing.lot_id;
    const auto parts = origins(both);
    ASSERT_EQ(parts.size(), 3U);  // 9 kg of the jars in 3:2, 1 kg of the third
    EXPECT_EQ(parts[0].quantity, Milli{5'400});
    EXPECT_EQ(parts[1].quantity, Milli{3'600});
    EXPECT_EQ(parts[2].quantity, Milli{1'000});
    const std::int64_t sum = parts[0].weight + parts[1].weight + parts[2].weight;
    EXPECT_EQ(parts[0].weight * 10'000, 5'400 * sum);
}

TEST_P(PackingTest, WhatCannotBeToldExactlyIsRefusedBeforeItIsPacked) {
    LotId lot = lot_of(1, 10'000);
    moved(point_, house_, {lot});
    for (int depth = 1; depth <= 8; ++depth) {
        const auto made = packed(packing({{lot, {10'000}}}, 1'000, 10));
        ASSERT_TRUE(made.has_value()) << depth;
        lot = made->thing.lot_id;
    }
    EXPECT_EQ(packed(packing({{lot, {10'000}}}, 1'000, 10)).error().code, "supply.trace_too_deep");
    EXPECT_EQ(lot_now(lot).remaining, Milli{10'000});
}

TEST_P(PackingTest, TracesBothWays) {
    const LotId one = lot_of(1, 12'000);
    const LotId two = lot_of(2, 8'000);
    moved(point_, house_, {one, two});
    const LotId jar =
        packed(packing({{one, {12'000}}, {two, {8'000}}}, 500, 40)).value().thing.lot_id;
    moved(house_, mall_, {jar});
    const SaleId sale = sold(selling(jar, 1'500, 52'500)).value().thing.sale.sale_id;
    const auto names = [](const std::vector<TraceStep>& steps) {
        std::vector<std::string> list;
        for (const TraceStep& step : steps) list.push_back(step.step);
        std::ranges::sort(list);
        return list;
    };
    read([&](storage::Transaction& tx) {
        const auto back = trace_back(tx, system_viewer(), jar, 100);
        EXPECT_EQ(names(back), (std::vector<std::string>{"packed", "received", "received", "sent",
                                                         "sent", "weighed", "weighed"}));
        std::set<PersonId> producers;
        for (const TraceStep& step : back) {
            if (step.step == "weighed") producers.insert(step.producer_person_id.value());
        }
        EXPECT_EQ(producers, (std::set<PersonId>{didi(1), didi(2)}));
        EXPECT_EQ(names(trace_forward(tx, system_viewer(), jar, 100)),
                  (std::vector<std::string>{"received", "sent", "sold"}));
        const auto forward = trace_forward(tx, system_viewer(), one, 100);
        EXPECT_EQ(names(forward), (std::vector<std::string>{"packed", "received", "received",
                                                            "sent", "sent", "sold"}));
        for (const TraceStep& step : forward) {
            if (step.step == "sold") {
                EXPECT_EQ(step.sale_id, sale);
            }
            if (step.step == "sold") {
                EXPECT_EQ(step.site_id, mall_);
            }
        }
        EXPECT_EQ(trace_back(tx, system_viewer(), jar, 3).size(), 3U);
        // The other woman's lot is no part of what became of this one.
        for (const TraceStep& step : forward) EXPECT_NE(step.lot_id, two);
    });
}

TEST_P(PackingTest, ThePublicSeesNoPersonAndNoSmallNumber) {
    const LotId jar = jars();
    const std::string token = lot_now(jar).trace_token;
    const auto page = [&](const std::string& of) {
        return read([&](storage::Transaction& tx) { return public_trace(tx, of); });
    };
    EXPECT_FALSE(page("0123456789abcdef").has_value());
    EXPECT_FALSE(page("").has_value());
    const PublicTrace two_women = page(token).value();
    EXPECT_FALSE(two_women.people.has_value());
    EXPECT_EQ(two_women.villages, std::vector<PlaceId>{{11}});
    EXPECT_EQ(two_women.kind, "packed");
    EXPECT_EQ(two_women.made_site_id, house_);
    EXPECT_EQ(two_women.best_before_at, UnixSeconds{kNow.value + 365 * kDay});

    std::vector<PackingInput> inputs;
    std::vector<LotId> lots;
    for (std::int64_t i = 1; i <= 5; ++i) {
        lots.push_back(lot_of(i, 1'000));
        inputs.push_back({lots.back(), {1'000}});
    }
    moved(point_, house_, lots);
    const Lot five = packed(packing(inputs, 500, 10)).value().thing;
    EXPECT_EQ(page(five.trace_token)->people, 5);
    inputs.pop_back();
    // The same five women, but one of them twice: still four people.
    const LotId again = lot_of(1, 1'000);
    std::vector<PackingInput> four;
    std::vector<LotId> new_lots{again};
    for (std::int64_t i = 1; i <= 4; ++i) new_lots.push_back(lot_of(i, 1'000));
    moved(point_, house_, new_lots);
    for (const LotId lot : new_lots) four.push_back({lot, {1'000}});
    EXPECT_FALSE(page(packed(packing(four, 500, 10)).value().thing.trace_token)->people);
}

}  // namespace
}  // namespace haat::supply
