CREATE TABLE registry_setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE registry_counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO registry_counter (name, value) VALUES ('ordinal', 0), ('suppression', 0), ('audience', 0);

CREATE TABLE place (
    place_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('state', 'division', 'district', 'block', 'panchayat', 'village')),
    code BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    name_hi TEXT NOT NULL,
    aliases TEXT NOT NULL,
    parent_place_id BIGINT REFERENCES place (place_id),
    district_place_id BIGINT REFERENCES place (place_id),
    block_place_id BIGINT REFERENCES place (place_id),
    lat_micro BIGINT,
    lon_micro BIGINT,
    point_from TEXT CHECK (point_from IN ('own', 'parent')),
    number_first BIGINT NOT NULL,
    number_last BIGINT NOT NULL
);
CREATE UNIQUE INDEX place_by_code ON place (kind, code);
CREATE INDEX place_by_parent ON place (parent_place_id);
CREATE INDEX place_by_block ON place (block_place_id);
CREATE INDEX place_by_number ON place (number_first);

CREATE TABLE place_name (
    folded TEXT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    kind TEXT NOT NULL,
    PRIMARY KEY (folded, place_id)
);
CREATE INDEX place_name_by_place ON place_name (place_id);

CREATE TABLE post_office (
    pincode BIGINT NOT NULL,
    name_en TEXT NOT NULL,
    office_type TEXT NOT NULL,
    district_place_id BIGINT NOT NULL REFERENCES place (place_id),
    block_place_id BIGINT REFERENCES place (place_id),
    lat_micro BIGINT,
    lon_micro BIGINT,
    PRIMARY KEY (pincode, name_en)
);

-- only: postgres
-- Prefix search compares bytes, whatever the server's locale is.
ALTER TABLE place_name ALTER COLUMN folded TYPE TEXT COLLATE "C";
-- end
