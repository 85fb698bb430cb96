-- What a person must settle.

-- name: ticket_add :exec
-- in: topic text, text text, escalate_at?
-- Opens a ticket; a message opens one at most.
INSERT INTO ticket (inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, answer,
                    desk_place_id, escalate_at, last_at)
VALUES (:inbound_id, :topic, :address_id, :person_id, :place_id, :text, :opened_at, :due_at, '',
        :desk_place_id, :escalate_at, :opened_at)
ON CONFLICT (inbound_id) DO NOTHING;

-- name: ticket_by_inbound :maybe
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- The ticket that a message opened.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer,
       desk_place_id, assigned_account_id, version, escalate_at, escalations, messages, last_at, told
FROM ticket WHERE inbound_id = :inbound_id;

-- name: ticket_open_on_address :many
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- Open tickets of one conversation, the oldest first.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer,
       desk_place_id, assigned_account_id, version, escalate_at, escalations, messages, last_at, told
FROM ticket WHERE address_id = :address_id AND closed_at IS NULL ORDER BY inbound_id;

-- name: ticket_closed_since :one
-- out: n
-- How many tickets of one conversation were settled since then.
SELECT COUNT(*) AS n FROM ticket WHERE address_id = :address_id AND closed_at >= :since_at;

-- name: ticket_find :maybe
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- One ticket in a range of place numbers. Strangers have no place.
SELECT t.inbound_id, t.topic, t.address_id, t.person_id, t.place_id, t.text, t.opened_at, t.due_at,
       t.closed_at, t.answer, t.desk_place_id, t.assigned_account_id, t.version, t.escalate_at,
       t.escalations, t.messages, t.last_at, t.told
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.inbound_id = :inbound_id
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1));

-- name: ticket_open :many
-- in: topic text, assigned_account_id?
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- Open tickets in a range of place numbers, those due first before others, after a ticket; perhaps
-- of one topic, one account (0: nobody's), one desk, or due before a moment only.
SELECT t.inbound_id, t.topic, t.address_id, t.person_id, t.place_id, t.text, t.opened_at, t.due_at,
       t.closed_at, t.answer, t.desk_place_id, t.assigned_account_id, t.version, t.escalate_at,
       t.escalations, t.messages, t.last_at, t.told
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.closed_at IS NULL
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1))
  AND (:topic = '' OR t.topic = :topic)
  AND (CAST(:assigned_account_id AS BIGINT) IS NULL OR t.assigned_account_id = :assigned_account_id)
  AND (:desk_place_id = 0 OR t.desk_place_id = :desk_place_id)
  AND (:due_before_at = 0 OR t.due_at <= :due_before_at)
  AND (t.due_at > :after_at OR (t.due_at = :after_at AND t.inbound_id > :after_inbound_id))
ORDER BY t.due_at, t.inbound_id LIMIT :row_limit;

-- name: ticket_closed_list :many
-- in: topic text
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- Settled tickets in a range of place numbers, the latest first, before a ticket.
SELECT t.inbound_id, t.topic, t.address_id, t.person_id, t.place_id, t.text, t.opened_at, t.due_at,
       t.closed_at, t.answer, t.desk_place_id, t.assigned_account_id, t.version, t.escalate_at,
       t.escalations, t.messages, t.last_at, t.told
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.closed_at IS NOT NULL
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1))
  AND (:topic = '' OR t.topic = :topic)
  AND (:before_at = 0 OR t.closed_at < :before_at
       OR (t.closed_at = :before_at AND t.inbound_id < :before_inbound_id))
ORDER BY t.closed_at DESC, t.inbound_id DESC LIMIT :row_limit;

-- name: ticket_counts :one
-- out: open, mine, nobody, late, escalated
-- How many are open in a range of place numbers.
SELECT COUNT(*),
       CAST(COALESCE(SUM(CASE WHEN t.assigned_account_id = :account_id THEN 1 ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN t.assigned_account_id = 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN t.due_at <= :now_at THEN 1 ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN t.escalations > 0 THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.closed_at IS NULL
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1));

-- name: ticket_topics :many
-- out: topic text, tickets
-- Topics of open tickets in a range of place numbers, the most frequent first.
SELECT t.topic, COUNT(*)
FROM ticket t LEFT JOIN place p ON p.place_id = t.place_id
WHERE t.closed_at IS NULL
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (t.place_id = 0 AND :with_strangers = 1))
GROUP BY t.topic ORDER BY COUNT(*) DESC, t.topic LIMIT 40;

-- name: ticket_of_person :many
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- Tickets of a person, the newest first.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer,
       desk_place_id, assigned_account_id, version, escalate_at, escalations, messages, last_at, told
