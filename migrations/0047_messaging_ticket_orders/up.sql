CREATE TABLE ticket_order (
    inbound_id BIGINT PRIMARY KEY REFERENCES ticket (inbound_id),
    order_id BIGINT NOT NULL,
    named BIGINT NOT NULL CHECK (named IN (0, 1)),
    linked_at BIGINT NOT NULL
);
