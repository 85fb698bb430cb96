CREATE TABLE flow_setting (
    setting_key TEXT NOT NULL,
    valid_from_at BIGINT NOT NULL,
    value BIGINT NOT NULL CHECK (value >= 0),
    order_no TEXT NOT NULL,
    PRIMARY KEY (setting_key, valid_from_at)
);

INSERT INTO flow_setting (setting_key, valid_from_at, value, order_no) VALUES
    ('outlet_margin_basis_points', 0, 1500, ''),
    ('group_fee_basis_points', 0, 200, ''),
    ('packing_paise_per_unit', 0, 600, ''),
    ('pickup_paise_per_village', 0, 30000, ''),
    ('transport_paise_per_tonne_km', 0, 1500, ''),
    ('order_answer_seconds', 0, 86400, ''),
    ('best_before_days', 0, 180, ''),
    ('jail_markup_basis_points', 0, 2500, ''),
    ('wage_paise_per_day_unskilled', 0, 4000, ''),
    ('wage_paise_per_day_semiskilled', 0, 8700, ''),
    ('wage_paise_per_day_skilled', 0, 12100, '');

-- only: sqlite
CREATE TRIGGER flow_setting_no_update BEFORE UPDATE ON flow_setting
BEGIN SELECT RAISE(ABORT, 'flow_setting is append-only'); END;
CREATE TRIGGER flow_setting_no_delete BEFORE DELETE ON flow_setting
BEGIN SELECT RAISE(ABORT, 'flow_setting is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER flow_setting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON flow_setting
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
