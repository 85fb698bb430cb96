CREATE TABLE account_phone (
    account_id BIGINT PRIMARY KEY REFERENCES web_account (account_id),
    code TEXT UNIQUE,
    code_until_at BIGINT NOT NULL,
    language TEXT NOT NULL,
    address_id BIGINT,
    linked_at BIGINT
);
