// What pages show: counters of the viewer's places, an order with the women behind it.
#include <gmock/gmock.h>

#include "flows/read_orders.hpp"
#include "flows/read_today.hpp"
#include "story.hpp"

namespace haat::flows {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReadTest : public StoryTest {};
HAAT_BOTH_ENGINES(ReadTest);

Paise amount_of(const TodayCounts& today, std::string_view code) {
    const auto found = std::ranges::find(today.shares, code, &ClassToday::code);
    return found == today.shares.end() ? Paise{0} : found->amount;
}

TEST_P(ReadTest, TodayCountsWhatMovedInTheViewersPlaces) {
    const supply::Lot lot = in_the_mall();
    ASSERT_TRUE(sell(context(), system_viewer(), pickle_sale(lot.lot_id)));
    const auto today =
        read([&](storage::Transaction& tx) { return read_today(tx, officer(), clock().now()); });
    ASSERT_TRUE(today);
    EXPECT_EQ(today->offers_open, 3);  // Meera 10, Gita 5 of 15, Rita 20 of 30 kg
    ASSERT_THAT(today->offers_by_product, SizeIs(1));
    EXPECT_EQ(today->offers_by_product[0].quantity, Milli{35'000});
    EXPECT_EQ(today->orders_open, 0);
    EXPECT_EQ(today->orders_completed, 1);
    EXPECT_EQ(today->sales, 1);
    EXPECT_EQ(today->sales_amount, Paise{122'000});
    EXPECT_EQ(amount_of(*today, "producers"), Paise{93'846});
    EXPECT_EQ(amount_of(*today, "outlet"), Paise{17'429});
    EXPECT_EQ(amount_of(*today, "packaging_house"), Paise{3'000});
    EXPECT_EQ(amount_of(*today, "group"), Paise{1'915});
    EXPECT_EQ(amount_of(*today, "gst"), Paise{5'810});
    ASSERT_THAT(today->district_offers, SizeIs(1));
    EXPECT_EQ(today->district_offers[0].offers, 4);
    EXPECT_THAT(today->recent, SizeIs(::testing::Ge(10)));

    Viewer patna = viewer(Role::kDistrictOfficer);
    patna.places = {200, 299};
    const auto there =
        read([&](storage::Transaction& tx) { return read_today(tx, patna, clock().now()); });
    EXPECT_EQ(there->offers_open, 0);
    EXPECT_THAT(there->district_offers, IsEmpty());
    EXPECT_EQ(there->sales, 1);
    const auto tomorrow = read([&](storage::Transaction& tx) {
        return read_today(tx, officer(), {clock().now().value + kDay});
    });
    EXPECT_EQ(tomorrow->sales, 0);
    EXPECT_EQ(read([&](storage::Transaction& tx) { return read_today(tx, buyer(), clock().now()); })
                  .error()
                  .code,
              "flows.not_allowed");
}

TEST_P(ReadTest, OrderShowsNamesOnlyToWhoMaySeePeople) {
    const std::vector<supply::Lot> lots = weighed_in();
    const market::Order order = read([&](storage::Transaction& tx) {
        return market::list_orders(tx, system_viewer(), std::nullopt, {}).at(0);
    });
    const auto state =
        read([&](storage::Transaction& tx) { return read_order(tx, officer(), order.order_id); });
    ASSERT_TRUE(state);
    ASSERT_THAT(state->lines, SizeIs(4));
    EXPECT_EQ(state->buyer.organisation_id, data().buyer_shop);
    for (const OrderLineView& line : state->lines) {
        EXPECT_TRUE(line.producer.name.has_value());
        EXPECT_EQ(line.lot_id.has_value(), line.line.answer == market::Answer::kYes);
    }
    const auto shop =
        read([&](storage::Transaction& tx) { return read_order(tx, buyer(), order.order_id); });
    ASSERT_TRUE(shop);
    for (const OrderLineView& line : shop->lines) {
        EXPECT_EQ(line.producer.name, std::nullopt);
        EXPECT_EQ(line.producer.phone_masked, std::nullopt);
        EXPECT_TRUE(line.producer.village.has_value());
    }
    Viewer other = viewer(Role::kBuyer);
    other.organisation_id = {12'345};
    EXPECT_EQ(read([&](storage::Transaction& tx) { return read_order(tx, other, order.order_id); })
                  .error()
                  .code,
              "market.no_order");
}

}  // namespace
}  // namespace haat::flows
