-- name: place_put :exec
-- in: kind text, name_en text, name_hi text, aliases text, parent_place_id?, district_place_id?, block_place_id?, lat_micro?, lon_micro?, point_from text?
-- Adds a place above villages, or mends its names and point.
INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, parent_place_id,
                   district_place_id, block_place_id, lat_micro, lon_micro, point_from,
                   number_first, number_last)
VALUES (:place_id, :kind, :code, :name_en, :name_hi, :aliases, :parent_place_id,
        :district_place_id, :block_place_id, :lat_micro, :lon_micro, :point_from,
        :number_first, :number_last)
ON CONFLICT (place_id) DO UPDATE SET
    name_en = excluded.name_en, aliases = excluded.aliases,
    name_hi = CASE WHEN excluded.name_hi = '' THEN place.name_hi ELSE excluded.name_hi END,
    lat_micro = excluded.lat_micro, lon_micro = excluded.lon_micro,
    point_from = excluded.point_from;

-- name: village_put :batch
-- in: name_en text, name_hi text, lat_micro?, lon_micro?, point_from text?
-- Adds a village, or mends its English name and point; its panchayat and numbers stay.
INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, parent_place_id,
                   district_place_id, block_place_id, lat_micro, lon_micro, point_from,
                   number_first, number_last)
VALUES (:place_id, 'village', :code, :name_en, :name_hi, '', :parent_place_id, :district_place_id,
        :block_place_id, :lat_micro, :lon_micro, :point_from, :number_first, :number_first)
ON CONFLICT (place_id) DO UPDATE SET
    name_en = excluded.name_en, lat_micro = excluded.lat_micro, lon_micro = excluded.lon_micro,
    point_from = excluded.point_from;

-- name: place_name_put :batch
-- in: folded text, kind text
-- Adds a name under which a place is found.
INSERT INTO place_name (folded, place_id, kind) VALUES (:folded, :place_id, :kind)
ON CONFLICT (folded, place_id) DO NOTHING;

-- name: place_move :exec
-- Puts a place below another parent.
UPDATE place SET parent_place_id = :parent_place_id
WHERE place_id = :place_id AND parent_place_id <> :parent_place_id;

-- name: place_renumber :batch
-- Gives a place its depth-first numbers.
UPDATE place SET number_first = :number_first, number_last = :number_last
WHERE place_id = :place_id;

-- name: places_of_block :many
-- out: place_id, kind text, code, parent_place_id, number_first, number_last
-- Panchayats and villages of a block, to number them.
SELECT place_id, kind, code, parent_place_id, number_first, number_last
FROM place
WHERE block_place_id = :block_place_id AND kind IN ('panchayat', 'village')
ORDER BY code;

-- name: place_find :maybe
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- One place.
SELECT place_id, kind, code, name_en, name_hi, aliases, COALESCE(parent_place_id, 0),
       COALESCE(district_place_id, 0), COALESCE(block_place_id, 0), lat_micro, lon_micro,
       COALESCE(point_from, ''), number_first, number_last
FROM place WHERE place_id = :place_id;

-- name: place_children :many
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- What lies directly below a place.
SELECT place_id, kind, code, name_en, name_hi, aliases, COALESCE(parent_place_id, 0),
       COALESCE(district_place_id, 0), COALESCE(block_place_id, 0), lat_micro, lon_micro,
       COALESCE(point_from, ''), number_first, number_last
FROM place WHERE parent_place_id = :parent_place_id
ORDER BY name_en, place_id;

-- name: places_in_range :each
-- in: kind text
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- Places of one kind within a range of numbers, in tree order.
SELECT place_id, kind, code, name_en, name_hi, aliases, COALESCE(parent_place_id, 0),
       COALESCE(district_place_id, 0), COALESCE(block_place_id, 0), lat_micro, lon_micro,
       COALESCE(point_from, ''), number_first, number_last
FROM place WHERE number_first BETWEEN :first AND :last AND kind = :kind
ORDER BY number_first;

-- name: place_skeleton :each
-- out: place_id, kind text, number_first, number_last
-- Every place with its numbers, for the audience index.
SELECT place_id, kind, number_first, number_last FROM place ORDER BY number_first;

-- name: places_named :many
-- in: folded text, kind text
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- Places of one kind with exactly this name, within a range of numbers.
SELECT p.place_id, p.kind, p.code, p.name_en, p.name_hi, p.aliases, COALESCE(p.parent_place_id, 0),
       COALESCE(p.district_place_id, 0), COALESCE(p.block_place_id, 0), p.lat_micro, p.lon_micro,
       COALESCE(p.point_from, ''), p.number_first, p.number_last
FROM place_name n JOIN place p ON p.place_id = n.place_id
WHERE n.folded = :folded AND n.kind = :kind AND p.number_first BETWEEN :first AND :last
ORDER BY p.number_first LIMIT 20;

-- name: places_like :many
-- in: folded text, folded_end text
-- out: place_id, kind text, code, name_en text, name_hi text, aliases text, parent_place_id, district_place_id, block_place_id, lat_micro?, lon_micro?, point_from text, number_first, number_last
-- Places with a name that starts so, larger kinds first.
SELECT p.place_id, p.kind, p.code, p.name_en, p.name_hi, p.aliases, COALESCE(p.parent_place_id, 0),
       COALESCE(p.district_place_id, 0), COALESCE(p.block_place_id, 0), p.lat_micro, p.lon_micro,
       COALESCE(p.point_from, ''), p.number_first, p.number_last
FROM place p
WHERE p.place_id IN (SELECT n.place_id FROM place_name n
                     WHERE n.folded >= :folded AND n.folded < :folded_end
                     ORDER BY n.folded LIMIT 500)
ORDER BY p.place_id LIMIT :max_rows;

-- name: post_office_put :batch
-- in: name_en text, office_type text, block_place_id?, lat_micro?, lon_micro?
-- Adds a post office.
INSERT INTO post_office (pincode, name_en, office_type, district_place_id, block_place_id,
                         lat_micro, lon_micro)
VALUES (:pincode, :name_en, :office_type, :district_place_id, :block_place_id, :lat_micro,
        :lon_micro)
ON CONFLICT (pincode, name_en) DO NOTHING;

-- name: post_offices_of_pincode :many
-- out: pincode, name_en text, office_type text, district_place_id, block_place_id
-- Post offices of a PIN code.
SELECT pincode, name_en, office_type, district_place_id, COALESCE(block_place_id, 0)
FROM post_office WHERE pincode = :pincode ORDER BY name_en;
