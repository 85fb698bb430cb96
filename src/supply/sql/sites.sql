-- Where goods are weighed, packed, made and sold.

-- name: site_add :exec
-- in: site_key text, kind text, owner_organisation_id?, owner_group_id?, name_hi text, name_en text, address text, licence text
-- Opens a site unless its key is taken.
INSERT INTO site (site_id, site_key, kind, place_id, owner_organisation_id, owner_group_id, name_hi,
    name_en, address, licence, opened_at)
VALUES (:site_id, :site_key, :kind, :place_id, :owner_organisation_id, :owner_group_id, :name_hi,
    :name_en, :address, :licence, :opened_at)
ON CONFLICT (site_key) DO NOTHING;

-- name: site_get :maybe
-- out: site_id, site_key text, kind text, place_id, owner_organisation_id?, owner_group_id?, name_hi text, name_en text, address text, licence text
-- One site.
SELECT site_id, site_key, kind, place_id, owner_organisation_id, owner_group_id, name_hi, name_en,
    address, licence
FROM site WHERE site_id = :site_id;

-- name: site_by_key :maybe
-- in: site_key text
-- out: site_id
-- The site that bears a key.
SELECT site_id FROM site WHERE site_key = :site_key;

-- name: site_page :many
-- in: kind text
-- out: site_id, site_key text, kind text, place_id, owner_organisation_id?, owner_group_id?, name_hi text, name_en text, address text, licence text
-- A page of sites in the order of their ids.
SELECT s.site_id, s.site_key, s.kind, s.place_id, s.owner_organisation_id, s.owner_group_id,
    s.name_hi, s.name_en, s.address, s.licence
FROM site s JOIN place p ON p.place_id = s.place_id
WHERE s.site_id > :after_site_id AND (:kind = '' OR s.kind = :kind)
    AND p.number_first BETWEEN :number_first AND :number_last
ORDER BY s.site_id
LIMIT :row_limit;

-- name: site_in_places :one
-- out: sites
-- 1 if the site stands in that range of places.
SELECT COUNT(*) FROM site s JOIN place p ON p.place_id = s.place_id
WHERE s.site_id = :site_id AND p.number_first BETWEEN :number_first AND :number_last;
