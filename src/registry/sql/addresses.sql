-- name: address_ensure :one
-- in: external_id text
-- out: address_id, suppressed
-- The address on a channel, made if it is new.
INSERT INTO address (address_id, channel, external_id, suppressed, created_at)
VALUES (:new_address_id, :channel, :external_id, 0, :created_at)
ON CONFLICT (channel, external_id) DO UPDATE SET external_id = excluded.external_id
RETURNING address_id, suppressed;

-- name: address_add :batch
-- in: external_id text
-- Adds addresses that are known to be new.
INSERT INTO address (address_id, channel, external_id, suppressed, created_at)
VALUES (:address_id, :channel, :external_id, 0, :created_at);

-- name: address_by_external :maybe
-- in: external_id text
-- out: address_id, channel, external_id text, suppressed
-- The address on a channel.
SELECT address_id, channel, external_id, suppressed FROM address
WHERE channel = :channel AND external_id = :external_id;

-- name: address_find :maybe
-- out: address_id, channel, external_id text, suppressed
-- One address.
SELECT address_id, channel, external_id, suppressed FROM address WHERE address_id = :address_id;

-- name: address_people :one
-- out: people
-- How many people use an address.
SELECT COUNT(*) FROM person_address WHERE address_id = :address_id;

-- name: address_in_range :one
-- out: people
-- How many people use an address whose villages lie in the range.
SELECT COUNT(*)
FROM person_address a
JOIN person p ON p.person_id = a.person_id
JOIN place v ON v.place_id = p.place_id
WHERE a.address_id = :address_id AND v.number_first BETWEEN :first AND :last;

-- name: address_set_suppressed :exec
-- What the address as such said stop to.
UPDATE address SET suppressed = :suppressed WHERE address_id = :address_id;

-- name: address_move :exec
-- in: external_id text
-- The provider knows it by another id now.
UPDATE address SET external_id = :external_id WHERE address_id = :address_id;

-- name: person_address_add :batch
-- She uses this address.
INSERT INTO person_address (ordinal, channel, address_id, person_id)
VALUES (:ordinal, :channel, :address_id, :person_id)
ON CONFLICT (ordinal, channel, address_id) DO NOTHING;

-- name: person_addresses :many
-- out: address_id, channel, external_id text, people
-- The addresses of the person with this ordinal, and how many share each.
SELECT a.address_id, a.channel, a.external_id,
       (SELECT COUNT(*) FROM person_address o WHERE o.address_id = a.address_id)
FROM person_address pa JOIN address a ON a.address_id = pa.address_id
WHERE pa.ordinal = :ordinal
ORDER BY a.channel, a.address_id;

-- name: addresses_between :each
-- out: ordinal, person_id, address_id, external_id text, language text
-- Addresses on one channel of the people within a range of ordinals, for the sender.
SELECT pa.ordinal, pa.person_id, pa.address_id, a.external_id, p.language
FROM person_address pa
JOIN address a ON a.address_id = pa.address_id
JOIN person p ON p.person_id = pa.person_id
WHERE pa.ordinal BETWEEN :ordinal_first AND :ordinal_last AND pa.channel = :channel
ORDER BY pa.ordinal, pa.address_id;
