-- name: chunks_all :each
-- out: broadcast_id, chunk_no, ordinals blob, slots blob
-- Every stored chunk.
SELECT broadcast_id, chunk_no, ordinals, slots FROM chunk ORDER BY broadcast_id, chunk_no;

-- name: journal_all :each
-- out: writer, seq, shard, events blob
-- Every row of the journal.
SELECT writer, seq, shard, events FROM journal ORDER BY writer, seq;

-- name: journal_count :one
-- out: rows
-- How many rows the journal has.
SELECT COUNT(*) FROM journal;

-- name: broadcast_one :maybe
-- out: broadcast_id, state text, purpose text, channel, mode text, follows, may_repeat, wait_until
-- out: slots, nonce
-- One broadcast as it was asked for.
SELECT broadcast_id, state, purpose, channel, mode, follows, may_repeat, wait_until, slots, nonce
FROM broadcast WHERE broadcast_id = :broadcast_id;

-- name: broadcasts_all :many
-- out: broadcast_id, state text, version
-- All that were planned.
SELECT broadcast_id, state, version FROM broadcast WHERE state <> 'planning' ORDER BY broadcast_id;

-- name: mail_all :each
-- out: slot?, body text
-- All mail.
SELECT slot, body FROM mail ORDER BY mail_id;

-- name: address_of :maybe
-- out: contact_id
-- A person's phone, if she has WhatsApp on it.
SELECT contact_id FROM person_contact WHERE ordinal = :ordinal AND (channels & 1) <> 0;

-- name: sessions_end :exec
-- As if the database had seen every session end; who lives says so with its next beat.
UPDATE delivery_process SET beats = -1;
