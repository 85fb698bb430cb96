/// @file Plans of broadcasts as they are stored: what an officer wrote, its runs, the broadcasts of
/// each run, why a broadcast is held, and every move. Who may move what is decided in flows
/// (plan_broadcast.hpp); here every write is one of few rows.
/// Source: docs/internals/planning.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/chunk.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct PlanIdTag;
using PlanId = Id<PlanIdTag>;  ///< One plan of broadcasts.

enum class PlanState : std::uint8_t {
    kDraft,
    kAwaitingSecondYes,
    kScheduled,  ///< Its next moment is known.
    kRunning,    ///< A broadcast of it has not ended.
    kPaused,
    kCancelled,
    kDone,
};
inline constexpr std::array kPlanStates{
    PlanState::kDraft,  PlanState::kAwaitingSecondYes, PlanState::kScheduled, PlanState::kRunning,
    PlanState::kPaused, PlanState::kCancelled,         PlanState::kDone};
/// "awaiting_second_yes": the name in database, contract and i18n.
[[nodiscard]] std::string_view plan_state_name(PlanState state);
[[nodiscard]] std::optional<PlanState> plan_state_from_name(std::string_view name);

/// A yes: whose, when, to how many people.
struct PlanYes {
    AccountId account_id;
    UnixSeconds at;
    std::int64_t people = 0;
};

struct Plan {
    PlanId plan_id;
    std::string device_id;
    std::int64_t version = 1;
    PlanState state = PlanState::kDraft;
    std::string reason;       ///< "officer", "budget", "template", "count_changed", "failed" or "".
    std::string reason_text;  ///< An officer's words, or the code of a refusal.
    std::string purpose;      ///< As in the contract: "demand", "price", …
    std::string body_json;    ///< flows/plan_body.hpp.
    std::string content_hash;  ///< 64 hexadecimal digits.
    PlaceId place_id;          ///< Of who made it: whose scope it belongs to.
    bool needs_second_yes = false;
    AccountId created_by;
    UnixSeconds created_at;
    AccountId changed_by;
    UnixSeconds changed_at;
    std::optional<PlanYes> submitted;
    std::optional<PlanYes> approved;
    std::optional<UnixSeconds> next_run_at;
    std::int64_t runs = 0;
};

enum class RunState : std::uint8_t {
    kClaimed,  ///< Being planned by one process, until its claim ends.
    kRunning,
    kDone,
    kMissed,   ///< Its time had passed when haat came back.
    kRefused,  ///< A rule refused it; `reason` is the code.
};
[[nodiscard]] std::string_view run_state_name(RunState state);

struct PlanRun {
    std::int64_t run_no = 1;
    UnixSeconds due_at;  ///< Unique in a plan.
    RunState state = RunState::kClaimed;
    UnixSeconds claimed_until_at;
    std::optional<UnixSeconds> started_at;
    std::int64_t people = 0;
    std::int64_t capped = 0;
    std::int64_t contacted = 0;
    std::int64_t rest_waiting = 0;
    std::string reason;
    std::int64_t seed = 0;  ///< Of the draw between texts.
};

/// One broadcast of a run.
struct PlanPart {
    std::int64_t run_no = 1;
    std::string part;    ///< "a", "b" or "rest".
    std::string letter;  ///< Which text: "a" or "b".
    BroadcastId broadcast_id;
};

struct PlanMove {
    UnixSeconds at;
    AccountId by;
    std::string from_state;  ///< Empty for the first.
    std::string to_state;
    std::string reason;
    std::string content_hash;
    std::optional<std::int64_t> people;
};

struct NewPlan {
    std::string device_id;
    std::string purpose;
    std::string body_json;
    std::string content_hash;
    PlaceId place_id;
    bool needs_second_yes = false;
    AccountId by;
};

/// Adds a draft. Safe to repeat by device id: then the first one is returned.
/// @return messaging.plan_device_reused: the id belongs to somebody else's plan.
[[nodiscard]] Result<Plan> add_plan(storage::Transaction& tx, const NewPlan& plan, UnixSeconds now);

