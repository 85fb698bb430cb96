-- name: law_unbalanced :maybe
-- out: entry_number, amount_paise
-- The first entry whose postings do not sum to zero, or that has fewer than two.
SELECT e.entry_number, CAST(COALESCE(SUM(p.amount_paise), 0) AS BIGINT)
FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_number = e.entry_number
GROUP BY e.entry_number
HAVING COUNT(p.line) < 2 OR SUM(p.amount_paise) <> 0
ORDER BY e.entry_number LIMIT 1;

-- name: law_balance_off :maybe
-- out: code text, kept_paise, summed_paise
-- The first account whose kept balance is not the sum of its postings.
SELECT a.code, COALESCE(b.balance_paise, 0), COALESCE(s.amount_paise, 0)
FROM ledger_account a
LEFT JOIN ledger_balance b ON b.account_number = a.account_number
LEFT JOIN (SELECT account_number, CAST(SUM(amount_paise) AS BIGINT) AS amount_paise
           FROM ledger_posting GROUP BY account_number) s
    ON s.account_number = a.account_number
WHERE COALESCE(b.balance_paise, 0) <> COALESCE(s.amount_paise, 0)
ORDER BY a.code LIMIT 1;

-- name: law_negative :maybe
-- out: code text, balance_paise
-- The first guarded account on the wrong side of zero.
SELECT a.code, b.balance_paise
FROM ledger_account a JOIN ledger_balance b ON b.account_number = a.account_number
WHERE a.guarded = 1
  AND ((a.kind IN ('asset', 'expense') AND b.balance_paise < 0)
       OR (a.kind NOT IN ('asset', 'expense') AND b.balance_paise > 0))
ORDER BY a.code LIMIT 1;

-- name: law_reversal_over :maybe
-- out: entry_number, code text, original_paise, reversed_paise
-- The first account of an entry of which reversals took more than was booked, or added to it.
SELECT o.entry_number, a.code, o.amount_paise, r.amount_paise
FROM (SELECT e.reverses AS entry_number, p.account_number,
             CAST(SUM(p.amount_paise) AS BIGINT) AS amount_paise
      FROM ledger_entry e JOIN ledger_posting p ON p.entry_number = e.entry_number
      WHERE e.reverses IS NOT NULL GROUP BY e.reverses, p.account_number) r
JOIN (SELECT p.entry_number, p.account_number,
             CAST(SUM(p.amount_paise) AS BIGINT) AS amount_paise
      FROM ledger_posting p
      WHERE p.entry_number IN (SELECT reverses FROM ledger_entry WHERE reverses IS NOT NULL)
      GROUP BY p.entry_number, p.account_number) o
    ON o.entry_number = r.entry_number AND o.account_number = r.account_number
JOIN ledger_account a ON a.account_number = o.account_number
WHERE (o.amount_paise >= 0 AND (r.amount_paise > 0 OR -r.amount_paise > o.amount_paise))
   OR (o.amount_paise <= 0 AND (r.amount_paise < 0 OR -r.amount_paise < o.amount_paise))
ORDER BY o.entry_number LIMIT 1;

-- name: law_reversal_elsewhere :maybe
-- out: entry_number, code text
-- The first posting of a reversal on an account that its original never touched.
SELECT e.entry_number, a.code
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_number = e.entry_number
JOIN ledger_account a ON a.account_number = p.account_number
WHERE e.reverses IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_posting q
                  WHERE q.entry_number = e.reverses AND q.account_number = p.account_number)
ORDER BY e.entry_number LIMIT 1;

-- name: law_shares_off :maybe
-- out: share_out_id, proceeds_paise, summed_paise
-- The first share-out whose lines do not add up to what it shared.
SELECT s.share_out_id, s.proceeds_paise, CAST(COALESCE(SUM(l.amount_paise), 0) AS BIGINT)
FROM share_out s LEFT JOIN share_out_line l ON l.share_out_id = s.share_out_id
GROUP BY s.share_out_id, s.proceeds_paise
HAVING COALESCE(SUM(l.amount_paise), 0) <> s.proceeds_paise
ORDER BY s.share_out_id LIMIT 1;

-- name: law_shares_not_booked :maybe
-- out: share_out_id, code text, recorded_paise, booked_paise
-- The first line account of a share-out of which the entry says something else.
SELECT l.share_out_id, a.code, l.amount_paise, CAST(COALESCE(-p.amount_paise, 0) AS BIGINT)
FROM (SELECT s.share_out_id, s.entry_number, x.account_number,
             CAST(SUM(x.amount_paise) AS BIGINT) AS amount_paise
      FROM share_out s JOIN share_out_line x ON x.share_out_id = s.share_out_id
      GROUP BY s.share_out_id, s.entry_number, x.account_number) l
