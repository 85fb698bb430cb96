-- name: ticket_add :exec
-- in: topic text, text text
-- Opens a ticket; a message opens one at most.
INSERT INTO ticket (inbound_id, topic, address_id, person_id, place_id, text, opened_at,
                    due_at, answer)
VALUES (:inbound_id, :topic, :address_id, :person_id, :place_id, :text, :opened_at,
        :due_at, '')
ON CONFLICT (inbound_id) DO NOTHING;

-- name: ticket_by_inbound :one
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- The ticket that a message opened.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer
FROM ticket WHERE inbound_id = :inbound_id;

-- name: ticket_find :maybe
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- One ticket in a range of place numbers. Strangers have no place.
SELECT t.inbound_id, t.topic, t.address_id, t.person_id, t.place_id, t.text, t.opened_at, t.due_at,
       t.closed_at, t.answer
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.inbound_id = :inbound_id
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1));

-- name: ticket_open :many
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- Open tickets in a range of place numbers, those due first before others.
SELECT t.inbound_id, t.topic, t.address_id, t.person_id, t.place_id, t.text, t.opened_at, t.due_at,
       t.closed_at, t.answer
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.closed_at IS NULL
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1))
ORDER BY t.due_at, t.inbound_id LIMIT :row_limit;

-- name: ticket_of_person :many
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- Tickets of a person, the newest first.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer
FROM ticket WHERE person_id = :person_id ORDER BY opened_at DESC, inbound_id DESC LIMIT :row_limit;

-- name: ticket_close :exec
-- in: answer text
-- It was settled.
UPDATE ticket SET closed_at = :closed_at, closed_by_account_id = :account_id, answer = :answer
WHERE inbound_id = :inbound_id AND closed_at IS NULL;
