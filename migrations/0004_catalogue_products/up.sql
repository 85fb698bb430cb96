CREATE TABLE catalogue_setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE product (
    product_id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name_hi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    variants TEXT NOT NULL,
    units TEXT NOT NULL,
    unit_default TEXT NOT NULL,
    category TEXT NOT NULL,
    made_by TEXT NOT NULL,
    shelf_life_days BIGINT,
    hs_code TEXT NOT NULL,
    hs_note TEXT NOT NULL
);

CREATE TABLE product_tax (
    product_id BIGINT NOT NULL REFERENCES product (product_id),
    packing TEXT NOT NULL CHECK (packing IN ('loose', 'packed')),
    valid_from_at BIGINT NOT NULL,
    gst_basis_points BIGINT NOT NULL CHECK (gst_basis_points BETWEEN 0 AND 10000),
    basis TEXT NOT NULL,
    PRIMARY KEY (product_id, packing, valid_from_at)
);
