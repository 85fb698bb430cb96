-- name: not_understood_add :later
-- in: folded text, intent text
-- Notes a message that was not understood, or not surely.
INSERT INTO not_understood (inbound_id, folded, place_id, intent, sure_permille, received_at)
VALUES (:inbound_id, :folded, :place_id, :intent, :sure_permille, :received_at)
ON CONFLICT (inbound_id) DO NOTHING;

-- name: not_understood_groups :many
-- out: folded text, messages, people, last_inbound_id, last_at
-- What was not understood in a range of place numbers, the most frequent first; without what was
-- corrected. Strangers have no place.
SELECT n.folded, COUNT(*), COUNT(DISTINCT i.address_id), MAX(n.inbound_id), MAX(n.received_at)
FROM not_understood n JOIN inbound i ON i.inbound_id = n.inbound_id
LEFT JOIN place p ON p.place_id = n.place_id
WHERE n.received_at >= :since_at
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (n.place_id = 0 AND :with_strangers = 1))
  AND NOT EXISTS (SELECT 1 FROM message_correction c WHERE c.inbound_id = n.inbound_id)
GROUP BY n.folded ORDER BY COUNT(*) DESC, MAX(n.received_at) DESC, n.folded LIMIT :row_limit;

-- name: not_understood_texts :many
-- out: inbound_id, address_id, text text, intent text, sure_permille, received_at
-- The latest messages that were not understood.
SELECT n.inbound_id, i.address_id, i.text, n.intent, n.sure_permille, n.received_at
FROM not_understood n JOIN inbound i ON i.inbound_id = n.inbound_id
WHERE n.received_at >= :since_at
ORDER BY n.received_at DESC, n.inbound_id DESC LIMIT :row_limit;

-- name: message_for_correction :maybe
-- out: inbound_id, text text, received_at
-- A message in a range of place numbers, answered or not.
SELECT i.inbound_id, i.text, i.received_at
FROM inbound i JOIN conversation c ON c.address_id = i.address_id
LEFT JOIN place p ON p.place_id = c.place_id
WHERE i.inbound_id = :inbound_id
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (c.place_id = 0 AND :with_strangers = 1));

-- name: correction_last :one
-- out: correction_no
-- The last correction; 0 if there is none.
SELECT COALESCE(MAX(correction_no), 0) FROM message_correction;

-- name: correction_add :exec
-- in: understood text, corrected text
-- Keeps what an officer says a message meant.
INSERT INTO message_correction (correction_no, inbound_id, understood, corrected, account_id,
                                corrected_at)
VALUES (:correction_no, :inbound_id, :understood, :corrected, :account_id, :corrected_at);

-- name: correction_list :many
-- out: correction_no, inbound_id, text text, understood text, corrected text, account_id, corrected_at
-- Corrections with their messages, the newest first; of a message the last one counts.
SELECT c.correction_no, c.inbound_id, i.text, c.understood, c.corrected, c.account_id, c.corrected_at
FROM message_correction c JOIN inbound i ON i.inbound_id = c.inbound_id
WHERE c.correction_no = (SELECT MAX(o.correction_no) FROM message_correction o
                         WHERE o.inbound_id = c.inbound_id)
ORDER BY c.correction_no DESC LIMIT :row_limit;
