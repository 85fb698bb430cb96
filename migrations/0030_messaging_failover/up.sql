ALTER TABLE broadcast ADD COLUMN nonce BIGINT NOT NULL DEFAULT 0;
ALTER TABLE status_unmatched ADD COLUMN nonce BIGINT NOT NULL DEFAULT 0;

CREATE TABLE delivery_quarantine (
    quarantine_id BIGINT PRIMARY KEY CHECK (quarantine_id = 1),
    state TEXT NOT NULL CHECK (state IN ('off', 'on')),
    standby TEXT NOT NULL CHECK (standby IN ('asynchronous', 'synchronous')),
    timeline BIGINT NOT NULL,
    last_broadcast BIGINT NOT NULL,
    reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
INSERT INTO delivery_quarantine VALUES (1, 'off', 'asynchronous', 0, 0, '', 0);
