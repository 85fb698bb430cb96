-- name: contact_by_external :maybe
-- in: external_id text
-- out: contact_id, channels, suppressed
-- The phone (or chat, or user id) of that text.
SELECT contact_id, channels, suppressed FROM contact WHERE external_id = :external_id;

-- name: contacts_named :each
-- only: postgres
-- in: external_ids text
-- out: external_id text, contact_id, channels, suppressed
-- Those of many phones, given as the text of an array, that are known.
SELECT external_id, contact_id, channels, suppressed FROM contact
WHERE external_id = ANY (CAST(:external_ids AS TEXT[]));

-- name: contact_index_drop :exec
-- only: sqlite
-- While an empty register is loaded, phones are looked up in memory.
DROP INDEX IF EXISTS contact_by_external;

-- name: contact_index_build :exec
-- only: sqlite
-- Sorted once at the end instead of one page for each phone. 1.5 µs a phone.
CREATE UNIQUE INDEX IF NOT EXISTS contact_by_external ON contact (external_id);

-- name: contact_find :maybe
-- out: external_id text, channels, suppressed
-- One contact.
SELECT external_id, channels, suppressed FROM contact WHERE contact_id = :contact_id;

-- name: contact_add :batch
-- in: external_id text
-- Adds contacts that are known to be new.
INSERT INTO contact (contact_id, external_id, channels, suppressed)
VALUES (:contact_id, :external_id, :channels, :suppressed);

-- name: contact_set_channels :exec
-- The channels on which it is an address.
UPDATE contact SET channels = :channels WHERE contact_id = :contact_id;

-- name: contact_set_suppressed :exec
-- What the contact said stop to, on each channel.
UPDATE contact SET suppressed = :suppressed WHERE contact_id = :contact_id;

-- name: contacts_all :each
-- out: contact_id, external_id text, channels, suppressed
-- Every contact, for a loader that keeps them in memory.
SELECT contact_id, external_id, channels, suppressed FROM contact;

-- name: contact_people :one
-- out: people
-- How many people use a contact on these channels.
SELECT COUNT(*) FROM person_contact
WHERE contact_id = :contact_id AND (channels & :channels) <> 0;

-- name: contact_in_range :one
-- out: people
-- The same for those whose villages lie in the range.
SELECT COUNT(*)
FROM person_contact a
JOIN person p ON p.ordinal = a.ordinal
JOIN place v ON v.place_id = p.place_id
WHERE a.contact_id = :contact_id AND (a.channels & :channels) <> 0
  AND v.number_first BETWEEN :first AND :last;

-- name: person_contact_add :batch
-- She uses this contact on these channels; she is new, or did not use it before.
INSERT INTO person_contact (ordinal, contact_id, channels)
VALUES (:ordinal, :contact_id, :channels);

-- name: contact_move :exec
-- in: external_id text
-- The provider knows it by another id now.
UPDATE contact SET external_id = :external_id WHERE contact_id = :contact_id;

-- name: person_contact_widen :exec
-- She uses a contact of hers on more channels.
UPDATE person_contact SET channels = channels | :channels
WHERE ordinal = :ordinal AND contact_id = :contact_id;

-- name: person_widen :exec
-- She is reachable on these channels too.
UPDATE person SET channels = channels | :channels WHERE ordinal = :ordinal;

-- name: person_contacts :many
-- out: contact_id, channels, external_id text
-- The contacts of the person with this ordinal.
SELECT pc.contact_id, pc.channels, c.external_id
FROM person_contact pc JOIN contact c ON c.contact_id = pc.contact_id
WHERE pc.ordinal = :ordinal ORDER BY pc.contact_id;

-- name: contacts_between :each
-- out: ordinal, person_id, contact_id, external_id text, language
-- Contacts on one channel of the people within a range of ordinals, for the sender.
SELECT pc.ordinal, p.person_id, pc.contact_id, c.external_id, p.language
FROM person_contact pc
JOIN person p ON p.ordinal = pc.ordinal
JOIN contact c ON c.contact_id = pc.contact_id
WHERE pc.ordinal BETWEEN :ordinal_first AND :ordinal_last AND (pc.channels & :channels) <> 0
ORDER BY pc.ordinal, pc.contact_id;

-- name: contacts_at :each
-- only: postgres
-- in: ordinals text
-- out: ordinal, person_id, contact_id, external_id text, language
-- The same of people far apart, given as the text of an array.
SELECT pc.ordinal, p.person_id, pc.contact_id, c.external_id, p.language
FROM person_contact pc
JOIN person p ON p.ordinal = pc.ordinal
JOIN contact c ON c.contact_id = pc.contact_id
WHERE pc.ordinal = ANY (CAST(:ordinals AS BIGINT[])) AND (pc.channels & :channels) <> 0
ORDER BY pc.ordinal, pc.contact_id;

-- name: contact_ids_between :each
-- out: ordinal, contact_id
-- The same without what a message needs: who shares a contact with whom. One table, 0.2 µs a row.
SELECT ordinal, contact_id FROM person_contact
WHERE ordinal BETWEEN :ordinal_first AND :ordinal_last AND (channels & :channels) <> 0
ORDER BY ordinal, contact_id;
