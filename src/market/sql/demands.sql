-- What buyers want.

-- name: demand_add :exec
-- in: device_id text, max_price_paise?, unit text, note text
-- Posts a demand unless the device's id has made one before.
INSERT INTO demand (demand_id, device_id, buyer_organisation_id, product_id, quantity_milli, unit,
    max_price_paise, deadline_at, place_id, note, state, posted_by_account_id, posted_at, changed_at)
VALUES (:demand_id, :device_id, :buyer_organisation_id, :product_id, :quantity_milli, :unit,
    :max_price_paise, :deadline_at, :place_id, :note, 'open', :posted_by_account_id, :posted_at,
    :posted_at)
ON CONFLICT (device_id) DO NOTHING;

-- name: demand_by_device :maybe
-- in: device_id text
-- out: demand_id
-- The demand that this device's id made.
SELECT demand_id FROM demand WHERE device_id = :device_id;

-- name: demand_get :maybe
-- out: demand_id, buyer_organisation_id, product_id, quantity_milli, unit text, max_price_paise?, deadline_at, place_id, note text, state text, posted_by_account_id, posted_at, order_id?
-- One demand; a buyer's own only, if an organisation is given.
SELECT d.demand_id, d.buyer_organisation_id, d.product_id, d.quantity_milli, d.unit,
    d.max_price_paise, d.deadline_at, d.place_id, d.note, d.state, d.posted_by_account_id,
    d.posted_at,
    (SELECT o.order_id FROM market_order o
     WHERE o.demand_id = d.demand_id AND o.cancelled_at IS NULL
     ORDER BY o.placed_at DESC, o.order_id DESC LIMIT 1)
FROM demand d
WHERE d.demand_id = :demand_id
    AND (:organisation_id = 0 OR d.buyer_organisation_id = :organisation_id);

-- name: demand_page :many
-- in: state text
-- out: demand_id
-- Ids of a page, newest first. A demand that is open after its deadline is 'expired'.
SELECT d.demand_id
FROM demand d
WHERE (d.posted_at, d.demand_id) < (:before_at, :before_id)
    AND (:organisation_id = 0 OR d.buyer_organisation_id = :organisation_id)
    AND (:product_id = 0 OR d.product_id = :product_id)
    AND (:state = '' OR :state = CASE
        WHEN d.state = 'open' AND d.deadline_at <= :now_at THEN 'expired' ELSE d.state END)
ORDER BY d.posted_at DESC, d.demand_id DESC
LIMIT :row_limit;

-- name: demand_newest :maybe
-- out: demand_id
-- The newest open demand for a product.
SELECT d.demand_id FROM demand d
WHERE d.product_id = :product_id AND d.state = 'open' AND d.deadline_at > :now_at
ORDER BY d.posted_at DESC, d.demand_id DESC LIMIT 1;

-- name: demand_set_state :exec
-- in: from_state text, to_state text
-- Changes the state if it is still the former one.
UPDATE demand SET state = :to_state, changed_at = :now_at
WHERE demand_id = :demand_id AND state = :from_state;

-- name: demand_matched :one
-- in: max_price_paise?
-- out: quantity_milli, offers
-- What open offers of a product that fit hold together.
SELECT CAST(COALESCE(SUM(quantity_milli - reserved_milli - ordered_milli), 0) AS BIGINT),
    COUNT(*)
FROM offer
WHERE product_id = :product_id AND withdrawn_at IS NULL
    AND available_until_at > :now_at AND available_from_at <= :deadline_at
    AND quantity_milli > reserved_milli + ordered_milli
    AND (:max_price_paise IS NULL OR price_paise <= :max_price_paise);
