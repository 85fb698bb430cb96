CREATE TABLE group_chat (
    group_chat_id BIGINT PRIMARY KEY,
    device_id TEXT UNIQUE,
    channel BIGINT NOT NULL CHECK (channel IN (1, 3)),
    number TEXT NOT NULL,
    request_id TEXT,
    address_id BIGINT UNIQUE,
    place_id BIGINT REFERENCES place (place_id),
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'open', 'refused', 'suspended', 'gone')),
    error_code BIGINT NOT NULL DEFAULT 0,
    invite_link TEXT,
    by_account_id BIGINT,
    said_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX group_chat_by_request ON group_chat (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE group_chat_member (
    group_chat_id BIGINT NOT NULL REFERENCES group_chat (group_chat_id),
    address_id BIGINT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (group_chat_id, address_id)
);
