#include "messaging/broadcast_plans.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "sql/broadcast_plans.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, kPlanStates.size()> kStates{
    "draft", "awaiting_second_yes", "scheduled", "running", "paused", "cancelled", "done"};
constexpr std::array<std::string_view, 5> kRunStates{"claimed", "running", "done", "missed",
                                                     "refused"};

std::optional<PlanYes> yes_of(std::optional<AccountId> account, std::optional<UnixSeconds> at,
                              std::int64_t people) {
    if (!account || !at) {
        return std::nullopt;
    }
    return PlanYes{*account, *at, people};
}

template <typename Row>
Plan plan_of(const Row& row) {
    Plan plan;
    plan.plan_id = PlanId{row.plan_id};
    plan.device_id = row.device_id;
    plan.version = row.version;
    const auto state = plan_state_from_name(row.state);
    HAAT_ASSERT(state.has_value());
    plan.state = *state;
    plan.reason = row.reason;
    plan.reason_text = row.reason_text;
    plan.purpose = row.purpose;
    plan.body_json = row.body;
    plan.content_hash = row.content_hash;
    plan.place_id = row.place_id;
    plan.needs_second_yes = row.needs_second_yes != 0;
    plan.created_by = row.created_by_account_id;
    plan.created_at = row.created_at;
    plan.changed_by = row.changed_by_account_id;
    plan.changed_at = row.changed_at;
    plan.submitted = yes_of(row.submitted_by_account_id, row.submitted_at, row.submitted_count);
    plan.approved = yes_of(row.approved_by_account_id, row.approved_at, row.approved_count);
    plan.next_run_at = row.next_run_at;
    plan.runs = row.runs;
    return plan;
}

template <typename Row>
PlanRun run_of(const Row& row) {
    const auto found = std::ranges::find(kRunStates, row.state);
    return {.run_no = row.run_no,
            .due_at = row.due_at,
            .state = static_cast<RunState>(found - kRunStates.begin()),
            .claimed_until_at = row.claimed_until_at,
            .started_at = row.started_at,
            .people = row.people,
            .capped = row.capped,
            .contacted = row.contacted,
            .rest_waiting = row.rest_waiting,
            .reason = row.reason,
            .seed = row.seed};
}

}  // namespace

std::string_view plan_state_name(PlanState state) {
    return kStates[static_cast<std::size_t>(state)];
}

std::optional<PlanState> plan_state_from_name(std::string_view name) {
    const auto found = std::ranges::find(kStates, name);
    if (found == kStates.end()) {
        return std::nullopt;
    }
    return static_cast<PlanState>(found - kStates.begin());
}

std::string_view run_state_name(RunState state) {
    return kRunStates[static_cast<std::size_t>(state)];
}

Result<Plan> add_plan(storage::Transaction& tx, const NewPlan& plan, UnixSeconds now) {
    sql::plan_add(tx, {.plan_id = tx.new_id(),
                       .device_id = plan.device_id,
                       .purpose = plan.purpose,
                       .body = plan.body_json,
                       .content_hash = plan.content_hash,
                       .place_id = plan.place_id,
                       .needs_second_yes = plan.needs_second_yes ? 1 : 0,
                       .by_account_id = plan.by,
                       .now_at = now});
    const auto made = sql::plan_by_device(tx, {.device_id = plan.device_id});
    HAAT_ASSERT(made.has_value());
    if (made->created_by_account_id != plan.by) {
        return refuse(ErrorKind::kConflict, "messaging.plan_device_reused");
    }
    return find_plan(tx, system_viewer(), PlanId{made->plan_id});
}

Result<Plan> find_plan(storage::Transaction& tx, const Viewer& viewer, PlanId plan_id) {
    const auto row = sql::plan_find(tx, {.plan_id = plan_id.value,
                                         .places_first = viewer.places.first,
                                         .places_last = viewer.places.last});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_plan");
    }
    Plan plan = plan_of(*row);
    return plan;
}

