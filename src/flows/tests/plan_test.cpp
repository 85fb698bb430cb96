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

constexpr std::int64_t kHour = 3600;

class Plans : public PlanTest {};
HAAT_BOTH_ENGINES(Plans);

TEST_P(Plans, OneOfficerIsEnoughForAFew) {
    const auto plan_id = kept(block_officer(), notice());
    EXPECT_EQ(view(plan_id).people, 4);
    EXPECT_EQ(view(plan_id).may, (std::vector<std::string>{"change", "submit", "cancel"}));
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    EXPECT_EQ(state(plan_id), "scheduled");
    EXPECT_EQ(step_plans(here()), 1);
    EXPECT_EQ(state(plan_id), "running");
    EXPECT_EQ(recipients(plan_id), 3);  // two of the four share a phone
    EXPECT_EQ(step_plans(here()), 0);
    EXPECT_EQ(broadcasts(), 1);
}

TEST_P(Plans, ARepeatOfTheDeviceIsTheSamePlan) {
    const auto first = create_plan(here(), block_officer(), "device-twice", notice());
    const auto second = create_plan(here(), block_officer(), "device-twice", notice("अलग"));
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->fresh);
    EXPECT_FALSE(second->fresh);
    EXPECT_EQ(first->plan.plan_id, second->plan.plan_id);
    const auto other = create_plan(here(), district_officer(), "device-twice", notice());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "messaging.plan_device_reused");
}

TEST_P(Plans, AboveTheSizeOfTheLevelAnotherPersonSaysYes) {
    set_setting("second_yes_above_block", 3);
    const auto plan_id = kept(block_officer(), notice());
    EXPECT_TRUE(view(plan_id).plan.needs_second_yes);
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    EXPECT_EQ(state(plan_id), "awaiting_second_yes");
    EXPECT_EQ(step_plans(here()), 0);
    EXPECT_EQ(approved(block_officer(), plan_id), "flows.second_yes_own");
    EXPECT_EQ(approved(district_officer(), plan_id), "");
    EXPECT_EQ(state(plan_id), "scheduled");
    EXPECT_EQ(step_plans(here()), 1);
    EXPECT_EQ(recipients(plan_id), 3);
    const auto moves = view(plan_id).moves;
    ASSERT_EQ(moves.size(), 4U);  // draft, awaiting, scheduled, running
    EXPECT_EQ(moves[2].by, district_officer().account_id);
    EXPECT_EQ(moves[2].people, 4);
    EXPECT_EQ(moves[2].content_hash, moves[1].content_hash);
}

TEST_P(Plans, WhatIsForTheWholeStateAlwaysNeedsTwo) {
    const auto plan_id = kept(state_officer(), notice());
    EXPECT_TRUE(view(plan_id).plan.needs_second_yes);
    PlanBody near = notice();
    near.audience.places = {kVillageA};
    EXPECT_FALSE(view(kept(state_officer(), near)).plan.needs_second_yes);
    EXPECT_EQ(submitted(state_officer(), plan_id), "");
    EXPECT_EQ(state(plan_id), "awaiting_second_yes");
    const Viewer other = add_officer("smd2", Role::kStateOfficer, registry::kBihar);
    EXPECT_EQ(approved(other, plan_id), "");
}

TEST_P(Plans, NearlyEverybodyIsTheWholeStateHoweverTheyAreNamed) {
    const auto needs = [&](PlanBody body) {
        return view(kept(state_officer(), body)).plan.needs_second_yes;
    };
    PlanBody named = notice();
    named.audience.places = {kDistrict};  // all people live in it
    EXPECT_TRUE(needs(named));
    named.audience.places = {kVillageA, kVillageB};
    EXPECT_TRUE(needs(named));
    named.audience.places = {kVillageA};
    EXPECT_FALSE(needs(named));
    PlanBody written = notice();
    written.audience.form = PlanAudience::Form::kText;
    written.audience.text = "not place:#" + std::to_string(kCity.value);
    EXPECT_TRUE(needs(written));
    written.audience.text = "place:#" + std::to_string(kVillageA.value);
    EXPECT_FALSE(needs(written));
}

