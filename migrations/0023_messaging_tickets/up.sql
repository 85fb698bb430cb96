CREATE TABLE ticket (
    inbound_id BIGINT PRIMARY KEY,
    topic TEXT NOT NULL,
    address_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by_account_id BIGINT,
    answer TEXT NOT NULL
);
CREATE INDEX ticket_by_due ON ticket (due_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_by_person ON ticket (person_id);
