-- One row for each phone instead of one for each phone and channel. Ids of addresses become
-- contact_id * 8 + channel, so messages that name one are told its new id.
CREATE TABLE contact (
    contact_id BIGINT PRIMARY KEY,
    external_id TEXT NOT NULL,
    channels BIGINT NOT NULL,
    suppressed BIGINT NOT NULL
);
INSERT INTO contact (contact_id, external_id, channels, suppressed)
SELECT ROW_NUMBER() OVER (ORDER BY MIN(address_id)), external_id,
       SUM(CASE channel WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 4 ELSE 8 END),
       SUM(suppressed * CASE channel WHEN 1 THEN 1 WHEN 2 THEN 16 WHEN 3 THEN 256 ELSE 4096 END)
FROM address GROUP BY external_id;
CREATE UNIQUE INDEX contact_by_external ON contact (external_id);
INSERT INTO registry_counter (name, value)
SELECT 'contact', COALESCE(MAX(contact_id), 0) FROM contact;

UPDATE mail SET address_id = COALESCE(
    (SELECT c.contact_id * 8 + a.channel
     FROM address a JOIN contact c ON c.external_id = a.external_id
     WHERE a.address_id = mail.address_id), address_id);
UPDATE inbound SET address_id = COALESCE(
    (SELECT c.contact_id * 8 + a.channel
     FROM address a JOIN contact c ON c.external_id = a.external_id
     WHERE a.address_id = inbound.address_id), address_id);
UPDATE conversation SET address_id = COALESCE(
    (SELECT c.contact_id * 8 + a.channel
     FROM address a JOIN contact c ON c.external_id = a.external_id
     WHERE a.address_id = conversation.address_id), address_id);

-- only: sqlite
CREATE TABLE person_contact (
    ordinal INTEGER NOT NULL,
    contact_id INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    PRIMARY KEY (ordinal, contact_id)
) STRICT, WITHOUT ROWID;
-- end
-- only: postgres
CREATE TABLE person_contact (
    ordinal BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    channels SMALLINT NOT NULL,
    PRIMARY KEY (ordinal, contact_id)
);
-- end
INSERT INTO person_contact (ordinal, contact_id, channels)
SELECT pa.ordinal, c.contact_id,
       SUM(CASE pa.channel WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 4 ELSE 8 END)
FROM person_address pa JOIN address a ON a.address_id = pa.address_id
JOIN contact c ON c.external_id = a.external_id
GROUP BY pa.ordinal, c.contact_id;
CREATE INDEX person_contact_by_contact ON person_contact (contact_id);

-- only: sqlite
CREATE TABLE consent_new (
    ordinal INTEGER NOT NULL,
    number INTEGER NOT NULL,
    purposes INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    is_given INTEGER NOT NULL CHECK (is_given IN (0, 1)),
    at INTEGER NOT NULL,
    text_version TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (ordinal, number)
) STRICT, WITHOUT ROWID;
-- end
-- only: postgres
CREATE TABLE consent_new (
    ordinal BIGINT NOT NULL,
    number SMALLINT NOT NULL,
    purposes SMALLINT NOT NULL,
    channel SMALLINT NOT NULL,
    is_given SMALLINT NOT NULL CHECK (is_given IN (0, 1)),
    at BIGINT NOT NULL,
    text_version TEXT NOT NULL,
    evidence TEXT NOT NULL,
    PRIMARY KEY (ordinal, number)
);
-- end
INSERT INTO consent_new (ordinal, number, purposes, channel, is_given, at, text_version, evidence)
SELECT p.ordinal, ROW_NUMBER() OVER (PARTITION BY p.ordinal ORDER BY c.at, c.consent_id),
       c.purposes, c.channel, CASE c.state WHEN 'given' THEN 1 ELSE 0 END, c.at, c.text_version,
       c.evidence
FROM consent c JOIN person p ON p.person_id = c.person_id;
DROP TABLE consent;
ALTER TABLE consent_new RENAME TO consent;

DROP TABLE person_address;
DROP TABLE address;

-- only: sqlite
CREATE TABLE person_new (
    ordinal INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL UNIQUE,
    place_id INTEGER NOT NULL REFERENCES place (place_id),
    group_id INTEGER REFERENCES producer_group (group_id),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    language INTEGER NOT NULL CHECK (language >= 0),
    channels INTEGER NOT NULL,
    consents INTEGER NOT NULL,
    suppressed INTEGER NOT NULL,
    is_synthetic INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_latin TEXT NOT NULL
) STRICT;
INSERT INTO person_new (ordinal, person_id, place_id, group_id, kind, language, channels, consents,
                        suppressed, is_synthetic, created_at, name, name_latin)
SELECT ordinal, person_id, place_id, group_id,
       CASE kind WHEN 'member' THEN 0 WHEN 'farmer' THEN 1 ELSE 2 END,
       CASE language WHEN 'hi' THEN 0 WHEN 'en' THEN 1 WHEN 'bho' THEN 2 WHEN 'mai' THEN 3
                     WHEN 'mag' THEN 4 WHEN 'anp' THEN 5 ELSE 6 END,
       0, consents, suppressed, is_synthetic, created_at, name, name_latin
FROM person ORDER BY ordinal;
DROP TABLE person;
ALTER TABLE person_new RENAME TO person;
CREATE INDEX person_by_place ON person (place_id);

CREATE TABLE person_product_new (
    ordinal INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    PRIMARY KEY (ordinal, product_id)
) STRICT, WITHOUT ROWID;
INSERT INTO person_product_new (ordinal, product_id)
SELECT ordinal, product_id FROM person_product ORDER BY ordinal, product_id;
DROP TABLE person_product;
ALTER TABLE person_product_new RENAME TO person_product;
-- end
-- only: postgres
DROP INDEX person_by_group;
ALTER TABLE person DROP CONSTRAINT person_kind_check;
ALTER TABLE person
    ALTER COLUMN kind TYPE SMALLINT USING
        CASE kind WHEN 'member' THEN 0 WHEN 'farmer' THEN 1 ELSE 2 END,
    ALTER COLUMN language TYPE SMALLINT USING
        CASE language WHEN 'hi' THEN 0 WHEN 'en' THEN 1 WHEN 'bho' THEN 2 WHEN 'mai' THEN 3
                      WHEN 'mag' THEN 4 WHEN 'anp' THEN 5 ELSE 6 END,
    ALTER COLUMN consents TYPE SMALLINT,
    ALTER COLUMN suppressed TYPE SMALLINT,
    ALTER COLUMN is_synthetic TYPE SMALLINT,
    ADD COLUMN channels SMALLINT NOT NULL DEFAULT 0,
    ADD CHECK (kind BETWEEN 0 AND 2),
    ADD CHECK (language >= 0);
ALTER TABLE person ALTER COLUMN channels DROP DEFAULT;
-- end
UPDATE person SET channels = COALESCE(
    (SELECT SUM(DISTINCT pc.channels & 1) + SUM(DISTINCT pc.channels & 2)
          + SUM(DISTINCT pc.channels & 4) + SUM(DISTINCT pc.channels & 8)
     FROM person_contact pc WHERE pc.ordinal = person.ordinal), 0);

-- only: sqlite
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END;
-- end
-- only: postgres
CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end
