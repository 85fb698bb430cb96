CREATE TABLE lexicon_change (
    change_no BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'unit', 'place', 'cue')),
    spelling TEXT NOT NULL,
    target TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('add', 'remove')),
    decides BIGINT NOT NULL CHECK (decides IN (0, 1)),
    reason TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX lexicon_change_by_spelling ON lexicon_change (spelling);

CREATE TABLE lexicon_version (
    version_no BIGINT PRIMARY KEY,
    last_change_no BIGINT NOT NULL,
    note TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);

-- only: sqlite
CREATE TRIGGER lexicon_change_no_update BEFORE UPDATE ON lexicon_change
BEGIN SELECT RAISE(ABORT, 'lexicon_change is append-only'); END;
CREATE TRIGGER lexicon_change_no_delete BEFORE DELETE ON lexicon_change
BEGIN SELECT RAISE(ABORT, 'lexicon_change is append-only'); END;
CREATE TRIGGER lexicon_version_no_update BEFORE UPDATE ON lexicon_version
BEGIN SELECT RAISE(ABORT, 'lexicon_version is append-only'); END;
CREATE TRIGGER lexicon_version_no_delete BEFORE DELETE ON lexicon_version
BEGIN SELECT RAISE(ABORT, 'lexicon_version is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER lexicon_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lexicon_change
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lexicon_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lexicon_version
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
