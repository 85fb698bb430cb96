#include "flows/plan_broadcast.hpp"

#include <algorithm>
#include <utility>

#include "allowed.hpp"
#include "base/text.hpp"
#include "planned.hpp"
#include "registry/places.hpp"

namespace haat::flows {
namespace {

using messaging::Plan;
using messaging::PlanId;
using messaging::PlanState;

constexpr std::size_t kReasonMax = 300;

std::unexpected<Error> invalid(std::string_view field) {
    return refuse(ErrorKind::kInvalid, "flows.plan_invalid", {{"field", std::string(field)}});
}

Result<void> check_shares(const PlanBody& body) {
    const bool two = body.texts.size() == 2;
    if (body.texts.empty() || body.texts.size() > 2) {
        return invalid("texts");
    }
    const bool fits = two ? body.share_a_percent >= 1 && body.share_b_percent >= 1 &&
                                body.share_a_percent + body.share_b_percent <= 100
                          : body.share_a_percent == 100 && body.share_b_percent == 0;
    if (!fits) {
        return invalid(two ? "share_b_percent" : "share_a_percent");
    }
    return {};
}

Result<void> check_channels(const PlanBody& body) {
    std::int64_t waits = 0;
    for (const PlanChannel& channel : body.channels) {
        waits += channel.wait_seconds;
    }
    if (waits >= body.expires_after_seconds) {
        return invalid("channels");  // the last one would be too late for everybody
    }
    for (std::size_t i = 0; i < body.channels.size(); ++i) {
        const auto same = [&](const PlanChannel& other) {
            return other.channel == body.channels[i].channel;
        };
        // The last one has nobody to wait for; any other needs a deadline to hand on.
        const bool last = i + 1 == body.channels.size();
        if (std::ranges::count_if(body.channels, same) > 1 ||
            (body.channels[i].wait_seconds == 0) != last) {
            return invalid("channels");
        }
    }
    return body.channels.empty() ? invalid("channels") : Result<void>{};
}

Result<void> check_schedule(const PlanSchedule& schedule) {
    if ((schedule.rhythm == PlanRhythm::kAt) != schedule.at.has_value()) {
        return invalid("schedule.at");
    }
    if ((schedule.rhythm == PlanRhythm::kWeekly) == schedule.weekdays.empty()) {
        return invalid("schedule.weekdays");
    }
    if (schedule.minute_of_day < 0 || schedule.minute_of_day > 1439) {
        return invalid("schedule.minute_of_day");
    }
    return {};
}

Result<void> check_body(const PlanBody& body) {
    if (trim(body.title).empty()) {
        return invalid("title");
    }
    HAAT_TRY(check_channels(body));
    HAAT_TRY(check_shares(body));
    return check_schedule(body.schedule);
}

/// Its first moment; for a plan that repeats the next one.
Result<UnixSeconds> first_moment(const PlanBody& body, UnixSeconds now) {
    const PlanSchedule& schedule = body.schedule;
    if (schedule.rhythm == PlanRhythm::kNow) {
        return now;
    }
    if (schedule.rhythm == PlanRhythm::kAt) {
        if (schedule.at->value + body.expires_after_seconds <= now.value) {
            return refuse(ErrorKind::kConflict, "flows.plan_in_past");
        }
        return *schedule.at;
    }
    const auto next = next_moment(schedule, now);
    if (!next) {
        return refuse(ErrorKind::kConflict, "flows.plan_in_past");
    }
    return *next;
}

std::unexpected<Error> wrong_state(const Plan& plan) {
    return refuse(ErrorKind::kConflict, "flows.plan_state",
                  {{"state", std::string(messaging::plan_state_name(plan.state))}});
}

/// Held back from her: "messaging.no_plan", as if it did not exist.
Result<Plan> load(MessagingContext& context, const Viewer& viewer, PlanId plan_id) {
    return context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::find_plan(tx, viewer, plan_id); });
}

