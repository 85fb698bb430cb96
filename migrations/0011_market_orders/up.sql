CREATE TABLE market_order (
    order_id BIGINT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    device_id TEXT NOT NULL UNIQUE,
    demand_id BIGINT NOT NULL REFERENCES demand (demand_id),
    buyer_organisation_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    unit TEXT NOT NULL,
    wanted_milli BIGINT NOT NULL CHECK (wanted_milli > 0),
    answer_by_at BIGINT NOT NULL,
    placed_by_account_id BIGINT NOT NULL,
    placed_at BIGINT NOT NULL,
    cancelled_at BIGINT
);
CREATE INDEX market_order_by_time ON market_order (placed_at, order_id);
CREATE INDEX market_order_by_demand ON market_order (demand_id);
CREATE INDEX market_order_by_buyer ON market_order (buyer_organisation_id, placed_at);

CREATE TABLE order_line (
    order_line_id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES market_order (order_id),
    offer_id BIGINT NOT NULL REFERENCES offer (offer_id),
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    price_paise BIGINT NOT NULL CHECK (price_paise > 0),
    amount_paise BIGINT NOT NULL CHECK (amount_paise >= 0),
    distance_metres BIGINT NOT NULL CHECK (distance_metres >= 0),
    transport_paise BIGINT NOT NULL CHECK (transport_paise >= 0),
    answer TEXT NOT NULL CHECK (answer IN ('waiting', 'yes', 'no', 'expired')),
    answered_at BIGINT,
    weighed_milli BIGINT NOT NULL DEFAULT 0 CHECK (weighed_milli >= 0),
    finished_at BIGINT,
    UNIQUE (order_id, offer_id)
);
CREATE INDEX order_line_by_offer ON order_line (offer_id);
CREATE INDEX order_line_by_person ON order_line (person_id, order_id);
CREATE INDEX order_line_waiting ON order_line (order_id) WHERE answer = 'waiting';
