CREATE TABLE inbound_media (
    inbound_id BIGINT PRIMARY KEY REFERENCES inbound (inbound_id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'kept', 'gone', 'refused')),
    kind TEXT NOT NULL CHECK (kind IN ('', 'audio', 'image')),
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    try_at BIGINT NOT NULL
);
CREATE INDEX inbound_media_waiting ON inbound_media (try_at) WHERE state = 'waiting';
CREATE INDEX ticket_closed_by_topic ON ticket (topic, closed_at) WHERE closed_at IS NOT NULL;
