#include "flows/run_plans.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "messaging/allowances.hpp"
#include "messaging/templates.hpp"
#include "planned.hpp"

namespace haat::flows {
namespace {

using messaging::Plan;
using messaging::PlanId;
using messaging::PlanRun;
using messaging::PlanState;
using messaging::RunState;

// A process that dies over a run leaves it to others after this; taking over early only repeats
// work.
constexpr std::int64_t kClaimSeconds = 30;
constexpr int kDueAtOnce = 20;
constexpr int kMissedMost = 400;  // rows for moments that passed; a year of days and some

bool may_run(const Plan& plan, UnixSeconds now) {
    return (plan.state == PlanState::kScheduled || plan.state == PlanState::kRunning) &&
           plan.next_run_at && *plan.next_run_at <= now;
}

/// The last moment that is not after `now`; those before it are recorded as missed.
UnixSeconds last_due(storage::Transaction& tx, Plan& plan, const PlanBody& body, UnixSeconds now) {
    UnixSeconds due = *plan.next_run_at;
    for (int i = 0; i < kMissedMost; ++i) {
        const auto next = next_moment(body.schedule, due);
        if (!next || *next > now) {
            break;
        }
        if (messaging::add_run(
                tx, plan.plan_id,
                {.run_no = plan.runs + 1, .due_at = due, .state = RunState::kMissed})) {
            ++plan.runs;
        }
        due = *next;
    }
    return due;
}

/// Claims what is due of a plan. None: nothing is, somebody else was faster, or it was missed.
std::optional<PlanRun> claim(MessagingContext& context, PlanId plan_id) {
    const UnixSeconds now = context.flows.clock.now();
    const auto claimed = context.flows.database.write(
        [&](storage::Transaction& tx) -> Result<std::optional<PlanRun>> {
            Plan plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
            if (!may_run(plan, now)) {
                return std::nullopt;
            }
            const PlanBody body = plan_body_from_json(plan.body_json);
            PlanRun run{.due_at = last_due(tx, plan, body, now)};
            run.run_no = plan.runs + 1;
            const bool late = run.due_at.value + body.expires_after_seconds <= now.value;
            run.state = late ? RunState::kMissed : RunState::kClaimed;
            run.claimed_until_at = {now.value + kClaimSeconds};
            run.seed = tx.new_id();
            const bool added = messaging::add_run(tx, plan_id, run);
            plan.runs += added ? 1 : 0;
            plan.next_run_at = next_moment(body.schedule, run.due_at);
            PlanState to = plan.state;
            if (added && !late) {
                to = PlanState::kRunning;
            } else if (!plan.next_run_at && plan.state == PlanState::kScheduled) {
                to = PlanState::kDone;
            }
            HAAT_TRY(move_plan(tx, plan, to, {}, late ? "missed" : "", std::nullopt, now));
            return added && !late ? std::optional(run) : std::nullopt;
        });
    return claimed ? *claimed : std::nullopt;
}

/// Ends a run that a rule refused; the plan asks again, pauses or goes on to its next moment.
void refuse_run(MessagingContext& context, PlanId plan_id, PlanRun run, const Error& error,
                PlanState to, std::string_view reason, std::optional<std::int64_t> people) {
    const UnixSeconds now = context.flows.clock.now();
    log_warning(
        "plan.refused",
        {{"plan", plan_id.value}, {"run", run.run_no}, {"code", std::string_view(error.code)}});
    run.state = RunState::kRefused;
    run.reason = error.code;
    const auto moved = context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        messaging::save_run(tx, plan_id, run);
        Plan plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
        if (plan.state == PlanState::kCancelled) {
            return {};
        }
        plan.reason = reason;
        plan.reason_text = error.code;
        if (to == PlanState::kAwaitingSecondYes) {
            plan.approved.reset();
            plan.needs_second_yes = true;
        }
        if (to == PlanState::kPaused && !plan.next_run_at) {
            // What was refused is tried again on resuming, under a moment of its own.
            plan.next_run_at = UnixSeconds{std::max(now.value, run.due_at.value + 1)};
        }
        PlanState target = to;
        if (to == PlanState::kScheduled && !plan.next_run_at) {
            target = PlanState::kDone;
        }
        return move_plan(tx, plan, target, {}, error.code, people, now);
    });
    if (!moved) {
        log_warning("plan.refusal_not_kept", {{"code", std::string_view(moved.error().code)}});
    }
}

