-- name: audience_change_add :batch
-- Says that people within a range of ordinals changed.
INSERT INTO audience_change (change_number, ordinal_first, ordinal_last)
VALUES (:change_number, :ordinal_first, :ordinal_last);

-- name: audience_changes_since :each
-- out: change_number, ordinal_first, ordinal_last
-- Changes after a number, in order.
SELECT change_number, ordinal_first, ordinal_last
FROM audience_change WHERE change_number > :change_number ORDER BY change_number;

-- name: audience_people :each
-- out: ordinal, place_id, group_id, language text, consents, suppressed
-- Whom the audience index needs to know, within a range of ordinals.
SELECT ordinal, place_id, COALESCE(group_id, 0), language, consents, suppressed
FROM person WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last ORDER BY ordinal;

-- name: audience_channels :each
-- out: ordinal, channel
-- Who is reachable on what, within a range of ordinals.
SELECT ordinal, channel FROM person_address
WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last ORDER BY ordinal, channel;

-- name: audience_products :each
-- out: ordinal, product_id
-- Who makes what, within a range of ordinals.
SELECT ordinal, product_id FROM person_product
WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last ORDER BY ordinal, product_id;
