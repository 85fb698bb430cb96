CREATE TABLE dialogue_version (
    dialogue_version_id BIGINT PRIMARY KEY,
    content BIGINT NOT NULL,
    source TEXT NOT NULL,
    book TEXT NOT NULL,
    newer TEXT NOT NULL,
    note TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE INDEX dialogue_version_by_content ON dialogue_version (content);

CREATE TABLE dialogue_shipped (
    shipped_number BIGINT PRIMARY KEY,
    content BIGINT NOT NULL,
    book TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE dialogue_draft (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT,
    account_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
