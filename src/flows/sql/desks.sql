-- Whose desk a place's tickets lie on.

-- name: accounts_at_or_above :many
-- out: account_id, name_hi text, name_en text, role text, place_id, depth
-- Open accounts of a place and of the places above it, the nearest first.
WITH RECURSIVE up(place_id, parent_place_id, depth) AS (
    SELECT place_id, COALESCE(parent_place_id, 0), CAST(0 AS BIGINT)
    FROM place WHERE place_id = :place_id
    UNION ALL
    SELECT p.place_id, COALESCE(p.parent_place_id, 0), up.depth + 1
    FROM up JOIN place p ON p.place_id = up.parent_place_id)
SELECT a.account_id, a.name_hi, a.name_en, a.role, a.place_id, up.depth
FROM up JOIN web_account a ON a.place_id = up.place_id
WHERE a.disabled = 0 ORDER BY up.depth, a.login;