TEST_P(Plans, ParametersThatDoNotFitTheTemplateAreRefusedInTheForecast) {
    const auto refusal = [&](const PlanText& text) {
        PlanBody body = notice();
        body.texts = {text};
        const auto forecast = forecast_plan(here(), block_officer(), body);
        return forecast ? Error{} : forecast.error();
    };
    const auto param = [](const Error& error, std::string_view name) {
        for (const auto& [key, value] : error.params) {
            if (key == name) {
                return value;
            }
        }
        return std::string();
    };
    const Error shipped = refusal({.template_name = "haat_notice", .params_hi = {"एक", "दो"}});
    EXPECT_EQ(shipped.code, "flows.template_params");
    EXPECT_EQ(param(shipped, "count"), "1");
    EXPECT_EQ(param(shipped, "given"), "2");
    EXPECT_EQ(refusal({.template_name = "haat_notice"}).code, "flows.template_params");
    EXPECT_EQ(refusal({.template_name = "haat_broadcast", .params_hi = {"एक", "दो"}}).code,
              "flows.template_params");
    write([&](storage::Transaction& tx) {
        messaging::store_template(tx,
                                  {.provider_id = "9",
                                   .name = "fair",
                                   .language = "hi",
                                   .status = "approved",
                                   .body = "मेला {{1}} को {{2}} में है।",
                                   .params = 2},
                                  "", clock().now());
    });
    const Error listed = refusal({.template_name = "fair", .params_hi = {"सोमवार"}});
    EXPECT_EQ(listed.code, "flows.template_params");
    EXPECT_EQ(param(listed, "template"), "fair");
    EXPECT_EQ(param(listed, "language"), "hi");
    EXPECT_EQ(param(listed, "count"), "2");
    EXPECT_EQ(refusal({.template_name = "fair", .params_hi = {"सोमवार", "गया"}}).code, "");
}

TEST_P(Plans, APlanReachesWhoeverIsOnAnyOfItsChannels) {
    // 1 has only WhatsApp, 2 and 4 (one phone) only SMS, 3 both.
    write([&](storage::Transaction& tx) {
        tx.execute_script(
            "UPDATE contact SET channels = 2 WHERE contact_id = 702; "
            "UPDATE contact SET channels = 3 WHERE contact_id = 703; "
            "UPDATE person_contact SET channels = 2 WHERE contact_id = 702; "
            "UPDATE person_contact SET channels = 3 WHERE contact_id = 703; "
            "UPDATE person SET channels = 2 WHERE ordinal IN (2, 4); "
            "UPDATE person SET channels = 3 WHERE ordinal = 3;");
        registry::note_audience_change(tx, 1, 4);
    });
    EXPECT_EQ(forecast_plan(here(), block_officer(), notice())->people, 2);
    PlanBody body = notice();
    body.channels = {{registry::Channel::kWhatsapp, kHour}, {registry::Channel::kSms, 0}};
    const auto forecast = forecast_plan(here(), block_officer(), body);
    ASSERT_TRUE(forecast);
    EXPECT_EQ(forecast->people, 4);
    EXPECT_EQ(forecast->channels.at(0).people, 2);
    EXPECT_EQ(forecast->channels.at(1).people, 3);
    const auto plan_id = kept(block_officer(), body);
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    EXPECT_EQ(step_plans(here()), 1);
    const auto live =
        read_live_delivery(here(), block_officer(), view(plan_id).parts.at(0).broadcast_id);
    ASSERT_TRUE(live);
    ASSERT_EQ(live->whole.legs.size(), 2U);
    using enum messaging::SlotState;
    EXPECT_EQ(live->whole.legs[0].progress.of(kQueued), 2);
    EXPECT_EQ(live->whole.legs[0].progress.of(kNoAddress), 2);
    EXPECT_EQ(live->whole.legs[1].progress.of(kQueued), 2);
    EXPECT_EQ(live->whole.legs[1].progress.of(kShared), 1);
    EXPECT_EQ(live->whole.people.of(kQueued), 3);
    EXPECT_EQ(live->whole.people.of(kShared), 1);
}