Result<Viewer> load_maker(MessagingContext& context, const Plan& plan) {
    return context.flows.database.read(
        [&](storage::Transaction& tx) { return maker_of(tx, plan); });
}

/// What she looked at is what stands, to within 5 % of the people.
struct Agreed {
    Plan plan;
    PlanBody body;
    Viewer maker;
    bool whole_state = false;
    std::int64_t people = 0;
};
Result<Agreed> compare(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                       const SeenPlan& seen) {
    Agreed agreed;
    agreed.plan = HAAT_TRY(load(context, viewer, plan_id));
    agreed.body = plan_body_from_json(agreed.plan.body_json);
    agreed.maker = HAAT_TRY(load_maker(context, agreed.plan));
    const Prepared prepared = HAAT_TRY(prepare(context, agreed.maker, agreed.body));
    if (prepared.content_hash != seen.content_hash) {
        return refuse(ErrorKind::kConflict, "flows.plan_content_changed");
    }
    agreed.plan.content_hash = prepared.content_hash;
    agreed.whole_state = prepared.meant.whole_state;
    agreed.people = count_now(context, agreed.maker, agreed.body, prepared);
    if (agreed.people == 0) {
        return refuse(ErrorKind::kInvalid, "messaging.no_recipients");
    }
    if (!is_near(seen.people, agreed.people)) {
        return refuse(ErrorKind::kConflict, "flows.audience_changed",
                      {{"people", std::to_string(agreed.people)}});
    }
    return agreed;
}

bool holds_places(const Viewer& viewer, const PlaceRange& places) {
    return viewer.places.first <= places.first && places.last <= viewer.places.last;
}

/// The moment that it waits for: one whose people changed meanwhile goes at once.
Result<UnixSeconds> moment_after_yes(storage::Transaction& tx, const Plan& plan,
                                     const PlanBody& body, UnixSeconds now) {
    if (plan.reason == "count_changed") {
        const auto runs = messaging::list_runs(tx, plan.plan_id, 1);
        // Each moment of a plan runs once, so this one is a later one than that which was refused.
        return runs.empty() ? now : UnixSeconds{std::max(now.value, runs[0].due_at.value + 1)};
    }
    return first_moment(body, now);
}

struct Allowed {
    std::vector<PlanState> from;
    access::Action action;
};
Allowed allowed_from(PlanAct act) {
    using enum PlanState;
    switch (act) {
        case PlanAct::kReject:
            return {{kAwaitingSecondYes}, access::Action::kApproveBroadcast};
        case PlanAct::kPause:
            return {{kScheduled, kRunning}, access::Action::kSendBroadcast};
        case PlanAct::kResume:
            return {{kPaused}, access::Action::kSendBroadcast};
        case PlanAct::kCancel:
            break;
    }
    return {{kDraft, kAwaitingSecondYes, kScheduled, kRunning, kPaused},
            access::Action::kSendBroadcast};
}

/// What a resumed plan is: running if something of it still runs, else as it was before.
PlanState state_after_resume(storage::Transaction& tx, const Plan& plan) {
    const auto runs = messaging::list_runs(tx, plan.plan_id, 50);
    const bool open = std::ranges::any_of(runs, [](const messaging::PlanRun& run) {
        return run.state == messaging::RunState::kRunning ||
               run.state == messaging::RunState::kClaimed;
    });
    if (open) {
        return PlanState::kRunning;
    }
    return plan.next_run_at ? PlanState::kScheduled : PlanState::kDone;
}

PlanState target_of(storage::Transaction& tx, const Plan& plan, PlanAct act) {
    switch (act) {
        case PlanAct::kReject:
            return PlanState::kDraft;
        case PlanAct::kPause:
            return PlanState::kPaused;
        case PlanAct::kResume:
            return state_after_resume(tx, plan);
        case PlanAct::kCancel:
            break;
    }
    return PlanState::kCancelled;
}

