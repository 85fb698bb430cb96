-- What a workshop made, and its makers by random ids.

-- name: batch_add :exec
-- Writes a batch.
INSERT INTO batch (lot_id, material_paise, wages_paise)
VALUES (:lot_id, :material_paise, :wages_paise);

-- name: batch_maker_add :batch
-- in: grade text
-- Writes who worked on it.
INSERT INTO batch_maker (lot_id, sealed_id, days_milli, grade, wage_paise)
VALUES (:lot_id, :sealed_id, :days_milli, :grade, :wage_paise);

-- name: batch_get :maybe
-- out: lot_id, material_paise, wages_paise, owner_organisation_id?
-- One batch and whose workshop made it.
SELECT b.lot_id, b.material_paise, b.wages_paise, s.owner_organisation_id
FROM batch b
JOIN lot l ON l.lot_id = b.lot_id
JOIN site s ON s.site_id = l.made_site_id
WHERE b.lot_id = :lot_id;

-- name: batch_makers :many
-- out: sealed_id, days_milli, grade text, wage_paise
-- Who worked on it.
SELECT sealed_id, days_milli, grade, wage_paise FROM batch_maker
WHERE lot_id = :lot_id ORDER BY sealed_id;

-- name: batch_maker_count :one
-- out: makers
-- How many worked on it.
SELECT COUNT(*) FROM batch_maker WHERE lot_id = :lot_id;
