-- name: saved_audience_add :exec
-- in: name text, folded text, expression text
-- Keeps an audience under a name.
INSERT INTO saved_audience (saved_audience_id, name, folded, place_id, account_id, expression,
                            people, counted_at, created_at, changed_at)
VALUES (:saved_audience_id, :name, :folded, :place_id, :account_id, :expression, :people, :now_at,
        :now_at, :now_at);

-- name: saved_audience_set :exec
-- in: name text, folded text, expression text
-- Another name or another expression.
UPDATE saved_audience
SET name = :name, folded = :folded, expression = :expression, people = :people,
    counted_at = :now_at, changed_at = :now_at
WHERE saved_audience_id = :saved_audience_id;

-- name: saved_audience_remove :exec
-- Forgets a saved audience.
DELETE FROM saved_audience WHERE saved_audience_id = :saved_audience_id;

-- name: saved_audience_find :maybe
-- out: saved_audience_id, name text, place_id, account_id, expression text, people, counted_at, created_at, changed_at
-- One, if its owner's place lies in the range.
SELECT s.saved_audience_id, s.name, s.place_id, s.account_id, s.expression, s.people,
       s.counted_at, s.created_at, s.changed_at
FROM saved_audience s JOIN place p ON p.place_id = s.place_id
WHERE s.saved_audience_id = :saved_audience_id AND p.number_first BETWEEN :first AND :last;

-- name: saved_audience_named :many
-- in: folded text
-- out: saved_audience_id, name text, place_id, account_id, expression text, people, counted_at, created_at, changed_at
-- Those of that name whose owner's place lies in the range.
SELECT s.saved_audience_id, s.name, s.place_id, s.account_id, s.expression, s.people,
       s.counted_at, s.created_at, s.changed_at
FROM saved_audience s JOIN place p ON p.place_id = s.place_id
WHERE s.folded = :folded AND p.number_first BETWEEN :first AND :last
ORDER BY s.saved_audience_id LIMIT 20;

-- name: saved_audience_list :many
-- in: after_folded text
-- out: saved_audience_id, name text, folded text, place_id, account_id, expression text, people, counted_at, created_at, changed_at
-- Those whose owner's place lies in the range, by name, after a name and id.
SELECT s.saved_audience_id, s.name, s.folded, s.place_id, s.account_id, s.expression, s.people,
       s.counted_at, s.created_at, s.changed_at
FROM saved_audience s JOIN place p ON p.place_id = s.place_id
WHERE p.number_first BETWEEN :first AND :last
  AND (s.folded > :after_folded
       OR (s.folded = :after_folded AND s.saved_audience_id > :after_saved_audience_id))
ORDER BY s.folded, s.saved_audience_id LIMIT :max_rows;

-- name: saved_audience_uses_clear :exec
-- Forgets what a saved audience needs.
DELETE FROM saved_audience_use WHERE saved_audience_id = :saved_audience_id;

-- name: saved_audience_use_add :exec
-- One saved audience needs another.
INSERT INTO saved_audience_use (saved_audience_id, used_saved_audience_id)
VALUES (:saved_audience_id, :used_saved_audience_id)
ON CONFLICT (saved_audience_id, used_saved_audience_id) DO NOTHING;

-- name: saved_audience_users :many
-- out: name text
-- Names of those that need it.
SELECT s.name FROM saved_audience_use u
JOIN saved_audience s ON s.saved_audience_id = u.saved_audience_id
WHERE u.used_saved_audience_id = :used_saved_audience_id ORDER BY s.name LIMIT 3;

-- name: audience_places_named :many
-- in: folded text
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- Places of any kind with exactly this name, within a range of numbers: state, districts, blocks first.
SELECT p.place_id, p.kind, p.code, p.name_en, p.name_hi, p.aliases, COALESCE(p.parent_place_id, 0),
       COALESCE(p.district_place_id, 0), COALESCE(p.block_place_id, 0), p.lat_micro, p.lon_micro,
       COALESCE(p.point_from, ''), p.number_first, p.number_last
FROM place_name n JOIN place p ON p.place_id = n.place_id
WHERE n.folded = :folded AND p.number_first BETWEEN :first AND :last
ORDER BY CASE p.kind WHEN 'state' THEN 1 WHEN 'district' THEN 2 WHEN 'block' THEN 3
                     WHEN 'division' THEN 4 WHEN 'panchayat' THEN 5 ELSE 6 END, p.number_first
LIMIT 20;

-- name: audience_place_names :many
-- out: name_en text
-- Names that a misspelt place may have meant, within a range of numbers.
SELECT name_en FROM place
WHERE kind IN ('division', 'district', 'block') AND number_first BETWEEN :first AND :last
ORDER BY place_id;

-- name: audience_groups_named :many
-- in: folded text
-- out: group_id, name text, place_id
-- Village organisations and federations of that name whose places lie in the range.
SELECT g.group_id, g.name, g.place_id
FROM producer_group g JOIN place p ON p.place_id = g.place_id
WHERE g.folded = :folded AND g.kind <> 'shg' AND p.number_first BETWEEN :first AND :last
ORDER BY g.group_id LIMIT 20;

-- name: audience_groups_at :many
-- in: folded text
-- out: group_id, name text, place_id
-- Groups of that name at a place.
SELECT group_id, name, place_id FROM producer_group
WHERE place_id = :place_id AND kind IN ('shg', 'vo', 'clf') AND folded = :folded
ORDER BY group_id LIMIT 20;

-- name: audience_group_names :many
-- out: name text
-- Names that a misspelt group may have meant: federations and organisations in the range.
SELECT g.name FROM producer_group g JOIN place p ON p.place_id = g.place_id
WHERE g.kind <> 'shg' AND p.number_first BETWEEN :first AND :last
ORDER BY g.group_id LIMIT 2000;
