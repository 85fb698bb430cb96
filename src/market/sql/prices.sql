-- What markets pay: official series, and what was agreed here.

-- name: mandi_price_add :exec
-- in: source text, unit text
-- A day's price, unless it is there.
INSERT INTO mandi_price (product_id, priced_at, source, price_paise, unit, recorded_at)
VALUES (:product_id, :priced_at, :source, :price_paise, :unit, :recorded_at)
ON CONFLICT (product_id, priced_at, source) DO NOTHING;

-- name: mandi_price_latest :maybe
-- out: priced_at, source text, price_paise, unit text
-- The newest price of a product.
SELECT priced_at, source, price_paise, unit FROM mandi_price
WHERE product_id = :product_id ORDER BY priced_at DESC, source LIMIT 1;

-- name: mandi_prices_newest :many
-- out: priced_at, source text, price_paise, unit text
-- The newest prices of a product, newest first.
SELECT priced_at, source, price_paise, unit FROM mandi_price
WHERE product_id = :product_id ORDER BY priced_at DESC, source LIMIT :row_limit;

-- name: deals_of_product :many
-- out: price_paise, quantity_milli, unit text, answered_at
-- What producers of a range of places agreed to since then, newest first: from the orders of the
-- product, for a product has many more offers than orders.
SELECT l.price_paise, l.quantity_milli, o.unit, l.answered_at
FROM market_order o JOIN order_line l ON l.order_id = o.order_id
    JOIN offer f ON f.offer_id = l.offer_id JOIN place p ON p.place_id = f.place_id
WHERE o.product_id = :product_id AND o.placed_at >= :placed_since_at AND l.answer = 'yes'
    AND l.answered_at >= :since_at
    AND p.number_first BETWEEN :number_first AND :number_last
ORDER BY l.answered_at DESC LIMIT 200;

-- name: asked_of_product :maybe
-- out: offers, low_paise, high_paise
-- What the newest open offers of a product ask, in its own unit. The sum keeps planners from the
-- index by end, which holds all open offers of every product.
SELECT COUNT(*), CAST(COALESCE(MIN(n.price_paise), 0) AS BIGINT),
    CAST(COALESCE(MAX(n.price_paise), 0) AS BIGINT)
FROM (SELECT o.price_paise FROM offer o
      WHERE o.product_id = :product_id AND o.withdrawn_at IS NULL
          AND o.unit = (SELECT unit_default FROM product WHERE product_id = :product_id)
          AND o.reserved_milli + o.ordered_milli < o.quantity_milli
          AND o.available_until_at + 0 > :now_at
      ORDER BY o.offered_at DESC, o.offer_id DESC LIMIT :row_limit) n;
