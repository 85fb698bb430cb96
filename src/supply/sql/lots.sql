-- Lots: written once. What is left of one and where follows from its stock.

-- name: lot_add :exec
-- in: lot_code text, kind text, producer_person_id?, order_line_id?, unit text, grade text?, pack_milli?, packs?, trace_token text?
-- Writes a lot unless its code or its token is taken.
INSERT INTO lot (lot_id, lot_code, kind, product_id, producer_person_id, order_line_id, unit,
    weight_milli, grade, price_paise, pack_milli, packs, made_site_id, made_at, trace_token)
VALUES (:lot_id, :lot_code, :kind, :product_id, :producer_person_id, :order_line_id, :unit,
    :weight_milli, :grade, :price_paise, :pack_milli, :packs, :made_site_id, :made_at, :trace_token)
ON CONFLICT DO NOTHING;

-- name: lot_get :maybe
-- out: lot_id, lot_code text, kind text, product_id, producer_person_id?, order_line_id?, unit text, weight_milli, remaining_milli, grade text?, price_paise, pack_milli?, packs?, made_site_id, site_id, state text, made_at, trace_token text?
-- One lot, if it stands or stood where the viewer may look.
SELECT l.lot_id, l.lot_code, l.kind, l.product_id, l.producer_person_id, l.order_line_id, l.unit,
    l.weight_milli,
    (SELECT CAST(COALESCE(SUM(q.quantity_milli), 0) AS BIGINT) FROM stock q
        WHERE q.lot_id = l.lot_id) AS remaining_milli,
    l.grade, l.price_paise, l.pack_milli, l.packs, l.made_site_id,
    (SELECT q.holder_id FROM stock q WHERE q.lot_id = l.lot_id AND q.holder_kind = 'site'
        ORDER BY q.quantity_milli DESC, q.changed_at DESC,
            (SELECT MAX(e.lot_event_id) FROM lot_event e
            WHERE e.lot_id = q.lot_id AND e.site_id = q.holder_id) DESC
        LIMIT 1) AS site_id,
    CASE WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.holder_kind = 'site' AND q.quantity_milli > 0) THEN 'stored'
        WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.quantity_milli > 0) THEN 'moving'
        WHEN EXISTS (SELECT 1 FROM packing_input i WHERE i.input_lot_id = l.lot_id) THEN 'used'
        ELSE 'sold' END AS state,
    l.made_at, l.trace_token
FROM lot l
WHERE l.lot_id = :lot_id AND EXISTS (SELECT 1 FROM stock v
        JOIN site vs ON vs.site_id = v.holder_id
        JOIN place vp ON vp.place_id = vs.place_id
        WHERE v.lot_id = l.lot_id AND v.holder_kind = 'site'
            AND (:viewer_site_id = 0 OR vs.site_id = :viewer_site_id)
            AND (:viewer_organisation_id = 0
                OR vs.owner_organisation_id = :viewer_organisation_id)
            AND vp.number_first BETWEEN :number_first AND :number_last);

-- name: lot_by_code :maybe
-- in: lot_code text
-- out: lot_id
-- The lot that bears a code.
SELECT lot_id FROM lot WHERE lot_code = :lot_code;

-- name: lot_by_token :maybe
-- in: trace_token text
-- out: lot_id
-- The lot whose public page has that token.
SELECT lot_id FROM lot WHERE trace_token = :trace_token;

