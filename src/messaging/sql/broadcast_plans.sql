-- Plans of broadcasts, their runs, parts, holds and moves.

-- name: plan_add :exec
-- in: device_id text, purpose text, body text, content_hash text
-- Adds a draft, unless the device made it already.
INSERT INTO broadcast_plan (plan_id, device_id, version, state, reason, reason_text, purpose, body, content_hash,
                            place_id, needs_second_yes, created_by, created_at, changed_by, changed_at,
                            submitted_count, approved_count, runs)
VALUES (:plan_id, :device_id, 1, 'draft', '', '', :purpose, :body, :content_hash, :place_id, :needs_second_yes,
        :by_account_id, :now_at, :by_account_id, :now_at, 0, 0, 0)
ON CONFLICT (device_id) DO NOTHING;

-- name: plan_by_device :maybe
-- in: device_id text
-- out: plan_id, created_by_account_id
-- The plan that this request made already.
SELECT plan_id, created_by FROM broadcast_plan WHERE device_id = :device_id;

-- name: plan_find :maybe
-- out: plan_id, device_id text, version, state text, reason text, reason_text text, purpose text, body text
-- out: content_hash text
-- out: place_id, needs_second_yes, created_by_account_id, created_at, changed_by_account_id, changed_at
-- out: submitted_by_account_id?, submitted_at?, submitted_count, approved_by_account_id?, approved_at?
-- out: approved_count, next_run_at?, runs
-- One plan, if its place lies in the range of place numbers.
SELECT b.plan_id, b.device_id, b.version, b.state, b.reason, b.reason_text, b.purpose, b.body, b.content_hash,
       b.place_id, b.needs_second_yes, b.created_by, b.created_at, b.changed_by, b.changed_at, b.submitted_by, b.submitted_at,
       b.submitted_count, b.approved_by, b.approved_at, b.approved_count, b.next_run_at, b.runs
FROM broadcast_plan b JOIN place p ON p.place_id = b.place_id
WHERE b.plan_id = :plan_id AND p.number_first BETWEEN :places_first AND :places_last;

-- name: plan_list :many
-- in: state text, purpose text
-- out: plan_id, device_id text, version, state text, reason text, reason_text text, purpose text, body text
-- out: content_hash text
-- out: place_id, needs_second_yes, created_by_account_id, created_at, changed_by_account_id, changed_at
-- out: submitted_by_account_id?, submitted_at?, submitted_count, approved_by_account_id?, approved_at?
-- out: approved_count, next_run_at?, runs
-- Plans of a range of place numbers, newest first. Empty text and 0 ask for all.
SELECT b.plan_id, b.device_id, b.version, b.state, b.reason, b.reason_text, b.purpose, b.body, b.content_hash,
       b.place_id, b.needs_second_yes, b.created_by, b.created_at, b.changed_by, b.changed_at, b.submitted_by, b.submitted_at,
       b.submitted_count, b.approved_by, b.approved_at, b.approved_count, b.next_run_at, b.runs
FROM broadcast_plan b JOIN place p ON p.place_id = b.place_id
WHERE (:before_id = 0 OR b.plan_id < :before_id)
  AND p.number_first BETWEEN :places_first AND :places_last
  AND (:state = '' OR b.state = :state) AND (:purpose = '' OR b.purpose = :purpose)
  AND (:made_by_account_id = 0 OR b.created_by = :made_by_account_id)
  AND (:not_by_account_id = 0 OR (b.created_by <> :not_by_account_id AND b.changed_by <> :not_by_account_id
                                  AND COALESCE(b.submitted_by, 0) <> :not_by_account_id))
ORDER BY b.plan_id DESC LIMIT :row_limit;

-- name: plan_save :exec
-- in: state text, reason text, reason_text text, purpose text, body text, content_hash text
-- in: submitted_by_account_id?, submitted_at?, approved_by_account_id?, approved_at?, next_run_at?
-- Writes a plan back, if nobody changed it meanwhile.
UPDATE broadcast_plan
SET version = version + 1, state = :state, reason = :reason, reason_text = :reason_text, purpose = :purpose,
    body = :body, content_hash = :content_hash, needs_second_yes = :needs_second_yes,
    changed_by = :changed_by_account_id, changed_at = :changed_at, submitted_by = :submitted_by_account_id,
    submitted_at = :submitted_at, submitted_count = :submitted_count, approved_by = :approved_by_account_id,
    approved_at = :approved_at, approved_count = :approved_count, next_run_at = :next_run_at, runs = :runs
WHERE plan_id = :plan_id AND version = :version;

-- name: plan_list_due :many
-- out: plan_id, next_run_at
-- Plans whose time has come.
SELECT plan_id, next_run_at FROM broadcast_plan
WHERE next_run_at IS NOT NULL AND next_run_at <= :now_at AND state IN ('scheduled', 'running')
ORDER BY next_run_at LIMIT :row_limit;

-- name: plan_list_live :many
-- out: plan_id
-- Plans with a run that is not over.
SELECT DISTINCT plan_id FROM broadcast_run WHERE state IN ('claimed', 'running') ORDER BY plan_id;

-- name: run_add :exec
-- in: state text, reason text, started_at?
-- Claims a moment of a plan; nothing if that moment has a run already.
INSERT INTO broadcast_run (plan_id, run_no, due_at, state, claimed_until_at, started_at, people, capped, contacted,
                           rest_waiting, reason, seed)
