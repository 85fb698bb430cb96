-- name: mail_add :later
-- by: mail_id
-- in: device_id text?, body text, template_text text
-- Queues one message; the delivery machine gives it a slot.
INSERT INTO mail (mail_id, device_id, by_account_id, address_id, ordinal, person_id, purpose, body, template, created_at,
                  expires_at)
VALUES (:mail_id, :device_id, :by_account_id, :address_id, :ordinal, :person_id, :purpose, :body, :template_text, :created_at,
        :expires_at);

-- name: mail_to :many
-- out: mail_id, by_account_id, person_id, slot?, body text, created_at
-- Mail to an address, newest first.
SELECT mail_id, by_account_id, person_id, slot, body, created_at FROM mail
WHERE address_id = :address_id ORDER BY created_at DESC, mail_id DESC LIMIT :row_limit;

-- name: mail_by_device :maybe
-- in: device_id text
-- out: mail_id, by_account_id, person_id, slot?, body text, created_at
-- The message that this request queued already.
SELECT mail_id, by_account_id, person_id, slot, body, created_at FROM mail
WHERE device_id = :device_id;

-- name: mail_before :many
-- out: mail_id, by_account_id, person_id, slot?, body text, created_at
-- Mail to an address before a message, newest first.
SELECT mail_id, by_account_id, person_id, slot, body, created_at FROM mail
WHERE address_id = :address_id
  AND (created_at < :before_at OR (created_at = :before_at AND mail_id < :before_id))
ORDER BY created_at DESC, mail_id DESC LIMIT :row_limit;

-- name: mail_of_officer :maybe
-- out: by_account_id, created_at
-- What an officer wrote to an address last, since then.
SELECT by_account_id, created_at FROM mail
WHERE address_id = :address_id AND created_at >= :since_at AND by_account_id <> 0
ORDER BY created_at DESC, mail_id DESC LIMIT 1;
