-- name: quarantine_read :one
-- only: sqlite
-- out: state text, standby text, timeline, last_broadcast, reason text, changed_at, current_timeline
-- The switch as it stands.
SELECT state, standby, timeline, last_broadcast, reason, changed_at, 0 FROM delivery_quarantine
WHERE quarantine_id = 1;

-- name: quarantine_read :one
-- only: postgres
-- out: state text, standby text, timeline, last_broadcast, reason text, changed_at, current_timeline
-- The same, and on which timeline the server writes: the first eight digits of its log's file.
SELECT state, standby, timeline, last_broadcast, reason, changed_at,
       CAST(CAST(('x' || SUBSTR(pg_walfile_name(pg_current_wal_lsn()), 1, 8)) AS bit(32)) AS bigint)
FROM delivery_quarantine WHERE quarantine_id = 1;

-- name: quarantine_set :exec
-- in: state text, reason text
-- Turns it on or off; what was made until now is concerned.
UPDATE delivery_quarantine SET state = :state, timeline = :timeline, reason = :reason, changed_at = :changed_at,
       last_broadcast = (SELECT COALESCE(MAX(broadcast_id), 0) FROM broadcast)
WHERE quarantine_id = 1;

-- name: quarantine_timeline :exec
-- Remembers the timeline.
UPDATE delivery_quarantine SET timeline = :timeline WHERE quarantine_id = 1;

-- name: quarantine_standby :exec
-- in: standby text
-- Says whether a promotion may lose commits.
UPDATE delivery_quarantine SET standby = :standby WHERE quarantine_id = 1;
