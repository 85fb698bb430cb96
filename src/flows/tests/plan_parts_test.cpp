/// How plans join other parts: audiences written and saved, channels one after another, contacts,
/// what delivery finds out, numbers that rest.
#include "flows/contacts.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/follow_delivery.hpp"
#include "flows/save_audience.hpp"
#include "flows/sync_provider.hpp"
#include "plan_fixture.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kHour = 3600;

class PlanParts : public PlanTest {
 protected:
    static PlanBody written(const std::string& text) {
        PlanBody body = notice();
        body.audience.form = PlanAudience::Form::kText;
        body.audience.text = text;
        return body;
    }
    messaging::Broadcast sent(const PlanBody& body) {
        const auto plan_id = kept(block_officer(), body);
        EXPECT_EQ(submitted(block_officer(), plan_id), "");
        EXPECT_EQ(step_plans(here()), 1);
        return broadcast(view(plan_id).parts.at(0).broadcast_id);
    }
    messaging::Broadcast broadcast(BroadcastId broadcast_id) {
        return read([&](storage::Transaction& tx) {
            return messaging::find_broadcast(tx, system_viewer(), broadcast_id).value();
        });
    }
    std::int64_t people(const PlanBody& body) {
        const auto forecast = forecast_plan(here(), block_officer(), body);
        EXPECT_TRUE(forecast) << forecast.error().code;
        return forecast ? forecast->people : -1;
    }
};
HAAT_BOTH_ENGINES(PlanParts);

TEST_P(PlanParts, AnAudienceMayBeWrittenOrSaved) {
    const std::string village = "place:#" + std::to_string(kVillageB.value);
    EXPECT_EQ(people(written(village)), 1);
    EXPECT_EQ(people(written("not " + village)), 3);
    const auto refused = create_plan(here(), block_officer(), "device-text", written("place:("));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().code.starts_with("registry.audience")) << refused.error().code;

    const auto saved =
        save_audience(here(), block_officer(),
                      {.name = "near", .audience = registry::parse_audience(village).value()});
    ASSERT_TRUE(saved) << saved.error().code;
    PlanBody body = notice();
    body.audience.form = PlanAudience::Form::kSaved;
    body.audience.saved_audience_id = saved->saved.saved_audience_id.value;
    const auto plan_id = kept(block_officer(), body);
    EXPECT_EQ(view(plan_id).people, 1);
    // It is taken as it stands: another content asks for another yes.
    const std::string before = view(plan_id).plan.content_hash;
    ASSERT_TRUE(change_saved_audience(
        here(), block_officer(), saved->saved.saved_audience_id,
        {.name = {}, .audience = registry::parse_audience("not " + village).value()}));
    EXPECT_EQ(view(plan_id).people, 3);
    EXPECT_NE(view(plan_id).plan.content_hash, before);
}

TEST_P(PlanParts, AWrittenWholeStateNeedsTwoAndAPlaceDoesNot) {
    EXPECT_TRUE(view(kept(state_officer(), written("reach:whatsapp"))).plan.needs_second_yes);
    const std::string village = "place:#" + std::to_string(kVillageB.value);
    EXPECT_FALSE(view(kept(state_officer(), written(village))).plan.needs_second_yes);
    // Without one village of a small state it is not nearly everybody any more.
    EXPECT_FALSE(view(kept(state_officer(), written("not " + village))).plan.needs_second_yes);
    const std::string city = "place:#" + std::to_string(kCity.value);
    EXPECT_TRUE(view(kept(state_officer(), written("not " + city))).plan.needs_second_yes);
}

