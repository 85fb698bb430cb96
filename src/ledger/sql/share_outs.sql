-- name: rule_add :exec
-- in: name text, basis text, order_number text, note text
-- Records a version of a rule.
INSERT INTO ledger_rule (rule_id, name, version, holds_from, basis, order_number, order_date, note,
                         added_at)
VALUES (:rule_id, :name, :version, :holds_from, :basis, :order_number, :order_date, :note,
        :added_at);

-- name: rule_class_add :batch
-- in: class_code text
-- Records the classes of a rule.
INSERT INTO ledger_rule_class (rule_id, slot, class_code, basis_points, sealed)
VALUES (:rule_id, :slot, :class_code, :basis_points, :sealed);

-- name: rules_named :many
-- in: name text
-- out: rule_id, name text, version, holds_from, basis text, order_number text, order_date
-- out: note text
-- All versions of a rule (or of every rule, if the name is empty), the newest of each first.
SELECT rule_id, name, version, holds_from, basis, order_number, order_date, note
FROM ledger_rule WHERE (:name = '' OR name = :name) ORDER BY name, version DESC;

-- name: rule_classes :many
-- out: class_code text, basis_points, sealed
-- The classes of a rule in their order.
SELECT class_code, basis_points, sealed FROM ledger_rule_class
WHERE rule_id = :rule_id ORDER BY slot;

-- name: carry_get :many
-- in: carry_key text
-- out: slot, carry
-- What rounding still owes in a split.
SELECT slot, carry FROM ledger_carry WHERE carry_key = :carry_key ORDER BY slot;

-- name: carry_set :batch
-- in: carry_key text
-- Keeps what rounding owes from now on.
INSERT INTO ledger_carry (carry_key, slot, carry) VALUES (:carry_key, :slot, :carry)
ON CONFLICT (carry_key, slot) DO UPDATE SET carry = excluded.carry;

-- name: share_out_add :exec
-- in: entry_key text, body_hash text, kind text, sale_ref text, rule_name text, rule_id?
-- in: refers_share_out_id?
-- Records a share-out.
INSERT INTO share_out (share_out_id, entry_key, body_hash, kind, sale_ref, sale_entry_number,
                       entry_number, source_account, rule_name, rule_id, refers_share_out_id,
                       proceeds_paise, surplus_paise, carried, booked_on, recorded_at)
VALUES (:share_out_id, :entry_key, :body_hash, :kind, :sale_ref, :sale_entry_number,
        :entry_number, :source_account, :rule_name, :rule_id, :refers_share_out_id,
        :proceeds_paise, :surplus_paise, :carried, :booked_on, :recorded_at);

-- name: share_line_add :batch
-- in: role text, class_code text, reason text
-- Records the lines of a share-out.
INSERT INTO share_out_line (share_out_id, line, role, class_code, account_number, weight,
                            amount_paise, reason)
VALUES (:share_out_id, :line, :role, :class_code, :account_number, :weight, :amount_paise,
        :reason);

-- name: claim_add :batch
-- in: class_code text
-- Records who would have shared what now waits.
INSERT INTO share_out_claim (share_out_id, line, class_code, account_number, weight)
VALUES (:share_out_id, :line, :class_code, :account_number, :weight);

-- name: share_out_by_key :maybe
-- in: entry_key text
-- out: share_out_id, body_hash text, entry_number, surplus_paise, suspense_lines
-- The share-out that a key was used for.
SELECT s.share_out_id, s.body_hash, s.entry_number, s.surplus_paise,
       (SELECT COUNT(*) FROM share_out_line l
        WHERE l.share_out_id = s.share_out_id AND l.role = 'suspense' AND l.amount_paise > 0)
FROM share_out s WHERE s.entry_key = :entry_key;

-- name: share_out_get :maybe
-- out: kind text, sale_ref text, sale_entry_number, entry_number, source_account
-- out: source text, rule_name text, rule_id?, refers_share_out_id?, proceeds_paise
-- One share-out.
SELECT s.kind, s.sale_ref, s.sale_entry_number, s.entry_number, s.source_account, a.code,
       s.rule_name, s.rule_id, s.refers_share_out_id, s.proceeds_paise
FROM share_out s JOIN ledger_account a ON a.account_number = s.source_account
WHERE s.share_out_id = :share_out_id;

-- name: lines_left :many
-- out: line, role text, class_code text, account text, weight, amount_paise, left_paise
-- The lines of a share-out, and what of each has not been taken back.
SELECT l.line, l.role, l.class_code, a.code, l.weight, l.amount_paise,
       CAST(l.amount_paise + COALESCE((SELECT SUM(r.amount_paise) FROM share_out_line r
            JOIN share_out s ON s.share_out_id = r.share_out_id
            WHERE s.refers_share_out_id = :share_out_id AND s.kind = 'reversal'
              AND r.line = l.line), 0) AS BIGINT)
