#include "supply/lots.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "storage/failure.hpp"
#include "supply_fixture.hpp"

namespace haat::supply {
namespace {

class LotsTest : public SupplyTest {};
HAAT_BOTH_ENGINES(LotsTest);

TEST_P(LotsTest, ASiteIsOpenedOnce) {
    SiteDraft draft{.key = "khadi-mall",
                    .kind = SiteKind::kOutlet,
                    .place_id = kPatna,
                    .owner = Owner::of(kBoard),
                    .name_hi = "खादी मॉल",
                    .name_en = "Khadi Mall",
                    .address = "",
                    .licence = ""};
    const auto open = [&] {
        return write([&](storage::Transaction& tx) { return open_site(tx, draft, kNow); });
    };
    EXPECT_EQ(open()->site_id, mall_);
    draft.kind = SiteKind::kWorkshop;
    EXPECT_EQ(open().error().code, "supply.site_key_reused");
    draft.owner = Owner::of(didi(1));
    EXPECT_EQ(open().error().params.at(0).second, "owner");
    draft.key = "KHADI";
    EXPECT_EQ(open().error().params.at(0).second, "site_key");
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(list_sites(tx, {}).size(), 6U);
        EXPECT_EQ(list_sites(tx, {.kind = SiteKind::kOutlet}).size(), 2U);
        EXPECT_EQ(list_sites(tx, {.places = PlaceRange{200, 299}}).size(), 1U);
        const auto first = list_sites(tx, {.limit = 2});
        EXPECT_EQ(list_sites(tx, {.after_site_id = first.back().site_id}).size(), 4U);
        EXPECT_EQ(find_site(tx, mall_)->owner, Owner::of(kBoard));
        EXPECT_EQ(find_site(tx, point_)->owner, Owner::of(kVo));
        EXPECT_FALSE(find_site(tx, {1}).has_value());
    });
}

TEST_P(LotsTest, WhoMayWorkWhere) {
    struct Row {
        const char* who;
        Viewer viewer;
        SiteId site;
        bool may;
    };
    const std::vector<Row> rows{
        {"haat", system_viewer(), mall_, true},
        {"haat, no such site", system_viewer(), {1}, false},
        {"own till", at(Role::kCashier, mall_), mall_, true},
        {"another's till", at(Role::kCashier, mall_), museum_, false},
        {"no site", at(Role::kCashier, {}), {}, false},
        {"own jail", jail(kBeurJail), beur_, true},
        {"another jail", jail(kGayaJail), beur_, false},
        {"own district", officer(Role::kDistrictOfficer, 100, 199), mall_, true},
        {"another district", officer(Role::kDistrictOfficer, 100, 199), museum_, false},
        {"a buyer", officer(Role::kBuyer, 0, 999), mall_, false},
        {"the auditor", officer(Role::kAuditor, 0, 999), mall_, false},
    };
    read([&](storage::Transaction& tx) {
        for (const Row& row : rows) {
            EXPECT_EQ(may_work_at(tx, row.viewer, row.site), row.may) << row.who;
        }
    });
}

