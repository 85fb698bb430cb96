-- An amount is in paise; a debit is positive, a credit negative. A day is the number 20261121.

CREATE TABLE ledger_account (
    account_number BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense', 'equity')),
    owner_ref TEXT NOT NULL,
    guarded BIGINT NOT NULL CHECK (guarded IN (0, 1)),
    opened_at BIGINT NOT NULL
);

CREATE TABLE ledger_entry (
    entry_number BIGINT PRIMARY KEY,
    entry_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    booked_on BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    reverses BIGINT REFERENCES ledger_entry (entry_number),
    body_hash TEXT NOT NULL,
    chain_hash TEXT NOT NULL
);
CREATE INDEX ledger_entry_by_day ON ledger_entry (booked_on, entry_number);
CREATE INDEX ledger_entry_by_reversed ON ledger_entry (reverses) WHERE reverses IS NOT NULL;

CREATE TABLE ledger_posting (
    entry_number BIGINT NOT NULL
        REFERENCES ledger_entry (entry_number) DEFERRABLE INITIALLY DEFERRED,
    line BIGINT NOT NULL,
    account_number BIGINT NOT NULL REFERENCES ledger_account (account_number),
    amount_paise BIGINT NOT NULL CHECK (amount_paise <> 0),
    PRIMARY KEY (entry_number, line)
);
CREATE INDEX ledger_posting_by_account ON ledger_posting (account_number, entry_number);

CREATE TABLE ledger_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    entry_number BIGINT NOT NULL,
    chain_hash TEXT NOT NULL
);
INSERT INTO ledger_head (one, entry_number, chain_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE ledger_balance (
    account_number BIGINT PRIMARY KEY REFERENCES ledger_account (account_number),
    balance_paise BIGINT NOT NULL
);

CREATE TABLE ledger_closing (
    closed_through BIGINT PRIMARY KEY,
    closed_at BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    chain_hash TEXT NOT NULL
);

CREATE TABLE ledger_rule (
    rule_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    holds_from BIGINT NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('order', 'demo', 'proposal')),
    order_number TEXT NOT NULL,
    order_date BIGINT NOT NULL,
    note TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    UNIQUE (name, version),
    CHECK (basis <> 'order' OR (order_number <> '' AND order_date > 0))
);

CREATE TABLE ledger_rule_class (
    rule_id BIGINT NOT NULL REFERENCES ledger_rule (rule_id),
    slot BIGINT NOT NULL,
    class_code TEXT NOT NULL,
    basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    sealed BIGINT NOT NULL CHECK (sealed IN (0, 1)),
    PRIMARY KEY (rule_id, slot),
    UNIQUE (rule_id, class_code)
);

-- What rounding still owes each payee of a split, in units of 1/(sum of weights) paisa.
CREATE TABLE ledger_carry (
    carry_key TEXT NOT NULL,
    slot BIGINT NOT NULL,
    carry BIGINT NOT NULL,
    PRIMARY KEY (carry_key, slot)
);

CREATE TABLE share_out (
    share_out_id BIGINT PRIMARY KEY,
    entry_key TEXT NOT NULL UNIQUE,
    body_hash TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('share', 'reversal', 'release')),
    sale_ref TEXT NOT NULL,
    sale_entry_number BIGINT NOT NULL REFERENCES ledger_entry (entry_number),
    entry_number BIGINT NOT NULL REFERENCES ledger_entry (entry_number),
    source_account BIGINT NOT NULL REFERENCES ledger_account (account_number),
    rule_name TEXT NOT NULL,
    rule_id BIGINT REFERENCES ledger_rule (rule_id),
    refers_share_out_id BIGINT REFERENCES share_out (share_out_id),
    proceeds_paise BIGINT NOT NULL,
    surplus_paise BIGINT NOT NULL,
    carried BIGINT NOT NULL CHECK (carried IN (0, 1)),
    booked_on BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX share_out_by_sale ON share_out (sale_ref);
CREATE INDEX share_out_by_sale_entry ON share_out (sale_entry_number);
CREATE INDEX share_out_by_day ON share_out (booked_on);
CREATE INDEX share_out_by_refers ON share_out (refers_share_out_id)
    WHERE refers_share_out_id IS NOT NULL;

-- What was taken (deduction), given (share) or left waiting (suspense); negative in a reversal.
CREATE TABLE share_out_line (
    share_out_id BIGINT NOT NULL REFERENCES share_out (share_out_id),
    line BIGINT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('deduction', 'share', 'suspense')),
    class_code TEXT NOT NULL,
    account_number BIGINT NOT NULL REFERENCES ledger_account (account_number),
    weight BIGINT NOT NULL,
    amount_paise BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (share_out_id, line)
);
CREATE INDEX share_out_line_by_account ON share_out_line (account_number);

