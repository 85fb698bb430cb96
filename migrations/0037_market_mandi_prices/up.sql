CREATE TABLE mandi_price (
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    priced_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    price_paise BIGINT NOT NULL CHECK (price_paise > 0),
    unit TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (product_id, priced_at, source)
);

-- only: sqlite
CREATE TRIGGER mandi_price_no_update BEFORE UPDATE ON mandi_price
BEGIN SELECT RAISE(ABORT, 'mandi_price is append-only'); END;
CREATE TRIGGER mandi_price_no_delete BEFORE DELETE ON mandi_price
BEGIN SELECT RAISE(ABORT, 'mandi_price is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER mandi_price_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mandi_price
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
