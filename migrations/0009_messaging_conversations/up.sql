CREATE TABLE inbound (
    inbound_id BIGINT PRIMARY KEY,
    channel BIGINT NOT NULL,
    provider_message_id TEXT NOT NULL,
    address_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    button_id TEXT NOT NULL,
    raw TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'answered', 'poison')),
    tries BIGINT NOT NULL,
    intent TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX inbound_once ON inbound (channel, provider_message_id);
CREATE INDEX inbound_new ON inbound (inbound_id) WHERE state = 'new';
CREATE INDEX inbound_by_address ON inbound (address_id, received_at);

CREATE TABLE unreadable_webhook (
    unreadable_id BIGINT PRIMARY KEY,
    channel BIGINT NOT NULL,
    body BYTEA NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE conversation (
    address_id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    queue TEXT NOT NULL CHECK (queue IN ('machine', 'person')),
    last_text TEXT NOT NULL,
    last_inbound_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX conversation_by_queue ON conversation (queue, changed_at);
