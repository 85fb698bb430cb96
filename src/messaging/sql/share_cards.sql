-- name: relay_add :exec
-- in: device_id text
-- Somebody passed a card on.
INSERT INTO card_relay (relay_id, device_id, broadcast_id, by_account_id, group_count, relayed_at)
VALUES (:new_relay_id, :device_id, :broadcast_id, :by_account_id, :group_count, :relayed_at)
ON CONFLICT (device_id) DO NOTHING;

-- name: relay_sums :one
-- out: people, group_count
-- By how many people, to how many groups; of one account, or of all (0).
SELECT COUNT(DISTINCT by_account_id), CAST(COALESCE(SUM(group_count), 0) AS BIGINT)
FROM card_relay
WHERE broadcast_id = :broadcast_id AND (:by_account = 0 OR by_account_id = :by_account);

-- name: broadcasts_around :many
-- out: broadcast_id
-- Of places within a range of numbers, or around it.
SELECT b.broadcast_id
FROM broadcast b JOIN place p ON p.place_id = b.place_id
WHERE b.follows = 0 AND b.state <> 'planning' AND b.state <> 'cancelled' AND b.created_at >= :since_at
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (p.number_first <= :places_first AND p.number_last >= :places_last))
ORDER BY b.broadcast_id DESC LIMIT 50;
