ALTER TABLE ticket ADD COLUMN desk_place_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN assigned_account_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ticket ADD COLUMN escalate_at BIGINT;
ALTER TABLE ticket ADD COLUMN escalations BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN messages BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ticket ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN told BIGINT NOT NULL DEFAULT 0;

INSERT INTO ticket (inbound_id, topic, address_id, person_id, place_id, text, opened_at, due_at, answer)
SELECT i.inbound_id, 'person', c.address_id, c.person_id, c.place_id, i.text, i.received_at,
       i.received_at + 86400, ''
FROM conversation c JOIN inbound i
    ON i.inbound_id = (SELECT MAX(l.inbound_id) FROM inbound l WHERE l.address_id = c.address_id)
WHERE c.queue = 'person'
  AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.address_id = c.address_id AND t.closed_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.inbound_id = i.inbound_id);

UPDATE ticket SET desk_place_id = CASE WHEN place_id = 0 THEN 1000000010 ELSE place_id END,
    last_at = opened_at;
UPDATE ticket SET escalate_at = due_at WHERE closed_at IS NULL AND place_id <> 0;

CREATE INDEX ticket_by_escalation ON ticket (escalate_at) WHERE closed_at IS NULL AND escalate_at IS NOT NULL;
CREATE INDEX ticket_open_by_address ON ticket (address_id) WHERE closed_at IS NULL;
CREATE INDEX ticket_open_by_account ON ticket (assigned_account_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX ticket_closed ON ticket (closed_at, inbound_id) WHERE closed_at IS NOT NULL;
CREATE INDEX ticket_by_address ON ticket (address_id, opened_at);

CREATE TABLE ticket_event (
    ticket_event_id BIGINT PRIMARY KEY,
    inbound_id BIGINT NOT NULL REFERENCES ticket (inbound_id),
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'joined', 'taken', 'given', 'returned', 'moved',
        'noted', 'answered', 'escalated', 'closed')),
    account_id BIGINT NOT NULL,
    to_account_id BIGINT NOT NULL,
    place_id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    text TEXT NOT NULL,
    device_id TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX ticket_event_by_ticket ON ticket_event (inbound_id, ticket_event_id);
CREATE UNIQUE INDEX ticket_event_by_device ON ticket_event (device_id) WHERE device_id IS NOT NULL;

CREATE INDEX web_account_by_place ON web_account (place_id);

-- only: sqlite
CREATE TRIGGER ticket_event_no_update BEFORE UPDATE ON ticket_event
BEGIN SELECT RAISE(ABORT, 'ticket_event is append-only'); END;
CREATE TRIGGER ticket_event_no_delete BEFORE DELETE ON ticket_event
BEGIN SELECT RAISE(ABORT, 'ticket_event is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER ticket_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
