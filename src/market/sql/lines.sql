-- Lines of orders: one producer's part, and her answer.

-- name: line_add :batch
-- Writes the lines of a new order.
INSERT INTO order_line (order_line_id, order_id, offer_id, person_id, quantity_milli, price_paise,
    amount_paise, distance_metres, transport_paise, answer)
VALUES (:order_line_id, :order_id, :offer_id, :person_id, :quantity_milli, :price_paise,
    :amount_paise, :distance_metres, :transport_paise, 'waiting');

-- name: line_get :maybe
-- out: order_line_id, order_id, offer_id, person_id, quantity_milli, price_paise, amount_paise, distance_metres, transport_paise, answer text, answered_at?, weighed_milli, finished_at?
-- One line, if the viewer may see it.
SELECT l.order_line_id, l.order_id, l.offer_id, l.person_id, l.quantity_milli, l.price_paise,
    l.amount_paise, l.distance_metres, l.transport_paise, l.answer, l.answered_at, l.weighed_milli,
    l.finished_at
FROM order_line l
JOIN market_order o ON o.order_id = l.order_id
JOIN offer f ON f.offer_id = l.offer_id
JOIN place p ON p.place_id = f.place_id
WHERE l.order_line_id = :order_line_id AND (:organisation_id = 0 OR o.buyer_organisation_id = :organisation_id)
    AND p.number_first BETWEEN :number_first AND :number_last;

-- name: lines_of_order :many
-- out: order_line_id, order_id, offer_id, person_id, quantity_milli, price_paise, amount_paise, distance_metres, transport_paise, answer text, answered_at?, weighed_milli, finished_at?
-- The lines of an order that the viewer may see.
SELECT l.order_line_id, l.order_id, l.offer_id, l.person_id, l.quantity_milli, l.price_paise,
    l.amount_paise, l.distance_metres, l.transport_paise, l.answer, l.answered_at, l.weighed_milli,
    l.finished_at
FROM order_line l
JOIN market_order o ON o.order_id = l.order_id
JOIN offer f ON f.offer_id = l.offer_id
JOIN place p ON p.place_id = f.place_id
WHERE l.order_id = :order_id AND (:organisation_id = 0 OR o.buyer_organisation_id = :organisation_id)
    AND p.number_first BETWEEN :number_first AND :number_last
ORDER BY l.order_line_id;

-- name: lines_of_person :many
-- in: answer text
-- out: order_line_id, order_id, offer_id, person_id, quantity_milli, price_paise, amount_paise, distance_metres, transport_paise, answer text, answered_at?, weighed_milli, finished_at?
-- What one producer is asked or has promised in orders that stand, newest first.
SELECT l.order_line_id, l.order_id, l.offer_id, l.person_id, l.quantity_milli, l.price_paise,
    l.amount_paise, l.distance_metres, l.transport_paise, l.answer, l.answered_at, l.weighed_milli,
    l.finished_at
FROM order_line l
JOIN market_order o ON o.order_id = l.order_id
JOIN offer f ON f.offer_id = l.offer_id
JOIN place p ON p.place_id = f.place_id
WHERE l.person_id = :person_id AND p.number_first BETWEEN :number_first AND :number_last
    AND (:answer = '' OR (l.answer = :answer AND o.cancelled_at IS NULL))
ORDER BY o.placed_at DESC, l.order_line_id DESC
LIMIT :row_limit;

-- name: lines_overdue :many
-- out: order_line_id, order_id, offer_id, person_id, quantity_milli, price_paise, amount_paise, distance_metres, transport_paise, answer text, answered_at?, weighed_milli, finished_at?
-- Lines without an answer whose deadline has passed, oldest first.
SELECT l.order_line_id, l.order_id, l.offer_id, l.person_id, l.quantity_milli, l.price_paise,
    l.amount_paise, l.distance_metres, l.transport_paise, l.answer, l.answered_at, l.weighed_milli,
    l.finished_at
FROM order_line l
JOIN market_order o ON o.order_id = l.order_id
WHERE l.answer = 'waiting' AND o.answer_by_at <= :now_at
ORDER BY o.answer_by_at, l.order_line_id
LIMIT :row_limit;

-- name: line_answer :exec
-- in: answer text
-- Records the answer, if none was given before.
UPDATE order_line SET answer = :answer, answered_at = :now_at
WHERE order_line_id = :order_line_id AND answer = 'waiting';

-- name: line_accept_part :exec
-- Her yes to less than was asked, if no answer was given before.
UPDATE order_line SET answer = 'yes', answered_at = :now_at, quantity_milli = :quantity_milli,
    amount_paise = :amount_paise
WHERE order_line_id = :order_line_id AND answer = 'waiting' AND quantity_milli > :quantity_milli;

-- name: line_weigh :exec
-- in: finished_at?
-- Adds to what was weighed in of a line that stands.
UPDATE order_line SET weighed_milli = weighed_milli + :quantity_milli, finished_at = :finished_at
WHERE order_line_id = :order_line_id AND answer = 'yes' AND finished_at IS NULL;

-- name: line_deadline :one
-- out: answer_by_at, cancelled_at?
-- Until when the line's order waits, and whether it is cancelled.
SELECT o.answer_by_at, o.cancelled_at
FROM order_line l JOIN market_order o ON o.order_id = l.order_id
WHERE l.order_line_id = :order_line_id;

-- name: lines_finish :exec
-- Nothing more is expected of the agreed lines of a cancelled order.
UPDATE order_line SET finished_at = :now_at
WHERE order_id = :order_id AND answer = 'yes' AND finished_at IS NULL;
