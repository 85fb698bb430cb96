-- name: journal_add :exec
-- in: events blob
-- Appends what happened in one commit.
INSERT INTO journal (writer, seq, events) VALUES (:writer, :seq, :events);

-- name: journal_each :each
-- out: writer, seq, events blob
-- The whole journal, in the order of each writer.
SELECT writer, seq, events FROM journal ORDER BY writer, seq;

-- name: journal_find :maybe
-- out: events blob
-- One row, if its commit was kept.
SELECT events FROM journal WHERE writer = :writer AND seq = :seq;

-- name: journal_drop :exec
-- Rows that are folded into stored chunks: all of earlier writers, ours up to `seq`.
DELETE FROM journal WHERE writer < :writer OR (writer = :writer AND seq <= :seq);

-- name: journal_size :one
-- out: rows
-- How many rows are waiting to be folded at the next start.
SELECT COUNT(*) FROM journal;

-- name: mail_waiting :many
-- out: mail_id, address_id, ordinal, purpose, body text, template_text text, expires_at
-- out: external_id text, last_inbound_at?
-- Mail without a slot, oldest first, with the address and when she last wrote.
SELECT m.mail_id, m.address_id, m.ordinal, m.purpose, m.body, m.template, m.expires_at,
       a.external_id, c.last_inbound_at
FROM mail m JOIN address a ON a.address_id = m.address_id
LEFT JOIN conversation c ON c.address_id = m.address_id
WHERE m.slot IS NULL ORDER BY m.mail_id LIMIT :row_limit;

-- name: mail_in_slot :maybe
-- out: mail_id, address_id, ordinal, purpose, body text, template_text text, expires_at
-- out: external_id text, last_inbound_at?
-- The same for one slot that is to be tried again.
SELECT m.mail_id, m.address_id, m.ordinal, m.purpose, m.body, m.template, m.expires_at,
       a.external_id, c.last_inbound_at
FROM mail m JOIN address a ON a.address_id = m.address_id
LEFT JOIN conversation c ON c.address_id = m.address_id
WHERE m.slot = :slot;

-- name: mail_take_slot :batch
-- Gives mail its slot, in the transaction of its permit.
UPDATE mail SET slot = :slot WHERE mail_id = :mail_id AND slot IS NULL;

-- name: mail_next_slot :one
-- out: slot
-- The first slot that no mail has.
SELECT COALESCE(MAX(slot) + 1, 0) FROM mail;

-- name: mail_slots_of :many
-- out: slot?
-- Slots of the latest mail to an address, newest first.
SELECT slot FROM mail WHERE address_id = :address_id ORDER BY created_at DESC LIMIT 50;
