-- Who would rather listen, and what waits to be spoken.

-- name: spoken_wish_put :exec
-- She wants to hear answers from now on.
INSERT INTO spoken_wish (person_id, wished_at) VALUES (:person_id, :wished_at)
ON CONFLICT (person_id) DO NOTHING;

-- name: spoken_wish_drop :exec
-- Writing alone will do.
DELETE FROM spoken_wish WHERE person_id = :person_id;

-- name: spoken_wish_find :maybe
-- out: person_id
-- Whether she wants to hear answers.
SELECT person_id FROM spoken_wish WHERE person_id = :person_id;

-- name: spoken_add :later
-- in: language text, text text
-- A text that is to follow as a voice note.
INSERT INTO spoken_answer (spoken_id, address_id, person_id, ordinal, language, text, said_at, try_at)
VALUES (:spoken_id, :address_id, :person_id, :ordinal, :language, :text, :said_at, :said_at);

-- name: spoken_waiting :many
-- out: spoken_id, address_id, person_id, ordinal, language text, text text, tries, said_at
-- Those to be made now, in the order in which they were said.
SELECT spoken_id, address_id, person_id, ordinal, language, text, tries, said_at
FROM spoken_answer WHERE try_at <= :now_at ORDER BY try_at, spoken_id LIMIT :row_limit;

-- name: spoken_later :exec
-- The provider was silent; once more then.
UPDATE spoken_answer SET tries = tries + 1, try_at = :try_at WHERE spoken_id = :spoken_id;

-- name: spoken_drop :exec
-- Its voice note is queued, or there will be none.
DELETE FROM spoken_answer WHERE spoken_id = :spoken_id;
