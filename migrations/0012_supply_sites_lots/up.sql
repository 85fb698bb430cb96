CREATE TABLE site (
    site_id BIGINT PRIMARY KEY,
    site_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('purchase_point', 'packaging_house', 'outlet', 'workshop')),
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    owner_organisation_id BIGINT,
    owner_group_id BIGINT,
    name_hi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    address TEXT NOT NULL,
    licence TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    CHECK ((owner_organisation_id IS NULL) <> (owner_group_id IS NULL))
);
CREATE INDEX site_by_place ON site (place_id);

CREATE TABLE device_act (
    device_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body_digest TEXT NOT NULL,
    answer_id BIGINT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE lot (
    lot_id BIGINT PRIMARY KEY,
    lot_code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('weighed', 'packed', 'batch')),
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    producer_person_id BIGINT REFERENCES person (person_id),
    order_line_id BIGINT,
    unit TEXT NOT NULL,
    weight_milli BIGINT NOT NULL CHECK (weight_milli > 0),
    grade TEXT CHECK (grade IN ('a', 'b', 'c')),
    price_paise BIGINT NOT NULL CHECK (price_paise >= 0),
    pack_milli BIGINT CHECK (pack_milli > 0),
    packs BIGINT CHECK (packs > 0),
    made_site_id BIGINT NOT NULL REFERENCES site (site_id),
    made_at BIGINT NOT NULL,
    trace_token TEXT UNIQUE,
    CHECK ((kind = 'weighed') = (producer_person_id IS NOT NULL)),
    CHECK ((kind = 'packed') = (pack_milli IS NOT NULL)),
    CHECK ((pack_milli IS NULL) = (packs IS NULL)),
    CHECK (packs IS NULL OR packs * pack_milli = weight_milli)
);
CREATE INDEX lot_by_time ON lot (made_at, lot_id);
CREATE INDEX lot_by_producer ON lot (producer_person_id) WHERE producer_person_id IS NOT NULL;
CREATE INDEX lot_by_order_line ON lot (order_line_id) WHERE order_line_id IS NOT NULL;

CREATE TABLE stock (
    lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    holder_kind TEXT NOT NULL CHECK (holder_kind IN ('site', 'consignment')),
    holder_id BIGINT NOT NULL,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('person', 'group', 'organisation')),
    owner_id BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli >= 0),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (lot_id, holder_kind, holder_id)
);
CREATE INDEX stock_by_holder ON stock (holder_kind, holder_id) WHERE quantity_milli > 0;

CREATE TABLE lot_event (
    lot_event_id BIGINT PRIMARY KEY,
    lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    kind TEXT NOT NULL CHECK (kind IN ('worked', 'received', 'graded', 'carried', 'packed',
        'packed_from', 'packed_into', 'consigned', 'received_at', 'sold', 'returned', 'owned',
        'corrected')),
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    site_id BIGINT REFERENCES site (site_id),
    to_site_id BIGINT REFERENCES site (site_id),
    other_lot_id BIGINT REFERENCES lot (lot_id),
    consignment_id BIGINT,
    sale_id BIGINT,
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli >= 0),
    change_milli BIGINT NOT NULL,
    grade TEXT,
    note TEXT NOT NULL,
    account_id BIGINT NOT NULL
);
CREATE INDEX lot_event_by_lot ON lot_event (lot_id, at, lot_event_id);

CREATE TABLE packing (
    packed_lot_id BIGINT PRIMARY KEY REFERENCES lot (lot_id),
    site_id BIGINT NOT NULL REFERENCES site (site_id),
    input_milli BIGINT NOT NULL CHECK (input_milli > 0),
    output_milli BIGINT NOT NULL CHECK (output_milli > 0),
    loss_milli BIGINT NOT NULL CHECK (loss_milli >= 0),
    pack_price_paise BIGINT NOT NULL CHECK (pack_price_paise >= 0),
    packed_at BIGINT NOT NULL,
    best_before_at BIGINT NOT NULL,
    CHECK (input_milli = output_milli + loss_milli)
);

CREATE TABLE packing_input (
    packed_lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    input_lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    PRIMARY KEY (packed_lot_id, input_lot_id)
);
CREATE INDEX packing_input_by_input ON packing_input (input_lot_id);

CREATE TABLE consignment (
    consignment_id BIGINT PRIMARY KEY,
    from_site_id BIGINT NOT NULL REFERENCES site (site_id),
    to_site_id BIGINT NOT NULL REFERENCES site (site_id),
    sent_at BIGINT NOT NULL,
    received_at BIGINT,
    CHECK (from_site_id <> to_site_id)
);
CREATE INDEX consignment_by_time ON consignment (sent_at, consignment_id);
CREATE INDEX consignment_by_from ON consignment (from_site_id, sent_at);
CREATE INDEX consignment_by_to ON consignment (to_site_id, sent_at);

CREATE TABLE consignment_lot (
    consignment_id BIGINT NOT NULL REFERENCES consignment (consignment_id),
    lot_id BIGINT NOT NULL REFERENCES lot (lot_id),
    sent_milli BIGINT NOT NULL CHECK (sent_milli > 0),
    received_milli BIGINT CHECK (received_milli >= 0 AND received_milli <= sent_milli),
    note TEXT NOT NULL,
    PRIMARY KEY (consignment_id, lot_id)
);
CREATE INDEX consignment_lot_by_lot ON consignment_lot (lot_id);

-- only: sqlite
CREATE TRIGGER lot_no_update BEFORE UPDATE ON lot
BEGIN SELECT RAISE(ABORT, 'lot is append-only'); END;
CREATE TRIGGER lot_no_delete BEFORE DELETE ON lot
BEGIN SELECT RAISE(ABORT, 'lot is append-only'); END;
CREATE TRIGGER lot_event_no_update BEFORE UPDATE ON lot_event
BEGIN SELECT RAISE(ABORT, 'lot_event is append-only'); END;
CREATE TRIGGER lot_event_no_delete BEFORE DELETE ON lot_event
BEGIN SELECT RAISE(ABORT, 'lot_event is append-only'); END;
CREATE TRIGGER packing_no_update BEFORE UPDATE ON packing
BEGIN SELECT RAISE(ABORT, 'packing is append-only'); END;
CREATE TRIGGER packing_no_delete BEFORE DELETE ON packing
BEGIN SELECT RAISE(ABORT, 'packing is append-only'); END;
CREATE TRIGGER packing_input_no_update BEFORE UPDATE ON packing_input
BEGIN SELECT RAISE(ABORT, 'packing_input is append-only'); END;
CREATE TRIGGER packing_input_no_delete BEFORE DELETE ON packing_input
BEGIN SELECT RAISE(ABORT, 'packing_input is append-only'); END;
CREATE TRIGGER device_act_no_update BEFORE UPDATE ON device_act
BEGIN SELECT RAISE(ABORT, 'device_act is append-only'); END;
CREATE TRIGGER device_act_no_delete BEFORE DELETE ON device_act
BEGIN SELECT RAISE(ABORT, 'device_act is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER lot_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lot_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lot_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER packing_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON packing
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER packing_input_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON packing_input
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER device_act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON device_act
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
