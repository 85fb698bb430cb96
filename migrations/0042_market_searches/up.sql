CREATE TABLE saved_search (
    search_id BIGINT PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    grade TEXT CHECK (grade IN ('a', 'b', 'c')),
    min_quantity_milli BIGINT NOT NULL CHECK (min_quantity_milli >= 0),
    max_price_paise BIGINT CHECK (max_price_paise > 0),
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    tells BIGINT NOT NULL CHECK (tells IN (0, 1)),
    saved_at BIGINT NOT NULL,
    removed_at BIGINT,
    matches BIGINT NOT NULL DEFAULT 0,
    seen BIGINT NOT NULL DEFAULT 0,
    told BIGINT NOT NULL DEFAULT 0,
    told_at BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT
);
CREATE INDEX saved_search_by_product ON saved_search (product_id) WHERE removed_at IS NULL;
CREATE INDEX saved_search_by_organisation ON saved_search (organisation_id, saved_at);
CREATE INDEX saved_search_by_due ON saved_search (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE search_match (
    search_id BIGINT NOT NULL REFERENCES saved_search (search_id),
    offer_id BIGINT NOT NULL REFERENCES offer (offer_id),
    matched_at BIGINT NOT NULL,
    PRIMARY KEY (search_id, offer_id)
);
CREATE INDEX search_match_by_time ON search_match (search_id, matched_at, offer_id);
