-- name: extent_take :maybe
-- out: ordinal_next
-- Takes ordinals from a village's range that has room, and answers the next free one after them.
UPDATE ordinal_extent SET ordinal_next = ordinal_next + :count
WHERE ordinal_first = (SELECT MAX(e.ordinal_first) FROM ordinal_extent e
                       WHERE e.place_id = :place_id)
  AND ordinal_next + :count <= ordinal_last + 1
RETURNING ordinal_next;

-- name: extent_size :one
-- out: extents, ordinals
-- How many ranges and ordinals a village has been given.
SELECT COUNT(*), CAST(COALESCE(SUM(ordinal_last - ordinal_first + 1), 0) AS BIGINT)
FROM ordinal_extent WHERE place_id = :place_id;

-- name: extent_add :exec
-- Gives a village a new range.
INSERT INTO ordinal_extent (ordinal_first, ordinal_last, ordinal_next, place_id)
VALUES (:ordinal_first, :ordinal_last, :ordinal_next, :place_id);

-- name: person_add :batch
-- in: name text, name_latin text, group_id?
-- Adds a person.
INSERT INTO person (ordinal, person_id, place_id, group_id, kind, language, channels, consents,
                    suppressed, is_synthetic, created_at, name, name_latin)
VALUES (:ordinal, :person_id, :place_id, :group_id, :kind, :language, :channels, :consents,
        :suppressed, :is_synthetic, :created_at, :name, :name_latin);

-- name: person_find :maybe
-- out: person_id, ordinal, kind, name text, name_latin text, place_id, group_id, language, consents, suppressed, is_synthetic, created_at
-- One person, if her village lies in the range.
SELECT p.person_id, p.ordinal, p.kind, p.name, p.name_latin, p.place_id, COALESCE(p.group_id, 0),
       p.language, p.consents, p.suppressed, p.is_synthetic, p.created_at
FROM person p JOIN place v ON v.place_id = p.place_id
WHERE p.person_id = :person_id AND v.number_first BETWEEN :first AND :last;

-- name: person_by_ordinal :maybe
-- out: person_id, ordinal, kind, name text, name_latin text, place_id, group_id, language, consents, suppressed, is_synthetic, created_at
-- One person by her ordinal, if her village lies in the range.
SELECT p.person_id, p.ordinal, p.kind, p.name, p.name_latin, p.place_id, COALESCE(p.group_id, 0),
       p.language, p.consents, p.suppressed, p.is_synthetic, p.created_at
FROM person p JOIN place v ON v.place_id = p.place_id
WHERE p.ordinal = :ordinal AND v.number_first BETWEEN :first AND :last;

-- name: people_below :many
-- out: person_id, ordinal, kind, name text, name_latin text, place_id, group_id, language, consents, suppressed, is_synthetic, created_at
-- People whose villages lie in the range, after an ordinal, perhaps of one group only.
SELECT p.person_id, p.ordinal, p.kind, p.name, p.name_latin, p.place_id, COALESCE(p.group_id, 0),
       p.language, p.consents, p.suppressed, p.is_synthetic, p.created_at
FROM person p JOIN place v ON v.place_id = p.place_id
WHERE v.number_first BETWEEN :first AND :last AND p.ordinal > :after_ordinal
  AND (:group_id = 0 OR p.group_id = :group_id)
ORDER BY p.ordinal LIMIT :max_rows;

-- name: people_on :many
-- out: person_id, ordinal, kind, name text, name_latin text, place_id, group_id, language, consents, suppressed, is_synthetic, created_at
-- Those who use a contact on these channels and whose villages lie in the range.
SELECT p.person_id, p.ordinal, p.kind, p.name, p.name_latin, p.place_id, COALESCE(p.group_id, 0),
       p.language, p.consents, p.suppressed, p.is_synthetic, p.created_at
FROM person_contact a
JOIN person p ON p.ordinal = a.ordinal
JOIN place v ON v.place_id = p.place_id
WHERE a.contact_id = :contact_id AND (a.channels & :channels) <> 0 AND v.number_first BETWEEN :first AND :last
ORDER BY p.ordinal;

-- name: person_set_language :exec
-- The language she is written to in.
UPDATE person SET language = :language WHERE person_id = :person_id AND language <> :language;

-- name: person_set_name :exec
-- in: name text
-- Her name.
UPDATE person SET name = :name WHERE person_id = :person_id;

-- name: person_set_group :exec
-- Her SHG.
UPDATE person SET group_id = :group_id
WHERE person_id = :person_id AND COALESCE(group_id, 0) <> :group_id;

-- name: person_set_purposes :exec
-- What she consents to, and what is suppressed, now.
UPDATE person SET consents = :consents, suppressed = :suppressed WHERE person_id = :person_id;

-- name: person_products :many
-- out: product_id
-- What the person with this ordinal makes.
SELECT product_id FROM person_product WHERE ordinal = :ordinal ORDER BY product_id;

-- name: person_makes :maybe
-- out: makes
-- Whether she makes this, if her village lies in the range.
SELECT CASE WHEN EXISTS (SELECT 1 FROM person_product m
                         WHERE m.ordinal = p.ordinal AND m.product_id = :product_id)
            THEN 1 ELSE 0 END
FROM person p JOIN place v ON v.place_id = p.place_id
WHERE p.person_id = :person_id AND v.number_first BETWEEN :first AND :last;

-- name: person_product_add :batch
-- She makes this, and did not before.
INSERT INTO person_product (ordinal, product_id) VALUES (:ordinal, :product_id);

-- name: person_product_remove :exec
-- She does not make this any more.
DELETE FROM person_product WHERE ordinal = :ordinal AND product_id = :product_id;

-- name: person_without_phone :maybe
-- in: name text
-- out: person_id, ordinal, kind, name text, name_latin text, place_id, group_id, language, consents, suppressed, is_synthetic, created_at
-- Somebody of that name in that village who has no address; the first if there are several.
SELECT p.person_id, p.ordinal, p.kind, p.name, p.name_latin, p.place_id, COALESCE(p.group_id, 0),
       p.language, p.consents, p.suppressed, p.is_synthetic, p.created_at
FROM person p
WHERE p.place_id = :place_id AND p.name = :name AND p.channels = 0
ORDER BY p.ordinal LIMIT 1;

-- name: names_without_phone :each
-- out: name text
-- Names of those in a village who have no address.
SELECT name FROM person WHERE place_id = :place_id AND channels = 0;

-- name: phoneless_all :each
-- out: place_id, name text
-- Everybody who has no address, for a loader that keeps them in memory.
SELECT place_id, name FROM person WHERE channels = 0;

-- name: people_any :one
-- out: found
-- 1 if there is anybody at all.
SELECT COUNT(*) FROM (SELECT ordinal FROM person LIMIT 1) AS p;
