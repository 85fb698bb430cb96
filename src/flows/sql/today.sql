-- The counters of today: what moves in the viewer's places. Counts and sums only, no person.

-- name: today_offers :many
-- out: product_id, offers, quantity_milli
-- Open offers by product, those with the most offers first.
SELECT o.product_id, COUNT(*),
    CAST(SUM(o.quantity_milli - o.reserved_milli - o.ordered_milli) AS BIGINT)
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.withdrawn_at IS NULL AND o.available_until_at > :now_at
    AND o.quantity_milli > o.reserved_milli + o.ordered_milli
    AND p.number_first BETWEEN :number_first AND :number_last
GROUP BY o.product_id
ORDER BY COUNT(*) DESC, o.product_id;

-- name: today_orders :one
-- out: open_orders, completed_orders
-- Orders that wait for an answer or for goods, and orders of which everything agreed has come.
SELECT COUNT(CASE WHEN n.waiting_lines > 0 OR n.finished_lines < n.yes_lines THEN 1 END),
    COUNT(CASE WHEN n.waiting_lines = 0 AND n.yes_lines > 0 AND n.finished_lines = n.yes_lines
        THEN 1 END)
FROM (SELECT l.order_id,
        COUNT(CASE WHEN l.answer = 'waiting' THEN 1 END) AS waiting_lines,
        COUNT(CASE WHEN l.answer = 'yes' THEN 1 END) AS yes_lines,
        COUNT(CASE WHEN l.answer = 'yes' AND l.finished_at IS NOT NULL THEN 1 END)
            AS finished_lines
    FROM order_line l
    JOIN market_order o ON o.order_id = l.order_id
    WHERE o.cancelled_at IS NULL
    GROUP BY l.order_id) n;

-- name: today_sales :one
-- out: sales, price_paise
-- What the outlets took between two moments.
SELECT COUNT(*), CAST(COALESCE(SUM(s.price_paise), 0) AS BIGINT)
FROM sale s
JOIN site t ON t.site_id = s.site_id
JOIN place p ON p.place_id = t.place_id
WHERE s.sold_at >= :from_at AND s.sold_at < :until_at
    AND p.number_first BETWEEN :number_first AND :number_last;

-- name: today_shares :many
-- out: role text, class_code text, amount_paise
-- What each class and each deduction got of sales shared between two moments, net of returns.
SELECT l.role, l.class_code, CAST(SUM(l.amount_paise) AS BIGINT)
FROM share_out o
JOIN share_out_line l ON l.share_out_id = o.share_out_id
JOIN sale s ON o.sale_ref = 'sale:' || CAST(s.sale_id AS TEXT)
JOIN site t ON t.site_id = s.site_id
JOIN place p ON p.place_id = t.place_id
WHERE o.recorded_at >= :from_at AND o.recorded_at < :until_at
    AND p.number_first BETWEEN :number_first AND :number_last
GROUP BY l.role, l.class_code
ORDER BY l.role, l.class_code;

-- name: today_district_offers :many
-- out: place_id, offers
-- Offers made between two moments, by district.
SELECT p.district_place_id, COUNT(*)
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.offered_at >= :from_at AND o.offered_at < :until_at
    AND p.district_place_id IS NOT NULL
    AND p.number_first BETWEEN :number_first AND :number_last
GROUP BY p.district_place_id
ORDER BY p.district_place_id;

-- name: today_recent :many
-- out: kind text, event_id, at, place_id, product_id?, quantity_milli?, unit text?, amount_paise?, count?
-- What happened last, of every kind, newest first. Each branch reads its newest few by an index.
SELECT r.kind, r.event_id, r.at, r.place_id, r.product_id, r.quantity_milli, r.unit,
    r.amount_paise, r.things
FROM (
    SELECT * FROM (SELECT 'demand_posted' AS kind, d.demand_id AS event_id, d.posted_at AS at,
            d.place_id AS place_id, d.product_id AS product_id,
            d.quantity_milli AS quantity_milli, d.unit AS unit,
            CAST(NULL AS BIGINT) AS amount_paise, CAST(NULL AS BIGINT) AS things
        FROM demand d JOIN place p ON p.place_id = d.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY d.posted_at DESC, d.demand_id DESC LIMIT :row_limit) a
    UNION ALL
    SELECT * FROM (SELECT 'offer_opened', o.offer_id, o.offered_at, o.place_id, o.product_id,
            o.quantity_milli, o.unit, o.price_paise, CAST(NULL AS BIGINT)
        FROM offer o JOIN place p ON p.place_id = o.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY o.offered_at DESC, o.offer_id DESC LIMIT :row_limit) b
    UNION ALL
    SELECT * FROM (SELECT 'order_made', o.order_id, o.placed_at, o.place_id, o.product_id,
            o.wanted_milli, o.unit, CAST(NULL AS BIGINT),
            (SELECT COUNT(*) FROM order_line l WHERE l.order_id = o.order_id)
        FROM market_order o JOIN place p ON p.place_id = o.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY o.placed_at DESC, o.order_id DESC LIMIT :row_limit) c
    UNION ALL
    SELECT * FROM (SELECT 'lot_' || CASE l.kind WHEN 'batch' THEN 'batched' ELSE l.kind END,
            l.lot_id, l.made_at, t.place_id, l.product_id, l.weight_milli, l.unit,
            CAST(NULL AS BIGINT), l.packs
        FROM lot l JOIN site t ON t.site_id = l.made_site_id
        JOIN place p ON p.place_id = t.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY l.made_at DESC, l.lot_id DESC LIMIT :row_limit) e
    UNION ALL
    SELECT * FROM (SELECT 'consignment_sent', c.consignment_id, c.sent_at, t.place_id,
            CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS BIGINT),
            (SELECT COUNT(*) FROM consignment_lot n WHERE n.consignment_id = c.consignment_id)
        FROM consignment c JOIN site t ON t.site_id = c.from_site_id
        JOIN place p ON p.place_id = t.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY c.sent_at DESC, c.consignment_id DESC LIMIT :row_limit) f
    UNION ALL
    SELECT * FROM (SELECT 'sale_made', s.sale_id, s.sold_at, t.place_id, l.product_id,
            s.quantity_milli, l.unit, s.price_paise, CAST(NULL AS BIGINT)
        FROM sale s JOIN lot l ON l.lot_id = s.lot_id
        JOIN site t ON t.site_id = s.site_id
        JOIN place p ON p.place_id = t.place_id
        WHERE p.number_first BETWEEN :number_first AND :number_last
        ORDER BY s.sold_at DESC, s.sale_id DESC LIMIT :row_limit) g
) r
ORDER BY r.at DESC, r.event_id DESC
LIMIT :row_limit;
