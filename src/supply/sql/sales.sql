-- What outlets sold and took back. A jail sees what it made, wherever it was sold.

-- name: sale_add :exec
-- in: owner_kind text
-- Writes a sale.
INSERT INTO sale (sale_id, site_id, lot_id, quantity_milli, price_paise, gst_basis_points, gst_paise,
    owner_kind, owner_id, account_id, sold_at, recorded_at)
VALUES (:sale_id, :site_id, :lot_id, :quantity_milli, :price_paise, :gst_basis_points, :gst_paise,
    :owner_kind, :owner_id, :account_id, :sold_at, :recorded_at);

-- name: sale_get :maybe
-- out: sale_id, site_id, lot_id, lot_code text, lot_kind text, product_id, unit text, quantity_milli, returned_milli, price_paise, gst_basis_points, gst_paise, owner_kind text, owner_id, sold_at
-- One sale, if the viewer may see it.
SELECT x.sale_id, x.site_id, x.lot_id, l.lot_code, l.kind, l.product_id, l.unit, x.quantity_milli,
    x.returned_milli, x.price_paise, x.gst_basis_points, x.gst_paise, x.owner_kind, x.owner_id,
    x.sold_at
FROM sale x
JOIN lot l ON l.lot_id = x.lot_id
JOIN site s ON s.site_id = x.site_id
JOIN place p ON p.place_id = s.place_id
JOIN site m ON m.site_id = l.made_site_id
WHERE x.sale_id = :sale_id AND (:viewer_site_id = 0 OR x.site_id = :viewer_site_id)
    AND (:viewer_organisation_id = 0 OR m.owner_organisation_id = :viewer_organisation_id)
    AND p.number_first BETWEEN :number_first AND :number_last;

-- name: sale_page :many
-- out: sale_id, site_id, lot_id, lot_code text, lot_kind text, product_id, unit text, quantity_milli, returned_milli, price_paise, gst_basis_points, gst_paise, owner_kind text, owner_id, sold_at
-- A page of sales, newest first.
SELECT x.sale_id, x.site_id, x.lot_id, l.lot_code, l.kind, l.product_id, l.unit, x.quantity_milli,
    x.returned_milli, x.price_paise, x.gst_basis_points, x.gst_paise, x.owner_kind, x.owner_id,
    x.sold_at
FROM sale x
JOIN lot l ON l.lot_id = x.lot_id
JOIN site s ON s.site_id = x.site_id
JOIN place p ON p.place_id = s.place_id
JOIN site m ON m.site_id = l.made_site_id
WHERE (x.sold_at, x.sale_id) < (:before_at, :before_id)
    AND (:site_id = 0 OR x.site_id = :site_id) AND (:viewer_site_id = 0 OR x.site_id = :viewer_site_id)
    AND (:viewer_organisation_id = 0 OR m.owner_organisation_id = :viewer_organisation_id)
    AND p.number_first BETWEEN :number_first AND :number_last
ORDER BY x.sold_at DESC, x.sale_id DESC
LIMIT :row_limit;

-- name: sale_take_back :maybe
-- out: returned_milli
-- Counts what came back of a sale, if no more comes back than was sold.
UPDATE sale SET returned_milli = returned_milli + :quantity_milli
WHERE sale_id = :sale_id AND returned_milli + :quantity_milli <= quantity_milli
RETURNING returned_milli;

-- name: return_add :exec
-- in: reason text
-- Writes a return.
INSERT INTO sale_return (sale_return_id, sale_id, quantity_milli, refund_paise, gst_paise, sellable,
    reason, account_id, returned_at, recorded_at)
VALUES (:sale_return_id, :sale_id, :quantity_milli, :refund_paise, :gst_paise, :sellable, :reason,
    :account_id, :returned_at, :recorded_at);

-- name: return_get :maybe
-- out: sale_return_id, sale_id, quantity_milli, refund_paise, gst_paise, sellable, returned_at
-- One return.
SELECT sale_return_id, sale_id, quantity_milli, refund_paise, gst_paise, sellable, returned_at
FROM sale_return WHERE sale_return_id = :sale_return_id;
