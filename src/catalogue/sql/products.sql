-- name: product_put :one
-- in: key text, name_hi text, name_en text, variants text, units text, unit_default text, category text, made_by text, shelf_life_days?, hs_code text, hs_note text
-- out: product_id
-- Adds a product, or mends it; its id stays.
INSERT INTO product (product_id, key, name_hi, name_en, variants, units, unit_default, category,
                     made_by, shelf_life_days, hs_code, hs_note)
VALUES (:new_product_id, :key, :name_hi, :name_en, :variants, :units, :unit_default, :category,
        :made_by, :shelf_life_days, :hs_code, :hs_note)
ON CONFLICT (key) DO UPDATE SET
    name_hi = excluded.name_hi, name_en = excluded.name_en, variants = excluded.variants,
    units = excluded.units, unit_default = excluded.unit_default, category = excluded.category,
    made_by = excluded.made_by, shelf_life_days = excluded.shelf_life_days,
    hs_code = excluded.hs_code, hs_note = excluded.hs_note
RETURNING product_id;

-- name: product_find :maybe
-- out: product_id, key text, name_hi text, name_en text, variants text, units text, unit_default text, category text, made_by text, shelf_life_days?, hs_code text, hs_note text
-- One product.
SELECT product_id, key, name_hi, name_en, variants, units, unit_default, category, made_by,
       shelf_life_days, hs_code, hs_note
FROM product WHERE product_id = :product_id;

-- name: product_by_key :maybe
-- in: key text
-- out: product_id, key text, name_hi text, name_en text, variants text, units text, unit_default text, category text, made_by text, shelf_life_days?, hs_code text, hs_note text
-- One product by its key.
SELECT product_id, key, name_hi, name_en, variants, units, unit_default, category, made_by,
       shelf_life_days, hs_code, hs_note
FROM product WHERE key = :key;

-- name: product_list :many
-- out: product_id, key text, name_hi text, name_en text, variants text, units text, unit_default text, category text, made_by text, shelf_life_days?, hs_code text, hs_note text
-- All products.
SELECT product_id, key, name_hi, name_en, variants, units, unit_default, category, made_by,
       shelf_life_days, hs_code, hs_note
FROM product ORDER BY key;

-- name: tax_put :exec
-- in: packing text, basis text
-- A rate from a day on.
INSERT INTO product_tax (product_id, packing, valid_from_at, gst_basis_points, basis)
VALUES (:product_id, :packing, :valid_from_at, :gst_basis_points, :basis)
ON CONFLICT (product_id, packing, valid_from_at) DO UPDATE SET
    gst_basis_points = excluded.gst_basis_points, basis = excluded.basis;

-- name: tax_at :maybe
-- in: packing text
-- out: gst_basis_points, valid_from_at, basis text
-- The rate that holds at a moment.
SELECT gst_basis_points, valid_from_at, basis FROM product_tax
WHERE product_id = :product_id AND packing = :packing AND valid_from_at <= :now_at
ORDER BY valid_from_at DESC LIMIT 1;