/// What was agreed to still holds, or why it does not.
Result<void> still_agreed(storage::Transaction& tx, const Plan& plan, const Viewer& maker,
                          const Prepared& prepared, std::int64_t people, UnixSeconds now) {
    const SecondYes yes = second_yes(tx, maker, prepared.meant.whole_state, people, now);
    if (plan.needs_second_yes || yes.needed) {
        if (plan.content_hash != prepared.content_hash) {
            return refuse(ErrorKind::kConflict, "flows.plan_content_changed");
        }
        if (!plan.approved || !is_near(plan.approved->people, people)) {
            return refuse(ErrorKind::kConflict, "flows.audience_changed",
                          {{"people", std::to_string(people)}});
        }
    }
    return {};
}

struct Ready {
    Plan plan;
    PlanBody body;
    Viewer maker;
    Prepared prepared;
    Chosen chosen;
};

/// Everything up to the snapshot. Refuses the run by itself.
std::optional<Ready> make_ready(MessagingContext& context, PlanId plan_id, const PlanRun& run) {
    Ready ready;
    const auto stop = [&](const Error& error, PlanState to, std::string_view reason) {
        refuse_run(context, plan_id, run, error, to, reason, std::nullopt);
        return std::nullopt;
    };
    const auto loaded = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        ready.plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
        ready.body = plan_body_from_json(ready.plan.body_json);
        ready.maker = HAAT_TRY(maker_of(tx, ready.plan));
        return {};
    });
    if (!loaded) {
        return stop(loaded.error(), PlanState::kPaused, "failed");
    }
    auto prepared = prepare(context, ready.maker, ready.body);
    if (!prepared) {
        return stop(prepared.error(), PlanState::kPaused, "failed");
    }
    ready.prepared = std::move(*prepared);
    ready.chosen = within_limits(
        context, ready.body,
        select_meant(context.audience, ready.maker, ready.prepared.meant, ready.body));
    const auto people = static_cast<std::int64_t>(ready.chosen.people.size());
    if (people == 0) {
        return stop({ErrorKind::kInvalid, "messaging.no_recipients", {}}, PlanState::kScheduled,
                    "failed");
    }
    const UnixSeconds now = context.flows.clock.now();
    bool over_budget = false;
    Result<void> approved;
    Result<void> agreed;
    context.flows.database.read([&](storage::Transaction& tx) {
        approved = require_approved_templates(tx, ready.body);
        agreed = still_agreed(tx, ready.plan, ready.maker, ready.prepared, people, now);
        over_budget =
            ready.body.budget && spent_on_plan(context, tx, ready.plan) >= *ready.body.budget;
    });
    if (!approved) {
        return stop(approved.error(), PlanState::kPaused, "template");
    }
    if (over_budget) {
        return stop({ErrorKind::kConflict, "flows.budget_spent", {}}, PlanState::kPaused, "budget");
    }
    if (!agreed) {
        refuse_run(context, plan_id, run, agreed.error(), PlanState::kAwaitingSecondYes,
                   "count_changed", people);
        return std::nullopt;
    }
    return ready;
}

/// Takes the snapshot and makes the broadcasts of a claimed run. Safe to repeat.
void run_claimed(MessagingContext& context, PlanId plan_id, PlanRun run) {
    std::optional<Ready> ready = make_ready(context, plan_id, run);
    if (!ready) {
        return;
    }
    run.people = static_cast<std::int64_t>(ready->chosen.people.size());
    run.capped = static_cast<std::int64_t>(ready->chosen.capped.size());
    run.contacted = static_cast<std::int64_t>(ready->chosen.contacted.size());
    const Draw drawn =
        draw(context, ready->body, plan_id, run.seed, std::move(ready->chosen.people));
    run.rest_waiting = static_cast<std::int64_t>(drawn.rest.size());
    const std::array sides{std::pair{"a", &drawn.a}, std::pair{"b", &drawn.b}};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (sides[i].second->empty()) {
            continue;
        }
        const auto part =
            start_part(context, ready->plan, ready->body, ready->prepared.letters[i],
                       {.run_no = run.run_no,
                        .part = sides[i].first,
                        .letter = sides[i].first,
                        .broadcast_id = {}},
                       run.due_at,
                       {.written_to = *sides[i].second,
                        .capped = i == 0 ? std::span<const std::uint32_t>(ready->chosen.capped)
                                         : std::span<const std::uint32_t>()});
        if (!part) {
            refuse_run(context, plan_id, run, part.error(), PlanState::kPaused, "failed",
                       run.people);
            return;
        }
    }
    run.state = RunState::kRunning;
    run.started_at = context.flows.clock.now();
    context.flows.database.write(
        [&](storage::Transaction& tx) { messaging::save_run(tx, plan_id, run); });
}

