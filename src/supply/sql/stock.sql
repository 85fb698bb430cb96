-- Who holds how much of a lot, who owns it, and what happened to it.

-- name: stock_add :exec
-- in: holder_kind text, owner_kind text
-- Adds to a holder's part, if the part is the same owner's or empty.
INSERT INTO stock (lot_id, holder_kind, holder_id, owner_kind, owner_id, quantity_milli, changed_at)
VALUES (:lot_id, :holder_kind, :holder_id, :owner_kind, :owner_id, :quantity_milli, :now_at)
ON CONFLICT (lot_id, holder_kind, holder_id) DO UPDATE
SET quantity_milli = stock.quantity_milli + excluded.quantity_milli,
    owner_kind = excluded.owner_kind, owner_id = excluded.owner_id,
    changed_at = excluded.changed_at
WHERE stock.quantity_milli = 0
    OR (stock.owner_kind = excluded.owner_kind AND stock.owner_id = excluded.owner_id);

-- name: stock_take :maybe
-- in: holder_kind text
-- out: owner_kind text, owner_id, quantity_milli
-- Takes from a holder's part, if that much is there. Answers with what is left.
UPDATE stock SET quantity_milli = quantity_milli - :quantity_milli, changed_at = :now_at
WHERE lot_id = :lot_id AND holder_kind = :holder_kind AND holder_id = :holder_id
    AND quantity_milli >= :quantity_milli
RETURNING owner_kind, owner_id, quantity_milli;

-- name: stock_get :maybe
-- in: holder_kind text
-- out: owner_kind text, owner_id, quantity_milli
-- One holder's part.
SELECT owner_kind, owner_id, quantity_milli FROM stock
WHERE lot_id = :lot_id AND holder_kind = :holder_kind AND holder_id = :holder_id;

-- name: stock_of_lot :many
-- out: holder_kind text, holder_id, owner_kind text, owner_id, quantity_milli
-- All parts of a lot with something in them.
SELECT holder_kind, holder_id, owner_kind, owner_id, quantity_milli FROM stock
WHERE lot_id = :lot_id AND quantity_milli > 0
ORDER BY holder_kind, holder_id;

-- name: stock_set_owner :exec
-- in: owner_kind text
-- The part at a site changes its owner.
UPDATE stock SET owner_kind = :owner_kind, owner_id = :owner_id, changed_at = :now_at
WHERE lot_id = :lot_id AND holder_kind = 'site' AND holder_id = :site_id AND quantity_milli > 0;

-- name: event_add :exec
-- in: kind text, site_id?, to_site_id?, other_lot_id?, consignment_id?, sale_id?, grade text?, note text
-- Writes what happened to a lot.
INSERT INTO lot_event (lot_event_id, lot_id, kind, at, recorded_at, site_id, to_site_id,
    other_lot_id, consignment_id, sale_id, quantity_milli, change_milli, grade, note, account_id)
VALUES (:lot_event_id, :lot_id, :kind, :happened_at, :recorded_at, :site_id, :to_site_id,
    :other_lot_id, :consignment_id, :sale_id, :quantity_milli, :change_milli, :grade, :note,
    :account_id);