TEST_P(Plans, ADeadlineHandsOnOnlyWhereTheTemplatesLifetimeEndsBeforeIt) {
    const auto list = [&](std::int64_t ttl_seconds) {
        write([&](storage::Transaction& tx) {
            for (const char* language : {"hi", "en"}) {
                messaging::store_template(tx,
                                          {.provider_id = language,
                                           .name = "haat_broadcast",
                                           .language = language,
                                           .status = "approved",
                                           .body = "{{1}} - हाट",
                                           .params = 1,
                                           .ttl_seconds = ttl_seconds},
                                          "", clock().now());
            }
        });
    };
    PlanBody body = notice();
    body.channels = {{registry::Channel::kWhatsapp, 4 * kHour}, {registry::Channel::kSms, 0}};
    list(0);
    const auto long_lived = forecast_plan(here(), block_officer(), body);
    EXPECT_EQ(long_lived->channels.at(0).lifetime_seconds, 30 * kDay);
    EXPECT_FALSE(long_lived->channels.at(0).hands_on_at_deadline);
    list(3 * kHour);
    EXPECT_TRUE(forecast_plan(here(), block_officer(), body)->channels.at(0).hands_on_at_deadline);
    const auto plan_id = kept(block_officer(), body);
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    EXPECT_EQ(step_plans(here()), 1);
    const BroadcastId broadcast_id = view(plan_id).parts.at(0).broadcast_id;
    read([&](storage::Transaction& tx) {
        const auto first = messaging::find_broadcast(tx, system_viewer(), broadcast_id);
        EXPECT_EQ(first->what.lifetime_seconds, 3 * kHour);
        // The last message goes a lifetime before the SMS's turn, so that none can still arrive.
        EXPECT_EQ(first->what.expires_at.value, clock().now().value + kHour);
    });
}

TEST_P(Plans, NobodySeesAPlanOfAHigherLevel) {
    const auto plan_id = kept(district_officer(), notice());
    const auto seen = read_plan(here(), block_officer(), plan_id);
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, "messaging.no_plan");
}

TEST_P(Plans, AChangeVoidsTheYes) {
    set_setting("second_yes_above_block", 3);
    const auto plan_id = kept(block_officer(), notice());
    submitted(block_officer(), plan_id);
    approved(district_officer(), plan_id);
    const PlanView before = view(plan_id);
    ASSERT_TRUE(before.plan.approved);
    EXPECT_TRUE(change_plan(here(), block_officer(), plan_id, before.plan.version, notice("परसों")));
    EXPECT_EQ(state(plan_id), "draft");
    EXPECT_FALSE(view(plan_id).plan.approved);
    EXPECT_EQ(step_plans(here()), 0);
    const auto stale = approve_plan(here(), district_officer(), plan_id,
                                    {before.plan.content_hash, before.people});
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, "flows.plan_content_changed");
    const auto raced =
        change_plan(here(), block_officer(), plan_id, before.plan.version, notice("फिर"));
    ASSERT_FALSE(raced);
    EXPECT_EQ(raced.error().code, "messaging.plan_changed");
}

TEST_P(Plans, WhoeverChangedItMayNotSayTheSecondYes) {
    set_setting("second_yes_above_block", 3);
    const auto plan_id = kept(block_officer(), notice());
    ASSERT_TRUE(change_plan(here(), district_officer(), plan_id, view(plan_id).plan.version,
                            notice("परसों")));
    submitted(block_officer(), plan_id);
    EXPECT_EQ(approved(district_officer(), plan_id), "flows.second_yes_own");
    EXPECT_EQ(approved(state_officer(), plan_id), "");
}

