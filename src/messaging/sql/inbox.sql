-- name: inbound_add :batch
-- by: inbound_id
-- in: provider_message_id text, kind text, text text, button_id text, raw text, intent text
-- Keeps received messages, each once.
INSERT INTO inbound (inbound_id, channel, provider_message_id, address_id, person_id, kind, text,
                     button_id, raw, state, tries, intent, sent_at, received_at)
VALUES (:inbound_id, :channel, :provider_message_id, :address_id, :person_id, :kind, :text,
        :button_id, :raw, 'new', 0, :intent, :sent_at, :received_at)
ON CONFLICT (channel, provider_message_id) DO NOTHING;

-- name: inbound_between :each
-- out: inbound_id
-- Those that are there, of a range of ids, in order.
SELECT inbound_id FROM inbound
WHERE inbound_id BETWEEN :first_inbound_id AND :last_inbound_id ORDER BY inbound_id;

-- name: unreadable_add :exec
-- in: body blob
-- Keeps what was signed but could not be read.
INSERT INTO unreadable_webhook (unreadable_id, channel, body, received_at)
VALUES (:unreadable_id, :channel, :body, :received_at);

-- name: inbound_waiting :many
-- out: inbound_id, address_id, person_id, kind text, text text, button_id text, intent text, tries
-- out: received_at
-- Messages that wait for an answer, oldest first.
SELECT inbound_id, address_id, person_id, kind, text, button_id, intent, tries, received_at
FROM inbound WHERE state = 'new' ORDER BY inbound_id LIMIT :row_limit;

-- name: inbound_waiting_between :each
-- out: inbound_id
-- Those of a range of ids that still wait for an answer.
SELECT inbound_id FROM inbound
WHERE inbound_id BETWEEN :first_inbound_id AND :last_inbound_id AND state = 'new';

-- name: inbound_answered :batch
-- by: inbound_id
-- in: intent text
-- The messages were worked on, in this transaction.
UPDATE inbound SET state = 'answered', intent = :intent WHERE inbound_id = :inbound_id;

-- name: inbound_failed :exec
-- One more failed try; the third sets it aside.
UPDATE inbound SET tries = tries + 1, state = CASE WHEN tries >= 2 THEN 'poison' ELSE 'new' END
WHERE inbound_id = :inbound_id;

-- name: inbound_from :many
-- out: inbound_id, kind text, text text, intent text, received_at
-- Messages from an address, newest first.
SELECT inbound_id, kind, text, intent, received_at FROM inbound
WHERE address_id = :address_id ORDER BY received_at DESC, inbound_id DESC LIMIT :row_limit;

-- name: inbound_count_since :one
-- out: messages
-- Messages received since then.
SELECT COUNT(*) FROM inbound WHERE received_at >= :since_at;

-- name: inbound_unanswered :one
-- out: messages
-- Messages that wait for an answer.
SELECT COUNT(*) FROM inbound WHERE state = 'new';

-- name: inbound_ids :each
-- out: provider_message_id text
-- What came in, by the provider's ids.
SELECT provider_message_id FROM inbound;

-- name: conversation_touch :batch
-- by: address_id
-- in: last_text text
-- She wrote: her window opens; a new conversation starts at the beginning.
INSERT INTO conversation (address_id, person_id, place_id, state, queue, last_text, last_inbound_at,
                          changed_at)
VALUES (:address_id, :person_id, :place_id, '{}', 'machine', :last_text, :sent_at, :changed_at)
ON CONFLICT (address_id) DO UPDATE SET
    person_id = excluded.person_id,
    place_id = CASE WHEN excluded.place_id = 0 THEN conversation.place_id
        ELSE excluded.place_id END, last_text = excluded.last_text,
    last_inbound_at = CASE WHEN excluded.last_inbound_at > conversation.last_inbound_at
                           THEN excluded.last_inbound_at ELSE conversation.last_inbound_at END,
    changed_at = excluded.changed_at;

-- name: conversation_put :later
-- by: address_id
-- in: state text, queue text, last_text text, wakes_at?
-- Where a conversation stands now.
INSERT INTO conversation (address_id, person_id, place_id, state, queue, last_text, last_inbound_at,
                          changed_at, wakes_at)
VALUES (:address_id, :person_id, :place_id, :state, :queue, :last_text, :last_inbound_at,
        :changed_at, :wakes_at)
ON CONFLICT (address_id) DO UPDATE SET
    person_id = excluded.person_id, place_id = excluded.place_id, state = excluded.state,
    queue = excluded.queue, last_text = excluded.last_text, changed_at = excluded.changed_at,
    wakes_at = excluded.wakes_at;

-- name: conversation_wakes :many
-- out: address_id, person_id, place_id, state text, queue text, last_text text, last_inbound_at
-- out: changed_at, wakes_at?
-- Conversations that are to be looked at now.
SELECT address_id, person_id, place_id, state, queue, last_text, last_inbound_at, changed_at,
       wakes_at
FROM conversation WHERE wakes_at IS NOT NULL AND wakes_at <= :now_at
ORDER BY wakes_at LIMIT :row_limit;

-- name: conversation_find :maybe
-- by: address_id
-- out: address_id, person_id, place_id, state text, queue text, last_text text, last_inbound_at
-- out: changed_at, wakes_at?, is_spoken
-- One conversation, and whether its person wants to hear answers.
SELECT address_id, person_id, place_id, state, queue, last_text, last_inbound_at, changed_at,
       wakes_at, CASE WHEN EXISTS (SELECT 1 FROM spoken_wish w
                                   WHERE w.person_id = conversation.person_id) THEN 1 ELSE 0 END
FROM conversation WHERE address_id = :address_id;

-- name: conversation_list :many
-- in: queue text
-- out: address_id, person_id, place_id, state text, queue text, last_text text, last_inbound_at
-- out: changed_at, wakes_at?
-- Conversations of a range of place numbers, the latest first. Strangers have no place.
SELECT c.address_id, c.person_id, c.place_id, c.state, c.queue, c.last_text, c.last_inbound_at,
       c.changed_at, c.wakes_at
FROM conversation c LEFT JOIN place p ON p.place_id = c.place_id
WHERE (:queue = '' OR c.queue = :queue) AND (:before_at = 0 OR c.changed_at < :before_at)
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (c.place_id = 0 AND :with_strangers = 1))
ORDER BY c.changed_at DESC, c.address_id LIMIT :row_limit;

-- name: inbound_before :many
-- out: inbound_id, kind text, text text, intent text, received_at
-- Messages from an address before a message, newest first.
SELECT inbound_id, kind, text, intent, received_at FROM inbound
WHERE address_id = :address_id
  AND (received_at < :before_at OR (received_at = :before_at AND inbound_id < :before_id))
ORDER BY received_at DESC, inbound_id DESC LIMIT :row_limit;