/// Broadcasts of it that have not ended follow it.
void follow(MessagingContext& context, const std::vector<messaging::PlanPart>& parts, PlanAct act,
            const messaging::Hold& hold) {
    for (const messaging::PlanPart& part : parts) {
        if (act == PlanAct::kResume) {
            release_broadcast(context, part.broadcast_id, "officer");
            release_broadcast(context, part.broadcast_id, "number");
            release_broadcast(context, part.broadcast_id, "budget");
        } else if (act != PlanAct::kReject) {
            hold_broadcast(context, part.broadcast_id, hold);
        }
    }
}

}  // namespace

Result<MadePlan> create_plan(MessagingContext& context, const Viewer& viewer,
                             std::string_view device_id, const PlanBody& body) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    HAAT_TRY(check_body(body));
    const Prepared prepared = HAAT_TRY(prepare(context, viewer, body));
    const std::int64_t people = count_now(context, viewer, body, prepared);
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<MadePlan> {
        const messaging::NewPlan wish{
            .device_id = std::string(device_id),
            .purpose = body.purpose,
            .body_json = plan_body_json(body),
            .content_hash = prepared.content_hash,
            .place_id = viewer.place_id,
            .needs_second_yes =
                second_yes(tx, viewer, prepared.meant.whole_state, people, now).needed,
            .by = viewer.account_id};
        MadePlan made{.plan = HAAT_TRY(messaging::add_plan(tx, wish, now))};
        made.fresh = messaging::list_moves(tx, made.plan.plan_id).empty();
        if (made.fresh) {
            HAAT_TRY(
                move_plan(tx, made.plan, PlanState::kDraft, viewer.account_id, "", people, now));
        }
        return made;
    });
}

Result<void> change_plan(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                         std::int64_t version, const PlanBody& body) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    HAAT_TRY(check_body(body));
    const Plan before = HAAT_TRY(load(context, viewer, plan_id));
    const Viewer maker = HAAT_TRY(load_maker(context, before));
    const Prepared prepared = HAAT_TRY(prepare(context, maker, body));
    const std::int64_t people = count_now(context, maker, body, prepared);
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        if (plan.version != version) {
            return refuse(ErrorKind::kConflict, "messaging.plan_changed");
        }
        const bool may_change = plan.state == PlanState::kDraft ||
                                plan.state == PlanState::kAwaitingSecondYes ||
                                plan.state == PlanState::kScheduled;
        if (!may_change) {
            return wrong_state(plan);
        }
        plan.body_json = plan_body_json(body);
        plan.purpose = body.purpose;
        plan.content_hash = prepared.content_hash;
        plan.needs_second_yes =
            second_yes(tx, maker, prepared.meant.whole_state, people, now).needed;
        plan.submitted.reset();
        plan.approved.reset();
        plan.next_run_at.reset();
        plan.reason.clear();
        plan.reason_text.clear();
        plan.changed_by = viewer.account_id;
        plan.changed_at = now;
        return move_plan(tx, plan, PlanState::kDraft, viewer.account_id, "", people, now);
    });
}

Result<void> submit_plan(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                         const SeenPlan& seen) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Agreed agreed = HAAT_TRY(compare(context, viewer, plan_id, seen));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        if (plan.state != PlanState::kDraft || plan.body_json != agreed.plan.body_json) {
            return wrong_state(plan);
        }
        HAAT_TRY(require_approved_templates(tx, agreed.body));
        const UnixSeconds moment = HAAT_TRY(first_moment(agreed.body, now));
        plan.content_hash = agreed.plan.content_hash;
        plan.submitted = messaging::PlanYes{viewer.account_id, now, seen.people};
        plan.needs_second_yes =
            second_yes(tx, agreed.maker, agreed.whole_state, agreed.people, now).needed;
        plan.changed_at = now;
        if (!plan.needs_second_yes) {
            plan.next_run_at = moment;
        }
        const PlanState to =
            plan.needs_second_yes ? PlanState::kAwaitingSecondYes : PlanState::kScheduled;
        return move_plan(tx, plan, to, viewer.account_id, "", seen.people, now);
    });
}

