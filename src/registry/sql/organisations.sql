-- name: organisation_add :one
-- in: kind text, code text, name_en text, name_hi text, gstin text
-- out: organisation_id, kind text, code text, name_en text, name_hi text, place_id, gstin text, is_synthetic
-- The organisation with that code, made if there is none.
INSERT INTO organisation (organisation_id, kind, code, name_en, name_hi, place_id, gstin,
                          is_synthetic, created_at)
VALUES (:new_organisation_id, :kind, :code, :name_en, :name_hi, :place_id, :gstin, :is_synthetic,
        :created_at)
ON CONFLICT (code) DO UPDATE SET code = excluded.code
RETURNING organisation_id, kind, code, name_en, name_hi, place_id, gstin, is_synthetic;

-- name: organisation_find :maybe
-- out: organisation_id, kind text, code text, name_en text, name_hi text, place_id, gstin text, is_synthetic
-- One organisation.
SELECT organisation_id, kind, code, name_en, name_hi, place_id, gstin, is_synthetic
FROM organisation WHERE organisation_id = :organisation_id;

-- name: organisation_by_code :maybe
-- in: code text
-- out: organisation_id, kind text, code text, name_en text, name_hi text, place_id, gstin text, is_synthetic
-- One organisation by its code.
SELECT organisation_id, kind, code, name_en, name_hi, place_id, gstin, is_synthetic
FROM organisation WHERE code = :code;

-- name: organisations_of_kind :many
-- in: kind text
-- out: organisation_id, kind text, code text, name_en text, name_hi text, place_id, gstin text, is_synthetic
-- Organisations of one kind.
SELECT organisation_id, kind, code, name_en, name_hi, place_id, gstin, is_synthetic
FROM organisation WHERE kind = :kind ORDER BY code;
