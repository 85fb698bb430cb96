-- name: journal_add :batch
-- in: events blob
-- Appends what happened to slots in one commit, a row for each shard.
INSERT INTO journal (writer, seq, shard, events) VALUES (:writer, :seq, :shard, :events);

-- name: journal_each :each
-- out: writer, seq, shard, events blob
-- The whole journal, in the order of each writer.
SELECT writer, seq, shard, events FROM journal ORDER BY writer, seq;

-- name: journal_after :each
-- out: seq, shard, events blob
-- What a writer appended since.
SELECT seq, shard, events FROM journal WHERE writer = :writer AND seq > :seq ORDER BY seq;

-- name: journal_find :each
-- out: events blob
-- One commit, if it was kept.
SELECT events FROM journal WHERE writer = :writer AND seq = :seq;

-- name: journal_drop :batch
-- Rows of a shard that are folded into its stored chunks.
DELETE FROM journal WHERE writer = :writer AND seq BETWEEN :seq_first AND :seq_last AND shard = :shard;

-- name: journal_first :one
-- out: seq
-- The oldest row of a writer; 0 if there is none.
SELECT COALESCE(MIN(seq), 0) FROM journal WHERE writer = :writer;

-- name: cursor_put :batch
-- Up to where the stored chunks of a shard hold a writer's rows.
INSERT INTO shard_cursor (shard, writer, seq) VALUES (:shard, :writer, :seq)
ON CONFLICT (shard, writer) DO UPDATE SET seq = excluded.seq;

-- name: cursor_list :many
-- out: shard, writer, seq
-- The same, of all shards.
SELECT shard, writer, seq FROM shard_cursor;

-- name: lease_add :exec
-- Makes a lease that nobody holds.
INSERT INTO shard_lease (shard, epoch, owner, beats, waiting) VALUES (:shard, 0, 0, 0, 0)
ON CONFLICT (shard) DO NOTHING;

-- name: lease_list :many
-- out: shard, epoch, owner, beats, waiting
-- All leases.
SELECT shard, epoch, owner, beats, waiting FROM shard_lease ORDER BY shard;

-- name: lease_take :exec
-- Takes a shard whose lease is still as it was seen.
UPDATE shard_lease SET epoch = epoch + 1, owner = :owner, beats = beats + 1
WHERE shard = :shard AND epoch = :epoch AND beats = :beats;

-- name: lease_beat :batch
-- Says that the owner lives, and how much is left to send.
UPDATE shard_lease SET beats = beats + 1, waiting = :waiting
WHERE shard = :shard AND owner = :owner AND epoch = :epoch;

-- name: lease_release :batch
-- Gives a shard back.
UPDATE shard_lease SET owner = 0, beats = beats + 1
WHERE shard = :shard AND owner = :owner AND epoch = :epoch;

-- name: lease_held :many
-- only: sqlite
-- out: shard, epoch
-- The leases of an owner.
SELECT shard, epoch FROM shard_lease WHERE owner = :owner;

-- name: lease_held :many
-- only: postgres
-- out: shard, epoch
-- The leases of an owner, which nobody takes before this transaction ends.
SELECT shard, epoch FROM shard_lease WHERE owner = :owner FOR SHARE;

-- name: process_add :exec
-- A process, under the name with which it writes.
INSERT INTO delivery_process (writer, owner, beats, started_at)
VALUES (:writer, :owner, 0, :started_at)
ON CONFLICT (writer) DO NOTHING;

-- name: process_beat :exec
-- Says that it lives.
UPDATE delivery_process SET beats = beats + 1 WHERE writer = :writer;

-- name: process_present :one
-- only: postgres
-- out: is_held
-- As long as this session lasts others see by the lock that its process lives; see process_list.
SELECT CAST(CAST(pg_try_advisory_lock_shared(hashtextextended(current_schema(), :owner)) AS INTEGER)
            AS BIGINT);

-- name: process_list :many
-- only: sqlite
-- out: writer, owner, beats
-- All that may have written to the journal; beats are -1 if the session is known to have ended.
SELECT writer, owner, beats FROM delivery_process;

-- name: process_list :many
-- only: postgres
-- out: writer, owner, beats
-- The same; a session has ended whose lock nobody holds.
SELECT p.writer, p.owner, CASE WHEN l.held IS NULL THEN -1 ELSE p.beats END
FROM delivery_process p
LEFT JOIN (SELECT DISTINCT (CAST(classid AS BIGINT) << 32) | CAST(objid AS BIGINT) AS held
           FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted) l
       ON l.held = hashtextextended(current_schema(), p.owner);

-- name: process_names :many
-- out: writer, owner
-- The same without a look at sessions.
SELECT writer, owner FROM delivery_process;