Result<void> approve_plan(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                          const SeenPlan& seen) {
    HAAT_TRY(allow(viewer, access::Action::kApproveBroadcast));
    const Agreed agreed = HAAT_TRY(compare(context, viewer, plan_id, seen));
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        if (plan.state != PlanState::kAwaitingSecondYes ||
            plan.body_json != agreed.plan.body_json) {
            return wrong_state(plan);
        }
        const bool had_a_hand = viewer.account_id == plan.created_by ||
                                viewer.account_id == plan.changed_by ||
                                (plan.submitted && viewer.account_id == plan.submitted->account_id);
        if (had_a_hand || !holds_places(viewer, registry::place_range(tx, plan.place_id))) {
            return refuse(ErrorKind::kForbidden, "flows.second_yes_own");
        }
        HAAT_TRY(require_approved_templates(tx, agreed.body));
        plan.next_run_at = HAAT_TRY(moment_after_yes(tx, plan, agreed.body, now));
        plan.content_hash = agreed.plan.content_hash;
        plan.approved = messaging::PlanYes{viewer.account_id, now, seen.people};
        plan.reason.clear();
        plan.reason_text.clear();
        plan.changed_at = now;
        return move_plan(tx, plan, PlanState::kScheduled, viewer.account_id, "", seen.people, now);
    });
}

Result<void> act_on_plan(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                         PlanAct act, std::string_view reason) {
    const Allowed allowed = allowed_from(act);
    HAAT_TRY(allow(viewer, allowed.action));
    const UnixSeconds now = context.flows.clock.now();
    const std::string text(first_code_points(reason, kReasonMax));
    std::vector<messaging::PlanPart> parts;
    const auto moved = context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        if (std::ranges::find(allowed.from, plan.state) == allowed.from.end()) {
            return wrong_state(plan);
        }
        parts = messaging::list_parts(tx, plan_id);
        const PlanBody body = plan_body_from_json(plan.body_json);
        if (act == PlanAct::kResume && body.budget &&
            spent_on_plan(context, tx, plan) >= *body.budget) {
            return refuse(ErrorKind::kConflict, "flows.budget_spent");
        }
        const PlanState to = target_of(tx, plan, act);
        if (act == PlanAct::kReject) {
            plan.submitted.reset();
        }
        if (act == PlanAct::kReject || act == PlanAct::kCancel) {
            plan.next_run_at.reset();
        }
        plan.reason = act == PlanAct::kResume ? "" : "officer";
        plan.reason_text = act == PlanAct::kResume ? "" : text;
        plan.changed_at = now;
        return move_plan(tx, plan, to, viewer.account_id, text, std::nullopt, now);
    });
    HAAT_TRY(Result<void>(moved));
    follow(context, parts, act,
           {.reason = act == PlanAct::kCancel ? "cancelled" : "officer",
            .reason_text = text,
            .by = viewer.account_id,
            .at = now});
    return {};
}

