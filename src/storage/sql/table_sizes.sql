-- name: table_sizes :many
-- only: sqlite
-- out: table_name text, bytes
-- Pages of each table with its indexes.
SELECT s.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
WHERE d.aggregate = 1 GROUP BY s.tbl_name ORDER BY 2 DESC;

-- name: table_sizes :many
-- only: postgres
-- out: table_name text, bytes
-- Each table with its indexes and TOAST.
SELECT CAST(c.relname AS TEXT), pg_total_relation_size(c.oid) FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY 2 DESC;
