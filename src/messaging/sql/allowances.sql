-- name: allowance_set :exec
-- Makes an allowance, or moves one with its budget.
INSERT INTO broadcast_allowance (allowance_id, budget_centipaise, left_centipaise)
VALUES (:allowance_id, :budget_centipaise, :budget_centipaise)
ON CONFLICT (allowance_id) DO UPDATE SET
    left_centipaise = broadcast_allowance.left_centipaise + excluded.budget_centipaise
                      - broadcast_allowance.budget_centipaise,
    budget_centipaise = excluded.budget_centipaise;

-- name: allowance_find :maybe
-- out: left_centipaise, stalled_at?
-- What is left of it.
SELECT left_centipaise, stalled_at FROM broadcast_allowance WHERE allowance_id = :allowance_id;

-- name: allowance_take :exec
-- Takes the price of permits, in their transaction.
UPDATE broadcast_allowance SET left_centipaise = left_centipaise - :centipaise
WHERE allowance_id = :allowance_id;

-- name: allowance_stall :exec
-- in: stalled_at?
-- Since when it is too small for the next message.
UPDATE broadcast_allowance SET stalled_at = :stalled_at WHERE allowance_id = :allowance_id;

-- name: allowance_refill :exec
-- Puts back what was taken for messages that were definitely not sent.
UPDATE broadcast_allowance SET left_centipaise = :left_centipaise, stalled_at = NULL
WHERE allowance_id = :allowance_id;