/// @return messaging.no_plan, also outside the viewer's places.
[[nodiscard]] Result<Plan> find_plan(storage::Transaction& tx, const Viewer& viewer,
                                     PlanId plan_id);

struct PlanFilter {
    std::optional<PlanState> state;
    std::string purpose;      ///< Empty: any.
    AccountId made_by;        ///< None: anybody.
    AccountId not_by;         ///< Set: only those in which this account had no hand.
    std::int64_t before = 0;  ///< Plans below this id; 0: from the newest.
    int limit = 50;
};
[[nodiscard]] std::vector<Plan> list_plans(storage::Transaction& tx, const Viewer& viewer,
                                           const PlanFilter& filter);

/// Writes `plan` back and sets its next version.
/// @return messaging.plan_changed: somebody else wrote it meanwhile.
[[nodiscard]] Result<void> save_plan(storage::Transaction& tx, Plan& plan);

/// Plans whose next moment is not later than `now`, the oldest first.
[[nodiscard]] std::vector<PlanId> due_plans(storage::Transaction& tx, UnixSeconds now, int limit);
/// Plans with a run that is claimed or running.
[[nodiscard]] std::vector<PlanId> live_plans(storage::Transaction& tx);

/// Claims the moment `run.due_at`. False if that moment has a run already.
[[nodiscard]] bool add_run(storage::Transaction& tx, PlanId plan_id, const PlanRun& run);
/// Takes over a claim that ended. False if somebody holds it.
[[nodiscard]] bool reclaim_run(storage::Transaction& tx, PlanId plan_id, std::int64_t run_no,
                               UnixSeconds now, UnixSeconds until);
void save_run(storage::Transaction& tx, PlanId plan_id, const PlanRun& run);
[[nodiscard]] std::vector<PlanRun> list_runs(storage::Transaction& tx, PlanId plan_id, int limit);
[[nodiscard]] std::optional<PlanRun> find_run(storage::Transaction& tx, PlanId plan_id,
                                              std::int64_t run_no);

/// Safe to repeat.
void add_part(storage::Transaction& tx, PlanId plan_id, const PlanPart& part);
[[nodiscard]] std::vector<PlanPart> list_parts(storage::Transaction& tx, PlanId plan_id);

/// The run and part that a broadcast is; none if nobody planned it.
struct PartOf {
    PlanId plan_id;
    PlanPart part;
};
[[nodiscard]] std::optional<PartOf> part_of_broadcast(storage::Transaction& tx,
                                                      BroadcastId broadcast_id);

/// A broadcast sends only while nothing holds it. "officer", "budget", "template", "number",
/// "cancelled"; the last one is never lifted.
struct Hold {
    std::string reason;
    std::string reason_text;
    AccountId by;
    UnixSeconds at;
};
void add_hold(storage::Transaction& tx, BroadcastId broadcast_id, const Hold& hold);
void remove_hold(storage::Transaction& tx, BroadcastId broadcast_id, std::string_view reason);
/// The newest first.
[[nodiscard]] std::vector<Hold> list_holds(storage::Transaction& tx, BroadcastId broadcast_id);

/// Those that may still send something.
[[nodiscard]] std::vector<BroadcastId> unfinished_of_template(storage::Transaction& tx,
                                                              std::string_view template_name);

struct BroadcastFilter {
    std::string state;  ///< As stored; empty: any.
    std::string purpose;
    PlanId plan_id;
    UnixSeconds from_at;
    UnixSeconds until_at{253'402'300'799};
    std::int64_t before = 0;
    int limit = 50;
};
[[nodiscard]] std::vector<BroadcastId> filter_broadcasts(storage::Transaction& tx,
                                                         const Viewer& viewer,
                                                         const BroadcastFilter& filter);

/// One chunk as it was last written back, at most a minute ago; none after the last.
[[nodiscard]] std::optional<Chunk> stored_chunk(storage::Transaction& tx, BroadcastId broadcast_id,
                                                std::int64_t chunk_no);

void add_move(storage::Transaction& tx, PlanId plan_id, const PlanMove& move);
/// Oldest first, at most 200.
[[nodiscard]] std::vector<PlanMove> list_moves(storage::Transaction& tx, PlanId plan_id);

}  // namespace haat::messaging
