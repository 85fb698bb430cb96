-- Voice notes and pictures that she sent.

-- name: media_want :exec
-- The file of a message is to be fetched.
INSERT INTO inbound_media (inbound_id, state, kind, sha256, bytes, tries, try_at)
VALUES (:inbound_id, 'waiting', '', '', 0, 0, :try_at) ON CONFLICT (inbound_id) DO NOTHING;

-- name: media_waiting :many
-- out: inbound_id, raw text, tries
-- Files to be fetched now, the longest waiting first.
SELECT m.inbound_id, i.raw, m.tries FROM inbound_media m JOIN inbound i ON i.inbound_id = m.inbound_id
WHERE m.state = 'waiting' AND m.try_at <= :now_at ORDER BY m.try_at LIMIT :row_limit;

-- name: media_settle :exec
-- in: state text, kind text, sha256 text
-- What became of a file.
UPDATE inbound_media SET state = :state, kind = :kind, sha256 = :sha256, bytes = :bytes
WHERE inbound_id = :inbound_id AND state = 'waiting';

-- name: media_put_off :exec
-- To be tried again later.
UPDATE inbound_media SET tries = tries + 1, try_at = :try_at
WHERE inbound_id = :inbound_id AND state = 'waiting';

-- name: media_find :maybe
-- out: address_id, person_id, state text, kind text, sha256 text
-- The file of one message, and whose it is.
SELECT i.address_id, i.person_id, m.state, m.kind, m.sha256
FROM inbound_media m JOIN inbound i ON i.inbound_id = m.inbound_id WHERE m.inbound_id = :inbound_id;
