-- name: consent_add :batch
-- in: text_version text, evidence text
-- Records a consent given or withdrawn. `number` counts a person's consents from 1.
INSERT INTO consent (ordinal, number, purposes, channel, is_given, at, text_version, evidence)
VALUES (:ordinal, :number, :purposes, :channel, :is_given, :now_at, :text_version, :evidence);

-- name: consent_last :one
-- out: number
-- How many consents a person has.
SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) FROM consent WHERE ordinal = :ordinal;

-- name: consents_of_person :many
-- out: purposes, channel, is_given, text_version text, evidence text, given_at
-- A person's consents, oldest first.
SELECT purposes, channel, is_given, text_version, evidence, at
FROM consent WHERE ordinal = :ordinal ORDER BY number;

-- name: suppression_add :batch
-- Records what is suppressed for an ordinal from this epoch on.
INSERT INTO suppression_change (epoch, ordinal, purposes, at)
VALUES (:epoch, :ordinal, :purposes, :now_at);

-- name: suppression_since :each
-- out: epoch, ordinal, purposes
-- Changes of suppression after an epoch, in order.
SELECT epoch, ordinal, purposes FROM suppression_change WHERE epoch > :epoch ORDER BY epoch;
