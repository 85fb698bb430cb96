#include "supply/consignments.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "supply_fixture.hpp"

namespace haat::supply {
namespace {

class ConsignmentsTest : public SupplyTest {};
HAAT_BOTH_ENGINES(ConsignmentsTest);

TEST_P(ConsignmentsTest, GoodsMoveAndTheirOwnerDoesNot) {
    const LotId one = lot_of(1, 10'000);
    const LotId two = lot_of(2, 5'000);
    const ConsignmentDraft draft =
        sending(point_, house_, {{one, Milli{4'000}}, {two, std::nullopt}});
    const Made<Consignment> made = sent(draft).value();
    const Consignment& moving = made.thing;
    ASSERT_EQ(moving.lines.size(), 2U);
    EXPECT_EQ(moving.lines[0].sent, Milli{4'000});
    EXPECT_EQ(moving.lines[1].sent, Milli{5'000});
    EXPECT_FALSE(moving.received_at.has_value());
    EXPECT_EQ(lot_now(one).state, LotState::kStored);
    EXPECT_EQ(lot_now(two).state, LotState::kMoving);
    EXPECT_EQ(lot_now(two).remaining, Milli{5'000});
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(stock_at(tx, one, point_), Milli{6'000});
        const auto parts = stock_of(tx, two);
        ASSERT_EQ(parts.size(), 1U);
        EXPECT_EQ(parts[0].consignment_id, moving.consignment_id);
        EXPECT_EQ(parts[0].owner, Owner::of(didi(2)));
    });
    EXPECT_EQ(sent(draft).value().repeat, Repeat::kRepeated);
    ConsignmentDraft other = draft;
    other.to_site_id = mall_;
    EXPECT_EQ(sent(other).error().code, "supply.device_id_reused");

    const Made<Consignment> got = arrived(moving.consignment_id).value();
    EXPECT_EQ(got.repeat, Repeat::kFirst);
    EXPECT_EQ(got.thing.lines[0].received, Milli{4'000});
    EXPECT_EQ(arrived(moving.consignment_id).value().repeat, Repeat::kRepeated);
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(stock_at(tx, one, house_), Milli{4'000});
        EXPECT_EQ(stock_at(tx, two, house_), Milli{5'000});
        EXPECT_EQ(stock_of(tx, two)[0].owner, Owner::of(didi(2)));
    });
    expect_balance();
}

TEST_P(ConsignmentsTest, WhatDidNotArriveIsWrittenDown) {
    const LotId one = lot_of(1, 10'000);
    const LotId two = lot_of(2, 5'000);
    const ConsignmentId id =
        sent(sending(point_, house_, {{one, {}}, {two, {}}})).value().thing.consignment_id;
    struct Row {
        const char* what;
        std::vector<Difference> differences;
    };
    const std::vector<Row> rows{
        {"no reason", {{one, {9'000}, " "}}},
        {"more than was sent", {{one, {10'001}, "x"}}},
        {"less than nothing", {{one, {-1}, "x"}}},
        {"not in it", {{{1}, {1}, "x"}}},
        {"twice", {{one, {9'000}, "x"}, {one, {8'000}, "x"}}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(arrived(id, row.differences).error().code, "supply.consignment_invalid")
            << row.what;
    }
    const Consignment got =
        arrived(id, {{one, {9'600}, "बोरी फटी"}, {two, {0}, "नहीं मिली"}}).value().thing;
    EXPECT_EQ(got.lines[0].received, Milli{9'600});
    EXPECT_EQ(got.lines[0].note, "बोरी फटी");
    EXPECT_EQ(lot_now(one).remaining, Milli{9'600});
    EXPECT_EQ(lot_now(two).remaining, Milli{0});
    EXPECT_EQ(lot_now(two).state, LotState::kSold);
    expect_balance();
}

TEST_P(ConsignmentsTest, RefusesWhatCannotBeSent) {
    const LotId lot = lot_of(1, 10'000);
    struct Row {
        const char* code;
        std::function<void(ConsignmentDraft&)> spoil;
    };
    const std::vector<Row> rows{
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.to_site_id = d.from_site_id; }},
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.lines.clear(); }},
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.lines.push_back(d.lines[0]); }},
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.lines[0].quantity = Milli{0}; }},
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.device_id = "x"; }},
        {"supply.consignment_invalid", [](ConsignmentDraft& d) { d.sent_at = {0}; }},
        {"supply.no_site", [](ConsignmentDraft& d) { d.to_site_id = {1}; }},
        {"supply.no_lot", [](ConsignmentDraft& d) { d.lines[0].lot_id = {1}; }},
        {"supply.not_enough", [](ConsignmentDraft& d) { d.lines[0].quantity = Milli{10'001}; }},
        {"supply.not_enough", [&](ConsignmentDraft& d) { d.from_site_id = mall_; }},
    };
    for (const Row& row : rows) {
        ConsignmentDraft draft = sending(point_, house_, {{lot, std::nullopt}});
        row.spoil(draft);
        const auto refused = sent(draft);
        ASSERT_FALSE(refused.has_value()) << row.code;
        EXPECT_EQ(refused.error().code, row.code);
    }
    EXPECT_EQ(lot_now(lot).remaining, Milli{10'000});
    EXPECT_EQ(arrived({1}).error().code, "supply.no_consignment");
    expect_balance();
}

TEST_P(ConsignmentsTest, BothEndsSeeIt) {
    const LotId lot = lot_of(1, 10'000);
    const ConsignmentId id =
        sent(sending(point_, house_, {{lot, {}}})).value().thing.consignment_id;
    read([&](storage::Transaction& tx) {
        const auto seen = [&](const Viewer& viewer) {
            const std::size_t listed = list_consignments(tx, viewer, {}, {}).size();
            EXPECT_EQ(find_consignment(tx, viewer, id).has_value(), listed == 1U);
            return listed;
        };
        EXPECT_EQ(seen(at(Role::kPurchasePoint, point_)), 1U);
        EXPECT_EQ(seen(at(Role::kPackagingHouse, house_)), 1U);
        EXPECT_EQ(seen(at(Role::kCashier, mall_)), 0U);
        EXPECT_EQ(seen(officer(Role::kDistrictOfficer, 100, 199)), 1U);
        EXPECT_EQ(seen(officer(Role::kDistrictOfficer, 200, 299)), 0U);
        EXPECT_EQ(seen(jail(kBeurJail)), 0U);
        EXPECT_EQ(seen(officer(Role::kBuyer, 1, 999)), 0U);
        const auto listed = [&](SiteId site, std::optional<ConsignmentState> state) {
            return list_consignments(tx, system_viewer(), {.site_id = site, .state = state}, {})
                .size();
        };
        EXPECT_EQ(listed(house_, {}), 1U);
        EXPECT_EQ(listed(point_, ConsignmentState::kMoving), 1U);
        EXPECT_EQ(listed(point_, ConsignmentState::kReceived), 0U);
        EXPECT_EQ(listed(mall_, {}), 0U);
    });
    const auto by_stranger = write([&](storage::Transaction& tx) {
        return receive(tx, at(Role::kCashier, mall_), id, {}, kNow);
    });
    EXPECT_EQ(by_stranger.error().code, "supply.no_consignment");
}

}  // namespace
}  // namespace haat::supply
