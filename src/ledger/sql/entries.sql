-- name: head_lock :one
-- out: entry_number, chain_hash text
-- Reads the end of the chain and holds it until the transaction ends.
UPDATE ledger_head SET entry_number = entry_number WHERE one = 1
RETURNING entry_number, chain_hash;

-- name: head_read :one
-- out: entry_number, chain_hash text
-- The end of the chain.
SELECT entry_number, chain_hash FROM ledger_head WHERE one = 1;

-- name: head_move :exec
-- in: chain_hash text
-- Moves the end of the chain to a new entry.
UPDATE ledger_head SET entry_number = :entry_number, chain_hash = :chain_hash WHERE one = 1;

-- name: posting_add :batch
-- Writes the legs of an entry that is about to be sealed.
INSERT INTO ledger_posting (entry_number, line, account_number, amount_paise)
VALUES (:entry_number, :line, :account_number, :amount_paise);

-- name: entry_add :exec
-- in: entry_key text, kind text, note text, reverses?, body_hash text, chain_hash text
-- Seals an entry; the database checks that its postings sum to zero.
INSERT INTO ledger_entry (entry_number, entry_key, kind, note, booked_on, recorded_at, reverses,
                          body_hash, chain_hash)
VALUES (:entry_number, :entry_key, :kind, :note, :booked_on, :recorded_at, :reverses,
        :body_hash, :chain_hash);

-- name: balance_move :one
-- out: balance_paise
-- Adds to the balance of an account and returns what then stands on it.
INSERT INTO ledger_balance (account_number, balance_paise)
VALUES (:account_number, :amount_paise)
ON CONFLICT (account_number)
DO UPDATE SET balance_paise = ledger_balance.balance_paise + excluded.balance_paise
RETURNING balance_paise;

-- name: entry_by_key :maybe
-- in: entry_key text
-- out: entry_number, body_hash text
-- The entry that a key was used for.
SELECT entry_number, body_hash FROM ledger_entry WHERE entry_key = :entry_key;

-- name: entry_by_number :maybe
-- out: entry_number, entry_key text, kind text, note text, booked_on, recorded_at, reverses?
-- out: body_hash text, chain_hash text
-- One entry without its postings.
SELECT entry_number, entry_key, kind, note, booked_on, recorded_at, reverses, body_hash, chain_hash
FROM ledger_entry WHERE entry_number = :entry_number;

-- name: postings_of :many
-- out: account_number, code text, amount_paise
-- The postings of one entry in their order.
SELECT p.account_number, a.code, p.amount_paise
FROM ledger_posting p JOIN ledger_account a ON a.account_number = p.account_number
WHERE p.entry_number = :entry_number ORDER BY p.line;

-- name: reversed_so_far :many
-- out: account_number, amount_paise
-- What earlier reversals of an entry took from each account.
SELECT p.account_number, CAST(SUM(p.amount_paise) AS BIGINT)
FROM ledger_entry e JOIN ledger_posting p ON p.entry_number = e.entry_number
WHERE e.reverses = :original GROUP BY p.account_number;

-- name: lines_between :each
-- out: entry_number, entry_key text, kind text, note text, booked_on, recorded_at, reverses?
-- out: chain_hash text, code text, amount_paise
-- All postings with their entries in the days given, by day and number.
SELECT e.entry_number, e.entry_key, e.kind, e.note, e.booked_on, e.recorded_at, e.reverses,
       e.chain_hash, a.code, p.amount_paise
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_number = e.entry_number
JOIN ledger_account a ON a.account_number = p.account_number
WHERE e.booked_on BETWEEN :from_day AND :to_day
ORDER BY e.booked_on, e.entry_number, p.line;

-- name: balances_at :many
-- out: code text, amount_paise
-- What stood on each account when a day ended.
SELECT a.code, CAST(SUM(p.amount_paise) AS BIGINT)
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_number = e.entry_number
JOIN ledger_account a ON a.account_number = p.account_number
WHERE e.booked_on <= :day
GROUP BY a.code ORDER BY a.code;

-- name: closing_last :one
-- out: closed_through?
-- The last closed day, if any.
SELECT MAX(closed_through) FROM ledger_closing;

-- name: closing_add :exec
-- in: chain_hash text
-- Closes the days through one, and notes where the chain stood.
INSERT INTO ledger_closing (closed_through, closed_at, entry_number, chain_hash)
VALUES (:closed_through, :closed_at, :entry_number, :chain_hash);

-- name: account_lines :many
-- out: entry_number, kind text, note text, booked_on, amount_paise
-- The movements of an account in the days given, oldest first.
SELECT e.entry_number, e.kind, e.note, e.booked_on, p.amount_paise
FROM ledger_posting p JOIN ledger_entry e ON e.entry_number = p.entry_number
WHERE p.account_number = :account_number AND e.booked_on BETWEEN :from_day AND :to_day
ORDER BY e.booked_on, e.entry_number, p.line;

-- name: account_before :one
-- out: amount_paise
-- What stood on an account before a day began.
SELECT CAST(COALESCE(SUM(p.amount_paise), 0) AS BIGINT)
FROM ledger_posting p JOIN ledger_entry e ON e.entry_number = p.entry_number
WHERE p.account_number = :account_number AND e.booked_on < :day;

-- name: chain_walk :each
-- out: entry_number, entry_key text, kind text, note text, booked_on, recorded_at, reverses?
-- out: body_hash text, chain_hash text, code text, amount_paise
-- The whole journal by number, posting by posting.
SELECT e.entry_number, e.entry_key, e.kind, e.note, e.booked_on, e.recorded_at, e.reverses,
       e.body_hash, e.chain_hash, a.code, p.amount_paise
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_number = e.entry_number
JOIN ledger_account a ON a.account_number = p.account_number
ORDER BY e.entry_number, p.line;
