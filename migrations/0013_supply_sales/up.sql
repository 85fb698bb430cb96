CREATE TABLE sale (
    sale_id BIGINT PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES site (site_id),
    lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    price_paise BIGINT NOT NULL CHECK (price_paise > 0),
    gst_basis_points BIGINT NOT NULL CHECK (gst_basis_points >= 0),
    gst_paise BIGINT NOT NULL CHECK (gst_paise >= 0 AND gst_paise < price_paise),
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('person', 'group', 'organisation')),
    owner_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    sold_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    returned_milli BIGINT NOT NULL DEFAULT 0,
    CHECK (returned_milli >= 0 AND returned_milli <= quantity_milli)
);
CREATE INDEX sale_by_time ON sale (sold_at, sale_id);
CREATE INDEX sale_by_site ON sale (site_id, sold_at, sale_id);
CREATE INDEX sale_by_lot ON sale (lot_id);

CREATE TABLE sale_return (
    sale_return_id BIGINT PRIMARY KEY,
    sale_id BIGINT NOT NULL REFERENCES sale (sale_id),
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    refund_paise BIGINT NOT NULL CHECK (refund_paise >= 0),
    gst_paise BIGINT NOT NULL CHECK (gst_paise >= 0 AND gst_paise <= refund_paise),
    sellable BIGINT NOT NULL CHECK (sellable IN (0, 1)),
    reason TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    returned_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX sale_return_by_sale ON sale_return (sale_id);

-- only: sqlite
CREATE TRIGGER sale_no_update BEFORE UPDATE OF sale_id, site_id, lot_id, quantity_milli, price_paise,
    gst_basis_points, gst_paise, owner_kind, owner_id, account_id, sold_at, recorded_at ON sale
BEGIN SELECT RAISE(ABORT, 'sale is append-only'); END;
CREATE TRIGGER sale_no_delete BEFORE DELETE ON sale
BEGIN SELECT RAISE(ABORT, 'sale is append-only'); END;
CREATE TRIGGER sale_return_no_update BEFORE UPDATE ON sale_return
BEGIN SELECT RAISE(ABORT, 'sale_return is append-only'); END;
CREATE TRIGGER sale_return_no_delete BEFORE DELETE ON sale_return
BEGIN SELECT RAISE(ABORT, 'sale_return is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER sale_no_update BEFORE UPDATE OF sale_id, site_id, lot_id, quantity_milli, price_paise,
    gst_basis_points, gst_paise, owner_kind, owner_id, account_id, sold_at, recorded_at ON sale
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_no_delete BEFORE DELETE OR TRUNCATE ON sale
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_return_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sale_return
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
