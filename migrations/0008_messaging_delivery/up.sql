CREATE TABLE broadcast (
    broadcast_id BIGINT PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('planning', 'sending', 'paused', 'done')),
    purpose TEXT NOT NULL,
    channel BIGINT NOT NULL,
    template_name TEXT NOT NULL,
    params TEXT NOT NULL,
    audience TEXT NOT NULL,
    demand_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    shared BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE TABLE chunk (
    broadcast_id BIGINT NOT NULL,
    chunk_no BIGINT NOT NULL,
    ordinals BYTEA NOT NULL,
    slots BYTEA NOT NULL,
    PRIMARY KEY (broadcast_id, chunk_no)
);

CREATE TABLE journal (
    writer BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    events BYTEA NOT NULL,
    PRIMARY KEY (writer, seq)
);

CREATE TABLE mail (
    mail_id BIGINT PRIMARY KEY,
    device_id TEXT UNIQUE,
    by_account_id BIGINT NOT NULL,
    slot BIGINT,
    address_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose BIGINT NOT NULL,
    body TEXT NOT NULL,
    template TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mail_by_slot ON mail (slot);
CREATE INDEX mail_waiting ON mail (mail_id) WHERE slot IS NULL;
CREATE INDEX mail_by_address ON mail (address_id, created_at);
