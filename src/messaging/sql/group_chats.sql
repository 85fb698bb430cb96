-- Groups of a chat app in which haat itself writes.

-- name: group_chat_add :exec
-- in: device_id text?, number text, title text, state text, address_id?, place_id?, by_account_id?
-- Keeps a group unless the device's id has made one before, or its address is known.
INSERT INTO group_chat (group_chat_id, device_id, channel, number, address_id, place_id, title, state,
                        by_account_id, created_at, changed_at)
VALUES (:group_chat_id, :device_id, :channel, :number, :address_id, :place_id, :title, :state,
        :by_account_id, :created_at, :created_at)
ON CONFLICT DO NOTHING;

-- name: group_chat_by_device :maybe
-- in: device_id text
-- out: group_chat_id
-- The group that this device's id made.
SELECT group_chat_id FROM group_chat WHERE device_id = :device_id;

-- name: group_chat_list :many
-- out: group_chat_id, channel, number text, address_id?, place_id?, title text, state text, error_code, invite_link text?, said_at, created_at, members
-- Those of a range of places, newest first; those without a place if asked; one only if named.
SELECT g.group_chat_id, g.channel, g.number, g.address_id, g.place_id, g.title, g.state, g.error_code,
       g.invite_link, g.said_at, g.created_at,
       (SELECT COUNT(*) FROM group_chat_member m WHERE m.group_chat_id = g.group_chat_id)
FROM group_chat g LEFT JOIN place p ON p.place_id = g.place_id
WHERE (:group_chat_id = 0 OR g.group_chat_id = :group_chat_id)
  AND (p.number_first BETWEEN :places_first AND :places_last
       OR (g.place_id IS NULL AND :with_placeless = 1))
ORDER BY g.created_at DESC, g.group_chat_id DESC LIMIT 500;

-- name: group_chat_ask :exec
-- in: request_id text
-- What the provider called the wish.
UPDATE group_chat SET request_id = :request_id, changed_at = :now_at WHERE group_chat_id = :group_chat_id;

-- name: group_chat_refuse :exec
-- The provider does not make it.
UPDATE group_chat SET state = 'refused', error_code = :error_code, changed_at = :now_at
WHERE group_chat_id = :group_chat_id AND state = 'asked';

-- name: group_chat_put :exec
-- It belongs there.
UPDATE group_chat SET place_id = :place_id, changed_at = :now_at WHERE group_chat_id = :group_chat_id;

-- name: group_chat_open :exec
-- in: invite_link text?
-- It is there.
UPDATE group_chat SET state = 'open', address_id = :address_id, invite_link = :invite_link,
       changed_at = :now_at
WHERE group_chat_id = :group_chat_id AND state = 'asked';

-- name: group_chat_set_state :exec
-- in: state text
-- What became of it.
UPDATE group_chat SET state = :state, changed_at = :now_at WHERE group_chat_id = :group_chat_id;

-- name: group_chat_set_title :exec
-- in: title text
-- As it is called now.
UPDATE group_chat SET title = :title WHERE group_chat_id = :group_chat_id;

-- name: group_chat_said :exec
-- A member wrote.
UPDATE group_chat SET said_at = :now_at WHERE group_chat_id = :group_chat_id AND said_at < :now_at;

-- name: group_chat_wanted :many
-- in: request_id text, number text, title text
-- out: group_chat_id
-- The wish that a webhook answers: by its request, or by its name if the request never came to us.
SELECT group_chat_id FROM group_chat
WHERE state = 'asked' AND (request_id = :request_id
    OR (request_id IS NULL AND number = :number AND title = :title));

-- name: group_chat_at :maybe
-- out: group_chat_id, state text, said_at
-- The group of an address.
SELECT group_chat_id, state, said_at FROM group_chat WHERE address_id = :address_id;

-- name: group_chat_join :exec
-- Somebody is in it.
INSERT INTO group_chat_member (group_chat_id, address_id, joined_at)
VALUES (:group_chat_id, :address_id, :now_at) ON CONFLICT DO NOTHING;

-- name: group_chat_leave :exec
-- She is not any more.
DELETE FROM group_chat_member WHERE group_chat_id = :group_chat_id AND address_id = :address_id;

-- name: group_chat_stops :many
-- out: contact_stops, person_stops
-- What members said stop to: their phones as such on WhatsApp, and the people who use them.
SELECT c.suppressed % 16, CAST(COALESCE(p.suppressed, 0) AS BIGINT)
FROM group_chat_member m JOIN contact c ON c.contact_id = m.address_id / 8
LEFT JOIN person_contact pc ON pc.contact_id = c.contact_id
LEFT JOIN person p ON p.ordinal = pc.ordinal
WHERE m.group_chat_id = :group_chat_id;
