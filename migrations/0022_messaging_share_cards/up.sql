CREATE TABLE card_relay (
    relay_id BIGINT PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    broadcast_id BIGINT NOT NULL REFERENCES broadcast (broadcast_id),
    by_account_id BIGINT NOT NULL,
    group_count BIGINT NOT NULL CHECK (group_count BETWEEN 1 AND 200),
    relayed_at BIGINT NOT NULL
);
CREATE INDEX card_relay_by_broadcast ON card_relay (broadcast_id, by_account_id);

-- only: sqlite
CREATE TRIGGER card_relay_no_update BEFORE UPDATE ON card_relay
BEGIN SELECT RAISE(ABORT, 'card_relay is append-only'); END;
CREATE TRIGGER card_relay_no_delete BEFORE DELETE ON card_relay
BEGIN SELECT RAISE(ABORT, 'card_relay is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER card_relay_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON card_relay FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
