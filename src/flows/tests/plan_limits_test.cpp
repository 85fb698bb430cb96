/// What stops a plan that was agreed to: caps, templates, an officer, its budget.
#include "plan_fixture.hpp"

#include <algorithm>
#include <functional>

#include "flows/create_broadcast.hpp"
#include "flows/opt_outs.hpp"
#include "flows/read_delivery.hpp"
#include "flows/sync_provider.hpp"
#include "messaging/templates.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

class PlanLimits : public PlanTest {};
HAAT_BOTH_ENGINES(PlanLimits);

TEST_P(PlanLimits, AWeeksMarketMessagesAreEnough) {
    set_setting("market_messages_a_week", 1);
    PlanBody body = notice();
    body.purpose = "price";
    body.audience.places = {kVillageB};  // Rita alone
    const auto first = kept(block_officer(), body);
    submitted(block_officer(), first);
    step_plans(here());
    body.audience.places = {};
    const auto forecast = forecast_plan(here(), block_officer(), body);
    ASSERT_TRUE(forecast) << forecast.error().code;
    EXPECT_EQ(forecast->people, 3);
    EXPECT_EQ(forecast->capped, 1);
    const auto second = kept(block_officer(), body);
    submitted(block_officer(), second);
    step_plans(here());
    EXPECT_EQ(view(second).runs.front().people, 3);
    EXPECT_EQ(view(second).runs.front().capped, 1);
    const messaging::Progress progress =
        delivery().progress(view(second).parts.front().broadcast_id);
    EXPECT_EQ(progress.of(messaging::SlotState::kCapped), 1);
    EXPECT_EQ(progress.of(messaging::SlotState::kQueued), 2);
    EXPECT_EQ(progress.of(messaging::SlotState::kShared), 1);
    body.purpose = "notice";
    body.exclude_contacted_days = 3;
    EXPECT_EQ(forecast_plan(here(), block_officer(), body)->contacted, 4);
}

/// A template as the provider lists it, in both languages.
void list_template(storage::Transaction& tx, const std::string& name, const std::string& status) {
    for (const char* language : {"hi", "en"}) {
        messaging::MessageTemplate seen;
        seen.provider_id = "9" + std::string(language);
        seen.name = name;
        seen.language = language;
        seen.status = status;
        seen.body = "नमस्ते! {{1}} - हाट";
        seen.params = 1;
        (void)messaging::store_template(tx, seen, {}, kStart);
    }
}

TEST_P(PlanLimits, ATemplateThatStopsHoldsWhatUsesItUntilItIsApprovedAgain) {
    write([](storage::Transaction& tx) { list_template(tx, "haat_broadcast", "approved"); });
    const auto plan_id = kept(block_officer(), notice());
    EXPECT_EQ(view(plan_id).texts.at(0).template_status, "approved");
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    step_plans(here());
    const BroadcastId broadcast_id = view(plan_id).parts.at(0).broadcast_id;
    const auto told = [&](const char* event) {
        const std::string body =
            R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":)"
            R"("message_template_status_update","value":{"event":")" +
            std::string(event) +
            R"(","message_template_id":9,"message_template_name":"haat_broadcast",)"
            R"("message_template_language":"hi","reason":"NONE"}}]}]})";
        const auto events = messaging::read_account_events(body);
        const auto moved = write([&](storage::Transaction& tx) {
            return store_account_events(tx, events, clock().now());
        });
        ASSERT_EQ(moved, std::vector<std::string>{"haat_broadcast"});
        apply_template_status(here(), moved.front());
    };
    const auto holds = [&] {
        return read([&](storage::Transaction& tx) {
            return messaging::list_holds(tx, broadcast_id).size();
        });
    };
    told("PAUSED");
    EXPECT_EQ(holds(), 1U);
    EXPECT_EQ(pause_broadcast(here(), block_officer(), broadcast_id, false).error().code,
              "flows.broadcast_held");
    const auto late = kept(block_officer(), notice("दूसरी"));
    EXPECT_EQ(submitted(block_officer(), late), "messaging.template_not_approved");
    told("APPROVED");
    EXPECT_EQ(holds(), 0U);
    EXPECT_EQ(submitted(block_officer(), late), "");
    const auto events = read([](storage::Transaction& tx) {
        return messaging::events_of_template(
            tx, messaging::find_template(tx, "haat_broadcast", "hi")->template_id);
    });
    EXPECT_EQ(events.size(), 4U);  // status and category when new, paused, approved
}

TEST_P(PlanLimits, AnOfficersPauseOutlivesATemplatesOne) {
    const auto plan_id = kept(block_officer(), notice());
    submitted(block_officer(), plan_id);
    step_plans(here());
    const BroadcastId broadcast_id = view(plan_id).parts.at(0).broadcast_id;
    ASSERT_TRUE(pause_broadcast(here(), block_officer(), broadcast_id, true, "रुको"));
    write([](storage::Transaction& tx) { list_template(tx, "haat_broadcast", "paused"); });
    apply_template_status(here(), "haat_broadcast");
    write([](storage::Transaction& tx) { list_template(tx, "haat_broadcast", "approved"); });
    apply_template_status(here(), "haat_broadcast");
    const auto live = read_live_delivery(here(), block_officer(), broadcast_id);
    ASSERT_TRUE(live);
    ASSERT_EQ(live->holds.size(), 1U);
    EXPECT_EQ(live->holds.front().reason, "officer");
    ASSERT_TRUE(cancel_broadcast(here(), block_officer(), broadcast_id, "गलत"));
    EXPECT_EQ(read_live_delivery(here(), block_officer(), broadcast_id)->broadcast.state,
              messaging::BroadcastState::kCancelled);
    EXPECT_EQ(pause_broadcast(here(), block_officer(), broadcast_id, false).error().code,
              "flows.broadcast_cancelled");
}

TEST_P(PlanLimits, ABudgetStopsBeforeItIsPassed) {
    PlanBody body = notice();
    body.budget = Paise{5};  // one notice costs 11.5 paise
    const auto plan_id = kept(block_officer(), body);
    submitted(block_officer(), plan_id);
    step_plans(here());
    step_plans(here());
    EXPECT_EQ(state(plan_id), "paused");
    EXPECT_EQ(view(plan_id).plan.reason, "budget");
    const BroadcastId broadcast_id = view(plan_id).parts.at(0).broadcast_id;
    EXPECT_EQ(read_live_delivery(here(), block_officer(), broadcast_id)->holds.at(0).reason,
              "budget");
}

}  // namespace
}  // namespace haat::flows