-- Who would have shared what waits in suspense, so that an order given later can share it.
CREATE TABLE share_out_claim (
    share_out_id BIGINT NOT NULL REFERENCES share_out (share_out_id),
    line BIGINT NOT NULL,
    class_code TEXT NOT NULL,
    account_number BIGINT NOT NULL REFERENCES ledger_account (account_number),
    weight BIGINT NOT NULL,
    PRIMARY KEY (share_out_id, line)
);

-- only: sqlite
CREATE TRIGGER ledger_account_no_update BEFORE UPDATE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger_account is append-only'); END;
CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE(ABORT, 'ledger_account is append-only'); END;
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_posting_no_update BEFORE UPDATE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'ledger_posting is append-only'); END;
CREATE TRIGGER ledger_posting_no_delete BEFORE DELETE ON ledger_posting
BEGIN SELECT RAISE(ABORT, 'ledger_posting is append-only'); END;
CREATE TRIGGER ledger_closing_no_update BEFORE UPDATE ON ledger_closing
BEGIN SELECT RAISE(ABORT, 'ledger_closing is append-only'); END;
CREATE TRIGGER ledger_closing_no_delete BEFORE DELETE ON ledger_closing
BEGIN SELECT RAISE(ABORT, 'ledger_closing is append-only'); END;
CREATE TRIGGER ledger_rule_no_update BEFORE UPDATE ON ledger_rule
BEGIN SELECT RAISE(ABORT, 'ledger_rule is append-only'); END;
CREATE TRIGGER ledger_rule_no_delete BEFORE DELETE ON ledger_rule
BEGIN SELECT RAISE(ABORT, 'ledger_rule is append-only'); END;
CREATE TRIGGER ledger_rule_class_no_update BEFORE UPDATE ON ledger_rule_class
BEGIN SELECT RAISE(ABORT, 'ledger_rule_class is append-only'); END;
CREATE TRIGGER ledger_rule_class_no_delete BEFORE DELETE ON ledger_rule_class
BEGIN SELECT RAISE(ABORT, 'ledger_rule_class is append-only'); END;
CREATE TRIGGER share_out_no_update BEFORE UPDATE ON share_out
BEGIN SELECT RAISE(ABORT, 'share_out is append-only'); END;
CREATE TRIGGER share_out_no_delete BEFORE DELETE ON share_out
BEGIN SELECT RAISE(ABORT, 'share_out is append-only'); END;
CREATE TRIGGER share_out_line_no_update BEFORE UPDATE ON share_out_line
BEGIN SELECT RAISE(ABORT, 'share_out_line is append-only'); END;
CREATE TRIGGER share_out_line_no_delete BEFORE DELETE ON share_out_line
BEGIN SELECT RAISE(ABORT, 'share_out_line is append-only'); END;
CREATE TRIGGER share_out_claim_no_update BEFORE UPDATE ON share_out_claim
BEGIN SELECT RAISE(ABORT, 'share_out_claim is append-only'); END;
CREATE TRIGGER share_out_claim_no_delete BEFORE DELETE ON share_out_claim
BEGIN SELECT RAISE(ABORT, 'share_out_claim is append-only'); END;
CREATE TRIGGER ledger_posting_sealed BEFORE INSERT ON ledger_posting
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE entry_number = NEW.entry_number)
BEGIN SELECT RAISE(ABORT, 'the entry is sealed'); END;
CREATE TRIGGER ledger_entry_in_turn BEFORE INSERT ON ledger_entry
WHEN NEW.entry_number <> (SELECT COALESCE(MAX(entry_number), 0) + 1 FROM ledger_entry)
BEGIN SELECT RAISE(ABORT, 'an entry out of turn'); END;
CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry
WHEN (SELECT COALESCE(SUM(amount_paise), 1) FROM ledger_posting
      WHERE entry_number = NEW.entry_number) <> 0
BEGIN SELECT RAISE(ABORT, 'an entry must sum to zero'); END;
-- end

-- only: postgres
CREATE TRIGGER ledger_account_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_closing_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closing
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_rule_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_rule
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_rule_class_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_rule_class
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER share_out_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON share_out
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER share_out_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON share_out_line
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER share_out_claim_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON share_out_claim
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION ledger_posting_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE entry_number = NEW.entry_number) THEN
        RAISE EXCEPTION 'the entry is sealed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_posting_sealed BEFORE INSERT ON ledger_posting
FOR EACH ROW EXECUTE FUNCTION ledger_posting_check();
CREATE FUNCTION ledger_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.entry_number <> (SELECT COALESCE(MAX(entry_number), 0) + 1 FROM ledger_entry) THEN
        RAISE EXCEPTION 'an entry out of turn';
    END IF;
    IF (SELECT COALESCE(SUM(amount_paise), 1) FROM ledger_posting
        WHERE entry_number = NEW.entry_number) <> 0 THEN
        RAISE EXCEPTION 'an entry must sum to zero';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_balanced BEFORE INSERT ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_entry_check();
-- end