VALUES (:plan_id, :run_no, :due_at, :state, :claimed_until_at, :started_at, 0, 0, 0, 0, :reason, :seed)
ON CONFLICT (plan_id, due_at) DO NOTHING;

-- name: run_reclaim :exec
-- A claim whose holder died is taken over by one process.
UPDATE broadcast_run SET claimed_until_at = :until_at
WHERE plan_id = :plan_id AND run_no = :run_no AND state = 'claimed' AND claimed_until_at <= :now_at;

-- name: run_save :exec
-- in: state text, reason text, started_at?
-- What became of a run.
UPDATE broadcast_run SET state = :state, started_at = :started_at, people = :people, capped = :capped,
    contacted = :contacted, rest_waiting = :rest_waiting, reason = :reason
WHERE plan_id = :plan_id AND run_no = :run_no;

-- name: run_list :many
-- out: run_no, due_at, state text, claimed_until_at, started_at?, people, capped, contacted, rest_waiting
-- out: reason text, seed
-- Runs of a plan, the latest first.
SELECT run_no, due_at, state, claimed_until_at, started_at, people, capped, contacted, rest_waiting, reason, seed
FROM broadcast_run WHERE plan_id = :plan_id ORDER BY run_no DESC LIMIT :row_limit;

-- name: run_find :maybe
-- out: run_no, due_at, state text, claimed_until_at, started_at?, people, capped, contacted, rest_waiting
-- out: reason text, seed
-- One run.
SELECT run_no, due_at, state, claimed_until_at, started_at, people, capped, contacted, rest_waiting, reason, seed
FROM broadcast_run WHERE plan_id = :plan_id AND run_no = :run_no;

-- name: part_add :exec
-- in: part text, letter text
-- Ties a broadcast to a run. Safe to repeat.
INSERT INTO broadcast_part (plan_id, run_no, part, letter, broadcast_id)
VALUES (:plan_id, :run_no, :part, :letter, :broadcast_id)
ON CONFLICT DO NOTHING;

-- name: part_list :many
-- out: run_no, part text, letter text, broadcast_id
-- Broadcasts of a plan, in the order of its runs.
SELECT run_no, part, letter, broadcast_id FROM broadcast_part WHERE plan_id = :plan_id ORDER BY run_no, part;

-- name: part_of_broadcast :maybe
-- out: plan_id, run_no, part text, letter text
-- Which plan a broadcast belongs to.
SELECT plan_id, run_no, part, letter FROM broadcast_part WHERE broadcast_id = :broadcast_id;

-- name: hold_add :exec
-- in: reason text, reason_text text
-- Holds a broadcast back for one more reason.
INSERT INTO broadcast_hold (broadcast_id, reason, reason_text, by_account_id, held_at)
VALUES (:broadcast_id, :reason, :reason_text, :by_account_id, :held_at)
ON CONFLICT (broadcast_id, reason) DO UPDATE SET reason_text = excluded.reason_text;

-- name: hold_remove :exec
-- in: reason text
-- That reason holds no longer.
DELETE FROM broadcast_hold WHERE broadcast_id = :broadcast_id AND reason = :reason;

-- name: hold_list :many
-- out: reason text, reason_text text, by_account_id, held_at
-- Why a broadcast is held, the newest reason first.
SELECT reason, reason_text, by_account_id, held_at FROM broadcast_hold
WHERE broadcast_id = :broadcast_id ORDER BY held_at DESC, reason;

-- name: broadcast_list_unfinished :many
-- in: template_name text
-- out: broadcast_id, state text
-- Broadcasts of a template that have not ended.
SELECT broadcast_id, state FROM broadcast
WHERE template_name = :template_name AND state IN ('sending', 'paused') ORDER BY broadcast_id;

-- name: broadcast_list_filtered :many
-- in: state text, purpose text
-- out: broadcast_id
-- Broadcasts of a range of place numbers, newest first, without fallbacks. Empty text and 0 ask for all.
SELECT b.broadcast_id
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE (:before = 0 OR b.broadcast_id < :before) AND b.state <> 'planning' AND b.follows = 0
  AND p.number_first BETWEEN :places_first AND :places_last
  AND (:state = '' OR :state = b.state)
  AND (:purpose = '' OR b.purpose = :purpose)
  AND b.created_at >= :from_at AND b.created_at <= :until_at
  AND (:plan_id = 0 OR b.broadcast_id IN (SELECT broadcast_id FROM broadcast_part WHERE plan_id = :plan_id))
ORDER BY b.broadcast_id DESC LIMIT :row_limit;

-- name: chunk_at :maybe
-- out: ordinals blob, slots blob
-- One chunk of a broadcast.
SELECT ordinals, slots FROM chunk WHERE broadcast_id = :broadcast_id AND chunk_no = :chunk_no;

-- name: move_add :exec
-- in: from_state text, to_state text, reason text, content_hash text, people?
-- Writes down a move of a plan.
INSERT INTO broadcast_plan_move (move_id, plan_id, moved_at, by_account_id, from_state, to_state, reason,
                                 content_hash, people)
VALUES (:move_id, :plan_id, :moved_at, :by_account_id, :from_state, :to_state, :reason, :content_hash, :people);

-- name: move_list :many
-- out: moved_at, by_account_id, from_state text, to_state text, reason text, content_hash text, people?
-- The moves of a plan, oldest first.
SELECT moved_at, by_account_id, from_state, to_state, reason, content_hash, people
FROM broadcast_plan_move WHERE plan_id = :plan_id ORDER BY move_id LIMIT 200;
