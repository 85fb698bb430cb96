-- The phones on which accounts are told things.

-- name: phone_code_put :exec
-- in: code text, language text
-- A code for an account, in place of an older one.
INSERT INTO account_phone (account_id, code, code_until_at, language)
VALUES (:account_id, :code, :until_at, :language)
ON CONFLICT (account_id) DO UPDATE SET code = excluded.code,
    code_until_at = excluded.code_until_at, language = excluded.language;

-- name: phone_by_code :maybe
-- in: code text
-- out: account_id
-- Whose code it is, if it still holds.
SELECT account_id FROM account_phone WHERE code = :code AND code_until_at > :now_at;

-- name: phone_link :exec
-- The code was written from that address; it is used up.
UPDATE account_phone SET code = NULL, address_id = :address_id, linked_at = :now_at
WHERE account_id = :account_id;

-- name: phone_get :maybe
-- out: address_id?, linked_at?, language text
-- The phone of an account.
SELECT address_id, linked_at, language FROM account_phone WHERE account_id = :account_id;

-- name: phone_unlink :exec
-- Nothing is told on it any more.
UPDATE account_phone SET code = NULL, address_id = NULL, linked_at = NULL
WHERE account_id = :account_id;
