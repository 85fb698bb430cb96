-- Slots and journal rows of before would be misread: refuses where there are any.
CREATE TABLE must_be_empty (rows BIGINT NOT NULL CHECK (rows = 0));
INSERT INTO must_be_empty SELECT COUNT(*) FROM journal;
INSERT INTO must_be_empty SELECT COUNT(*) FROM chunk;
DROP TABLE must_be_empty;

CREATE TABLE shard_lease (
    shard BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    owner BIGINT NOT NULL,
    beats BIGINT NOT NULL,
    waiting BIGINT NOT NULL
);

CREATE TABLE shard_cursor (
    shard BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (shard, writer)
);

DROP TABLE journal;
CREATE TABLE journal (
    writer BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    events BYTEA NOT NULL,
    PRIMARY KEY (writer, seq, shard)
);

CREATE TABLE delivery_process (
    writer BIGINT PRIMARY KEY,
    owner BIGINT NOT NULL,
    beats BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);

CREATE TABLE broadcast_new (
    broadcast_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL UNIQUE,
    device_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('planning', 'sending', 'paused', 'cancelled', 'done')),
    pause_reason TEXT NOT NULL,
    purpose TEXT NOT NULL,
    channel BIGINT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('at_most_once', 'at_least_once')),
    follows BIGINT NOT NULL,
    lifetime_seconds BIGINT NOT NULL,
    wait_until BIGINT NOT NULL,
    may_repeat BIGINT NOT NULL,
    template_name TEXT NOT NULL,
    params TEXT NOT NULL,
    audience TEXT NOT NULL,
    demand_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    slots BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    shared BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT
);
INSERT INTO broadcast_new
SELECT broadcast_id, broadcast_id, device_id, state, '', purpose, channel, 'at_most_once', 0, 0, 0, 0,
       template_name, params, audience, demand_id, place_id, recipients + shared, recipients, shared,
       created_by, created_at, expires_at, finished_at
FROM broadcast;
DROP TABLE broadcast;
ALTER TABLE broadcast_new RENAME TO broadcast;
CREATE INDEX broadcast_by_follows ON broadcast (follows);

CREATE TABLE slot_total (
    broadcast_id BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    counts BYTEA NOT NULL,
    PRIMARY KEY (broadcast_id, shard)
);

CREATE TABLE status_unmatched (
    status_id BIGINT PRIMARY KEY,
    channel BIGINT NOT NULL,
    address_id BIGINT NOT NULL,
    evidence BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    try_at BIGINT NOT NULL
);
CREATE INDEX status_unmatched_by_try ON status_unmatched (try_at);

CREATE TABLE portfolio_hour (
    hour BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (hour, writer)
);

-- only: postgres
ALTER TABLE journal ALTER COLUMN events SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN ordinals SET STORAGE EXTERNAL;
ALTER TABLE chunk ALTER COLUMN slots SET STORAGE EXTERNAL;
-- end
