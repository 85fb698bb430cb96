-- name: migration_table_exists :one
-- only: sqlite
-- out: tables
-- Whether this database has ever seen haat.
SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration';

-- name: migration_table_exists :one
-- only: postgres
-- out: tables
-- Whether this database has ever seen haat.
SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migration';

-- name: migration_list :many
-- out: name text, sha256 text
-- What was applied.
SELECT name, sha256 FROM schema_migration ORDER BY name;

-- name: migration_find :many
-- in: name text
-- out: sha256 text
-- Whether one migration was applied.
SELECT sha256 FROM schema_migration WHERE name = :name;

-- name: migration_add :exec
-- in: name text, sha256 text
-- Records a migration, in the transaction that applies it.
INSERT INTO schema_migration (name, sha256, applied_at) VALUES (:name, :sha256, :now_at);

-- name: dangling_references :one
-- only: sqlite
-- out: rows
-- Rows whose foreign key points nowhere.
SELECT COUNT(*) FROM pragma_foreign_key_check;
