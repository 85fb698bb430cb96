// The two worked examples of docs/domain/share-out.md, to the paisa.
#include "ledger/sheets.hpp"

#include <array>

#include "ledger/statements.hpp"
#include "ledger_fixture.hpp"

namespace haat::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kNow;

class SheetsTest : public testing::LedgerTest {
 protected:
    /// Books the sale and its share-out; the recorded lines as "class account rupees".
    std::vector<std::string> shared(Sheet& sheet, Paise gross) {
        open("assets:cash:site:9", Guard::kNeverNegative);
        open("liabilities:proceeds:t", Guard::kNeverNegative);
        const auto entry =
            posted({.key = "sale:1", .kind = "sale", .note = "", .booked_on = {}},
                   {{"assets:cash:site:9", gross}, {"liabilities:proceeds:t", -gross}});
        const auto receipt = database().write([&](storage::Transaction& tx) {
            return share_out(
                tx, sheet.request("share-out:1", "sale:1", entry.value(), "liabilities:proceeds:t"),
                kNow);
        });
        EXPECT_EQ(testing::outcome_of(receipt), "ok");
        std::vector<std::string> lines;
        database().read([&](storage::Transaction& tx) {
            for (const ShareLine& line : shares_of_sale(tx, "sale:1")) {
                lines.push_back(line.class_code + " " + line.account.substr(12) + " " +
                                rupees_plain(line.amount));
            }
        });
        EXPECT_THAT(breaches(), IsEmpty());
        EXPECT_EQ(on("liabilities:proceeds:t"), Paise{});
        return lines;
    }
};
HAAT_BOTH_ENGINES(SheetsTest);

TEST_P(SheetsTest, PickleOfThreeProducers) {
    const std::array<Delivered, 3> delivered{{{PersonId{1}, {4'200}, {180'00}},
                                              {PersonId{2}, {3'300}, {175'50}},
                                              {PersonId{3}, {3'000}, {180'00}}}};
    Sheet sheet = Sheet::of(ProducersSale{.gross = {2'100'00},
                                          .gst_basis_points = 500,
                                          .outlet = payable_to(SiteId{9}),
                                          .margin_basis_points = 1500,
                                          .packing_house = payable_to(SiteId{4}),
                                          .packing_cost = cost_of({10'500}, {18'50}),
                                          .group = payable_to(GroupId{4}),
                                          .group_fee_basis_points = 200,
                                          .delivered = delivered});
    EXPECT_THAT(
        shared(sheet, {2'100'00}),
        ElementsAre("gst tax:gst 100.00", "outlet-margin payable:site:9 300.00",
                    "packing payable:site:4 194.25", "group-fee payable:group:4 30.12",
                    "producers payable:person:1 594.93", "producers payable:person:2 455.75",
                    "producers payable:person:3 424.95"));
}

TEST_P(SheetsTest, JailGoodsByTheDemoRule) {
    ASSERT_EQ(testing::outcome_of(database().write([](storage::Transaction& tx) {
                  return add_rule(tx,
                                  {.id = {},
                                   .name = "mukti",
                                   .version = 0,
                                   .holds_from = {.year = 2026, .month = 4, .day = 1},
                                   .basis = Basis::kDemo,
                                   .order_number = "DEMO-50-33-17",
                                   .order_date = {},
                                   .note = "demo figures, no order",
                                   .classes = {{"prisoners", 5000, true},
                                               {"victims", 3333, true},
                                               {"staff", 1667, false}}},
                                  kNow);
              })),
              "ok");
    const std::array<Worked, 3> worked{
        {{SealedId{8811}, 12'000}, {SealedId{8812}, 7'000}, {SealedId{8813}, 3'000}}};
    Sheet sheet = Sheet::of(JailSale{.gross = {1'050'00},
                                     .gst_basis_points = 500,
                                     .outlet = payable_to(SiteId{9}),
                                     .margin_basis_points = 1500,
                                     .material_account = "liabilities:jail:3:material",
                                     .material_cost = {200'00},
                                     .wages_account = "liabilities:jail:3:wages",
                                     .wages = {249'99},
                                     .rule = "mukti",
                                     .staff_pool = pool("staff"),
                                     .victims_pool = pool("victims"),
                                     .worked = worked});
    EXPECT_THAT(
        shared(sheet, {1'050'00}),
        ElementsAre("gst tax:gst 50.00", "outlet-margin payable:site:9 150.00",
                    "material jail:3:material 200.00", "wages jail:3:wages 249.99",
                    "prisoners payable:sealed:8811 109.10", "prisoners payable:sealed:8812 63.64",
                    "prisoners payable:sealed:8813 27.27", "victims pool:victims 133.32",
                    "staff pool:staff 66.68"));
}

}  // namespace
}  // namespace haat::ledger