FROM ticket WHERE person_id = :person_id ORDER BY opened_at DESC, inbound_id DESC LIMIT :row_limit;

-- name: ticket_overdue :many
-- out: inbound_id, topic text, address_id, person_id, place_id, text text, opened_at, due_at, closed_at?, answer text
-- out: desk_place_id, assigned_account_id, version, escalate_at?, escalations, messages, last_at, told
-- Open tickets that must go one level up by now.
SELECT inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, closed_at, answer,
       desk_place_id, assigned_account_id, version, escalate_at, escalations, messages, last_at, told
FROM ticket WHERE closed_at IS NULL AND escalate_at IS NOT NULL AND escalate_at <= :now_at
ORDER BY escalate_at LIMIT :row_limit;

-- name: ticket_save :exec
-- in: topic text, answer text, closed_at?, escalate_at?
-- How a ticket stands now; nothing if somebody changed it meanwhile.
UPDATE ticket SET topic = :topic, place_id = :place_id, desk_place_id = :desk_place_id,
    assigned_account_id = :assigned_account_id, due_at = :due_at, escalate_at = :escalate_at,
    escalations = :escalations, messages = :messages, last_at = :last_at, closed_at = :closed_at,
    closed_by_account_id = :closed_by_account_id, answer = :answer, told = :told,
    version = version + 1
WHERE inbound_id = :inbound_id AND version = :version AND closed_at IS NULL;

-- name: ticket_event_add :later
-- in: kind text, topic text, text text, device_id text?
-- What happened to a ticket.
INSERT INTO ticket_event (ticket_event_id, inbound_id, kind, account_id, to_account_id, place_id, topic,
                          text, device_id, at)
VALUES (:ticket_event_id, :inbound_id, :kind, :account_id, :to_account_id, :place_id, :topic, :text,
        :device_id, :happened_at);

-- name: ticket_events :many
-- out: ticket_event_id, inbound_id, kind text, account_id, to_account_id, place_id, topic text, text text, happened_at
-- All that happened to a ticket, in order.
SELECT ticket_event_id, inbound_id, kind, account_id, to_account_id, place_id, topic, text, at
FROM ticket_event WHERE inbound_id = :inbound_id ORDER BY at, ticket_event_id;

-- name: ticket_event_by_device :maybe
-- in: device_id text
-- out: inbound_id, account_id, kind text
-- What this request did before.
SELECT inbound_id, account_id, kind FROM ticket_event WHERE device_id = :device_id;

-- name: ticket_events_before :many
-- out: ticket_event_id, inbound_id, kind text, account_id, to_account_id, place_id, topic text, text text, happened_at
-- What happened to the tickets of an address before an event, newest first; without what stands
-- among the messages anyway.
SELECT e.ticket_event_id, e.inbound_id, e.kind, e.account_id, e.to_account_id, e.place_id, e.topic,
       e.text, e.at
FROM ticket t JOIN ticket_event e ON e.inbound_id = t.inbound_id
WHERE t.address_id = :address_id AND e.kind NOT IN ('joined', 'answered')
  AND (e.at < :before_at OR (e.at = :before_at AND e.ticket_event_id < :before_id))
ORDER BY e.at DESC, e.ticket_event_id DESC LIMIT :row_limit;

-- name: ticket_answers :many
-- in: topic text
-- out: answer text, times
-- How tickets of a topic in a range of place numbers were answered in a language, the most frequent
-- first, of the latest that were settled; what was written once only may be about one person.
SELECT r.answer, COUNT(*)
FROM (SELECT t.answer, t.person_id, t.place_id FROM ticket t
      WHERE t.topic = :topic AND t.closed_at IS NOT NULL AND t.answer <> ''
      ORDER BY t.closed_at DESC LIMIT 2000) r
JOIN person w ON w.person_id = r.person_id JOIN place p ON p.place_id = r.place_id
WHERE w.language = :language AND p.number_first BETWEEN :places_first AND :places_last
GROUP BY r.answer HAVING COUNT(*) > 1
ORDER BY COUNT(*) DESC, r.answer LIMIT :row_limit;

-- name: ticket_order_put :exec
-- The order that a ticket is about; one that she named gives way to none that was guessed.
INSERT INTO ticket_order (inbound_id, order_id, named, linked_at)
VALUES (:inbound_id, :order_id, :named, :linked_at)
ON CONFLICT (inbound_id) DO UPDATE SET order_id = excluded.order_id, named = excluded.named,
    linked_at = excluded.linked_at
WHERE excluded.named = 1 AND ticket_order.order_id <> excluded.order_id;

-- name: ticket_order_find :maybe
-- out: order_id
-- The order that a ticket is about.
SELECT order_id FROM ticket_order WHERE inbound_id = :inbound_id;
