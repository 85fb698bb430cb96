-- What producers have. The state is computed; the same CASE stands in every block.

-- name: offer_add :later
-- in: demand_id?, inbound_id?, said text, unit text, grade text?
-- Adds a confirmed offer unless its message has made one of this product before.
INSERT INTO offer (offer_id, person_id, product_id, place_id, demand_id, inbound_id, said,
    quantity_milli, unit, price_paise, grade, available_from_at, available_until_at, offered_at,
    changed_at)
VALUES (:offer_id, :person_id, :product_id, :place_id, :demand_id, :inbound_id, :said,
    :quantity_milli, :unit, :price_paise, :grade, :available_from_at, :available_until_at,
    :offered_at, :offered_at)
ON CONFLICT (inbound_id, product_id) WHERE inbound_id IS NOT NULL DO NOTHING;

-- name: offer_by_inbound :maybe
-- out: offer_id
-- The offer of a product that a message made.
SELECT offer_id FROM offer WHERE inbound_id = :inbound_id AND product_id = :product_id;

-- name: offer_reserve :maybe
-- out: person_id, product_id, unit text, price_paise
-- Promises a part, if that much is left and the offer still stands.
UPDATE offer SET reserved_milli = reserved_milli + :quantity_milli, changed_at = :now_at
WHERE offer_id = :offer_id AND withdrawn_at IS NULL AND available_until_at > :now_at
    AND quantity_milli - reserved_milli - ordered_milli >= :quantity_milli
RETURNING person_id, product_id, unit, price_paise;

-- name: offer_move :exec
-- Changes what is reserved and ordered, if neither goes below nothing.
UPDATE offer SET reserved_milli = reserved_milli + :reserved_change,
    ordered_milli = ordered_milli + :ordered_change, changed_at = :now_at
WHERE offer_id = :offer_id AND reserved_milli + :reserved_change >= 0
    AND ordered_milli + :ordered_change >= 0;

-- name: offer_withdraw :exec
-- Takes back what is not promised.
UPDATE offer SET withdrawn_at = :now_at, changed_at = :now_at
WHERE offer_id = :offer_id AND withdrawn_at IS NULL;

-- name: offer_change :exec
-- in: said text
-- She has another quantity of it, or asks another price; never less than what is promised.
UPDATE offer SET quantity_milli = :quantity_milli, price_paise = :price_paise, said = :said,
    changed_at = :now_at
WHERE offer_id = :offer_id AND withdrawn_at IS NULL AND available_until_at > :now_at
    AND reserved_milli + ordered_milli < :quantity_milli;

-- name: offer_get :maybe
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- One offer, if it lies in the viewer's places.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.offer_id = :offer_id AND p.number_first BETWEEN :number_first AND :number_last;

-- name: offer_page :many
-- in: state text
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- A page of all products, newest first.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE (o.offered_at, o.offer_id) < (:before_at, :before_id)
    AND p.number_first BETWEEN :number_first AND :number_last
    AND (:state = '' OR :state = CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
            WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
            WHEN o.available_until_at <= :now_at THEN 'expired'
            ELSE 'open' END)
ORDER BY o.offered_at DESC, o.offer_id DESC
LIMIT :row_limit;

-- name: offer_page_of_product :many
-- in: state text
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- A page of one product, newest first.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.product_id = :product_id AND (o.offered_at, o.offer_id) < (:before_at, :before_id)
    AND p.number_first BETWEEN :number_first AND :number_last
    AND (:state = '' OR :state = CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
            WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
            WHEN o.available_until_at <= :now_at THEN 'expired'
            ELSE 'open' END)
ORDER BY o.offered_at DESC, o.offer_id DESC
LIMIT :row_limit;

-- name: offer_page_of_person :many
-- in: state text
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- A page of one producer, newest first.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.person_id = :person_id AND (o.offered_at, o.offer_id) < (:before_at, :before_id)
    AND (:product_id = 0 OR o.product_id = :product_id) AND p.number_first BETWEEN :number_first AND :number_last
    AND (:state = '' OR :state = CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
            WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
            WHEN o.available_until_at <= :now_at THEN 'expired'
            ELSE 'open' END)
ORDER BY o.offered_at DESC, o.offer_id DESC
LIMIT :row_limit;

-- name: offer_fitting :many
-- in: max_price_paise?
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- Open offers for a demand, cheapest first; demands are in the product's own unit.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.product_id = :product_id AND p.number_first BETWEEN :number_first AND :number_last
    AND o.unit = (SELECT unit_default FROM product WHERE product_id = :product_id)
    AND o.withdrawn_at IS NULL AND o.available_until_at > :now_at
    AND o.available_from_at <= :deadline_at
    AND o.quantity_milli > o.reserved_milli + o.ordered_milli
    AND (:max_price_paise IS NULL OR o.price_paise <= :max_price_paise)
ORDER BY o.price_paise, o.offer_id
LIMIT :row_limit;

-- name: offer_ended :many
-- out: offer_id, person_id, product_id, place_id, demand_id?, inbound_id?, said text, quantity_milli, reserved_milli, ordered_milli, unit text, price_paise, grade text?, available_from_at, available_until_at, offered_at, state text
-- Offers that ended with something left in an interval, oldest first.
SELECT
    o.offer_id, o.person_id, o.product_id, o.place_id, o.demand_id, o.inbound_id, o.said,
    o.quantity_milli, o.reserved_milli, o.ordered_milli, o.unit, o.price_paise, o.grade,
    o.available_from_at, o.available_until_at, o.offered_at,
    CASE WHEN o.ordered_milli = o.quantity_milli THEN 'ordered'
        WHEN o.withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN o.reserved_milli + o.ordered_milli = o.quantity_milli THEN 'reserved'
        WHEN o.available_until_at <= :now_at THEN 'expired'
        ELSE 'open' END
FROM offer o JOIN place p ON p.place_id = o.place_id
WHERE o.available_until_at > :after_at AND o.available_until_at <= :now_at AND p.number_first BETWEEN :number_first AND :number_last
    AND o.withdrawn_at IS NULL AND o.quantity_milli > o.reserved_milli + o.ordered_milli
ORDER BY o.available_until_at, o.offer_id
LIMIT :row_limit;