std::vector<Plan> list_plans(storage::Transaction& tx, const Viewer& viewer,
                             const PlanFilter& filter) {
    std::vector<Plan> plans;
    for (const auto& row : sql::plan_list(
             tx, {.before_id = filter.before,
                  .places_first = viewer.places.first,
                  .places_last = viewer.places.last,
                  .state = filter.state ? plan_state_name(*filter.state) : std::string_view(),
                  .purpose = filter.purpose,
                  .made_by_account_id = filter.made_by,
                  .not_by_account_id = filter.not_by,
                  .row_limit = filter.limit})) {
        plans.push_back(plan_of(row));
    }
    return plans;
}

Result<void> save_plan(storage::Transaction& tx, Plan& plan) {
    const auto account = [](const std::optional<PlanYes>& yes) {
        return yes ? std::optional(yes->account_id) : std::nullopt;
    };
    const auto at = [](const std::optional<PlanYes>& yes) {
        return yes ? std::optional(yes->at) : std::nullopt;
    };
    const std::int64_t changed =
        sql::plan_save(tx, {.state = plan_state_name(plan.state),
                            .reason = plan.reason,
                            .reason_text = plan.reason_text,
                            .purpose = plan.purpose,
                            .body = plan.body_json,
                            .content_hash = plan.content_hash,
                            .needs_second_yes = plan.needs_second_yes ? 1 : 0,
                            .changed_by_account_id = plan.changed_by,
                            .changed_at = plan.changed_at,
                            .submitted_by_account_id = account(plan.submitted),
                            .submitted_at = at(plan.submitted),
                            .submitted_count = plan.submitted ? plan.submitted->people : 0,
                            .approved_by_account_id = account(plan.approved),
                            .approved_at = at(plan.approved),
                            .approved_count = plan.approved ? plan.approved->people : 0,
                            .next_run_at = plan.next_run_at,
                            .runs = plan.runs,
                            .plan_id = plan.plan_id.value,
                            .version = plan.version});
    if (changed == 0) {
        return refuse(ErrorKind::kConflict, "messaging.plan_changed");
    }
    ++plan.version;
    return {};
}

std::vector<PlanId> due_plans(storage::Transaction& tx, UnixSeconds now, int limit) {
    std::vector<PlanId> plans;
    for (const auto& row : sql::plan_list_due(tx, {.now_at = now, .row_limit = limit})) {
        plans.push_back(PlanId{row.plan_id});
    }
    return plans;
}

std::vector<PlanId> live_plans(storage::Transaction& tx) {
    std::vector<PlanId> plans;
    for (const auto& row : sql::plan_list_live(tx)) {
        plans.push_back(PlanId{row.plan_id});
    }
    return plans;
}

bool add_run(storage::Transaction& tx, PlanId plan_id, const PlanRun& run) {
    return sql::run_add(tx, {.plan_id = plan_id.value,
                             .run_no = run.run_no,
                             .due_at = run.due_at,
                             .state = run_state_name(run.state),
                             .claimed_until_at = run.claimed_until_at,
                             .started_at = run.started_at,
                             .reason = run.reason,
                             .seed = run.seed}) > 0;
}

bool reclaim_run(storage::Transaction& tx, PlanId plan_id, std::int64_t run_no, UnixSeconds now,
                 UnixSeconds until) {
    return sql::run_reclaim(
               tx, {.until_at = until, .plan_id = plan_id.value, .run_no = run_no, .now_at = now}) >
           0;
}

void save_run(storage::Transaction& tx, PlanId plan_id, const PlanRun& run) {
    sql::run_save(tx, {.state = run_state_name(run.state),
                       .started_at = run.started_at,
                       .people = run.people,
                       .capped = run.capped,
                       .contacted = run.contacted,
                       .rest_waiting = run.rest_waiting,
                       .reason = run.reason,
                       .plan_id = plan_id.value,
                       .run_no = run.run_no});
}

std::vector<PlanRun> list_runs(storage::Transaction& tx, PlanId plan_id, int limit) {
    std::vector<PlanRun> runs;
    for (const auto& row : sql::run_list(tx, {.plan_id = plan_id.value, .row_limit = limit})) {
        runs.push_back(run_of(row));
    }
    return runs;
}

std::optional<PlanRun> find_run(storage::Transaction& tx, PlanId plan_id, std::int64_t run_no) {
    const auto row = sql::run_find(tx, {.plan_id = plan_id.value, .run_no = run_no});
    return row ? std::optional(run_of(*row)) : std::nullopt;
}

