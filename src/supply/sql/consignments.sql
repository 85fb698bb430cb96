-- Lots on their way.

-- name: consignment_add :exec
-- Writes a consignment.
INSERT INTO consignment (consignment_id, from_site_id, to_site_id, sent_at)
VALUES (:consignment_id, :from_site_id, :to_site_id, :sent_at);

-- name: consignment_lot_add :exec
-- Writes one lot of a consignment.
INSERT INTO consignment_lot (consignment_id, lot_id, sent_milli, note)
VALUES (:consignment_id, :lot_id, :sent_milli, '');

-- name: consignment_get :maybe
-- out: consignment_id, from_site_id, to_site_id, sent_at, received_at?
-- One consignment, if the viewer may look at one of its ends.
SELECT c.consignment_id, c.from_site_id, c.to_site_id, c.sent_at, c.received_at
FROM consignment c
WHERE c.consignment_id = :consignment_id AND EXISTS (SELECT 1 FROM site vs JOIN place vp ON vp.place_id = vs.place_id
        WHERE vs.site_id IN (c.from_site_id, c.to_site_id)
            AND (:viewer_site_id = 0 OR vs.site_id = :viewer_site_id)
            AND (:viewer_organisation_id = 0
                OR vs.owner_organisation_id = :viewer_organisation_id)
            AND vp.number_first BETWEEN :number_first AND :number_last);

-- name: consignment_lots :many
-- out: lot_id, lot_code text, product_id, unit text, sent_milli, received_milli?, note text
-- The lots of a consignment.
SELECT l.lot_id, l.lot_code, l.product_id, l.unit, c.sent_milli, c.received_milli, c.note
FROM consignment_lot c JOIN lot l ON l.lot_id = c.lot_id
WHERE c.consignment_id = :consignment_id
ORDER BY l.lot_id;

-- name: consignment_receive :exec
-- Marks a consignment received, once.
UPDATE consignment SET received_at = :now_at
WHERE consignment_id = :consignment_id AND received_at IS NULL;

-- name: consignment_lot_receive :exec
-- in: note text
-- Records how much of a lot arrived, and why less.
UPDATE consignment_lot SET received_milli = :received_milli, note = :note
WHERE consignment_id = :consignment_id AND lot_id = :lot_id;

-- name: consignment_page :many
-- in: state text
-- out: consignment_id, from_site_id, to_site_id, sent_at, received_at?
-- A page of consignments, newest first.
SELECT c.consignment_id, c.from_site_id, c.to_site_id, c.sent_at, c.received_at
FROM consignment c
WHERE (c.sent_at, c.consignment_id) < (:before_at, :before_id)
    AND (:site_id = 0 OR c.from_site_id = :site_id OR c.to_site_id = :site_id)
    AND (:state = '' OR :state =
        CASE WHEN c.received_at IS NULL THEN 'moving' ELSE 'received' END)
    AND EXISTS (SELECT 1 FROM site vs JOIN place vp ON vp.place_id = vs.place_id
        WHERE vs.site_id IN (c.from_site_id, c.to_site_id)
            AND (:viewer_site_id = 0 OR vs.site_id = :viewer_site_id)
            AND (:viewer_organisation_id = 0
                OR vs.owner_organisation_id = :viewer_organisation_id)
            AND vp.number_first BETWEEN :number_first AND :number_last)
ORDER BY c.sent_at DESC, c.consignment_id DESC
LIMIT :row_limit;
