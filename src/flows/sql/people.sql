-- One producer as those see her who answer.

-- name: lots_of_producer :many
-- out: lot_id, lot_code text, product_id, unit text, weight_milli, grade text, price_paise, made_at
-- What somebody brought, newest first.
SELECT lot_id, lot_code, product_id, unit, weight_milli, COALESCE(grade, ''), price_paise, made_at
FROM lot WHERE producer_person_id = :person_id ORDER BY made_at DESC, lot_id DESC LIMIT :row_limit;
