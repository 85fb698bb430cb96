CREATE TABLE spoken_wish (
    person_id BIGINT PRIMARY KEY,
    wished_at BIGINT NOT NULL
);

CREATE TABLE spoken_answer (
    spoken_id BIGINT PRIMARY KEY,
    address_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    said_at BIGINT NOT NULL,
    try_at BIGINT NOT NULL
);
CREATE INDEX spoken_answer_by_time ON spoken_answer (try_at, spoken_id);
