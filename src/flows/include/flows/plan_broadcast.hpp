/// @file A broadcast is planned, agreed to by as many people as its size needs, and moved from
/// state to state; each move is kept with who and when.
///
///     draft → awaiting_second_yes → scheduled → running → done
///                    ↑ a change, or a count that moved by more than 5 %, asks again
///     pause, resume, cancel from wherever it makes sense
///
/// Who runs what is due: run_plans.hpp. Source: docs/internals/planning.md; docs/domain/roles.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/plan_body.hpp"
#include "messaging/broadcast_plans.hpp"

namespace haat::flows {

/// One of its texts, as phones will show it.
struct PlannedText {
    char letter = 'a';
    std::string template_name;
    std::string template_status;  ///< Of the worse language; empty: not known.
    std::string text_hi;
    std::string text_en;
    std::vector<std::string> buttons_hi;
    std::vector<std::string> buttons_en;
};

struct ChannelForecast {
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::int64_t people = 0;  ///< On it, whatever other channels they have.
    Paise cost;
    std::int64_t lifetime_seconds = 0;  ///< How long its provider goes on trying; 0: not known.
    /// What it took and did not deliver goes to the next channel when its wait is over.
    bool hands_on_at_deadline = false;
};

struct PlanForecast {
    std::int64_t people = 0;
    std::int64_t addresses = 0;
    std::int64_t opted_out = 0;
    std::int64_t capped = 0;
    std::int64_t contacted = 0;
    std::vector<ChannelForecast> channels;
    Paise cost;  ///< Each person on the first of the channels that she has.
    std::int64_t seconds_to_send = 0;
    bool needs_second_yes = false;
    std::int64_t second_yes_above = 0;
    std::optional<UnixSeconds> next_run_at;
    std::vector<PlannedText> texts;
    std::string audience_text;
    std::string content_hash;
    UnixSeconds as_of_at;
};

/// A plan with all that a page shows of it.
struct PlanView {
    messaging::Plan plan;
    PlanBody body;
    std::int64_t people = 0;  ///< As of now.
    Paise cost;
    Paise spent;
    std::vector<PlannedText> texts;
    std::string audience_text;
    std::vector<messaging::PlanRun> runs;  ///< The latest 50, the newest first.
    std::vector<messaging::PlanPart> parts;
    std::vector<messaging::PlanMove> moves;
    std::vector<std::string> may;  ///< "submit", "approve", …: what the viewer may do to it now.
};

/// What a yes is to: the hash and the count that were shown.
struct SeenPlan {
    std::string content_hash;
    std::int64_t people = 0;
};

/// What it would say, to how many, at what cost. Keeps nothing.
/// @return flows.not_allowed; flows.plan_invalid (params: field); what find_meant and
///   template_letter refuse.
[[nodiscard]] Result<PlanForecast> forecast_plan(MessagingContext& context, const Viewer& viewer,
                                                 const PlanBody& body);

struct MadePlan {
    messaging::Plan plan;
    bool fresh = true;  ///< False: a repeat of the device id.
};
/// Keeps a draft. @return as forecast_plan; messaging.plan_device_reused.
[[nodiscard]] Result<MadePlan> create_plan(MessagingContext& context, const Viewer& viewer,
                                           std::string_view device_id, const PlanBody& body);

/// Changes it and voids every yes. @return as forecast_plan; messaging.no_plan;
///   messaging.plan_changed (the version is not the one that stands); flows.plan_state.
[[nodiscard]] Result<void> change_plan(MessagingContext& context, const Viewer& viewer,
                                       messaging::PlanId plan_id, std::int64_t version,
                                       const PlanBody& body);

[[nodiscard]] Result<PlanView> read_plan(MessagingContext& context, const Viewer& viewer,
                                         messaging::PlanId plan_id);

/// The maker's yes. Schedules it, or asks for the second yes.
/// @return flows.plan_state, flows.plan_content_changed, flows.audience_changed (params: people),
///   messaging.no_recipients, messaging.template_not_approved, flows.plan_in_past.
[[nodiscard]] Result<void> submit_plan(MessagingContext& context, const Viewer& viewer,
                                       messaging::PlanId plan_id, const SeenPlan& seen);

/// The second yes, by somebody who had no hand in it and whose places hold the plan's.
/// @return as submit_plan; flows.second_yes_own.
[[nodiscard]] Result<void> approve_plan(MessagingContext& context, const Viewer& viewer,
                                        messaging::PlanId plan_id, const SeenPlan& seen);

enum class PlanAct : std::uint8_t { kReject, kPause, kResume, kCancel };
/// @return flows.not_allowed, messaging.no_plan, flows.plan_state, flows.budget_spent.
[[nodiscard]] Result<void> act_on_plan(MessagingContext& context, const Viewer& viewer,
                                       messaging::PlanId plan_id, PlanAct act,
                                       std::string_view reason);

/// The chosen text goes to those of a run whom the draw left waiting. Safe to repeat.
/// @param run_no  0: the latest run.
/// @return flows.plan_state, flows.no_rest.
[[nodiscard]] Result<void> send_rest(MessagingContext& context, const Viewer& viewer,
                                     messaging::PlanId plan_id, std::int64_t run_no, char letter);

/// Text A beside text B.
struct TextResult {
    messaging::PlanPart part;
    std::int64_t recipients = 0;
    std::int64_t accepted = 0;
    std::int64_t delivered = 0;
    std::int64_t read = 0;
    std::int64_t answered = 0;
    std::int64_t opted_out = 0;
    Paise cost;
};
struct PlanResults {
    std::int64_t run_no = 0;  ///< 0: it has not run.
    std::int64_t rest_waiting = 0;
    std::vector<TextResult> parts;
};
[[nodiscard]] Result<PlanResults> read_plan_results(MessagingContext& context, const Viewer& viewer,
                                                    messaging::PlanId plan_id, std::int64_t run_no);

/// What a message costs on a channel, in hundredths of a paisa: forecast and count alike.
[[nodiscard]] std::int64_t message_centipaise(storage::Transaction& tx, registry::Channel channel,
                                              registry::MessagePurpose purpose, UnixSeconds now);

/// What a plan's broadcasts have cost up to now: accepted messages at that price.
[[nodiscard]] Paise spent_on_plan(MessagingContext& context, storage::Transaction& tx,
                                  const messaging::Plan& plan);

}  // namespace haat::flows
