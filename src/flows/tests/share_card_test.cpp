/// Share cards, the record of who passed them on, and what sender numbers did.
#include "flows/share_cards.hpp"

#include "flows/follow_delivery.hpp"
#include "flows/read_delivery.hpp"
#include "messaging/templates.hpp"
#include "plan_fixture.hpp"

namespace haat::flows {
namespace {

class ShareCards : public PlanTest {
 protected:
    BroadcastId sent() {
        const auto plan_id = kept(district_officer(), notice());
        EXPECT_EQ(submitted(district_officer(), plan_id), "");
        EXPECT_EQ(step_plans(here()), 1);
        return view(plan_id).parts.at(0).broadcast_id;
    }
};
HAAT_BOTH_ENGINES(ShareCards);

TEST_P(ShareCards, AMobiliserPassesOnWhatHerDistrictTells) {
    const BroadcastId broadcast_id = sent();
    const Viewer didi = add_officer("mobiliser", Role::kMobiliser, kVillageA);
    const Viewer other = add_officer("mobiliser2", Role::kMobiliser, kVillageB);
    const auto cards = list_share_cards(here(), didi);
    ASSERT_TRUE(cards) << cards.error().code;
    ASSERT_EQ(cards->size(), 1U);
    EXPECT_EQ(cards->front().broadcast.broadcast_id, broadcast_id);
    EXPECT_NE(cards->front().text_hi.find("कल बैठक है"), std::string::npos);
    EXPECT_EQ(cards->front().link, "") << "no number of ours is known yet";
    write([&](storage::Transaction& tx) {
        messaging::store_number(tx, {.provider_number_id = "1", .display = "+91 98123 45678"},
                                clock().now());
    });
    EXPECT_TRUE(read_share_card(here(), didi, broadcast_id)
                    ->link.starts_with("https://wa.me/919812345678?text="));

    EXPECT_EQ(record_relay(here(), didi, broadcast_id, "relay-device-1", 3)->hers.groups, 3);
    EXPECT_EQ(record_relay(here(), didi, broadcast_id, "relay-device-1", 3)->hers.groups, 3)
        << "a repeat counts once";
    EXPECT_EQ(record_relay(here(), didi, broadcast_id, "relay-device-2", 2)->hers.groups, 5);
    const auto both = record_relay(here(), other, broadcast_id, "relay-device-3", 1);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->hers.groups, 1);
    EXPECT_EQ(both->all.people, 2);
    EXPECT_EQ(both->all.groups, 6);

    const auto live = read_live_delivery(here(), district_officer(), broadcast_id);
    ASSERT_TRUE(live);
    EXPECT_EQ(live->relayed.groups, 6);
    EXPECT_EQ(live->whole.people.of(messaging::SlotState::kDelivered), 0)
        << "relayed is not delivered";
    const auto picture = draw_share_card(here(), didi, broadcast_id, Language::kHindi);
    ASSERT_TRUE(picture);
    EXPECT_TRUE(picture->starts_with("\x89PNG"));
}

TEST_P(ShareCards, OnlyWhoIsThereAndMayPassThemOn) {
    const BroadcastId broadcast_id = sent();
    const Viewer elsewhere = add_officer("far", Role::kMobiliser, kCity);
    EXPECT_TRUE(list_share_cards(here(), elsewhere)->empty());
    EXPECT_EQ(record_relay(here(), elsewhere, broadcast_id, "relay-device-4", 1).error().code,
              "messaging.no_broadcast");
    Viewer cashier = elsewhere;
    cashier.role = Role::kCashier;
    EXPECT_EQ(list_share_cards(here(), cashier).error().code, "flows.not_allowed");
    const Viewer didi = add_officer("mobiliser", Role::kMobiliser, kVillageA);
    clock().advance_seconds(15 * kDay);
    EXPECT_TRUE(list_share_cards(here(), didi)->empty()) << "too old to pass on";
}

TEST_P(ShareCards, NumbersAreCountedByTheMinuteAndTheHour) {
    const auto recent = [&] {
        std::vector<messaging::SenderCount> counts;
        read([&](storage::Transaction& tx) {
            counts = messaging::recent_sender_counts(tx, clock().now());
        });
        return counts;
    };
    const auto add = [&](std::int64_t writer, std::int64_t sent_now, std::int64_t errors) {
        write([&](storage::Transaction& tx) {
            messaging::add_sender_counts(
                tx, writer, {{.name = "1", .sent = sent_now, .errors = errors}}, clock().now());
        });
    };
    SenderBook book;
    count_senders(here(), book);
    EXPECT_TRUE(recent().empty()) << "nothing moved";
    add(1, 100, 2);
    add(1, 10, 0);
    add(2, 40, 1);  // another process
    ASSERT_EQ(recent().size(), 1U);
    EXPECT_EQ(recent()[0].sent, 150);
    EXPECT_EQ(recent()[0].errors, 3);
    clock().advance_seconds(120);
    EXPECT_EQ(recent()[0].sent, 0);
    EXPECT_EQ(recent()[0].errors, 3);
    clock().advance_seconds(3600);
    EXPECT_TRUE(recent().empty());
    add(1, 1, 0);
    read([&](storage::Transaction& tx) {
        EXPECT_EQ(messaging::recent_sender_counts(tx, {clock().now().value - 3600}).at(0).sent, 1)
            << "what is older was forgotten";
    });
}

}  // namespace
}  // namespace haat::flows
