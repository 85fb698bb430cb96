-- name: broadcast_add :one
-- in: device_id text, purpose text, mode text, template_name text, params text, audience text
-- out: broadcast_id
-- Starts a broadcast under the next number; numbers are small, because each slot is named by them.
INSERT INTO broadcast (broadcast_id, version, device_id, state, pause_reason, purpose, channel, mode, follows,
                       lifetime_seconds, wait_until, may_repeat, allowance_id, price_centipaise,
                       template_name, params, audience,
                       demand_id, place_id, slots, recipients, shared, created_by, created_at, expires_at,
                       nonce)
SELECT COALESCE(MAX(broadcast_id), 0) + 1, COALESCE(MAX(version), 0) + 1, :device_id, 'planning', '', :purpose,
       :channel, :mode, :follows, :lifetime_seconds, :wait_until, :may_repeat, :allowance_id,
       :price_centipaise, :template_name, :params,
       :audience, :demand_id, :place_id, 0, 0, 0, :created_by_account_id, :created_at, :expires_at, :nonce
FROM broadcast WHERE true
RETURNING broadcast_id;

-- name: broadcast_planned :exec
-- The snapshot is complete: it may be sent.
UPDATE broadcast SET state = 'sending', slots = :slots, recipients = :recipients, shared = :shared,
       version = (SELECT MAX(version) + 1 FROM broadcast)
WHERE broadcast_id = :broadcast_id AND nonce = :nonce AND state = 'planning';

-- name: broadcast_is_planning :maybe
-- only: sqlite
-- out: broadcast_id
-- Whether this planning still goes on: nobody removed it, or gave its number to another.
SELECT broadcast_id FROM broadcast WHERE broadcast_id = :broadcast_id AND nonce = :nonce AND state = 'planning';

-- name: broadcast_is_planning :maybe
-- only: postgres
-- out: broadcast_id
-- The same; nobody removes it before this transaction ends.
SELECT broadcast_id FROM broadcast WHERE broadcast_id = :broadcast_id AND nonce = :nonce AND state = 'planning'
FOR SHARE;

-- name: broadcast_set_state :exec
-- in: state text, pause_reason text, finished_at?
-- Moves a broadcast and its fallbacks between sending, paused, cancelled and done; what is over stays so.
UPDATE broadcast SET state = :state, pause_reason = :pause_reason, finished_at = :finished_at,
       version = (SELECT MAX(version) + 1 FROM broadcast)
WHERE broadcast_id = :broadcast_id AND state IN ('sending', 'paused') AND state <> :state;

-- name: broadcast_done :exec
-- Everything of it is settled.
UPDATE broadcast SET state = CASE state WHEN 'cancelled' THEN state ELSE 'done' END, finished_at = :finished_at
WHERE broadcast_id = :broadcast_id AND finished_at IS NULL;

-- name: broadcast_find :maybe
-- out: broadcast_id, state text, pause_reason text, purpose text, channel, mode text, follows
-- out: lifetime_seconds, wait_until, may_repeat, template_name text, params text
-- out: audience text, demand_id, place_id, recipients, shared, created_by_account_id, created_at
-- out: expires_at, finished_at?, device_id text, nonce
-- One broadcast, if its place lies in the range of place numbers.
SELECT b.broadcast_id, b.state, b.pause_reason, b.purpose, b.channel, b.mode, b.follows, b.lifetime_seconds,
       b.wait_until, b.may_repeat, b.template_name, b.params, b.audience, b.demand_id, b.place_id,
       b.recipients, b.shared, b.created_by, b.created_at, b.expires_at, b.finished_at, b.device_id,
       b.nonce
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE b.broadcast_id = :broadcast_id AND p.number_first BETWEEN :places_first AND :places_last;

-- name: broadcast_list :many
-- out: broadcast_id, state text, pause_reason text, purpose text, channel, mode text, follows
-- out: lifetime_seconds, wait_until, may_repeat, template_name text, params text
-- out: audience text, demand_id, place_id, recipients, shared, created_by_account_id, created_at
-- out: expires_at, finished_at?, device_id text, nonce
-- Broadcasts of a range of place numbers, newest first, without fallbacks.
SELECT b.broadcast_id, b.state, b.pause_reason, b.purpose, b.channel, b.mode, b.follows, b.lifetime_seconds,
       b.wait_until, b.may_repeat, b.template_name, b.params, b.audience, b.demand_id, b.place_id,
       b.recipients, b.shared, b.created_by, b.created_at, b.expires_at, b.finished_at, b.device_id,
       b.nonce
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE (:before = 0 OR b.broadcast_id < :before) AND b.state <> 'planning' AND b.follows = 0
  AND p.number_first BETWEEN :places_first AND :places_last
