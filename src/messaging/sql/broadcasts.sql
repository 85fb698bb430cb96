-- name: broadcast_add :one
-- in: device_id text, purpose text, template_name text, params text, audience text
-- out: broadcast_id
-- Starts a broadcast under the next number; numbers are small, because each slot is named by them.
INSERT INTO broadcast (broadcast_id, device_id, state, purpose, channel, template_name, params, audience,
                       demand_id, place_id, recipients, shared, created_by, created_at, expires_at)
SELECT COALESCE(MAX(broadcast_id), 0) + 1, :device_id, 'planning', :purpose, :channel, :template_name, :params,
       :audience, :demand_id, :place_id, 0, 0, :created_by_account_id, :created_at, :expires_at
FROM broadcast WHERE true
RETURNING broadcast_id;

-- name: broadcast_planned :exec
-- The snapshot is complete: it may be sent.
UPDATE broadcast SET state = 'sending', recipients = :recipients, shared = :shared
WHERE broadcast_id = :broadcast_id AND state = 'planning';

-- name: broadcast_set_state :exec
-- in: state text, finished_at?
-- Moves a broadcast between sending, paused and done.
UPDATE broadcast SET state = :state, finished_at = :finished_at
WHERE broadcast_id = :broadcast_id AND state <> 'planning' AND state <> :state;

-- name: broadcast_find :maybe
-- out: broadcast_id, state text, purpose text, channel, template_name text, params text
-- out: audience text, demand_id, place_id, recipients, shared, created_by_account_id, created_at
-- out: expires_at, finished_at?, device_id text
-- One broadcast, if its place lies in the range of place numbers.
SELECT b.broadcast_id, b.state, b.purpose, b.channel, b.template_name, b.params, b.audience,
       b.demand_id, b.place_id, b.recipients, b.shared, b.created_by, b.created_at, b.expires_at, b.finished_at, b.device_id
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE b.broadcast_id = :broadcast_id AND p.number_first BETWEEN :places_first AND :places_last;

-- name: broadcast_list :many
-- out: broadcast_id, state text, purpose text, channel, template_name text, params text
-- out: audience text, demand_id, place_id, recipients, shared, created_by_account_id, created_at
-- out: expires_at, finished_at?, device_id text
-- Broadcasts of a range of place numbers, newest first.
SELECT b.broadcast_id, b.state, b.purpose, b.channel, b.template_name, b.params, b.audience,
       b.demand_id, b.place_id, b.recipients, b.shared, b.created_by, b.created_at, b.expires_at, b.finished_at, b.device_id
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE (:before = 0 OR b.broadcast_id < :before) AND b.state <> 'planning'
  AND p.number_first BETWEEN :places_first AND :places_last
ORDER BY b.broadcast_id DESC LIMIT :row_limit;

-- name: broadcast_list_open :many
-- out: broadcast_id, state text, purpose text, template_name text, params text, expires_at
-- What the machine holds in memory: whatever may still be sent, or get statuses.
SELECT broadcast_id, state, purpose, template_name, params, expires_at
FROM broadcast WHERE state <> 'planning' AND (state <> 'done' OR created_at >= :since_at)
ORDER BY broadcast_id;

-- name: broadcast_delete_half_planned_chunks :exec
-- Chunks of snapshots that a crash cut off; nothing of them was sent.
DELETE FROM chunk WHERE broadcast_id IN (SELECT broadcast_id FROM broadcast WHERE state = 'planning');

-- name: broadcast_delete_half_planned :exec
-- Snapshots that a crash cut off.
DELETE FROM broadcast WHERE state = 'planning';

-- name: chunk_put :batch
-- in: ordinals blob, slots blob
-- Writes a chunk, whole.
INSERT INTO chunk (broadcast_id, chunk_no, ordinals, slots)
VALUES (:broadcast_id, :chunk_no, :ordinals, :slots)
ON CONFLICT (broadcast_id, chunk_no) DO UPDATE SET slots = excluded.slots;

-- name: chunk_list :each
-- out: chunk_no, ordinals blob, slots blob
-- The chunks of a broadcast, in order.
SELECT chunk_no, ordinals, slots FROM chunk WHERE broadcast_id = :broadcast_id ORDER BY chunk_no;

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