TEST_P(Plans, ACountThatMovedAsksAgain) {
    set_setting("second_yes_above_block", 2);
    PlanBody body = notice();
    body.schedule = {.rhythm = PlanRhythm::kAt, .at = UnixSeconds{kStart.value + kHour}};
    const auto plan_id = kept(block_officer(), body);
    submitted(block_officer(), plan_id);
    EXPECT_EQ(approved(district_officer(), plan_id), "");
    write([&](storage::Transaction& tx) {
        tx.execute_script("UPDATE person SET suppressed = 15 WHERE person_id = 501");
        registry::note_audience_change(tx, 1, 1);
    });
    clock().advance_seconds(kHour);
    EXPECT_EQ(step_plans(here()), 1);
    EXPECT_EQ(state(plan_id), "awaiting_second_yes");
    EXPECT_EQ(view(plan_id).plan.reason, "count_changed");
    EXPECT_EQ(broadcasts(), 0);
    EXPECT_EQ(approved(state_officer(), plan_id), "");
    clock().advance_seconds(1);
    EXPECT_EQ(step_plans(here()), 1);
    EXPECT_EQ(state(plan_id), "running");
    EXPECT_EQ(broadcasts(), 1);
}

TEST_P(Plans, AClockThatStepsRunsNothingTwice) {
    PlanBody body = notice();
    body.schedule = {.rhythm = PlanRhythm::kDaily, .at = {}, .minute_of_day = 9 * 60};
    const auto plan_id = kept(block_officer(), body);
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    const UnixSeconds due = *view(plan_id).plan.next_run_at;
    EXPECT_EQ(minute_of_day_in_india(due), 9 * 60);
    clock().advance_seconds(due.value - clock().now().value);
    EXPECT_EQ(step_plans(here()), 1);
    clock().advance_seconds(-kHour);
    EXPECT_EQ(step_plans(here()), 0);
    clock().advance_seconds(2 * kHour);
    EXPECT_EQ(step_plans(here()), 0);
    EXPECT_EQ(view(plan_id).runs.size(), 1U);
    clock().advance_seconds(-kHour);
    clock().advance_seconds(kDay);
    EXPECT_EQ(step_plans(here()), 1);
    const auto runs = view(plan_id).runs;
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].due_at.value - runs[1].due_at.value, kDay);
}

TEST_P(Plans, WhatWasMissedRunsLateOrIsRecorded) {
    PlanBody body = notice();
    body.expires_after_seconds = 6 * kHour;
    body.schedule = {.rhythm = PlanRhythm::kDaily, .at = {}, .minute_of_day = 9 * 60};
    const auto plan_id = kept(block_officer(), body);
    submitted(block_officer(), plan_id);
    const UnixSeconds due = *view(plan_id).plan.next_run_at;
    // Three days later, two hours after the moment of that day: two are missed, the third is late.
    clock().advance_seconds(due.value + 2 * kDay + 2 * kHour - clock().now().value);
    EXPECT_EQ(step_plans(here()), 1);
    auto runs = view(plan_id).runs;
    ASSERT_EQ(runs.size(), 3U);
    EXPECT_EQ(runs[0].state, messaging::RunState::kRunning);
    EXPECT_EQ(runs[1].state, messaging::RunState::kMissed);
    EXPECT_EQ(runs[2].state, messaging::RunState::kMissed);
    // Seven hours after the next moment it is too late.
    clock().advance_seconds(kDay + 5 * kHour);
    EXPECT_EQ(step_plans(here()), 0);
    runs = view(plan_id).runs;
    ASSERT_EQ(runs.size(), 4U);
    EXPECT_EQ(runs[0].state, messaging::RunState::kMissed);
    EXPECT_EQ(broadcasts(), 1);
}

