/// @file What the flows about plans share: a plan made ready to be looked at, agreed to or run; who
/// made it; how it moves. Private.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "broadcast_letter.hpp"
#include "contact_limits.hpp"
#include "flows/plan_broadcast.hpp"
#include "plan_audience.hpp"

namespace haat::flows {

/// Everything that a yes is to.
struct Prepared {
    MeantPeople meant;
    std::vector<Letterhead> letters;  ///< One for each text.
    std::string content_hash;
};
[[nodiscard]] Result<Prepared> prepare(MessagingContext& context, const Viewer& maker,
                                       const PlanBody& body);

/// How many people it would go to now.
[[nodiscard]] std::int64_t count_now(MessagingContext& context, const Viewer& maker,
                                     const PlanBody& body, const Prepared& prepared);

/// Who made the plan, in the plan's place: it reaches whom she reaches, whoever looks at it.
/// @return flows.plan_maker: her account was closed.
[[nodiscard]] Result<Viewer> maker_of(storage::Transaction& tx, const messaging::Plan& plan);

struct SecondYes {
    bool needed = false;
    std::int64_t above = 0;
};
/// By the level of the maker's place; a plan for nearly the whole state always needs one.
[[nodiscard]] SecondYes second_yes(storage::Transaction& tx, const Viewer& maker, bool whole_state,
                                   std::int64_t people, UnixSeconds now);

/// True if `now` lies within 5 % of what was agreed to.
[[nodiscard]] constexpr bool is_near(std::int64_t agreed, std::int64_t now) {
    const std::int64_t difference = agreed > now ? agreed - now : now - agreed;
    return difference * 20 <= agreed;
}

/// Sets the state, writes the plan back with a move and a line of audit.
[[nodiscard]] Result<void> move_plan(storage::Transaction& tx, messaging::Plan& plan,
                                     messaging::PlanState to, AccountId by, std::string_view reason,
                                     std::optional<std::int64_t> people, UnixSeconds now);

/// @return messaging.template_not_approved.
[[nodiscard]] Result<void> require_approved_templates(storage::Transaction& tx,
                                                      const PlanBody& body);

/// Holds the broadcast for that reason: it stops before its next permit. Nothing if it has ended.
void hold_broadcast(MessagingContext& context, BroadcastId broadcast_id,
                    const messaging::Hold& hold);
/// That reason is gone; it goes on if no other holds it.
void release_broadcast(MessagingContext& context, BroadcastId broadcast_id,
                       std::string_view reason);

/// How long the provider of each of the plan's channels goes on trying; 0: not known.
[[nodiscard]] std::vector<std::int64_t> lifetimes_of(const MessagingContext& context,
                                                     const PlanBody& body,
                                                     const Letterhead& letter);
/// What was taken and not delivered goes to the next channel when the wait is over.
[[nodiscard]] constexpr bool hands_on_at_deadline(std::int64_t wait_seconds,
                                                  std::int64_t lifetime_seconds) {
    return lifetime_seconds > 0 && wait_seconds > lifetime_seconds;
}

/// Ascending and disjoint. Those who had enough stand in the record, so that it says why nothing
/// went to them.
struct PartPeople {
    std::span<const std::uint32_t> written_to;
    std::span<const std::uint32_t> capped;
};

/// Makes the broadcast of one part of a run and ties it to the plan. Safe to repeat.
[[nodiscard]] Result<messaging::PlanPart> start_part(MessagingContext& context,
                                                     const messaging::Plan& plan,
                                                     const PlanBody& body, const Letterhead& letter,
                                                     messaging::PlanPart part, UnixSeconds due_at,
                                                     const PartPeople& people);

/// What writing to `people` of those who were counted costs, each on her first channel.
[[nodiscard]] Paise first_cost(storage::Transaction& tx, const PlanBody& body,
                               const MeantCount& count, std::int64_t people, UnixSeconds now);

[[nodiscard]] std::vector<PlannedText> planned_texts(MessagingContext& context,
                                                     storage::Transaction& tx,
                                                     const Prepared& prepared);

/// Ordinals of people who said stop since then, ascending.
[[nodiscard]] std::vector<std::uint32_t> people_who_stopped_after(storage::Transaction& tx,
                                                                  UnixSeconds since);

/// A broadcast and its fallbacks, in the order in which they are tried.
struct Leg {
    BroadcastId broadcast_id;
    registry::Channel channel = registry::Channel::kWhatsapp;
    messaging::Progress progress;
};
[[nodiscard]] std::vector<Leg> legs_of(const MessagingContext& context, storage::Transaction& tx,
                                       BroadcastId broadcast_id);

[[nodiscard]] std::vector<BroadcastId> ids_of(const std::vector<Leg>& legs);

/// "plan-17-run-2", "plan-17-run-2-b".
[[nodiscard]] std::string device_of(messaging::PlanId plan_id, const messaging::PlanPart& part);

/// Splits people into text A, text B and the rest by a draw that depends on seed, plan and address
/// only: people on one phone fall on the same side, so nobody gets both texts. Disjoint, complete.
struct Draw {
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    std::vector<std::uint32_t> rest;
};
[[nodiscard]] Draw draw(MessagingContext& context, const PlanBody& body, messaging::PlanId plan_id,
                        std::int64_t seed, std::vector<std::uint32_t> people);

}  // namespace haat::flows