FROM share_out_line l JOIN ledger_account a ON a.account_number = l.account_number
WHERE l.share_out_id = :share_out_id ORDER BY l.line;

-- name: released_left :one
-- out: amount_paise
-- What releases of a share-out gave to payees and no reversal has put back.
SELECT CAST(-COALESCE(SUM(l.amount_paise), 0) AS BIGINT) FROM share_out_line l
WHERE l.role = 'suspense' AND l.share_out_id IN (
    SELECT r.share_out_id FROM share_out r
    WHERE r.kind = 'release' AND r.refers_share_out_id = :share_out_id
    UNION ALL
    SELECT b.share_out_id FROM share_out b
    JOIN share_out r ON r.share_out_id = b.refers_share_out_id
    WHERE b.kind = 'reversal' AND r.kind = 'release' AND r.refers_share_out_id = :share_out_id);

-- name: claims_of :many
-- out: class_code text, account text, weight
-- Who waits for a share of what is in suspense.
SELECT c.class_code, a.code, c.weight
FROM share_out_claim c JOIN ledger_account a ON a.account_number = c.account_number
WHERE c.share_out_id = :share_out_id ORDER BY c.line;

-- name: credited_by :one
-- in: code text
-- out: amount_paise
-- What a sale put on an account, net of its reversals.
SELECT CAST(COALESCE(SUM(-p.amount_paise), 0) AS BIGINT)
FROM ledger_posting p
WHERE p.entry_number IN (
        SELECT entry_number FROM ledger_entry WHERE entry_number = :sale_entry_number
        UNION ALL
        SELECT entry_number FROM ledger_entry WHERE reverses = :sale_entry_number)
  AND p.account_number = (SELECT account_number FROM ledger_account WHERE code = :code);

-- name: shared_of :one
-- in: code text
-- out: amount_paise
-- What of a sale's proceeds on an account was shared, net of reversals.
SELECT CAST(COALESCE(SUM(s.proceeds_paise), 0) AS BIGINT)
FROM share_out s JOIN ledger_account a ON a.account_number = s.source_account
WHERE s.sale_entry_number = :sale_entry_number AND s.kind <> 'release' AND a.code = :code;

-- name: sale_lines :many
-- in: sale_ref text
-- out: share_out_id, kind text, role text, class_code text, account text, amount_paise
-- out: reason text, booked_on
-- Every line of every share-out of a sale.
SELECT s.share_out_id, s.kind, l.role, l.class_code, a.code, l.amount_paise, l.reason, s.booked_on
FROM share_out s
JOIN share_out_line l ON l.share_out_id = s.share_out_id
JOIN ledger_account a ON a.account_number = l.account_number
WHERE s.sale_ref = :sale_ref ORDER BY s.entry_number, l.line;

-- name: class_totals :many
-- out: source text, role text, class_code text, amount_paise, share_outs
-- What each class got, net of refunds, in the days given.
SELECT a.code, l.role, l.class_code, CAST(SUM(l.amount_paise) AS BIGINT),
       COUNT(DISTINCT s.share_out_id)
FROM share_out s
JOIN share_out_line l ON l.share_out_id = s.share_out_id
JOIN ledger_account a ON a.account_number = s.source_account
WHERE s.booked_on BETWEEN :from_day AND :to_day
GROUP BY a.code, l.role, l.class_code ORDER BY a.code, l.role, l.class_code;

-- name: waiting :many
-- out: share_out_id, sale_ref text, rule_name text, amount_paise, booked_on
-- What of each share-out still waits in suspense, the oldest first.
SELECT s.share_out_id, s.sale_ref, s.rule_name, w.amount_paise, s.booked_on
FROM share_out s
JOIN (SELECT COALESCE(q.refers_share_out_id, p.refers_share_out_id, o.share_out_id) AS root,
             CAST(SUM(l.amount_paise) AS BIGINT) AS amount_paise
      FROM share_out_line l
      JOIN share_out o ON o.share_out_id = l.share_out_id
      LEFT JOIN share_out p ON p.share_out_id = o.share_out_id
           AND p.refers_share_out_id IS NOT NULL
      LEFT JOIN share_out q ON q.share_out_id = p.refers_share_out_id
           AND q.refers_share_out_id IS NOT NULL
      WHERE l.role = 'suspense'
      GROUP BY COALESCE(q.refers_share_out_id, p.refers_share_out_id, o.share_out_id)
      HAVING SUM(l.amount_paise) <> 0) w ON w.root = s.share_out_id
ORDER BY s.booked_on, s.entry_number;
