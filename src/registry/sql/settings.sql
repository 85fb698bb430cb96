-- name: setting_put :exec
-- in: name text, value text
-- Remembers one of the registry's own facts.
INSERT INTO registry_setting (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: setting_find :maybe
-- in: name text
-- out: value text
-- One of the registry's own facts.
SELECT value FROM registry_setting WHERE name = :name;

-- name: counter_add :one
-- in: name text
-- out: value
-- Takes the next numbers of a counter; the row's lock makes numbers commit in order.
UPDATE registry_counter SET value = value + :count WHERE name = :name RETURNING value;

-- name: counter_step :later
-- in: name text
-- Takes the next number of a counter, which a statement after it reads.
UPDATE registry_counter SET value = value + 1 WHERE name = :name;

-- name: counter_find :one
-- in: name text
-- out: value
-- Where a counter stands.
SELECT value FROM registry_counter WHERE name = :name;