TEST_P(PlanParts, ChannelsFollowEachOtherAndTheModeIsKept) {
    PlanBody body = notice();
    body.channels = {{registry::Channel::kWhatsapp, kHour}, {registry::Channel::kSms, 0}};
    body.may_arrive_twice = true;
    body.mode = PlanMode::kAtLeastOnce;
    const messaging::Broadcast first = sent(body);
    EXPECT_EQ(first.what.mode, messaging::DeliveryMode::kAtLeastOnce);
    const auto legs = read(
        [&](storage::Transaction& tx) { return messaging::fallbacks_of(tx, first.broadcast_id); });
    ASSERT_EQ(legs.size(), 1U);
    const messaging::Broadcast second = broadcast(legs.front());
    EXPECT_EQ(second.what.channel, registry::Channel::kSms);
    EXPECT_EQ(second.what.expires_at.value - first.what.expires_at.value,
              body.expires_after_seconds - kHour);
    ASSERT_TRUE(cancel_broadcast(here(), block_officer(), first.broadcast_id, "stop"));
    EXPECT_EQ(broadcast(first.broadcast_id).state, messaging::BroadcastState::kCancelled);
    EXPECT_EQ(broadcast(legs.front()).state, messaging::BroadcastState::kCancelled);
    EXPECT_EQ(pause_broadcast(here(), block_officer(), first.broadcast_id, false).error().code,
              "flows.broadcast_cancelled");
    body.expires_after_seconds = kHour;
    const auto refused = create_plan(here(), block_officer(), "device-late", body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "flows.plan_invalid");
}

TEST_P(PlanParts, WhoeverWasWrittenToIsKnownAtOnceAndAfterARestart) {
    PlanBody first = notice();
    first.audience.places = {kVillageB};
    sent(first);
    EXPECT_EQ(people(written("not contacted:7d")), 3);
    EXPECT_EQ(people(written("contacted:7d")), 1);
    std::set<BroadcastId> known;
    EXPECT_EQ(learn_contacts(here(), known), 1);
    EXPECT_EQ(learn_contacts(here(), known), 0);
    EXPECT_EQ(people(written("contacted:7d")), 1);
}

TEST_P(PlanParts, AStopAtTheProviderHoldsForThePhone) {
    PlanBody body = notice();
    body.purpose = "price";
    ASSERT_EQ(people(body), 4);
    const messaging::Broadcast made = sent(notice());
    apply_delivery_event(here(), {.kind = messaging::DeliveryEvent::Kind::kSuppressMarket,
                                  .broadcast_id = made.broadcast_id,
                                  .ordinal = 2,
                                  .error_code = 131050,
                                  .name = {}});
    EXPECT_EQ(people(body), 2);  // two share that phone
    EXPECT_EQ(people(notice()), 4);
}

TEST_P(PlanParts, ALimitOfTheProviderHoldsUntilAnOfficerResumes) {
    const messaging::Broadcast made = sent(notice());
    apply_delivery_event(here(), {.kind = messaging::DeliveryEvent::Kind::kSpamLimit,
                                  .broadcast_id = made.broadcast_id,
                                  .error_code = 131048,
                                  .name = {}});
    EXPECT_EQ(broadcast(made.broadcast_id).state, messaging::BroadcastState::kPaused);
    EXPECT_EQ(broadcast(made.broadcast_id).pause_reason, "provider");
    ASSERT_TRUE(pause_broadcast(here(), block_officer(), made.broadcast_id, false));
    EXPECT_EQ(broadcast(made.broadcast_id).state, messaging::BroadcastState::kSending);
    apply_delivery_event(here(), {.kind = messaging::DeliveryEvent::Kind::kTemplateStopped,
                                  .broadcast_id = made.broadcast_id,
                                  .error_code = 132015,
                                  .name = "haat_broadcast"});
    EXPECT_EQ(broadcast(made.broadcast_id).pause_reason, "template");
    EXPECT_EQ(pause_broadcast(here(), block_officer(), made.broadcast_id, false).error().code,
              "flows.broadcast_held");
}

TEST_P(PlanParts, ANumberRestsUntilItsTime) {
    const auto is_stopped = [&] { return delivery().senders().at(0).is_stopped; };
    const auto numbers = read_numbers(here());
    ASSERT_EQ(numbers.size(), 1U);
    const UnixSeconds until{clock().now().value + kHour};
    ASSERT_TRUE(rest_number(here(), state_officer(), numbers[0].number_id, true, "tired", until));
    EXPECT_TRUE(is_stopped());
    std::set<std::string> resting;
    follow_rests(here(), resting);
    EXPECT_EQ(resting, std::set<std::string>{"1"});
    clock().advance_seconds(kHour);
    follow_rests(here(), resting);
    EXPECT_FALSE(is_stopped());
    EXPECT_TRUE(resting.empty());
    EXPECT_FALSE(read_numbers(here()).at(0).resting);
}

}  // namespace
}  // namespace haat::flows
