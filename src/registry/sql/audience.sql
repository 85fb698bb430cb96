-- name: audience_change_add :batch
-- Says that people within a range of ordinals changed.
INSERT INTO audience_change (change_number, ordinal_first, ordinal_last)
VALUES (:change_number, :ordinal_first, :ordinal_last);

-- name: audience_change_next :later
-- Says it with the number that the counter has just reached.
INSERT INTO audience_change (change_number, ordinal_first, ordinal_last)
SELECT value, :ordinal_first, :ordinal_last FROM registry_counter WHERE name = 'audience';

-- name: audience_group_change_add :exec
-- Says that a group got another parent.
INSERT INTO audience_change (change_number, ordinal_first, ordinal_last, group_id)
VALUES (:change_number, 0, -1, :group_id);

-- name: audience_tag_change_add :batch
-- in: tag text
-- Says that a tag changed within a range of ordinals.
INSERT INTO audience_change (change_number, ordinal_first, ordinal_last, tag)
VALUES (:change_number, :ordinal_first, :ordinal_last, :tag);

-- name: audience_changes_since :each
-- out: change_number, ordinal_first, ordinal_last, group_id, tag text
-- Changes after a number, in order.
SELECT change_number, ordinal_first, ordinal_last, COALESCE(group_id, 0), COALESCE(tag, '')
FROM audience_change WHERE change_number > :change_number ORDER BY change_number;

-- name: audience_mark_latest :maybe
-- out: marked_at, change_number
-- The last remembered state of the change log up to a moment.
SELECT marked_at, change_number FROM audience_mark WHERE marked_at <= :until_at
ORDER BY marked_at DESC LIMIT 1;

-- name: audience_mark_add :exec
-- Remembers where the change log stands.
INSERT INTO audience_mark (marked_at, change_number) VALUES (:marked_at, :change_number)
ON CONFLICT (marked_at) DO NOTHING;

-- name: audience_marks_drop :exec
-- Forgets states before a moment.
DELETE FROM audience_mark WHERE marked_at < :before_at;

-- name: audience_changes_drop :exec
-- Drops the oldest changes, up to a number and at most so many.
DELETE FROM audience_change
WHERE change_number <= :change_number
  AND change_number < (SELECT MIN(change_number) FROM audience_change) + :max_rows;

-- name: audience_people :each
-- out: ordinal, place_id, group_id, language, channels, consents, suppressed
-- Whom the audience index needs to know, within a range of ordinals: one sequential scan.
SELECT ordinal, place_id, COALESCE(group_id, 0), language, channels, consents, suppressed
FROM person WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last ORDER BY ordinal;

-- name: audience_products :each
-- out: ordinal, product_id
-- Who makes what, within a range of ordinals.
SELECT ordinal, product_id FROM person_product
WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last ORDER BY ordinal, product_id;

-- name: audience_groups :each
-- out: group_id, parent_group_id
-- Every group with its parent, by id.
SELECT group_id, COALESCE(parent_group_id, 0) FROM producer_group ORDER BY group_id;

-- name: audience_group_parent :maybe
-- out: parent_group_id
-- The parent of a group; 0 if it has none.
SELECT COALESCE(parent_group_id, 0) FROM producer_group WHERE group_id = :group_id;

-- name: audience_tags :each
-- out: tag text, part, ordinals blob
-- Who bears which tag.
SELECT tag, part, ordinals FROM audience_tag ORDER BY tag, part;

-- name: audience_tag_find :maybe
-- in: tag text
-- out: ordinals blob
-- Who bears a tag, within one part of the ordinals.
SELECT ordinals FROM audience_tag WHERE tag = :tag AND part = :part;

-- name: audience_tag_put :exec
-- in: tag text, ordinals blob
-- Remembers who bears a tag, within one part of the ordinals.
INSERT INTO audience_tag (tag, part, ordinals) VALUES (:tag, :part, :ordinals)
ON CONFLICT (tag, part) DO UPDATE SET ordinals = excluded.ordinals;

-- name: audience_tag_names :many
-- in: first_tag text, last_tag text
-- out: tag text
-- Tags between two names.
SELECT DISTINCT tag FROM audience_tag WHERE tag >= :first_tag AND tag < :last_tag
ORDER BY tag LIMIT :max_rows;
