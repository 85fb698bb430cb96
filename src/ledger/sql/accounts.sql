-- name: account_open :exec
-- in: code text, kind text, owner_ref text
-- Opens an account unless its code exists.
INSERT INTO ledger_account (account_number, code, kind, owner_ref, guarded, opened_at)
VALUES (:account_number, :code, :kind, :owner_ref, :guarded, :opened_at)
ON CONFLICT (code) DO NOTHING;

-- name: account_find :maybe
-- in: code text
-- out: account_number, code text, kind text, owner_ref text, guarded, balance_paise
-- One account with its balance.
SELECT a.account_number, a.code, a.kind, a.owner_ref, a.guarded, COALESCE(b.balance_paise, 0)
FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_number = a.account_number
WHERE a.code = :code;

-- name: account_code :one
-- out: code text
-- The code of an account.
SELECT code FROM ledger_account WHERE account_number = :account_number;
