-- What buyers look for, kept.

-- name: search_add :exec
-- in: device_id text, grade text?, max_price_paise?
-- Keeps a search unless the device's id has made one before.
INSERT INTO saved_search (search_id, device_id, account_id, organisation_id, product_id, grade,
    min_quantity_milli, max_price_paise, place_id, tells, saved_at)
VALUES (:search_id, :device_id, :account_id, :organisation_id, :product_id, :grade,
    :min_quantity_milli, :max_price_paise, :place_id, :tells, :saved_at)
ON CONFLICT (device_id) DO NOTHING;

-- name: search_by_device :maybe
-- in: device_id text
-- out: search_id
-- The search that this device's id made.
SELECT search_id FROM saved_search WHERE device_id = :device_id;

-- name: search_count :one
-- out: searches
-- How many an organisation has.
SELECT COUNT(*) FROM saved_search WHERE organisation_id = :organisation_id AND removed_at IS NULL;

-- name: search_list :many
-- out: search_id, account_id, organisation_id, product_id, grade text?, min_quantity_milli, max_price_paise?, place_id, tells, saved_at, matches, seen, told
-- An organisation's, newest first; one of them only, if it is named.
SELECT search_id, account_id, organisation_id, product_id, grade, min_quantity_milli,
    max_price_paise, place_id, tells, saved_at, matches, seen, told
FROM saved_search
WHERE organisation_id = :organisation_id AND removed_at IS NULL
    AND (:search_id = 0 OR search_id = :search_id)
ORDER BY saved_at DESC, search_id DESC;

-- name: search_remove :exec
-- It notes and tells nothing any more.
UPDATE saved_search SET removed_at = :now_at, due_at = NULL
WHERE search_id = :search_id AND organisation_id = :organisation_id AND removed_at IS NULL;

-- name: search_set_tells :exec
-- Whether messages are sent about it; what came before is not told.
UPDATE saved_search SET tells = :tells, due_at = NULL, told = matches
WHERE search_id = :search_id AND organisation_id = :organisation_id AND removed_at IS NULL;

-- name: search_mark_seen :exec
-- All that fitted was looked at.
UPDATE saved_search SET seen = matches
WHERE search_id = :search_id AND organisation_id = :organisation_id;

-- name: search_fitting :many
-- in: grade text?
-- out: search_id
-- The searches that an offer fits.
SELECT s.search_id
FROM saved_search s JOIN place looked ON looked.place_id = s.place_id
JOIN place lies ON lies.place_id = :place_id
WHERE s.product_id = :product_id AND s.removed_at IS NULL
    AND (s.grade IS NULL OR s.grade = :grade) AND s.min_quantity_milli <= :quantity_milli
    AND (s.max_price_paise IS NULL OR s.max_price_paise >= :price_paise)
    AND lies.number_first BETWEEN looked.number_first AND looked.number_last
ORDER BY s.search_id;

-- name: match_add :exec
-- Notes an offer once.
INSERT INTO search_match (search_id, offer_id, matched_at)
VALUES (:search_id, :offer_id, :matched_at)
ON CONFLICT (search_id, offer_id) DO NOTHING;

-- name: search_count_match :later
-- One more fits; a message is due at once, or when the last is old enough.
UPDATE saved_search SET matches = matches + 1,
    due_at = CASE WHEN tells = 0 THEN NULL WHEN due_at IS NOT NULL THEN due_at
        WHEN told_at + :tell_every > :now_at THEN told_at + :tell_every ELSE :now_at END
WHERE search_id = :search_id;

-- name: match_page :many
-- out: offer_id
-- Ids of a page of what fitted, the latest first.
SELECT offer_id FROM search_match
WHERE search_id = :search_id AND (matched_at, offer_id) < (:before_at, :before_id)
ORDER BY matched_at DESC, offer_id DESC LIMIT :row_limit;

-- name: search_due :many
-- out: search_id, account_id, organisation_id, product_id, grade text?, min_quantity_milli, max_price_paise?, place_id, tells, saved_at, matches, seen, told
-- Those with something to tell, the longest waiting first.
SELECT search_id, account_id, organisation_id, product_id, grade, min_quantity_milli,
    max_price_paise, place_id, tells, saved_at, matches, seen, told
FROM saved_search WHERE due_at IS NOT NULL AND due_at <= :now_at
ORDER BY due_at LIMIT :row_limit;

-- name: search_taken :exec
-- All that fitted is on its way, or there is nowhere to tell it.
UPDATE saved_search SET told = matches, due_at = NULL WHERE search_id = :search_id;

-- name: search_told :exec
-- A message about it went out: the next one waits.
UPDATE saved_search SET told_at = :now_at WHERE search_id = :search_id;