TEST_P(LotsTest, IsWeighedInOnceAndKeepsItsProducer) {
    const IntakeDraft draft = brings(1, 19'600);
    const Made<Lot> made = take(draft).value();
    EXPECT_EQ(made.repeat, Repeat::kFirst);
    const Lot& lot = made.thing;
    EXPECT_EQ(lot.kind, LotKind::kWeighed);
    EXPECT_EQ(lot.producer_person_id, didi(1));
    EXPECT_EQ(lot.order_line_id, OrderLineId{4001});
    EXPECT_EQ(lot.weight, Milli{19'600});
    EXPECT_EQ(lot.remaining, Milli{19'600});
    EXPECT_EQ(lot.grade, "a");
    EXPECT_EQ(lot.price_per_unit, Paise{18'000});
    EXPECT_EQ(lot.site_id, point_);
    EXPECT_EQ(lot.state, LotState::kStored);
    EXPECT_EQ(lot.code.size(), 8U);
    EXPECT_EQ(lot.trace_token, "");

    const Made<Lot> again = take(draft).value();
    EXPECT_EQ(again.repeat, Repeat::kRepeated);
    EXPECT_EQ(again.thing.lot_id, lot.lot_id);
    EXPECT_EQ(lot_now(lot.lot_id).remaining, Milli{19'600});

    const std::vector<std::function<void(IntakeDraft&)>> changes{
        [](IntakeDraft& d) { d.weight = {19'601}; },
        [](IntakeDraft& d) { d.producer_person_id = didi(2); },
        [](IntakeDraft& d) { d.grade = "b"; },
        [](IntakeDraft& d) { d.price_per_unit = {18'001}; },
        [](IntakeDraft& d) { d.product_id = kPapad; },
        [](IntakeDraft& d) { d.order_line_id.reset(); },
        [&](IntakeDraft& d) { d.site_id = house_; },
        [](IntakeDraft& d) { d.owner = Owner::of(kVo); },
    };
    for (const auto& change : changes) {
        IntakeDraft other = draft;
        change(other);
        EXPECT_EQ(take(other).error().code, "supply.device_id_reused");
    }
    read([&](storage::Transaction& tx) {
        const auto parts = stock_of(tx, lot.lot_id);
        ASSERT_EQ(parts.size(), 1U);
        EXPECT_EQ(parts[0].owner, Owner::of(didi(1)));
        EXPECT_EQ(parts[0].site_id, point_);
        EXPECT_EQ(lots_of_order_line(tx, system_viewer(), {4001}).size(), 1U);
        EXPECT_EQ(find_lot_by_code(tx, system_viewer(), lot.code)->lot_id, lot.lot_id);
    });
    expect_balance();
}

TEST_P(LotsTest, RefusesWhatCannotBeWeighedIn) {
    struct Row {
        const char* code;
        const char* field;
        std::function<void(IntakeDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"supply.lot_invalid", "device_id", [](IntakeDraft& d) { d.device_id = "short"; }},
        {"supply.lot_invalid", "device_id", [](IntakeDraft& d) { d.device_id = "with blank"; }},
        {"supply.lot_invalid", "producer", [](IntakeDraft& d) { d.producer_person_id = {}; }},
        {"supply.lot_invalid", "product_key", [](IntakeDraft& d) { d.product_id = {}; }},
        {"supply.lot_invalid", "unit", [](IntakeDraft& d) { d.unit = ""; }},
        {"supply.lot_invalid", "weight_milli", [](IntakeDraft& d) { d.weight = {0}; }},
        {"supply.lot_invalid", "grade", [](IntakeDraft& d) { d.grade = ""; }},
        {"supply.lot_invalid", "price_paise", [](IntakeDraft& d) { d.price_per_unit = {-1}; }},
        {"supply.lot_invalid", "weighed_at",
         [](IntakeDraft& d) { d.weighed_at = {kNow.value + kDay + 1}; }},
        {"supply.no_site", "", [](IntakeDraft& d) { d.site_id = {1}; }},
        {"supply.wrong_site_kind", "purchase_point", [&](IntakeDraft& d) { d.site_id = mall_; }},
    };
    for (const Row& row : rows) {
        IntakeDraft draft = brings(1, 1'000);
        row.spoil(draft);
        const auto refused = take(draft);
        ASSERT_FALSE(refused.has_value()) << row.field;
        EXPECT_EQ(refused.error().code, row.code);
        if (*row.field != '\0') {
            EXPECT_EQ(refused.error().params.at(0).second, row.field);
        }
    }
    read([](storage::Transaction& tx) {
        EXPECT_TRUE(list_lots(tx, system_viewer(), {}, {}).empty());
    });
    IntakeDraft at_house = brings(1, 1'000);
    at_house.site_id = house_;
    EXPECT_TRUE(take(at_house).has_value());
}

TEST_P(LotsTest, NothingWrittenOnceCanBeChanged) {
    const LotId jar = jars();
    const std::string id = std::to_string(jar.value);
    for (const std::string change :
         {"UPDATE lot SET producer_person_id = 502 WHERE kind = 'weighed'",
          "DELETE FROM lot WHERE kind = 'weighed'", "UPDATE lot_event SET change_milli = 1",
          "DELETE FROM lot_event", "UPDATE packing SET loss_milli = 0", "DELETE FROM packing",
          "UPDATE packing_input SET quantity_milli = 1", "DELETE FROM packing_input",
          "DELETE FROM device_act"}) {
        EXPECT_THROW(write([&](storage::Transaction& tx) { tx.execute_script(change); }),
                     storage::Failure)
            << change;
    }
    EXPECT_THROW(write([&](storage::Transaction& tx) {
                     tx.execute_script("UPDATE stock SET quantity_milli = -1 WHERE lot_id = " + id);
                 }),
                 storage::Failure);
    expect_balance();
}

TEST_P(LotsTest, TheLawSeesWhatNobodyWroteDown) {
    const LotId jar = jars();
    write([&](storage::Transaction& tx) {
        tx.execute_script("UPDATE stock SET quantity_milli = quantity_milli - 1 WHERE lot_id = " +
                          std::to_string(jar.value));
    });
    read([&](storage::Transaction& tx) {
        const auto wrong = check_mass_balance(tx);
        ASSERT_EQ(wrong.size(), 1U);
        EXPECT_EQ(wrong[0].lot_id, jar);
        EXPECT_EQ(wrong[0].events, Milli{19'000});
        EXPECT_EQ(wrong[0].stock, Milli{18'999});
    });
}

TEST_P(LotsTest, CorrectsWithAReasonAndNeverBelowNothing) {
    const LotId lot = lot_of(1, 10'000);
    const auto change = [&](std::int64_t by, std::string_view reason, SiteId site) {
        return write([&](storage::Transaction& tx) {
            return correct(tx, system_viewer(), lot, site, by, reason, kNow);
        });
    };
    EXPECT_TRUE(change(-300, "चूहे", point_).has_value());
    EXPECT_TRUE(change(100, "फिर तौला", point_).has_value());
    EXPECT_EQ(lot_now(lot).remaining, Milli{9'800});
    EXPECT_EQ(lot_now(lot).weight, Milli{10'000});
    EXPECT_EQ(change(-9'801, "x", point_).error().code, "supply.not_enough");
    EXPECT_EQ(change(-1, "x", house_).error().code, "supply.no_stock");
    EXPECT_EQ(change(-1, " ", point_).error().params.at(0).second, "reason");
    EXPECT_EQ(change(0, "x", point_).error().params.at(0).second, "quantity_milli");
    expect_balance();
}

TEST_P(LotsTest, WhoHoldsAndWhoOwnsAreTwoFacts) {
    const LotId lot = lot_of(1, 10'000);
    moved(point_, house_, {lot});
    read([&](storage::Transaction& tx) {
        const auto parts = stock_of(tx, lot);
        ASSERT_EQ(parts.size(), 1U);
        EXPECT_EQ(parts[0].site_id, house_);
        EXPECT_EQ(parts[0].owner, Owner::of(didi(1)));
    });
    const auto pass_on = [&](SiteId site) {
        return write([&](storage::Transaction& tx) {
            return change_owner(tx, system_viewer(), lot, site, Owner::of(kClf), "खरीदा", kNow);
        });
    };
    EXPECT_EQ(pass_on(point_).error().code, "supply.no_stock");
    EXPECT_TRUE(pass_on(house_).has_value());
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(stock_of(tx, lot)[0].owner, Owner::of(kClf));
        EXPECT_EQ(stock_of(tx, lot)[0].site_id, house_);
    });
    EXPECT_EQ(lot_now(lot).producer_person_id, didi(1));
    expect_balance();
}

TEST_P(LotsTest, PartsOfTwoOwnersDoNotMix) {
    const LotId lot = lot_of(1, 10'000);
    const auto first = sent(sending(point_, house_, {{lot, Milli{4'000}}})).value();
    const auto second = sent(sending(point_, house_, {{lot, Milli{6'000}}})).value();
    arrived(first.thing.consignment_id).value();
    write([&](storage::Transaction& tx) {
        return change_owner(tx, system_viewer(), lot, house_, Owner::of(kClf), "", kNow);
    }).value();
    EXPECT_EQ(arrived(second.thing.consignment_id).error().code, "supply.owner_differs");
    EXPECT_EQ(lot_now(lot).remaining, Milli{10'000});
    expect_balance();
}

TEST_P(LotsTest, EachSeesWhatStandsOrStoodWithThem) {
    const LotId lot = lot_of(1, 10'000);
    moved(point_, house_, {lot});
    struct Row {
        const char* who;
        Viewer viewer;
        bool sees;
        bool sees_producer;
    };
    const std::vector<Row> rows{
        {"haat", system_viewer(), true, true},
        {"where it was weighed in", at(Role::kPurchasePoint, point_), true, true},
        {"another point", at(Role::kPurchasePoint, other_point_), false, false},
        {"where it is", at(Role::kPackagingHouse, house_), true, true},
        {"where it never was", at(Role::kCashier, mall_), false, false},
        {"a till where it is", at(Role::kCashier, house_), true, false},
        {"own district", officer(Role::kDistrictOfficer, 100, 199), true, true},
        {"another district", officer(Role::kDistrictOfficer, 200, 299), false, false},
        {"its village", officer(Role::kBlockOfficer, 110, 110), true, true},
        {"a jail", jail(kBeurJail), false, false},
        {"a jail of no organisation", jail({}), false, false},
        {"a buyer", officer(Role::kBuyer, 0, 999), false, false},
        {"the victims' fund", officer(Role::kVictimFund, 0, 999), false, false},
        {"a point of no site", at(Role::kPurchasePoint, {}), false, false},
    };
    read([&](storage::Transaction& tx) {
        for (const Row& row : rows) {
            const auto seen = find_lot(tx, row.viewer, lot);
            EXPECT_EQ(seen.has_value(), row.sees) << row.who;
            EXPECT_EQ(list_lots(tx, row.viewer, {}, {}).size(), row.sees ? 1U : 0U) << row.who;
            EXPECT_EQ(lots_of_order_line(tx, row.viewer, {4001}).size(), row.sees ? 1U : 0U);
            EXPECT_EQ(trace_back(tx, row.viewer, lot, 100).empty(), !row.sees) << row.who;
            EXPECT_EQ(trace_forward(tx, row.viewer, lot, 100).empty(), !row.sees) << row.who;
            if (!seen) continue;
            EXPECT_EQ(seen->producer_person_id.has_value(), row.sees_producer) << row.who;
            EXPECT_EQ(trace_back(tx, row.viewer, lot, 100)[0].producer_person_id.has_value(),
                      row.sees_producer)
                << row.who;
        }
    });
}

TEST_P(LotsTest, ListsBySiteAndState) {
    const LotId jar = jars();  // and its two inputs, used up
    const LotId waiting = lot_of(3, 5'000);
    const auto on_the_way = sent(sending(house_, mall_, {{jar, std::nullopt}})).value();
    const auto listed = [&](SiteId site, std::optional<LotState> state) {
        return read([&](storage::Transaction& tx) {
            return list_lots(tx, system_viewer(), {.site_id = site, .state = state}, {}).size();
        });
    };
    EXPECT_EQ(listed({}, {}), 4U);
    EXPECT_EQ(listed({}, LotState::kUsed), 2U);
    EXPECT_EQ(listed({}, LotState::kStored), 1U);
    EXPECT_EQ(listed({}, LotState::kMoving), 1U);
    EXPECT_EQ(listed({}, LotState::kSold), 0U);
    EXPECT_EQ(listed(house_, {}), 3U);
    EXPECT_EQ(listed(mall_, {}), 0U);
    EXPECT_EQ(lot_now(waiting).state, LotState::kStored);
    EXPECT_EQ(lot_now(jar).site_id, house_);
    arrived(on_the_way.thing.consignment_id).value();
    EXPECT_EQ(lot_now(jar).site_id, mall_);
    sold(selling(jar, 19'000, 665'000)).value();
    EXPECT_EQ(listed(mall_, LotState::kSold), 1U);
    EXPECT_EQ(lot_now(jar).site_id, mall_);
    // Pages of one, all the way.
    std::size_t seen = 0;
    Page page{.limit = 1};
    while (true) {
        const auto lots = read(
            [&](storage::Transaction& tx) { return list_lots(tx, system_viewer(), {}, page); });
        if (lots.empty()) break;
        ++seen;
        page.before_at = lots.back().made_at;
        page.before_id = lots.back().lot_id.value;
    }
    EXPECT_EQ(seen, 4U);
}

}  // namespace
}  // namespace haat::supply
