ALTER TABLE message_template ADD COLUMN ttl_seconds BIGINT NOT NULL DEFAULT 0;

ALTER TABLE broadcast ADD COLUMN allowance_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE broadcast ADD COLUMN price_centipaise BIGINT NOT NULL DEFAULT 0;
CREATE TABLE broadcast_allowance (
    allowance_id BIGINT PRIMARY KEY,
    budget_centipaise BIGINT NOT NULL,
    left_centipaise BIGINT NOT NULL,
    stalled_at BIGINT
);

CREATE TABLE sender_count (
    channel BIGINT NOT NULL,
    name TEXT NOT NULL,
    slice BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    PRIMARY KEY (channel, name, slice, writer)
);
CREATE INDEX sender_count_by_slice ON sender_count (slice);
