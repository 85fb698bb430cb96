ALTER TABLE audience_change ADD COLUMN group_id BIGINT;
ALTER TABLE audience_change ADD COLUMN tag TEXT;

CREATE TABLE audience_mark (
    marked_at BIGINT PRIMARY KEY,
    change_number BIGINT NOT NULL
);

CREATE TABLE audience_tag (
    tag TEXT NOT NULL,
    part BIGINT NOT NULL CHECK (part >= 0),
    ordinals BYTEA NOT NULL,
    PRIMARY KEY (tag, part)
);

CREATE TABLE saved_audience (
    saved_audience_id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    place_id BIGINT NOT NULL REFERENCES place (place_id),
    account_id BIGINT NOT NULL,
    expression TEXT NOT NULL,
    people BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_audience_by_name ON saved_audience (place_id, folded);

CREATE TABLE saved_audience_use (
    saved_audience_id BIGINT NOT NULL REFERENCES saved_audience (saved_audience_id),
    used_saved_audience_id BIGINT NOT NULL REFERENCES saved_audience (saved_audience_id),
    PRIMARY KEY (saved_audience_id, used_saved_audience_id)
);
CREATE INDEX saved_audience_use_by_used ON saved_audience_use (used_saved_audience_id);

CREATE INDEX producer_group_by_folded ON producer_group (folded) WHERE kind <> 'shg';

INSERT INTO registry_counter (name, value) VALUES ('places', 0);

INSERT INTO flow_setting (setting_key, valid_from_at, value, order_no) VALUES
    ('whatsapp_marketing_centipaise', 0, 8631, ''),
    ('whatsapp_utility_centipaise', 0, 1150, ''),
    ('sms_segment_centipaise', 0, 2000, ''),
    ('voice_pulse_centipaise', 0, 6000, '');
