CREATE TABLE ordinal_extent (
    ordinal_first BIGINT PRIMARY KEY,
    ordinal_last BIGINT NOT NULL,
    ordinal_next BIGINT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id)
);
CREATE INDEX ordinal_extent_by_place ON ordinal_extent (place_id);

CREATE TABLE producer_group (
    group_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('shg', 'vo', 'clf')),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    parent_group_id BIGINT REFERENCES producer_group (group_id),
    is_synthetic BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX producer_group_by_name ON producer_group (place_id, kind, folded);
CREATE INDEX producer_group_by_parent ON producer_group (parent_group_id);

CREATE TABLE organisation (
    organisation_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('buyer', 'jail', 'board', 'company', 'trust')),
    code TEXT NOT NULL UNIQUE,
    name_en TEXT NOT NULL,
    name_hi TEXT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    gstin TEXT NOT NULL,
    is_synthetic BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE person (
    person_id BIGINT PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('member', 'farmer', 'mobiliser')),
    name TEXT NOT NULL,
    name_latin TEXT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    group_id BIGINT REFERENCES producer_group (group_id),
    language TEXT NOT NULL,
    consents BIGINT NOT NULL,
    suppressed BIGINT NOT NULL,
    is_synthetic BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX person_by_place ON person (place_id);
CREATE INDEX person_by_group ON person (group_id);

CREATE TABLE address (
    address_id BIGINT PRIMARY KEY,
    channel BIGINT NOT NULL CHECK (channel BETWEEN 1 AND 4),
    external_id TEXT NOT NULL,
    suppressed BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX address_by_external ON address (channel, external_id);

CREATE TABLE person_address (
    ordinal BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    address_id BIGINT NOT NULL REFERENCES address (address_id),
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    PRIMARY KEY (ordinal, channel, address_id)
);
CREATE INDEX person_address_by_address ON person_address (address_id);

CREATE TABLE person_product (
    ordinal BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    PRIMARY KEY (ordinal, product_id)
);

CREATE TABLE consent (
    consent_id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    purposes BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
    text_version TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX consent_by_person ON consent (person_id);

CREATE TABLE suppression_change (
    epoch BIGINT PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    purposes BIGINT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE audience_change (
    change_number BIGINT PRIMARY KEY,
    ordinal_first BIGINT NOT NULL,
    ordinal_last BIGINT NOT NULL
);

CREATE TABLE import_run (
    file_hash TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    records_done BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    shared_phones BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- only: sqlite
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;
CREATE TRIGGER suppression_change_no_update BEFORE UPDATE ON suppression_change
BEGIN SELECT RAISE(ABORT, 'suppression_change is append-only'); END;
CREATE TRIGGER suppression_change_no_delete BEFORE DELETE ON suppression_change
BEGIN SELECT RAISE(ABORT, 'suppression_change is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER suppression_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON suppression_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
