-- What went into packets and what came out.

-- name: packing_add :exec
-- Writes a packing.
INSERT INTO packing (packed_lot_id, site_id, input_milli, output_milli, loss_milli,
    pack_price_paise, packed_at, best_before_at)
VALUES (:packed_lot_id, :site_id, :input_milli, :output_milli, :loss_milli, :pack_price_paise,
    :packed_at, :best_before_at);

-- name: packing_input_add :batch
-- Writes what went in.
INSERT INTO packing_input (packed_lot_id, input_lot_id, quantity_milli)
VALUES (:packed_lot_id, :input_lot_id, :quantity_milli);

-- name: packing_get :maybe
-- out: packed_lot_id, site_id, input_milli, output_milli, loss_milli, pack_price_paise, packed_at, best_before_at
-- One packing.
SELECT packed_lot_id, site_id, input_milli, output_milli, loss_milli, pack_price_paise, packed_at,
    best_before_at
FROM packing WHERE packed_lot_id = :packed_lot_id;

-- name: packing_inputs :many
-- out: input_lot_id, quantity_milli
-- What went into a packed lot.
SELECT input_lot_id, quantity_milli FROM packing_input
WHERE packed_lot_id = :packed_lot_id ORDER BY input_lot_id;
