-- name: consent_add :batch
-- in: state text, text_version text, evidence text
-- Records a consent given or withdrawn.
INSERT INTO consent (consent_id, person_id, purposes, channel, state, text_version, evidence, at)
VALUES (:consent_id, :person_id, :purposes, :channel, :state, :text_version, :evidence, :now_at);

-- name: consents_of_person :many
-- out: purposes, channel, state text, text_version text, evidence text, given_at
-- A person's consents, oldest first.
SELECT purposes, channel, state, text_version, evidence, at
FROM consent WHERE person_id = :person_id ORDER BY at, consent_id;

-- name: suppression_add :batch
-- Records what is suppressed for an ordinal from this epoch on.
INSERT INTO suppression_change (epoch, ordinal, purposes, at)
VALUES (:epoch, :ordinal, :purposes, :now_at);

-- name: suppression_since :each
-- out: epoch, ordinal, purposes
-- Changes of suppression after an epoch, in order.
SELECT epoch, ordinal, purposes FROM suppression_change WHERE epoch > :epoch ORDER BY epoch;
