-- name: dialogue_version_add :exec
-- in: source text, book text, newer text, note text
-- Publishes a book.
INSERT INTO dialogue_version (dialogue_version_id, content, source, book, newer, note, account_id,
                              published_at)
VALUES (:dialogue_version_id, :content, :source, :book, :newer, :note, :account_id, :published_at);

-- name: dialogue_version_latest :one
-- out: number, content
-- The number of the latest book, 0 if there is none, and its content.
SELECT COALESCE(MAX(dialogue_version_id), 0),
       COALESCE((SELECT v.content FROM dialogue_version v
                 ORDER BY v.dialogue_version_id DESC LIMIT 1), 0)
FROM dialogue_version;

-- name: dialogue_version_find :maybe
-- out: number, content, source text, newer text, note text, account_id, published_at
-- One published book, without what is in it.
SELECT dialogue_version_id, content, source, newer, note, account_id, published_at
FROM dialogue_version WHERE dialogue_version_id = :dialogue_version_id;

-- name: dialogue_version_list :many
-- out: number, content, source text, newer text, note text, account_id, published_at
-- Published books before a number (0: all), the latest first.
SELECT dialogue_version_id, content, source, newer, note, account_id, published_at
FROM dialogue_version WHERE :before = 0 OR dialogue_version_id < :before
ORDER BY dialogue_version_id DESC LIMIT :row_limit;

-- name: dialogue_version_book :maybe
-- out: book text
-- What is in a published book.
SELECT book FROM dialogue_version WHERE dialogue_version_id = :dialogue_version_id;

-- name: dialogue_version_by_content :maybe
-- out: book text
-- The book of that content; several versions may have the same.
SELECT book FROM dialogue_version WHERE content = :content
ORDER BY dialogue_version_id LIMIT 1;

-- name: dialogue_shipped_latest :maybe
-- out: number, content, book text
-- What the last program brought along.
SELECT shipped_number, content, book FROM dialogue_shipped ORDER BY shipped_number DESC LIMIT 1;

-- name: dialogue_shipped_add :exec
-- in: book text
-- A program brought something else along.
INSERT INTO dialogue_shipped (shipped_number, content, book, seen_at)
VALUES (:number, :content, :book, :seen_at);

-- name: dialogue_draft_list :many
-- out: kind text, name text, body text?, account_id, changed_at
-- What is changed and not yet published.
SELECT kind, name, body, account_id, changed_at FROM dialogue_draft ORDER BY kind, name;

-- name: dialogue_draft_put :exec
-- in: kind text, name text, body text?
-- Changes one text or dialogue in the draft.
INSERT INTO dialogue_draft (kind, name, body, account_id, changed_at)
VALUES (:kind, :name, :body, :account_id, :changed_at)
ON CONFLICT (kind, name) DO UPDATE SET
    body = excluded.body, account_id = excluded.account_id, changed_at = excluded.changed_at;

-- name: dialogue_draft_drop :exec
-- in: kind text, name text
-- It is as published again.
DELETE FROM dialogue_draft WHERE kind = :kind AND name = :name;

-- name: dialogue_draft_clear :exec
-- Nothing is changed any more.
DELETE FROM dialogue_draft;
