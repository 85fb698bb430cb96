-- Both ways along the packings, and the law of mass balance.

-- name: trace_back :many
-- out: kind text, happened_at, site_id?, to_site_id?, lot_id, lot_code text, producer_person_id?, consignment_id?, sale_id?, quantity_milli, unit text
-- How a lot came to be: its sources' making and ways, and its own making.
WITH RECURSIVE source (lot_id) AS (
    SELECT CAST(:lot_id AS BIGINT)
    UNION
    SELECT i.input_lot_id FROM packing_input i JOIN source s ON i.packed_lot_id = s.lot_id
)
SELECT e.kind, e.at, e.site_id, e.to_site_id, l.lot_id, l.lot_code, l.producer_person_id,
    e.consignment_id, e.sale_id, e.quantity_milli, l.unit
FROM source s
JOIN lot l ON l.lot_id = s.lot_id
JOIN lot_event e ON e.lot_id = l.lot_id
WHERE e.kind IN ('worked', 'received', 'packed')
    OR (e.kind IN ('consigned', 'received_at') AND l.lot_id <> :lot_id)
ORDER BY e.at, e.lot_event_id
LIMIT :row_limit;

-- name: trace_forward :many
-- out: kind text, happened_at, site_id?, to_site_id?, lot_id, lot_code text, producer_person_id?, consignment_id?, sale_id?, quantity_milli, unit text
-- What became of a lot and of everything that was packed from it.
WITH RECURSIVE result (lot_id) AS (
    SELECT CAST(:lot_id AS BIGINT)
    UNION
    SELECT i.packed_lot_id FROM packing_input i JOIN result r ON i.input_lot_id = r.lot_id
)
SELECT e.kind, e.at, e.site_id, e.to_site_id, l.lot_id, l.lot_code, l.producer_person_id,
    e.consignment_id, e.sale_id, e.quantity_milli, l.unit
FROM result r
JOIN lot l ON l.lot_id = r.lot_id
JOIN lot_event e ON e.lot_id = l.lot_id
WHERE e.kind IN ('consigned', 'received_at', 'sold')
    OR (e.kind = 'packed' AND l.lot_id <> :lot_id)
ORDER BY e.at, e.lot_event_id
LIMIT :row_limit;

-- name: source_get :maybe
-- out: kind text, producer_person_id?, order_line_id?, weight_milli, price_paise, place_id
-- What an origin is, and where it was weighed in or made.
SELECT l.kind, l.producer_person_id, l.order_line_id, l.weight_milli, l.price_paise, s.place_id
FROM lot l JOIN site s ON s.site_id = l.made_site_id
WHERE l.lot_id = :lot_id;

-- name: imbalances :many
-- out: lot_id, events_milli, stock_milli
-- Lots whose events do not add up to their stock.
SELECT lot_id, events, held FROM (
    SELECT l.lot_id,
        CAST(COALESCE((SELECT SUM(e.change_milli) FROM lot_event e
            WHERE e.lot_id = l.lot_id), 0) AS BIGINT) AS events,
        CAST(COALESCE((SELECT SUM(s.quantity_milli) FROM stock s
            WHERE s.lot_id = l.lot_id), 0) AS BIGINT) AS held
    FROM lot l
) sums
WHERE events <> held
ORDER BY lot_id;

-- name: unbalanced_packings :many
-- out: lot_id, inputs_milli, input_milli
-- Packings whose inputs do not add up to what they state, or whose lot weighs something else.
SELECT packed_lot_id, inputs, stated FROM (
    SELECT p.packed_lot_id, l.weight_milli - p.output_milli AS differs,
        CAST(COALESCE((SELECT SUM(i.quantity_milli) FROM packing_input i
            WHERE i.packed_lot_id = p.packed_lot_id), 0) AS BIGINT) AS inputs,
        p.input_milli AS stated
    FROM packing p JOIN lot l ON l.lot_id = p.packed_lot_id
) sums
WHERE inputs <> stated OR differs <> 0
ORDER BY packed_lot_id;
