-- name: lexicon_change_add :exec
-- in: kind text, spelling text, target text, action text, reason text
-- Adds a word, or takes one back.
INSERT INTO lexicon_change (change_no, kind, spelling, target, action, decides, reason, account_id,
                            changed_at)
VALUES (:change_no, :kind, :spelling, :target, :action, :decides, :reason, :account_id, :changed_at);

-- name: lexicon_change_last :one
-- out: change_no
-- The last change; 0 if there is none.
SELECT COALESCE(MAX(change_no), 0) FROM lexicon_change;

-- name: lexicon_change_list :many
-- out: change_no, kind text, spelling text, target text, action text, decides, reason text, account_id, changed_at
-- Changes in their order.
SELECT change_no, kind, spelling, target, action, decides, reason, account_id, changed_at
FROM lexicon_change WHERE change_no > :after_no AND change_no <= :last_no ORDER BY change_no;

-- name: lexicon_version_add :exec
-- in: note text
-- Publishes what was changed so far.
INSERT INTO lexicon_version (version_no, last_change_no, note, account_id, published_at)
VALUES (:version_no, :last_change_no, :note, :account_id, :published_at);

-- name: lexicon_version_last :maybe
-- out: version_no, last_change_no, note text, account_id, published_at
-- What holds now.
SELECT version_no, last_change_no, note, account_id, published_at
FROM lexicon_version ORDER BY version_no DESC LIMIT 1;

-- name: lexicon_version_list :many
-- out: version_no, last_change_no, note text, account_id, published_at
-- Versions, the newest first.
SELECT version_no, last_change_no, note, account_id, published_at
FROM lexicon_version ORDER BY version_no DESC LIMIT :row_limit;
