-- name: boot_start :one
-- only: sqlite
-- out: boot_number
-- Numbers this opening.
INSERT INTO boot (boot_number, started_at)
SELECT COALESCE(MAX(boot_number), 0) + 1, :started_at FROM boot WHERE true
RETURNING boot_number;

-- name: boot_start :one
-- only: postgres
-- out: boot_number
-- The same, with the row that its commits touch.
WITH opened AS (
    INSERT INTO boot (boot_number, started_at)
    SELECT COALESCE(MAX(boot_number), 0) + 1, :started_at FROM boot
    RETURNING boot_number)
INSERT INTO commit_mark (boot_number, touched) SELECT boot_number, 0 FROM opened
RETURNING boot_number;

-- name: audit_add :later
-- in: action text, subject text, details text
-- Appends to the audit record.
INSERT INTO audit (audit_id, at, account_id, action, subject, details)
VALUES (:audit_id, :now_at, :account_id, :action, :subject, :details);

-- name: schema_bytes :one
-- only: postgres
-- out: bytes
-- What the schema occupies, with indexes and TOAST.
SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT)
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace);