/// True once nothing of a run is left to send or to wait for an answer.
bool is_over(MessagingContext& context, storage::Transaction& tx,
             const std::vector<messaging::PlanPart>& parts, std::int64_t run_no) {
    return std::ranges::all_of(parts, [&](const messaging::PlanPart& part) {
        return part.run_no != run_no ||
               std::ranges::all_of(legs_of(context, tx, part.broadcast_id),
                                   [](const Leg& leg) { return leg.progress.missing() == 0; });
    });
}

/// Runs that ended are closed; a plan without open runs waits for its next moment or is done.
void close_runs(MessagingContext& context, PlanId plan_id) {
    const UnixSeconds now = context.flows.clock.now();
    const bool ended = context.flows.database.read([&](storage::Transaction& tx) {
        const auto plan = messaging::find_plan(tx, system_viewer(), plan_id);
        const auto parts = messaging::list_parts(tx, plan_id);
        return std::ranges::any_of(messaging::list_runs(tx, plan_id, 50), [&](const PlanRun& run) {
            return run.state == RunState::kRunning &&
                   ((plan && plan->state == PlanState::kCancelled) ||
                    is_over(context, tx, parts, run.run_no));
        });
    });
    if (!ended) {
        return;
    }
    const auto closed = context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
        const auto parts = messaging::list_parts(tx, plan_id);
        bool open = false;
        for (PlanRun run : messaging::list_runs(tx, plan_id, 50)) {
            const bool over =
                run.state == RunState::kRunning &&
                (is_over(context, tx, parts, run.run_no) || plan.state == PlanState::kCancelled);
            if (over) {
                run.state = RunState::kDone;
                messaging::save_run(tx, plan_id, run);
            }
            open = open || run.state == RunState::kRunning || run.state == RunState::kClaimed;
        }
        if (open || plan.state != PlanState::kRunning) {
            return {};
        }
        return move_plan(tx, plan, plan.next_run_at ? PlanState::kScheduled : PlanState::kDone, {},
                         "", std::nullopt, now);
    });
    if (!closed) {
        log_warning("plan.not_closed", {{"code", std::string_view(closed.error().code)}});
    }
}

/// What a plan's broadcasts have cost or may have cost, and what they may still cost.
struct Exposure {
    std::vector<messaging::PlanPart> parts;
    std::int64_t messages = 0;  ///< Accepted, in flight or unknown.
    std::int64_t busy = 0;
    std::int64_t waiting = 0;    ///< Not settled.
    std::int64_t remaining = 0;  ///< Of the budget, in centipaise.
    std::int64_t next = 0;       ///< Price of the cheapest next message.
    std::optional<messaging::Allowance> allowance;

    [[nodiscard]] bool is_spent() const { return waiting > 0 && remaining < next; }
    /// Permits for messages that were refused took the rest: it may be given back.
    [[nodiscard]] bool is_stalled() const {
        return waiting > 0 && allowance && allowance->left_centipaise < next && remaining >= next;
    }
};
std::optional<Exposure> exposure_of(MessagingContext& context, storage::Transaction& tx,
                                    PlanId plan_id) {
    using messaging::SlotState;
    const auto plan = messaging::find_plan(tx, system_viewer(), plan_id);
    if (!plan || plan->state != PlanState::kRunning) {
        return std::nullopt;
    }
    const PlanBody body = plan_body_from_json(plan->body_json);
    if (!body.budget) {
        return std::nullopt;
    }
    const UnixSeconds now = context.flows.clock.now();
    Exposure exposure{.parts = messaging::list_parts(tx, plan_id),
                      .remaining = body.budget->value * 100,
                      .next = INT64_MAX,
                      .allowance = messaging::find_allowance(tx, plan_id.value)};
    for (const messaging::PlanPart& part : exposure.parts) {
        for (const Leg& leg : legs_of(context, tx, part.broadcast_id)) {
            const std::int64_t price =
                message_centipaise(tx, leg.channel, body.message_purpose(), now);
            const std::int64_t messages = leg.progress.accepted() +
                                          leg.progress.of(SlotState::kBusy) +
                                          leg.progress.of(SlotState::kUnknown);
            exposure.messages += messages;
            exposure.busy += leg.progress.of(SlotState::kBusy);
            exposure.remaining -= messages * price;
            exposure.waiting += leg.progress.missing();
            if (leg.progress.missing() > 0) {
                exposure.next = std::min(exposure.next, price);
            }
        }
    }
    return exposure;
}