ORDER BY b.broadcast_id DESC LIMIT :row_limit;

-- name: broadcast_following :many
-- out: broadcast_id
-- The fallback of a broadcast.
SELECT broadcast_id FROM broadcast WHERE follows = :broadcast_id AND state <> 'planning';

-- name: broadcast_changed :many
-- out: broadcast_id, version, state text, purpose text, channel, mode text, follows, lifetime_seconds
-- out: wait_until, may_repeat, allowance_id, price_centipaise, template_name text, params text, slots, expires_at
-- out: finished_at?, nonce
-- What the machine holds in memory: whatever may still be sent, or get statuses.
SELECT broadcast_id, version, state, purpose, channel, mode, follows, lifetime_seconds, wait_until,
       may_repeat, allowance_id, price_centipaise, template_name, params, slots, expires_at, finished_at, nonce
FROM broadcast
WHERE version > :version AND state <> 'planning' AND (finished_at IS NULL OR created_at >= :since_at)
ORDER BY broadcast_id;

-- name: broadcast_delete_half_planned :many
-- out: broadcast_id
-- Snapshots that a crash cut off; nothing of them was sent.
DELETE FROM broadcast WHERE state = 'planning' AND created_at < :before_at RETURNING broadcast_id;

-- name: broadcast_delete_cut_off :many
-- in: device_id text
-- out: broadcast_id
-- The same of one request, which comes again.
DELETE FROM broadcast WHERE state = 'planning' AND device_id = :device_id RETURNING broadcast_id;

-- name: chunk_delete :batch
-- The chunks of a broadcast that is gone.
DELETE FROM chunk WHERE broadcast_id = :broadcast_id;

-- name: chunk_put :batch
-- in: ordinals blob, slots blob
-- Writes a chunk, whole.
INSERT INTO chunk (broadcast_id, chunk_no, ordinals, slots)
VALUES (:broadcast_id, :chunk_no, :ordinals, :slots)
ON CONFLICT (broadcast_id, chunk_no) DO UPDATE SET slots = excluded.slots;

-- name: chunk_put_slots :batch
-- in: slots blob
-- Writes the slots of a chunk back; its ordinals never change.
UPDATE chunk SET slots = :slots WHERE broadcast_id = :broadcast_id AND chunk_no = :chunk_no;

-- name: chunk_list :each
-- out: chunk_no, ordinals blob, slots blob
-- The chunks of a broadcast, in order.
SELECT chunk_no, ordinals, slots FROM chunk WHERE broadcast_id = :broadcast_id ORDER BY chunk_no;

-- name: chunk_find :maybe
-- out: ordinals blob, slots blob
-- One chunk.
SELECT ordinals, slots FROM chunk WHERE broadcast_id = :broadcast_id AND chunk_no = :chunk_no;

-- name: chunk_count :one
-- out: chunks
-- How many chunks a broadcast has.
SELECT COALESCE(MAX(chunk_no) + 1, 0) FROM chunk WHERE broadcast_id = :broadcast_id;

-- name: broadcast_by_device :maybe
-- in: device_id text
-- out: broadcast_id
-- The broadcast that this request made already; a half planned one does not count.
SELECT broadcast_id FROM broadcast WHERE device_id = :device_id AND state <> 'planning';

-- name: recipients_who_wrote :many
-- out: ordinal
-- Ordinals of people who wrote since then, ascending.
SELECT DISTINCT p.ordinal FROM inbound i JOIN person p ON p.person_id = i.person_id
WHERE i.received_at >= :since_at AND i.received_at < :until_at
ORDER BY p.ordinal;

-- name: broadcast_last :one
-- out: broadcast_id
-- The highest number of a broadcast; 0 if there is none.
SELECT COALESCE(MAX(broadcast_id), 0) FROM broadcast;