JOIN ledger_account a ON a.account_number = l.account_number
LEFT JOIN (SELECT entry_number, account_number, SUM(amount_paise) AS amount_paise
           FROM ledger_posting
           WHERE entry_number IN (SELECT entry_number FROM share_out)
           GROUP BY entry_number, account_number) p
    ON p.entry_number = l.entry_number AND p.account_number = l.account_number
WHERE l.amount_paise <> COALESCE(-p.amount_paise, 0)
ORDER BY l.share_out_id LIMIT 1;

-- name: law_proceeds_open :maybe
-- out: code text, left_paise, unshared_paise
-- The first proceeds account that holds something other than sales not yet shared.
SELECT a.code, CAST(-COALESCE(b.balance_paise, 0) AS BIGINT),
       CAST(COALESCE(c.credited_paise, 0) - COALESCE(s.shared_paise, 0) AS BIGINT)
FROM ledger_account a
LEFT JOIN ledger_balance b ON b.account_number = a.account_number
LEFT JOIN (SELECT p.account_number, SUM(-p.amount_paise) AS credited_paise
           FROM ledger_posting p
           JOIN ledger_entry e ON e.entry_number = p.entry_number
           LEFT JOIN ledger_entry o ON o.entry_number = e.reverses
           WHERE COALESCE(o.kind, e.kind) = 'sale' GROUP BY p.account_number) c
    ON c.account_number = a.account_number
LEFT JOIN (SELECT source_account, SUM(proceeds_paise) AS shared_paise
           FROM share_out WHERE kind <> 'release' GROUP BY source_account) s
    ON s.source_account = a.account_number
WHERE a.code LIKE 'liabilities:proceeds:%'
  AND -COALESCE(b.balance_paise, 0)
      <> COALESCE(c.credited_paise, 0) - COALESCE(s.shared_paise, 0)
ORDER BY a.code LIMIT 1;

-- name: law_shared_over :maybe
-- out: sale_entry_number, credited_paise, shared_paise
-- The first sale of which more was shared than it brought.
SELECT x.sale_entry_number, CAST(SUM(x.credited) AS BIGINT), CAST(SUM(x.shared) AS BIGINT)
FROM (SELECT sale_entry_number, source_account AS account_number, 0 AS credited,
             proceeds_paise AS shared
      FROM share_out WHERE kind <> 'release'
      UNION ALL
      SELECT COALESCE(e.reverses, e.entry_number), p.account_number, -p.amount_paise, 0
      FROM ledger_posting p
      JOIN ledger_entry e ON e.entry_number = p.entry_number
      LEFT JOIN ledger_entry o ON o.entry_number = e.reverses
      WHERE COALESCE(o.kind, e.kind) = 'sale') x
GROUP BY x.sale_entry_number, x.account_number
HAVING SUM(x.shared) <> 0 AND (SUM(x.shared) > SUM(x.credited) OR SUM(x.shared) < 0)
ORDER BY x.sale_entry_number LIMIT 1;

-- name: law_carry_off :maybe
-- out: carry_key text, carry
-- The first carry that does not sum to zero.
SELECT carry_key, CAST(SUM(carry) AS BIGINT) FROM ledger_carry
GROUP BY carry_key HAVING SUM(carry) <> 0 ORDER BY carry_key LIMIT 1;

-- name: law_carry_not_history :maybe
-- out: rule_id, class_code text, carry, due
-- The first class of a rule whose carry is not what the recorded share-outs leave owed.
SELECT c.rule_id, c.class_code, COALESCE(k.carry, 0), CAST(COALESCE(h.due, 0) AS BIGINT)
FROM ledger_rule_class c
LEFT JOIN ledger_carry k
    ON k.carry_key = 'rule:' || CAST(c.rule_id AS TEXT) AND k.slot = c.slot
LEFT JOIN (SELECT d.rule_id, d.class_code, SUM(d.due) AS due
           FROM (SELECT s.rule_id, r.class_code,
                        s.surplus_paise * r.basis_points
                        - 10000 * (SELECT COALESCE(SUM(l.amount_paise), 0) FROM share_out_line l
                                   WHERE l.share_out_id = s.share_out_id AND l.role = 'share'
                                     AND l.class_code = r.class_code) AS due
                 FROM share_out s JOIN ledger_rule_class r ON r.rule_id = s.rule_id
                 WHERE s.carried = 1) d
           GROUP BY d.rule_id, d.class_code) h
    ON h.rule_id = c.rule_id AND h.class_code = c.class_code
WHERE COALESCE(k.carry, 0) <> COALESCE(h.due, 0)
ORDER BY c.rule_id, c.slot LIMIT 1;