TEST_P(Plans, AClaimWhoseProcessDiedIsTakenOver) {
    const auto plan_id = kept(block_officer(), notice());
    submitted(block_officer(), plan_id);
    // The process dies right after its claim.
    write([&](storage::Transaction& tx) {
        auto plan = messaging::find_plan(tx, system_viewer(), plan_id).value();
        EXPECT_TRUE(messaging::add_run(tx, plan_id,
                                       {.run_no = 1,
                                        .due_at = *plan.next_run_at,
                                        .claimed_until_at = {clock().now().value + 30},
                                        .seed = 7}));
        plan.next_run_at.reset();
        plan.runs = 1;
        plan.state = messaging::PlanState::kRunning;
        EXPECT_TRUE(messaging::save_plan(tx, plan));
    });
    EXPECT_EQ(step_plans(here()), 0);
    EXPECT_EQ(broadcasts(), 0);
    clock().advance_seconds(31);
    step_plans(here());
    step_plans(here());
    EXPECT_EQ(broadcasts(), 1);
    EXPECT_EQ(view(plan_id).runs.front().state, messaging::RunState::kRunning);
}

TEST_P(Plans, TwoTextsGoToDisjointHalvesAndTheRestWaits) {
    PlanBody body = notice();
    body.texts.push_back(body.texts.front());
    body.texts[1].params_hi = {"दूसरा"};
    body.share_a_percent = 40;
    body.share_b_percent = 40;
    const auto plan_id = kept(block_officer(), body);
    EXPECT_EQ(submitted(block_officer(), plan_id), "");
    EXPECT_EQ(step_plans(here()), 1);
    const PlanView seen = view(plan_id);
    std::multiset<std::uint32_t> all;
    for (const messaging::PlanPart& part : seen.parts) {
        const auto people =
            delivery().ordinals_at_least(part.broadcast_id, messaging::SlotState::kQueued);
        all.insert(people.begin(), people.end());
        EXPECT_EQ(std::ranges::count(people, 2U), std::ranges::count(people, 4U))
            << "one phone got both texts";
    }
    for (const std::uint32_t ordinal : all) {
        EXPECT_EQ(all.count(ordinal), 1U);
    }
    EXPECT_EQ(static_cast<std::int64_t>(all.size()) + seen.runs.front().rest_waiting, 4);
    if (seen.runs.front().rest_waiting > 0) {
        EXPECT_TRUE(send_rest(here(), block_officer(), plan_id, 0, 'b'));
        EXPECT_EQ(recipients(plan_id), 3);
    }
    const auto again = send_rest(here(), block_officer(), plan_id, 0, 'b');
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "flows.no_rest");
    const auto results = read_plan_results(here(), block_officer(), plan_id, 0);
    ASSERT_TRUE(results);
    EXPECT_EQ(results->run_no, 1);
    EXPECT_EQ(results->rest_waiting, 0);
}

TEST_P(Plans, CancellingHoldsWhatRunsForGood) {
    const auto plan_id = kept(block_officer(), notice());
    submitted(block_officer(), plan_id);
    step_plans(here());
    ASSERT_TRUE(act_on_plan(here(), block_officer(), plan_id, PlanAct::kPause, "रुको"));
    EXPECT_EQ(state(plan_id), "paused");
    const BroadcastId broadcast_id = view(plan_id).parts.front().broadcast_id;
    const auto stored = [&] {
        return read([&](storage::Transaction& tx) {
            return messaging::find_broadcast(tx, system_viewer(), broadcast_id).value().state;
        });
    };
    EXPECT_EQ(stored(), messaging::BroadcastState::kPaused);
    ASSERT_TRUE(act_on_plan(here(), block_officer(), plan_id, PlanAct::kResume, ""));
    EXPECT_EQ(state(plan_id), "running");
    EXPECT_EQ(stored(), messaging::BroadcastState::kSending);
    ASSERT_TRUE(act_on_plan(here(), block_officer(), plan_id, PlanAct::kCancel, "गलत"));
    EXPECT_EQ(state(plan_id), "cancelled");
    EXPECT_EQ(stored(), messaging::BroadcastState::kCancelled);
    EXPECT_FALSE(act_on_plan(here(), block_officer(), plan_id, PlanAct::kResume, ""));
}

