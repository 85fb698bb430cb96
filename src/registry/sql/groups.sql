-- name: group_add :one
-- in: kind text, name text, folded text, parent_group_id?
-- out: group_id, kind text, name text, place_id, parent_group_id, is_synthetic
-- The group of that kind and name at that place, made if there is none; a parent given later is put in.
INSERT INTO producer_group (group_id, kind, name, folded, place_id, parent_group_id, is_synthetic,
                            created_at)
VALUES (:new_group_id, :kind, :name, :folded, :place_id, :parent_group_id, :is_synthetic,
        :created_at)
ON CONFLICT (place_id, kind, folded) DO UPDATE SET
    parent_group_id = COALESCE(excluded.parent_group_id, producer_group.parent_group_id)
RETURNING group_id, kind, name, place_id, COALESCE(parent_group_id, 0), is_synthetic;

-- name: group_find :maybe
-- out: group_id, kind text, name text, place_id, parent_group_id, is_synthetic
-- One group.
SELECT group_id, kind, name, place_id, COALESCE(parent_group_id, 0), is_synthetic
FROM producer_group WHERE group_id = :group_id;

-- name: group_children :many
-- out: group_id, kind text, name text, place_id, parent_group_id, is_synthetic
-- Groups directly below a group.
SELECT group_id, kind, name, place_id, COALESCE(parent_group_id, 0), is_synthetic
FROM producer_group WHERE parent_group_id = :parent_group_id ORDER BY group_id;

-- name: groups_in_range :many
-- in: kind text
-- out: group_id, kind text, name text, place_id, parent_group_id, is_synthetic
-- Groups of one kind whose places lie in the range.
SELECT g.group_id, g.kind, g.name, g.place_id, COALESCE(g.parent_group_id, 0), g.is_synthetic
FROM producer_group g JOIN place p ON p.place_id = g.place_id
WHERE g.kind = :kind AND p.number_first BETWEEN :first AND :last
ORDER BY g.group_id LIMIT :max_rows;

-- name: group_parent_named :maybe
-- in: kind text, folded text
-- out: group_id, parent_group_id
-- The group of that kind and name at that place, and its parent (0 if it has none).
SELECT group_id, COALESCE(parent_group_id, 0) FROM producer_group
WHERE place_id = :place_id AND kind = :kind AND folded = :folded;
