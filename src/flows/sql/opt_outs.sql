-- Who said stop.

-- name: people_who_stopped :many
-- out: ordinal
-- Ordinals of people who said stop since then, ascending.
SELECT DISTINCT ordinal FROM consent WHERE is_given = 0 AND at >= :since_at ORDER BY ordinal;

-- name: opt_out_list :many
-- out: ordinal, number, person_id, given_at, purposes, channel, text_version text, evidence text, name text, place_id
-- out: suppressed, kind text?
-- Stops of people in a range of place numbers, newest first, before a stop (number 0: from the newest).
-- Channel 0 asks for all.
SELECT c.ordinal, c.number, p.person_id, c.at, c.purposes, c.channel, c.text_version, c.evidence, p.name, p.place_id,
       p.suppressed, i.kind
FROM consent c JOIN person p ON p.ordinal = c.ordinal JOIN place l ON l.place_id = p.place_id
LEFT JOIN inbound i ON i.inbound_id =
    CAST(CASE WHEN c.evidence LIKE 'inbound:%' THEN substr(c.evidence, 9) ELSE '0' END AS BIGINT)
WHERE c.is_given = 0
  AND (:before_number = 0 OR (c.at, c.ordinal, c.number) <
      ((SELECT b.at FROM consent b WHERE b.ordinal = :before_ordinal AND b.number = :before_number),
       :before_ordinal, :before_number))
  AND l.number_first BETWEEN :places_first AND :places_last
  AND (:channel = 0 OR c.channel = :channel)
ORDER BY c.at DESC, c.ordinal DESC, c.number DESC LIMIT :row_limit;

-- name: opt_out_facts :each
-- out: given_at, channel, text_version text, evidence text, kind text?
-- Stops since then in a range of place numbers, for counting.
SELECT c.at, c.channel, c.text_version, c.evidence, i.kind
FROM consent c JOIN person p ON p.ordinal = c.ordinal JOIN place l ON l.place_id = p.place_id
LEFT JOIN inbound i ON i.inbound_id =
    CAST(CASE WHEN c.evidence LIKE 'inbound:%' THEN substr(c.evidence, 9) ELSE '0' END AS BIGINT)
WHERE c.is_given = 0 AND c.at >= :since_at AND l.number_first BETWEEN :places_first AND :places_last;

-- name: opt_out_request_add :exec
-- in: device_id text, evidence text
-- An officer recorded a stop; nothing if the device did already.
INSERT INTO opt_out_request (device_id, person_id, by_account_id, requested_at, evidence)
VALUES (:device_id, :person_id, :by_account_id, :requested_at, :evidence)
ON CONFLICT (device_id) DO NOTHING;
