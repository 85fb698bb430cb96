/// What a page shows of a plan: its texts, cost, runs, and what the viewer may do to it.
#include <algorithm>

#include "access/roles.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/settings.hpp"
#include "messaging/templates.hpp"
#include "planned.hpp"
#include "registry/places.hpp"

namespace haat::flows {
namespace {

using messaging::Plan;
using messaging::PlanState;

/// The worse of the two languages' statuses; empty if neither is known.
std::string status_of(storage::Transaction& tx, const std::string& name) {
    std::string worse;
    for (const std::string_view language : {"hi", "en"}) {
        const auto form = messaging::find_template(tx, name, language);
        if (form && (worse.empty() || !form->is_approved())) {
            worse = form->status;
        }
    }
    return worse;
}

bool may_approve(storage::Transaction& tx, const Viewer& viewer, const Plan& plan) {
    const PlaceRange places = registry::place_range(tx, plan.place_id);
    const bool had_a_hand = viewer.account_id == plan.created_by ||
                            viewer.account_id == plan.changed_by ||
                            (plan.submitted && viewer.account_id == plan.submitted->account_id);
    return access::may(viewer.role, access::Action::kApproveBroadcast) && !had_a_hand &&
           viewer.places.first <= places.first && places.last <= viewer.places.last;
}

std::vector<std::string> what_she_may(storage::Transaction& tx, const Viewer& viewer,
                                      const PlanView& view) {
    using enum PlanState;
    const PlanState state = view.plan.state;
    const auto is = [&](std::initializer_list<PlanState> states) {
        return std::ranges::find(states, state) != states.end();
    };
    std::vector<std::string> may;
    if (access::may(viewer.role, access::Action::kSendBroadcast)) {
        const bool waits = !view.runs.empty() && view.runs.front().rest_waiting > 0;
        const std::initializer_list<std::pair<const char*, bool>> acts{
            {"change", is({kDraft, kAwaitingSecondYes, kScheduled})},
            {"submit", is({kDraft})},
            {"pause", is({kScheduled, kRunning})},
            {"resume", is({kPaused})},
            {"cancel", is({kDraft, kAwaitingSecondYes, kScheduled, kRunning, kPaused})},
            {"send_rest", waits && !is({kPaused, kCancelled})}};
        for (const auto& [act, yes] : acts) {
            if (yes) {
                may.emplace_back(act);
            }
        }
    }
    if (state == kAwaitingSecondYes && may_approve(tx, viewer, view.plan)) {
        may.insert(may.end(), {"approve", "reject"});
    }
    return may;
}

TextResult result_of(MessagingContext& context, storage::Transaction& tx,
                     const messaging::PlanPart& part, std::int64_t centipaise) {
    using enum messaging::SlotState;
    const messaging::Progress progress = context.delivery.progress(part.broadcast_id);
    TextResult result{.part = part,
                      .recipients = progress.recipients,
                      .accepted = progress.accepted(),
                      .delivered = progress.at_least(kDelivered),
                      .read = progress.at_least(kRead),
                      .cost = {(progress.accepted() * centipaise + 50) / 100}};
    const auto broadcast = messaging::find_broadcast(tx, system_viewer(), part.broadcast_id);
    if (broadcast) {
        result.answered = context.delivery.count_recipients(
            part.broadcast_id, messaging::people_who_wrote_after(tx, *broadcast));
        result.opted_out = context.delivery.count_recipients(
            part.broadcast_id, people_who_stopped_after(tx, broadcast->created_at));
    }
    return result;
}

}  // namespace

std::vector<PlannedText> planned_texts(MessagingContext& context, storage::Transaction& tx,
                                       const Prepared& prepared) {
    (void)context;
    std::vector<PlannedText> texts;
    for (std::size_t i = 0; i < prepared.letters.size(); ++i) {
        const Letterhead& letter = prepared.letters[i];
        texts.push_back({.letter = i == 0 ? 'a' : 'b',
                         .template_name = letter.template_name,
                         .template_status = status_of(tx, letter.template_name),
                         .text_hi = letter.texts[0],
                         .text_en = letter.texts[1],
                         .buttons_hi = letter.buttons[0],
                         .buttons_en = letter.buttons[1]});
    }
    return texts;
}

std::int64_t message_centipaise(storage::Transaction& tx, registry::Channel channel,
                                registry::MessagePurpose purpose, UnixSeconds now) {
    switch (channel) {
        case registry::Channel::kWhatsapp:
            return setting_at(tx,
                              purpose == registry::MessagePurpose::kMarket
                                  ? Setting::kWhatsappMarketingCentipaise
                                  : Setting::kWhatsappUtilityCentipaise,
                              now);
        case registry::Channel::kSms:
            return setting_at(tx, Setting::kSmsSegmentCentipaise, now);
        case registry::Channel::kVoice:
            return setting_at(tx, Setting::kVoicePulseCentipaise, now);
        case registry::Channel::kTelegram:
            return 0;
    }
    return 0;
}

Paise first_cost(storage::Transaction& tx, const PlanBody& body, const MeantCount& count,
                 std::int64_t people, UnixSeconds now) {
    std::int64_t centipaise = 0;
    for (std::size_t i = 0; i < body.channels.size(); ++i) {
        centipaise += count.first_on_channel[i] *
                      message_centipaise(tx, body.channels[i].channel, body.message_purpose(), now);
    }
    // The limits leave out people of every channel alike, as far as a forecast goes.
    const std::int64_t all = std::max<std::int64_t>(1, count.people);
    return {(centipaise / all * people + centipaise % all * people / all + 50) / 100};
}

Paise spent_on_plan(MessagingContext& context, storage::Transaction& tx, const Plan& plan) {
    const PlanBody body = plan_body_from_json(plan.body_json);
    const UnixSeconds now = context.flows.clock.now();
    std::int64_t centipaise = 0;
    for (const messaging::PlanPart& part : messaging::list_parts(tx, plan.plan_id)) {
        for (const Leg& leg : legs_of(context, tx, part.broadcast_id)) {
            centipaise += leg.progress.accepted() *
                          message_centipaise(tx, leg.channel, body.message_purpose(), now);
        }
    }
    return {(centipaise + 50) / 100};
}

Result<PlanView> read_plan(MessagingContext& context, const Viewer& viewer,
                           messaging::PlanId plan_id) {
    PlanView view;
    Viewer maker;
    const auto found = context.flows.database.read([&](storage::Transaction& tx) -> Result<void> {
        view.plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        view.runs = messaging::list_runs(tx, plan_id, 50);
        view.parts = messaging::list_parts(tx, plan_id);
        view.moves = messaging::list_moves(tx, plan_id);
        view.spent = spent_on_plan(context, tx, view.plan);
        view.may = what_she_may(tx, viewer, view);
        // A maker whose account was closed still had a plan that can be looked at.
        const auto known = maker_of(tx, view.plan);
        maker = known ? *known : Viewer{};
        return {};
    });
    HAAT_TRY(Result<void>(found));
    view.body = plan_body_from_json(view.plan.body_json);
    const auto prepared = prepare(context, maker, view.body);
    if (!prepared) {
        return view;  // what it speaks of is gone: shown without texts, it cannot be submitted
    }
    view.people = count_now(context, maker, view.body, *prepared);
    view.audience_text = prepared->meant.text;
    if (view.plan.state == PlanState::kDraft || view.plan.state == PlanState::kAwaitingSecondYes) {
        view.plan.content_hash = prepared->content_hash;
    }
    context.flows.database.read([&](storage::Transaction& tx) {
        view.texts = planned_texts(context, tx, *prepared);
        view.cost = first_cost(tx, view.body,
                               count_meant(context.audience, maker, prepared->meant, view.body),
                               view.people, context.flows.clock.now());
    });
    return view;
}

Result<PlanResults> read_plan_results(MessagingContext& context, const Viewer& viewer,
                                      messaging::PlanId plan_id, std::int64_t run_no) {
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<PlanResults> {
        const Plan plan = HAAT_TRY(messaging::find_plan(tx, viewer, plan_id));
        const PlanBody body = plan_body_from_json(plan.body_json);
        const std::int64_t price = message_centipaise(tx, body.channel(), body.message_purpose(),
                                                      context.flows.clock.now());
        PlanResults results{.run_no = run_no > 0 ? run_no : plan.runs};
        if (const auto run = messaging::find_run(tx, plan_id, results.run_no)) {
            results.rest_waiting = run->rest_waiting;
        }
        for (const messaging::PlanPart& part : messaging::list_parts(tx, plan_id)) {
            if (part.run_no == results.run_no) {
                results.parts.push_back(result_of(context, tx, part, price));
            }
        }
        return results;
    });
}

}  // namespace haat::flows