-- name: process_forget :exec
-- A writer that is over, once nothing refers to it: no row of the journal, no lease.
DELETE FROM delivery_process WHERE writer = :writer
  AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.writer = delivery_process.writer)
  AND NOT EXISTS (SELECT 1 FROM shard_lease l WHERE l.owner = delivery_process.owner);

-- name: cursor_forget :batch
-- What a shard's chunks hold of a writer that has no row left.
DELETE FROM shard_cursor WHERE shard = :shard AND writer = :writer
  AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.writer = :writer);

-- name: mail_waiting :many
-- out: mail_id, address_id, person_id, ordinal, purpose, body text, template_text text, expires_at
-- out: channel, external_id text, suppressed, last_inbound_at?
-- Mail without a slot, oldest first, with the address and when she last wrote.
SELECT m.mail_id, m.address_id, m.person_id, m.ordinal, m.purpose, m.body, m.template, m.expires_at,
       m.address_id % 8, a.external_id, a.suppressed, c.last_inbound_at
FROM mail m JOIN contact a ON a.contact_id = m.address_id / 8
LEFT JOIN conversation c ON c.address_id = m.address_id
WHERE m.slot IS NULL ORDER BY m.mail_id LIMIT :row_limit;

-- name: mail_in_slot :maybe
-- out: mail_id, address_id, person_id, ordinal, purpose, body text, template_text text, expires_at
-- out: channel, external_id text, suppressed, last_inbound_at?
-- The same for one slot that is to be tried again.
SELECT m.mail_id, m.address_id, m.person_id, m.ordinal, m.purpose, m.body, m.template, m.expires_at,
       m.address_id % 8, a.external_id, a.suppressed, c.last_inbound_at
FROM mail m JOIN contact a ON a.contact_id = m.address_id / 8
LEFT JOIN conversation c ON c.address_id = m.address_id
WHERE m.slot = :slot;

-- name: mail_take_slot :batch
-- by: mail_id
-- Gives mail its slot, in the transaction of its permit. (Were it "slot IS NULL", PostgreSQL would
-- read all mail that has none, and so conflict with whoever adds some.)
UPDATE mail SET slot = :slot WHERE mail_id = :mail_id AND COALESCE(slot, -1) = -1;

-- name: mail_next_slot :one
-- out: slot
-- The first slot that no mail has.
SELECT COALESCE(MAX(slot) + 1, 0) FROM mail;

-- name: mail_slots_of :many
-- out: slot?
-- Slots of the latest mail to an address, newest first.
SELECT slot FROM mail WHERE address_id = :address_id ORDER BY created_at DESC LIMIT 50;

-- name: unmatched_add :exec
-- in: evidence blob
-- Keeps a status that fits no slot yet.
INSERT INTO status_unmatched (status_id, channel, address_id, nonce, evidence, received_at, try_at)
VALUES (:new_status_id, :channel, :address_id, :nonce, :evidence, :received_at, :try_at);

-- name: unmatched_due :many
-- out: status_id, channel, address_id, nonce, evidence blob, received_at
-- Those to look at again.
SELECT status_id, channel, address_id, nonce, evidence, received_at FROM status_unmatched
WHERE try_at <= :now_at ORDER BY try_at LIMIT 1000;

-- name: unmatched_later :batch
-- Looks at it again then.
UPDATE status_unmatched SET try_at = :try_at WHERE status_id = :status_id;

-- name: unmatched_drop :batch
-- It found its slot.
DELETE FROM status_unmatched WHERE status_id = :status_id;

-- name: unmatched_count :one
-- out: statuses
-- How many fit no slot.
SELECT COUNT(*) FROM status_unmatched;

-- name: portfolio_add :exec
-- Counts messages that open a conversation, by the hour.
INSERT INTO portfolio_hour (hour, writer, sent) VALUES (:hour, :writer, :sent)
ON CONFLICT (hour, writer) DO UPDATE SET sent = portfolio_hour.sent + excluded.sent;

-- name: portfolio_since :one
-- out: sent
-- The same since an hour, of all processes.
SELECT CAST(COALESCE(SUM(sent), 0) AS BIGINT) FROM portfolio_hour WHERE hour > :hour;

-- name: total_put :batch
-- in: counts blob
-- What an owner counted of a broadcast, by block.
INSERT INTO slot_total (broadcast_id, shard, counts) VALUES (:broadcast_id, :shard, :counts)
ON CONFLICT (broadcast_id, shard) DO UPDATE SET counts = excluded.counts;

-- name: total_list :many
-- out: shard, counts blob
-- The same, of all owners.
SELECT shard, counts FROM slot_total WHERE broadcast_id = :broadcast_id;
