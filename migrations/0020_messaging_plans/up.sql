CREATE TABLE broadcast_plan (
    plan_id BIGINT PRIMARY KEY,
    device_id TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'awaiting_second_yes', 'scheduled', 'running', 'paused',
                                         'cancelled', 'done')),
    reason TEXT NOT NULL,
    reason_text TEXT NOT NULL,
    purpose TEXT NOT NULL,
    body TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    needs_second_yes BIGINT NOT NULL CHECK (needs_second_yes IN (0, 1)),
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    submitted_by BIGINT,
    submitted_at BIGINT,
    submitted_count BIGINT NOT NULL,
    approved_by BIGINT,
    approved_at BIGINT,
    approved_count BIGINT NOT NULL,
    next_run_at BIGINT,
    runs BIGINT NOT NULL
);
CREATE INDEX broadcast_plan_due ON broadcast_plan (next_run_at) WHERE next_run_at IS NOT NULL;
CREATE INDEX broadcast_plan_by_state ON broadcast_plan (state);

CREATE TABLE broadcast_run (
    plan_id BIGINT NOT NULL REFERENCES broadcast_plan (plan_id),
    run_no BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'running', 'done', 'missed', 'refused')),
    claimed_until_at BIGINT NOT NULL,
    started_at BIGINT,
    people BIGINT NOT NULL,
    capped BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    rest_waiting BIGINT NOT NULL,
    reason TEXT NOT NULL,
    seed BIGINT NOT NULL,
    PRIMARY KEY (plan_id, run_no),
    UNIQUE (plan_id, due_at)
);
CREATE INDEX broadcast_run_open ON broadcast_run (state) WHERE state IN ('claimed', 'running');

CREATE TABLE broadcast_part (
    plan_id BIGINT NOT NULL,
    run_no BIGINT NOT NULL,
    part TEXT NOT NULL CHECK (part IN ('a', 'b', 'rest')),
    letter TEXT NOT NULL CHECK (letter IN ('a', 'b')),
    broadcast_id BIGINT NOT NULL UNIQUE,
    PRIMARY KEY (plan_id, run_no, part),
    FOREIGN KEY (plan_id, run_no) REFERENCES broadcast_run (plan_id, run_no)
);

CREATE TABLE broadcast_hold (
    broadcast_id BIGINT NOT NULL REFERENCES broadcast (broadcast_id),
    reason TEXT NOT NULL CHECK (reason IN ('officer', 'budget', 'template', 'number', 'cancelled')),
    reason_text TEXT NOT NULL,
    by_account_id BIGINT NOT NULL,
    held_at BIGINT NOT NULL,
    PRIMARY KEY (broadcast_id, reason)
);
CREATE INDEX broadcast_hold_by_reason ON broadcast_hold (reason);

CREATE TABLE broadcast_plan_move (
    move_id BIGINT PRIMARY KEY,
    plan_id BIGINT NOT NULL REFERENCES broadcast_plan (plan_id),
    moved_at BIGINT NOT NULL,
    by_account_id BIGINT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    people BIGINT
);
CREATE INDEX broadcast_plan_move_by_plan ON broadcast_plan_move (plan_id, move_id);

CREATE TABLE opt_out_request (
    device_id TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (person_id),
    by_account_id BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    evidence TEXT NOT NULL
);
CREATE INDEX consent_withdrawn ON consent (at, ordinal, number) WHERE is_given = 0;

INSERT INTO flow_setting (setting_key, valid_from_at, value, order_no) VALUES
    ('second_yes_above_block', 0, 2000, ''),
    ('second_yes_above_district', 0, 20000, ''),
    ('second_yes_above_state', 0, 100000, ''),
    ('market_messages_a_week', 0, 4, '');

-- only: sqlite
CREATE TRIGGER broadcast_plan_move_no_update BEFORE UPDATE ON broadcast_plan_move
BEGIN SELECT RAISE(ABORT, 'broadcast_plan_move is append-only'); END;
CREATE TRIGGER broadcast_plan_move_no_delete BEFORE DELETE ON broadcast_plan_move
BEGIN SELECT RAISE(ABORT, 'broadcast_plan_move is append-only'); END;
-- end

-- only: postgres
CREATE TRIGGER broadcast_plan_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON broadcast_plan_move FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
