-- name: record_add :exec
-- in: kind text, outer_key text, wrapped_key blob
-- Adds a record with its wrapped data key.
INSERT INTO vault_record (sealed_id, kind, outer_key, wrapped_key, created_at, destroyed_at)
VALUES (:sealed_id, :kind, :outer_key, :wrapped_key, :created_at, NULL);

-- name: record_find :maybe
-- out: kind text, outer_key text, wrapped_key blob
-- A record that is not destroyed.
SELECT kind, outer_key, wrapped_key FROM vault_record
WHERE sealed_id = :sealed_id AND destroyed_at IS NULL;

-- name: record_destroy :exec
-- Forgets the data key.
UPDATE vault_record SET wrapped_key = NULL, destroyed_at = COALESCE(destroyed_at, :now_at)
WHERE sealed_id = :sealed_id;

-- name: field_put :exec
-- in: field text, sealed blob
-- A sealed field.
INSERT INTO vault_field (sealed_id, field, version, sealed)
VALUES (:sealed_id, :field, :version, :sealed)
ON CONFLICT (sealed_id, field) DO UPDATE SET version = excluded.version, sealed = excluded.sealed;

-- name: fields_of :many
-- out: field text, version, sealed blob
-- The sealed fields of a record.
SELECT field, version, sealed FROM vault_field WHERE sealed_id = :sealed_id ORDER BY field;

-- name: fields_remove :exec
-- Forgets the sealed fields of a record.
DELETE FROM vault_field WHERE sealed_id = :sealed_id;

-- name: lookup_add :exec
-- in: lookup blob
-- A keyed hash by which a record is found.
INSERT INTO vault_lookup (lookup, sealed_id) VALUES (:lookup, :sealed_id)
ON CONFLICT (lookup, sealed_id) DO NOTHING;

-- name: lookup_find :many
-- in: lookup blob
-- out: sealed_id
-- Records with that keyed hash.
SELECT sealed_id FROM vault_lookup WHERE lookup = :lookup ORDER BY sealed_id;

-- name: lookups_remove :exec
-- Forgets how a record is found.
DELETE FROM vault_lookup WHERE sealed_id = :sealed_id;

-- name: look_add :exec
-- in: role text, purpose text, reason text, fields text
-- Somebody looked.
INSERT INTO vault_look (look_id, at, account_id, role, purpose, reason, sealed_id, fields)
VALUES (:look_id, :now_at, :account_id, :role, :purpose, :reason, :sealed_id, :fields);

-- name: looks_of :many
-- out: looked_at, account_id, role text, purpose text, reason text, fields text
-- Every look at a record.
SELECT at, account_id, role, purpose, reason, fields
FROM vault_look WHERE sealed_id = :sealed_id ORDER BY at, look_id;