-- name: lots_of_order_line :many
-- out: lot_id, lot_code text, kind text, product_id, producer_person_id?, order_line_id?, unit text, weight_milli, remaining_milli, grade text?, price_paise, pack_milli?, packs?, made_site_id, site_id, state text, made_at, trace_token text?
-- What was weighed in for an order line, oldest first.
SELECT l.lot_id, l.lot_code, l.kind, l.product_id, l.producer_person_id, l.order_line_id, l.unit,
    l.weight_milli,
    (SELECT CAST(COALESCE(SUM(q.quantity_milli), 0) AS BIGINT) FROM stock q
        WHERE q.lot_id = l.lot_id) AS remaining_milli,
    l.grade, l.price_paise, l.pack_milli, l.packs, l.made_site_id,
    (SELECT q.holder_id FROM stock q WHERE q.lot_id = l.lot_id AND q.holder_kind = 'site'
        ORDER BY q.quantity_milli DESC, q.changed_at DESC,
            (SELECT MAX(e.lot_event_id) FROM lot_event e
            WHERE e.lot_id = q.lot_id AND e.site_id = q.holder_id) DESC
        LIMIT 1) AS site_id,
    CASE WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.holder_kind = 'site' AND q.quantity_milli > 0) THEN 'stored'
        WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.quantity_milli > 0) THEN 'moving'
        WHEN EXISTS (SELECT 1 FROM packing_input i WHERE i.input_lot_id = l.lot_id) THEN 'used'
        ELSE 'sold' END AS state,
    l.made_at, l.trace_token
FROM lot l
WHERE l.order_line_id = :order_line_id AND EXISTS (SELECT 1 FROM stock v
        JOIN site vs ON vs.site_id = v.holder_id
        JOIN place vp ON vp.place_id = vs.place_id
        WHERE v.lot_id = l.lot_id AND v.holder_kind = 'site'
            AND (:viewer_site_id = 0 OR vs.site_id = :viewer_site_id)
            AND (:viewer_organisation_id = 0
                OR vs.owner_organisation_id = :viewer_organisation_id)
            AND vp.number_first BETWEEN :number_first AND :number_last)
ORDER BY l.made_at, l.lot_id;

-- name: lot_page :many
-- in: state text
-- out: lot_id, lot_code text, kind text, product_id, producer_person_id?, order_line_id?, unit text, weight_milli, remaining_milli, grade text?, price_paise, pack_milli?, packs?, made_site_id, site_id, state text, made_at, trace_token text?
-- A page of lots, newest first.
SELECT * FROM (
SELECT l.lot_id, l.lot_code, l.kind, l.product_id, l.producer_person_id, l.order_line_id, l.unit,
    l.weight_milli,
    (SELECT CAST(COALESCE(SUM(q.quantity_milli), 0) AS BIGINT) FROM stock q
        WHERE q.lot_id = l.lot_id) AS remaining_milli,
    l.grade, l.price_paise, l.pack_milli, l.packs, l.made_site_id,
    (SELECT q.holder_id FROM stock q WHERE q.lot_id = l.lot_id AND q.holder_kind = 'site'
        ORDER BY q.quantity_milli DESC, q.changed_at DESC,
            (SELECT MAX(e.lot_event_id) FROM lot_event e
            WHERE e.lot_id = q.lot_id AND e.site_id = q.holder_id) DESC
        LIMIT 1) AS site_id,
    CASE WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.holder_kind = 'site' AND q.quantity_milli > 0) THEN 'stored'
        WHEN EXISTS (SELECT 1 FROM stock q WHERE q.lot_id = l.lot_id
            AND q.quantity_milli > 0) THEN 'moving'
        WHEN EXISTS (SELECT 1 FROM packing_input i WHERE i.input_lot_id = l.lot_id) THEN 'used'
        ELSE 'sold' END AS state,
    l.made_at, l.trace_token
FROM lot l
WHERE (l.made_at, l.lot_id) < (:before_at, :before_id)
    AND (:site_id = 0 OR EXISTS (SELECT 1 FROM stock h WHERE h.lot_id = l.lot_id
        AND h.holder_kind = 'site' AND h.holder_id = :site_id))
    AND EXISTS (SELECT 1 FROM stock v
        JOIN site vs ON vs.site_id = v.holder_id
        JOIN place vp ON vp.place_id = vs.place_id
        WHERE v.lot_id = l.lot_id AND v.holder_kind = 'site'
            AND (:viewer_site_id = 0 OR vs.site_id = :viewer_site_id)
            AND (:viewer_organisation_id = 0
                OR vs.owner_organisation_id = :viewer_organisation_id)
            AND vp.number_first BETWEEN :number_first AND :number_last)
) seen
WHERE :state = '' OR seen.state = :state
ORDER BY seen.made_at DESC, seen.lot_id DESC
LIMIT :row_limit;