void add_part(storage::Transaction& tx, PlanId plan_id, const PlanPart& part) {
    sql::part_add(tx, {.plan_id = plan_id.value,
                       .run_no = part.run_no,
                       .part = part.part,
                       .letter = part.letter,
                       .broadcast_id = part.broadcast_id});
}

std::vector<PlanPart> list_parts(storage::Transaction& tx, PlanId plan_id) {
    std::vector<PlanPart> parts;
    for (const auto& row : sql::part_list(tx, {.plan_id = plan_id.value})) {
        parts.push_back({row.run_no, row.part, row.letter, row.broadcast_id});
    }
    return parts;
}

std::optional<PartOf> part_of_broadcast(storage::Transaction& tx, BroadcastId broadcast_id) {
    const auto row = sql::part_of_broadcast(tx, {.broadcast_id = broadcast_id});
    if (!row) {
        return std::nullopt;
    }
    return PartOf{PlanId{row->plan_id}, {row->run_no, row->part, row->letter, broadcast_id}};
}

void add_hold(storage::Transaction& tx, BroadcastId broadcast_id, const Hold& hold) {
    sql::hold_add(tx, {.broadcast_id = broadcast_id,
                       .reason = hold.reason,
                       .reason_text = hold.reason_text,
                       .by_account_id = hold.by,
                       .held_at = hold.at});
}

void remove_hold(storage::Transaction& tx, BroadcastId broadcast_id, std::string_view reason) {
    sql::hold_remove(tx, {.broadcast_id = broadcast_id, .reason = reason});
}

std::vector<Hold> list_holds(storage::Transaction& tx, BroadcastId broadcast_id) {
    std::vector<Hold> holds;
    for (const auto& row : sql::hold_list(tx, {.broadcast_id = broadcast_id})) {
        holds.push_back({row.reason, row.reason_text, row.by_account_id, row.held_at});
    }
    return holds;
}

std::vector<BroadcastId> unfinished_of_template(storage::Transaction& tx,
                                                std::string_view template_name) {
    std::vector<BroadcastId> broadcasts;
    for (const auto& row : sql::broadcast_list_unfinished(tx, {.template_name = template_name})) {
        broadcasts.push_back(row.broadcast_id);
    }
    return broadcasts;
}

std::vector<BroadcastId> filter_broadcasts(storage::Transaction& tx, const Viewer& viewer,
                                           const BroadcastFilter& filter) {
    std::vector<BroadcastId> broadcasts;
    for (const auto& row : sql::broadcast_list_filtered(tx, {.before = filter.before,
                                                             .places_first = viewer.places.first,
                                                             .places_last = viewer.places.last,
                                                             .state = filter.state,
                                                             .purpose = filter.purpose,
                                                             .from_at = filter.from_at,
                                                             .until_at = filter.until_at,
                                                             .plan_id = filter.plan_id.value,
                                                             .row_limit = filter.limit})) {
        broadcasts.push_back(row.broadcast_id);
    }
    return broadcasts;
}

std::optional<Chunk> stored_chunk(storage::Transaction& tx, BroadcastId broadcast_id,
                                  std::int64_t chunk_no) {
    const auto row = sql::chunk_at(tx, {.broadcast_id = broadcast_id, .chunk_no = chunk_no});
    if (!row) {
        return std::nullopt;
    }
    Chunk chunk;
    chunk.ordinals = decode_ordinals(row->ordinals);
    chunk.slots = decode_slots(row->slots);
    return chunk;
}

void add_move(storage::Transaction& tx, PlanId plan_id, const PlanMove& move) {
    sql::move_add(tx, {.move_id = tx.new_id(),
                       .plan_id = plan_id.value,
                       .moved_at = move.at,
                       .by_account_id = move.by,
                       .from_state = move.from_state,
                       .to_state = move.to_state,
                       .reason = move.reason,
                       .content_hash = move.content_hash,
                       .people = move.people});
}

std::vector<PlanMove> list_moves(storage::Transaction& tx, PlanId plan_id) {
    std::vector<PlanMove> moves;
    for (const auto& row : sql::move_list(tx, {.plan_id = plan_id.value})) {
        moves.push_back({row.moved_at, row.by_account_id, row.from_state, row.to_state, row.reason,
                         row.content_hash, row.people});
    }
    return moves;
}

}  // namespace haat::messaging