TEST_P(Plans, ItsRecipientsAreCountedByPlaceAndExportedInPages) {
    const auto plan_id = kept(block_officer(), notice());
    submitted(block_officer(), plan_id);
    step_plans(here());
    const BroadcastId broadcast_id = view(plan_id).parts.at(0).broadcast_id;
    const auto blocks = read_delivery_by_place(here(), district_officer(), broadcast_id, {});
    ASSERT_TRUE(blocks) << blocks.error().code;
    ASSERT_EQ(blocks->items.size(), 1U);
    EXPECT_EQ(blocks->items[0].place.place_id, kBlock);
    EXPECT_EQ(blocks->items[0].children, 2);
    const auto villages = read_delivery_by_place(here(), district_officer(), broadcast_id, kBlock);
    ASSERT_TRUE(villages);
    ASSERT_EQ(villages->items.size(), 2U);
    EXPECT_EQ(villages->items[0].recipients + villages->items[1].recipients,
              blocks->items[0].recipients);
    EXPECT_FALSE(read_delivery_by_place(here(), block_officer(), broadcast_id, kCity));

    const auto whole =
        export_recipients(here(), block_officer(), broadcast_id, {}, 100, PhonesShown::kMasked);
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->next);
    EXPECT_NE(whole->csv.find("सीता"), std::string::npos);
    EXPECT_NE(whole->csv.find("भेजना बाकी"), std::string::npos);
    EXPECT_EQ(whole->csv.find("9812300001"), std::string::npos);
    std::string joined;
    ExportCursor at;
    for (int pages = 0; pages < 10; ++pages) {
        const auto page =
            export_recipients(here(), block_officer(), broadcast_id, at, 1, PhonesShown::kMasked);
        ASSERT_TRUE(page);
        joined += page->csv;
        if (!page->next) {
            break;
        }
        at = *page->next;
    }
    EXPECT_EQ(joined, whole->csv);
    EXPECT_EQ(export_recipients(here(), block_officer(), broadcast_id, {}, 1, PhonesShown::kFull)
                  .error()
                  .code,
              "flows.not_allowed");
    EXPECT_NE(export_recipients(here(), district_officer(), broadcast_id, {}, 9, PhonesShown::kFull)
                  ->csv.find("9812300001"),
              std::string::npos);
    EXPECT_EQ(csv_cell("=1+1"), "\"'=1+1\"");
    EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
}

TEST_P(Plans, AStopForAPersonIsRecordedOnceAndHolds) {
    const OptOutWish wish{.device_id = "stop-device-1",
                          .person_id = kSita,
                          .purposes = registry::only(registry::MessagePurpose::kNotice),
                          .channel = registry::Channel::kVoice,
                          .evidence = "फ़ोन पर कहा"};
    const auto first = record_opt_out(context(), block_officer(), wish);
    ASSERT_TRUE(first) << first.error().code;
    EXPECT_TRUE(first->fresh);
    EXPECT_TRUE(first->opt_out.still);
    EXPECT_EQ(first->opt_out.by, block_officer().account_id);
    EXPECT_EQ(first->opt_out.evidence, "फ़ोन पर कहा");
    EXPECT_FALSE(record_opt_out(context(), block_officer(), wish)->fresh);
    EXPECT_EQ(view(kept(block_officer(), notice())).people, 3);
    const auto list = list_opt_outs(context(), block_officer(), {});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().reason, OptOutReason::kAskedOfficer);
    EXPECT_EQ(list->front().phone.find("12300001"), std::string::npos);
    const auto summary = summarise_opt_outs(context(), block_officer(), {}, 7);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->total, 1);
    OptOutWish silent = wish;
    silent.evidence = " ";
    EXPECT_EQ(record_opt_out(context(), block_officer(), silent).error().code,
              "flows.opt_out_evidence");
    EXPECT_FALSE(record_opt_out(context(), viewer(Role::kBuyer), wish));
}

TEST_P(Plans, OneOfficerAloneCannotSendPastThePlan) {
    const auto refused = create_broadcast(
        here(), state_officer(),
        {.audience = {}, .purpose = registry::MessagePurpose::kNotice, .text_hi = "सबको"},
        "direct-0001", 4);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "flows.needs_second_yes");
}

