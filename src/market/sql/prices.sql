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

-- name: deals_of_product :many
-- out: price_paise, answered_at
-- What producers of a range of places agreed to since then, newest first.
SELECT l.price_paise, l.answered_at
FROM offer f JOIN order_line l ON l.offer_id = f.offer_id JOIN place p ON p.place_id = f.place_id
WHERE f.product_id = :product_id AND f.offered_at >= :offered_since_at AND l.answer = 'yes'
    AND l.answered_at >= :since_at
    AND p.number_first BETWEEN :number_first AND :number_last
ORDER BY l.answered_at DESC LIMIT 200;
