ALTER TABLE conversation ADD COLUMN wakes_at BIGINT;
CREATE INDEX conversation_by_wake ON conversation (wakes_at) WHERE wakes_at IS NOT NULL;
