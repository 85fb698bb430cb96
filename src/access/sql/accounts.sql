-- name: account_add :exec
-- in: login text, name_hi text, name_en text, role text, organisation_id?, site_id?, password_hash text
-- Adds an account.
INSERT INTO web_account (account_id, login, name_hi, name_en, role, place_id, organisation_id,
                         site_id, password_hash, disabled, created_at, password_changed_at)
VALUES (:account_id, :login, :name_hi, :name_en, :role, :place_id, :organisation_id, :site_id,
        :password_hash, 0, :created_at, :created_at);

-- name: account_find :maybe
-- out: account_id, login text, name_hi text, name_en text, role text, place_id, organisation_id, site_id, disabled, created_at
-- One account.
SELECT account_id, login, name_hi, name_en, role, place_id, COALESCE(organisation_id, 0),
       COALESCE(site_id, 0), disabled, created_at
FROM web_account WHERE account_id = :account_id;

-- name: account_by_login :maybe
-- in: login text
-- out: account_id, login text, name_hi text, name_en text, role text, place_id, organisation_id, site_id, disabled, created_at
-- One account by its login.
SELECT account_id, login, name_hi, name_en, role, place_id, COALESCE(organisation_id, 0),
       COALESCE(site_id, 0), disabled, created_at
FROM web_account WHERE login = :login;

-- name: account_list :many
-- out: account_id, login text, name_hi text, name_en text, role text, place_id, organisation_id, site_id, disabled, created_at
-- Every account.
SELECT account_id, login, name_hi, name_en, role, place_id, COALESCE(organisation_id, 0),
       COALESCE(site_id, 0), disabled, created_at
FROM web_account ORDER BY login;

-- name: account_sign_in_facts :maybe
-- in: login text
-- out: account_id, password_hash text, disabled
-- What a sign-in needs.
SELECT account_id, password_hash, disabled FROM web_account WHERE login = :login;

-- name: account_set_password :exec
-- in: password_hash text
-- A new password.
UPDATE web_account SET password_hash = :password_hash, password_changed_at = :now_at
WHERE account_id = :account_id;

-- name: account_set_disabled :exec
-- Shuts or opens an account.
UPDATE web_account SET disabled = :disabled WHERE account_id = :account_id;
