-- name: first_person_on :maybe
-- out: person_id, place_id
-- The first of those who use a contact on these channels.
SELECT p.person_id, p.place_id
FROM person_contact a JOIN person p ON p.ordinal = a.ordinal
WHERE a.contact_id = :contact_id AND (a.channels & :channels) <> 0
ORDER BY a.ordinal LIMIT 1;

-- name: first_people_on :each
-- only: postgres
-- in: contact_ids text
-- out: contact_id, person_id, place_id
-- The same for many contacts, given as the text of an array.
SELECT DISTINCT ON (a.contact_id) a.contact_id, p.person_id, p.place_id
FROM person_contact a JOIN person p ON p.ordinal = a.ordinal
WHERE a.contact_id = ANY (CAST(:contact_ids AS BIGINT[])) AND (a.channels & :channels) <> 0
ORDER BY a.contact_id, a.ordinal;