/// The permits took the last of it for messages that were then refused. Once nothing has moved for
/// so long that every process has told what it counts, what they did not cost is given back.
void refill(MessagingContext& context, PlanId plan_id, const Exposure& exposure) {
    constexpr std::int64_t kSettleSeconds = 3;
    const UnixSeconds now = context.flows.clock.now();
    const bool stands = exposure.busy == 0 && exposure.allowance->stalled_at;
    if (stands && exposure.allowance->stalled_at->value + kSettleSeconds > now.value) {
        return;
    }
    context.flows.database.write([&](storage::Transaction& tx) {
        if (stands) {
            messaging::refill_allowance(tx, plan_id.value, exposure.remaining);
        } else {
            messaging::stall_allowance(tx, plan_id.value,
                                       exposure.busy == 0 ? std::optional(now) : std::nullopt);
        }
    });
}

/// Pauses the plan whose next message would pass its budget; that none does is seen to where it is
/// permitted.
void watch_budget(MessagingContext& context, PlanId plan_id) {
    const std::optional<Exposure> exposure = context.flows.database.read(
        [&](storage::Transaction& tx) { return exposure_of(context, tx, plan_id); });
    if (exposure && exposure->is_stalled()) {
        refill(context, plan_id, *exposure);
    }
    if (!exposure || !exposure->is_spent()) {
        return;
    }
    const UnixSeconds now = context.flows.clock.now();
    for (const messaging::PlanPart& part : exposure->parts) {
        hold_broadcast(
            context, part.broadcast_id,
            {.reason = "budget", .reason_text = "flows.budget_spent", .by = {}, .at = now});
    }
    const auto moved = context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
        Plan plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
        plan.reason = "budget";
        plan.reason_text = "flows.budget_spent";
        return move_plan(tx, plan, PlanState::kPaused, {}, "budget", exposure->messages, now);
    });
    if (!moved) {
        log_warning("plan.not_paused", {{"code", std::string_view(moved.error().code)}});
    }
}

/// Claims whose process died.
void take_over(MessagingContext& context, PlanId plan_id) {
    const UnixSeconds now = context.flows.clock.now();
    const auto runs = context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::list_runs(tx, plan_id, 50); });
    for (const PlanRun& run : runs) {
        if (run.state != RunState::kClaimed || run.claimed_until_at > now) {
            continue;
        }
        const bool mine = context.flows.database.write([&](storage::Transaction& tx) {
            return messaging::reclaim_run(tx, plan_id, run.run_no, now,
                                          {now.value + kClaimSeconds});
        });
        if (mine) {
            run_claimed(context, plan_id, run);
        }
    }
}

}  // namespace

int step_plans(MessagingContext& context) {
    const UnixSeconds now = context.flows.clock.now();
    std::vector<PlanId> due;
    std::vector<PlanId> live;
    context.flows.database.read([&](storage::Transaction& tx) {
        due = messaging::due_plans(tx, now, kDueAtOnce);
        live = messaging::live_plans(tx);
    });
    int moved = 0;
    for (const PlanId plan_id : live) {
        take_over(context, plan_id);
        watch_budget(context, plan_id);
        close_runs(context, plan_id);
    }
    for (const PlanId plan_id : due) {
        if (const auto run = claim(context, plan_id)) {
            run_claimed(context, plan_id, *run);
            ++moved;
        }
    }
    return moved;
}

void apply_template_status(MessagingContext& context, std::string_view template_name) {
    const UnixSeconds now = context.flows.clock.now();
    bool approved = false;
    std::vector<BroadcastId> broadcasts;
    std::vector<PlanId> waiting;
    context.flows.database.read([&](storage::Transaction& tx) {
        approved = messaging::require_approved(tx, template_name).has_value();
        broadcasts = messaging::unfinished_of_template(tx, template_name);
        for (const Plan& plan : messaging::list_plans(
                 tx, system_viewer(), {.state = PlanState::kPaused, .limit = 1000})) {
            if (plan.reason == "template") {
                waiting.push_back(plan.plan_id);
            }
        }
    });
    for (const BroadcastId broadcast_id : broadcasts) {
        if (approved) {
            release_broadcast(context, broadcast_id, "template");
        } else {
            hold_broadcast(context, broadcast_id,
                           {.reason = "template",
                            .reason_text = std::string(template_name),
                            .by = {},
                            .at = now});
        }
    }
    for (const PlanId plan_id : approved ? waiting : std::vector<PlanId>{}) {
        (void)context.flows.database.write([&](storage::Transaction& tx) -> Result<void> {
            Plan plan = HAAT_TRY(messaging::find_plan(tx, system_viewer(), plan_id));
            const PlanBody body = plan_body_from_json(plan.body_json);
            HAAT_TRY(require_approved_templates(tx, body));
            plan.reason.clear();
            plan.reason_text.clear();
            return move_plan(tx, plan, PlanState::kScheduled, {}, "template", std::nullopt, now);
        });
    }
}

}  // namespace haat::flows
