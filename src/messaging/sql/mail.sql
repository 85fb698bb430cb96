-- name: mail_add :exec
-- in: body text, template_text text
-- Queues one message; the delivery machine gives it a slot.
INSERT INTO mail (mail_id, address_id, ordinal, person_id, purpose, body, template, created_at,
                  expires_at)
VALUES (:mail_id, :address_id, :ordinal, :person_id, :purpose, :body, :template_text, :created_at,
        :expires_at);

-- name: mail_to :many
-- out: mail_id, person_id, slot?, body text, created_at
-- Mail to an address, newest first.
SELECT mail_id, person_id, slot, body, created_at FROM mail
WHERE address_id = :address_id ORDER BY created_at DESC, mail_id DESC LIMIT :row_limit;
