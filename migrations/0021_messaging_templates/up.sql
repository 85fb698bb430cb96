CREATE TABLE message_template (
    template_id BIGINT PRIMARY KEY,
    provider_id TEXT NOT NULL,
    device_id TEXT UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('approved', 'pending', 'rejected', 'paused', 'disabled', 'in_appeal',
                                           'flagged', 'deleted')),
    quality TEXT NOT NULL CHECK (quality IN ('green', 'yellow', 'red', 'unknown')),
    body TEXT NOT NULL,
    params BIGINT NOT NULL,
    buttons TEXT NOT NULL,
    rejection_reason TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    UNIQUE (name, language)
);

CREATE TABLE message_template_event (
    event_id BIGINT PRIMARY KEY,
    template_id BIGINT NOT NULL REFERENCES message_template (template_id),
    happened_at BIGINT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('status', 'quality', 'category')),
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX message_template_event_by_template ON message_template_event (template_id, event_id);

CREATE TABLE sender_number (
    sender_number_id BIGINT PRIMARY KEY,
    provider_number_id TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    quality TEXT NOT NULL CHECK (quality IN ('green', 'yellow', 'red', 'unknown')),
    limit_tier TEXT NOT NULL,
    throughput TEXT NOT NULL,
    resting BIGINT NOT NULL CHECK (resting IN (0, 1)),
    rest_until_at BIGINT,
    rest_reason TEXT NOT NULL,
    seen_at BIGINT
);

CREATE TABLE sender_event (
    event_id BIGINT PRIMARY KEY,
    sender_number_id BIGINT,
    happened_at BIGINT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
