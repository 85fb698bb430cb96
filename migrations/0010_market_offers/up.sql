CREATE TABLE demand (
    demand_id BIGINT PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    buyer_organisation_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    unit TEXT NOT NULL,
    max_price_paise BIGINT CHECK (max_price_paise > 0),
    deadline_at BIGINT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    note TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ordered', 'closed')),
    posted_by_account_id BIGINT NOT NULL,
    posted_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX demand_by_time ON demand (posted_at, demand_id);
CREATE INDEX demand_by_product ON demand (product_id, state);
CREATE INDEX demand_by_buyer ON demand (buyer_organisation_id, posted_at);

CREATE TABLE offer (
    offer_id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    demand_id BIGINT REFERENCES demand (demand_id),
    inbound_id BIGINT,
    said TEXT NOT NULL,
    quantity_milli BIGINT NOT NULL CHECK (quantity_milli > 0),
    reserved_milli BIGINT NOT NULL DEFAULT 0 CHECK (reserved_milli >= 0),
    ordered_milli BIGINT NOT NULL DEFAULT 0 CHECK (ordered_milli >= 0),
    unit TEXT NOT NULL,
    price_paise BIGINT NOT NULL CHECK (price_paise > 0),
    grade TEXT CHECK (grade IN ('a', 'b', 'c')),
    available_from_at BIGINT NOT NULL,
    available_until_at BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    changed_at BIGINT NOT NULL,
    CHECK (reserved_milli + ordered_milli <= quantity_milli),
    CHECK (available_from_at < available_until_at)
);
CREATE UNIQUE INDEX offer_by_inbound ON offer (inbound_id, product_id)
WHERE inbound_id IS NOT NULL;
CREATE INDEX offer_by_time ON offer (offered_at, offer_id);
CREATE INDEX offer_by_product ON offer (product_id, offered_at, offer_id);
CREATE INDEX offer_by_place ON offer (place_id, offered_at);
CREATE INDEX offer_by_person ON offer (person_id, offered_at);
CREATE INDEX offer_by_end ON offer (available_until_at);
