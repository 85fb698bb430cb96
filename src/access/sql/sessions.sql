-- name: session_add :exec
-- in: token_hash blob
-- A new session.
INSERT INTO web_session (token_hash, session_id, account_id, created_at, seen_at, expires_at)
VALUES (:token_hash, :session_id, :account_id, :now_at, :now_at, :expires_at);

-- name: session_account :maybe
-- in: token_hash blob
-- out: session_id, seen_at, expires_at, account_id, role text, place_id, organisation_id, site_id
-- The session with that token that has neither idled nor expired, with its account unless disabled.
SELECT s.session_id, s.seen_at, s.expires_at, a.account_id, a.role, a.place_id,
       COALESCE(a.organisation_id, 0), COALESCE(a.site_id, 0)
FROM web_session s JOIN web_account a ON a.account_id = s.account_id
WHERE s.token_hash = :token_hash AND s.expires_at > :now_at AND s.seen_at > :idle_since_at
  AND a.disabled = 0;

-- name: session_touch :exec
-- in: token_hash blob
-- The session is in use.
UPDATE web_session SET seen_at = :now_at WHERE token_hash = :token_hash AND seen_at < :now_at;

-- name: session_remove :exec
-- in: token_hash blob
-- Ends a session.
DELETE FROM web_session WHERE token_hash = :token_hash;

-- name: sessions_remove_of :exec
-- Ends every session of an account.
DELETE FROM web_session WHERE account_id = :account_id;

-- name: sessions_remove_expired :exec
-- Removes sessions that nobody can use any more.
DELETE FROM web_session WHERE expires_at <= :now_at OR seen_at <= :idle_since_at;
