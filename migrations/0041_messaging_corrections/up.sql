CREATE TABLE not_understood (
    inbound_id BIGINT PRIMARY KEY,
    folded TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    intent TEXT NOT NULL,
    sure_permille BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX not_understood_by_time ON not_understood (received_at);
CREATE INDEX not_understood_by_words ON not_understood (folded, received_at);

CREATE TABLE message_correction (
    correction_no BIGINT PRIMARY KEY,
    inbound_id BIGINT NOT NULL,
    understood TEXT NOT NULL,
    corrected TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    corrected_at BIGINT NOT NULL
);
CREATE INDEX message_correction_by_inbound ON message_correction (inbound_id, correction_no);

-- only: sqlite
CREATE TRIGGER message_correction_no_update BEFORE UPDATE ON message_correction
BEGIN SELECT RAISE(ABORT, 'message_correction is append-only'); END;
CREATE TRIGGER message_correction_no_delete BEFORE DELETE ON message_correction
BEGIN SELECT RAISE(ABORT, 'message_correction is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER message_correction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON message_correction
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
