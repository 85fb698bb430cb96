CREATE TABLE batch (
    lot_id BIGINT PRIMARY KEY REFERENCES lot (lot_id),
    material_paise BIGINT NOT NULL CHECK (material_paise >= 0),
    wages_paise BIGINT NOT NULL CHECK (wages_paise >= 0)
);

CREATE TABLE batch_maker (
    lot_id BIGINT NOT NULL REFERENCES batch (lot_id),
    sealed_id BIGINT NOT NULL,
    days_milli BIGINT NOT NULL CHECK (days_milli > 0),
    grade TEXT NOT NULL CHECK (grade IN ('unskilled', 'semiskilled', 'skilled')),
    wage_paise BIGINT NOT NULL CHECK (wage_paise >= 0),
    PRIMARY KEY (lot_id, sealed_id)
);
CREATE INDEX batch_maker_by_sealed ON batch_maker (sealed_id);

-- only: sqlite
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch
BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
CREATE TRIGGER batch_maker_no_update BEFORE UPDATE ON batch_maker
BEGIN SELECT RAISE(ABORT, 'batch_maker is append-only'); END;
CREATE TRIGGER batch_maker_no_delete BEFORE DELETE ON batch_maker
BEGIN SELECT RAISE(ABORT, 'batch_maker is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batch_maker_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_maker
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
