CREATE TABLE web_account (
    account_id BIGINT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name_hi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    role TEXT NOT NULL,
    place_id BIGINT NOT NULL,
    organisation_id BIGINT,
    site_id BIGINT,
    password_hash TEXT NOT NULL,
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created_at BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL
);

CREATE TABLE web_session (
    token_hash BYTEA PRIMARY KEY,
    session_id BIGINT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES web_account (account_id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_session_by_account ON web_session (account_id);
CREATE INDEX web_session_by_expiry ON web_session (expires_at);
