CREATE TABLE vault_record (
    sealed_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('prisoner', 'victim_family', 'bank_account')),
    outer_key TEXT NOT NULL,
    wrapped_key BYTEA,
    created_at BIGINT NOT NULL,
    destroyed_at BIGINT
);

CREATE TABLE vault_field (
    sealed_id BIGINT NOT NULL REFERENCES vault_record (sealed_id),
    field TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (sealed_id, field)
);

CREATE TABLE vault_lookup (
    lookup BYTEA NOT NULL,
    sealed_id BIGINT NOT NULL REFERENCES vault_record (sealed_id),
    PRIMARY KEY (lookup, sealed_id)
);
CREATE INDEX vault_lookup_by_record ON vault_lookup (sealed_id);

CREATE TABLE vault_look (
    look_id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    sealed_id BIGINT NOT NULL,
    fields TEXT NOT NULL
);
CREATE INDEX vault_look_by_record ON vault_look (sealed_id);

-- only: sqlite
CREATE TRIGGER vault_look_no_update BEFORE UPDATE ON vault_look
BEGIN SELECT RAISE(ABORT, 'vault_look is append-only'); END;
CREATE TRIGGER vault_look_no_delete BEFORE DELETE ON vault_look
BEGIN SELECT RAISE(ABORT, 'vault_look is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER vault_look_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vault_look
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