Result<void> send_rest(MessagingContext& context, const Viewer& viewer, PlanId plan_id,
                       std::int64_t run_no, char letter) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    const Plan plan = HAAT_TRY(load(context, viewer, plan_id));
    const PlanBody body = plan_body_from_json(plan.body_json);
    const Viewer maker = HAAT_TRY(load_maker(context, plan));
    const auto run = context.flows.database.read([&](storage::Transaction& tx) {
        const auto runs = messaging::list_runs(tx, plan_id, 1);
        return run_no > 0     ? messaging::find_run(tx, plan_id, run_no)
               : runs.empty() ? std::optional<messaging::PlanRun>()
                              : std::optional(runs.front());
    });
    const bool can = plan.state != PlanState::kCancelled && plan.state != PlanState::kPaused && run;
    if (!can) {
        return wrong_state(plan);
    }
    if (run->rest_waiting == 0 || body.texts.size() < 2) {
        return refuse(ErrorKind::kConflict, "flows.no_rest");
    }
    const Prepared prepared = HAAT_TRY(prepare(context, maker, body));
    Chosen chosen =
        within_limits(context, body, select_meant(context.audience, maker, prepared.meant, body));
    const Draw drawn = draw(context, body, plan_id, run->seed, std::move(chosen.people));
    const UnixSeconds now = context.flows.clock.now();
    HAAT_TRY(start_part(context, plan, body, prepared.letters[letter == 'b' ? 1 : 0],
                        {.run_no = run->run_no,
                         .part = "rest",
                         .letter = std::string(1, letter),
                         .broadcast_id = {}},
                        now, {.written_to = drawn.rest, .capped = {}}));
    return context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        messaging::PlanRun changed = *run;
        changed.state = messaging::RunState::kRunning;
        changed.rest_waiting = 0;
        messaging::save_run(tx, plan_id, changed);
        Plan current = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        return move_plan(tx, current, PlanState::kRunning, viewer.account_id,
                         std::string("rest:") + letter,
                         static_cast<std::int64_t>(drawn.rest.size()), now);
    });
}

Result<PlanForecast> forecast_plan(MessagingContext& context, const Viewer& viewer,
                                   const PlanBody& body) {
    HAAT_TRY(allow(viewer, access::Action::kSendBroadcast));
    HAAT_TRY(check_body(body));
    const Prepared prepared = HAAT_TRY(prepare(context, viewer, body));
    PlanForecast forecast{.audience_text = prepared.meant.text,
                          .content_hash = prepared.content_hash,
                          .as_of_at = context.flows.clock.now()};
    const MeantCount count = count_meant(context.audience, viewer, prepared.meant, body);
    forecast.opted_out = count.opted_out;
    forecast.people = count.people;
    if (has_limits(context, body)) {
        const Chosen chosen = within_limits(
            context, body, select_meant(context.audience, viewer, prepared.meant, body));
        forecast.people = static_cast<std::int64_t>(chosen.people.size());
        forecast.capped = static_cast<std::int64_t>(chosen.capped.size());
        forecast.contacted = static_cast<std::int64_t>(chosen.contacted.size());
    }
    forecast.addresses = forecast.people;
    if (const auto first = first_moment(body, forecast.as_of_at)) {
        forecast.next_run_at = *first;
    }
    context.flows.database.read([&](storage::Transaction& tx) {
        const SecondYes yes =
            second_yes(tx, viewer, prepared.meant.whole_state, forecast.people, forecast.as_of_at);
        forecast.needs_second_yes = yes.needed;
        forecast.second_yes_above = yes.above;
        const std::vector<std::int64_t> lifetimes =
            lifetimes_of(context, body, prepared.letters.front());
        for (std::size_t i = 0; i < body.channels.size(); ++i) {
            const PlanChannel& channel = body.channels[i];
            const std::int64_t price =
                message_centipaise(tx, channel.channel, body.message_purpose(), forecast.as_of_at);
            forecast.channels.push_back(
                {.channel = channel.channel,
                 .people = count.on_channel[i],
                 .cost = {(count.on_channel[i] * price + 50) / 100},
                 .lifetime_seconds = lifetimes[i],
                 .hands_on_at_deadline = hands_on_at_deadline(channel.wait_seconds, lifetimes[i])});
        }
        forecast.cost = first_cost(tx, body, count, forecast.people, forecast.as_of_at);
        forecast.texts = planned_texts(context, tx, prepared);
    });
    const std::int64_t rate = std::max<std::int64_t>(
        1, context.messages_a_second *
               static_cast<std::int64_t>(context.whatsapp_phone_number_ids.size()));
    forecast.seconds_to_send = (forecast.people + rate - 1) / rate;
    return forecast;
}

}  // namespace haat::flows
