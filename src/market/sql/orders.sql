-- Orders and their lines. What follows from the lines is summed up by order_sums.

-- name: order_add :exec
-- in: reference text, device_id text, unit text
-- Places an order unless its device id or its reference is taken.
INSERT INTO market_order (order_id, reference, device_id, demand_id, buyer_organisation_id,
    product_id, place_id, unit, wanted_milli, answer_by_at, placed_by_account_id, placed_at)
VALUES (:order_id, :reference, :device_id, :demand_id, :buyer_organisation_id, :product_id,
    :place_id, :unit, :wanted_milli, :answer_by_at, :placed_by_account_id, :placed_at)
ON CONFLICT DO NOTHING;

-- name: order_by_device :maybe
-- in: device_id text
-- out: order_id, demand_id
-- The order that this device's id made.
SELECT order_id, demand_id FROM market_order WHERE device_id = :device_id;

-- name: order_by_reference :maybe
-- in: reference text
-- out: order_id
-- The order that people call so.
SELECT order_id FROM market_order WHERE reference = :reference;

-- name: order_get :maybe
-- out: order_id, reference text, demand_id, buyer_organisation_id, product_id, place_id, unit text, wanted_milli, answer_by_at, placed_at, cancelled_at?
-- One order; a buyer's own only, if an organisation is given.
SELECT o.order_id, o.reference, o.demand_id, o.buyer_organisation_id, o.product_id, o.place_id,
    o.unit, o.wanted_milli, o.answer_by_at, o.placed_at, o.cancelled_at
FROM market_order o
WHERE o.order_id = :order_id
    AND (:organisation_id = 0 OR o.buyer_organisation_id = :organisation_id);

-- name: order_page :many
-- out: order_id, reference text, demand_id, buyer_organisation_id, product_id, place_id, unit text, wanted_milli, answer_by_at, placed_at, cancelled_at?
-- A page of orders, newest first.
SELECT o.order_id, o.reference, o.demand_id, o.buyer_organisation_id, o.product_id, o.place_id,
    o.unit, o.wanted_milli, o.answer_by_at, o.placed_at, o.cancelled_at
FROM market_order o
WHERE (o.placed_at, o.order_id) < (:before_at, :before_id)
    AND (:organisation_id = 0 OR o.buyer_organisation_id = :organisation_id)
ORDER BY o.placed_at DESC, o.order_id DESC
LIMIT :row_limit;

-- name: order_sums :one
-- out: lines, yes_lines, no_lines, waiting_lines, weighed_lines, finished_lines, quantity_milli, amount_paise, transport_paise, weighed_milli
-- What follows from an order's lines; sums are over lines that are not refused.
SELECT COUNT(*),
    COUNT(CASE WHEN answer = 'yes' THEN 1 END),
    COUNT(CASE WHEN answer IN ('no', 'expired') THEN 1 END),
    COUNT(CASE WHEN answer = 'waiting' THEN 1 END),
    COUNT(CASE WHEN weighed_milli > 0 THEN 1 END),
    COUNT(CASE WHEN answer = 'yes' AND finished_at IS NOT NULL THEN 1 END),
    CAST(COALESCE(SUM(CASE WHEN answer IN ('yes', 'waiting') THEN quantity_milli END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN answer IN ('yes', 'waiting') THEN amount_paise END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN answer IN ('yes', 'waiting') THEN transport_paise END), 0) AS BIGINT),
    CAST(COALESCE(SUM(weighed_milli), 0) AS BIGINT)
FROM order_line
WHERE order_id = :order_id;

-- name: order_cancel :exec
-- Marks an order cancelled, once.
UPDATE market_order SET cancelled_at = :now_at WHERE order_id = :order_id AND cancelled_at IS NULL;