TEST_P(Plans, WhatCannotBeIsRefused) {
    struct Case {
        const char* field;
        std::function<void(PlanBody&)> spoil;
    };
    const std::vector<Case> cases{
        {"title", [](PlanBody& body) { body.title = " "; }},
        {"channels", [](PlanBody& body) { body.channels.clear(); }},
        {"channels", [](PlanBody& body) { body.channels[0].wait_seconds = 60; }},
        {"texts", [](PlanBody& body) { body.texts.clear(); }},
        {"share_a_percent", [](PlanBody& body) { body.share_a_percent = 50; }},
        {"share_b_percent", [](PlanBody& body) { body.texts.push_back(body.texts[0]); }},
        {"schedule.at", [](PlanBody& body) { body.schedule.rhythm = PlanRhythm::kAt; }},
        {"schedule.weekdays", [](PlanBody& body) { body.schedule.rhythm = PlanRhythm::kWeekly; }},
    };
    for (const Case& one : cases) {
        PlanBody body = notice();
        one.spoil(body);
        const auto refused = create_plan(here(), block_officer(), "device-bad1", body);
        ASSERT_FALSE(refused) << one.field;
        EXPECT_EQ(refused.error().code, "flows.plan_invalid");
        EXPECT_EQ(refused.error().params.front().second, one.field);
    }
    EXPECT_EQ(create_plan(here(), viewer(Role::kBuyer), "device-bad1", notice()).error().code,
              "flows.not_allowed");
    PlanBody elsewhere = notice();
    elsewhere.audience.places = {kCity};
    EXPECT_EQ(create_plan(here(), block_officer(), "device-bad1", elsewhere).error().code,
              "registry.no_place");
}

TEST(PlanMoments, FollowTheCalendarOfIndia) {
    const UnixSeconds start = start_of_day_in_india({2027, 1, 30});
    const auto daily = next_moment({.rhythm = PlanRhythm::kDaily, .minute_of_day = 600}, start);
    ASSERT_TRUE(daily);
    EXPECT_EQ(daily->value, start.value + 600 * 60);
    PlanSchedule monthly{.rhythm = PlanRhythm::kMonthly, .minute_of_day = 0, .day_of_month = 31};
    std::vector<std::string> days;
    UnixSeconds at = start;
    for (int i = 0; i < 3; ++i) {
        at = next_moment(monthly, at).value();
        days.push_back(iso_date(date_in_india(at)));
    }
    EXPECT_EQ(days, (std::vector<std::string>{"2027-01-31", "2027-02-28", "2027-03-31"}));
    const PlanSchedule weekly{.rhythm = PlanRhythm::kWeekly, .minute_of_day = 0, .weekdays = {1}};
    EXPECT_EQ(iso_date(date_in_india(next_moment(weekly, start).value())), "2027-02-01");
    monthly.until_at = start;
    EXPECT_FALSE(next_moment(monthly, start));
}

TEST(PlanBodies, AreReadAsTheyWereWritten) {
    PlanBody body;
    body.title = "\"अचार\"";
    body.purpose = "price";
    body.audience.places = {{4000001880}};
    body.audience.exclude_groups = {{303}};
    body.audience.product_keys = {"pickle_mango"};
    body.channels = {{registry::Channel::kWhatsapp, 3600}, {registry::Channel::kSms, 0}};
    body.may_arrive_twice = true;
    body.mode = PlanMode::kAtLeastOnce;
    body.texts = {{.template_name = "a", .params_hi = {"x"}, .params_en = {"y"}, .demand_id = {9}}};
    body.schedule = {.rhythm = PlanRhythm::kWeekly, .minute_of_day = 60, .weekdays = {1, 5}};
    body.budget = Paise{5000};
    const std::string json = plan_body_json(body);
    EXPECT_EQ(plan_body_json(plan_body_from_json(json)), json);
}

}  // namespace
}  // namespace haat::flows
