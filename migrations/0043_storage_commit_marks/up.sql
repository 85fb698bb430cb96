-- only: postgres
CREATE TABLE commit_mark (
    boot_number BIGINT PRIMARY KEY,
    touched BIGINT NOT NULL
) WITH (fillfactor = 10);
-- end
