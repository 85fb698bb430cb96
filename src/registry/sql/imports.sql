-- name: import_find :maybe
-- in: file_hash text
-- out: state text, records_done, accepted, updated, refused, shared_phones
-- How far a file has been imported.
SELECT state, records_done, accepted, updated, refused, shared_phones
FROM import_run WHERE file_hash = :file_hash;

-- name: import_put :exec
-- in: file_hash text, state text
-- Records how far a file has been imported.
INSERT INTO import_run (file_hash, state, records_done, accepted, updated, refused, shared_phones,
                        started_at, changed_at)
VALUES (:file_hash, :state, :records_done, :accepted, :updated, :refused, :shared_phones, :now_at,
        :now_at)
ON CONFLICT (file_hash) DO UPDATE SET
    state = excluded.state, records_done = excluded.records_done, accepted = excluded.accepted,
    updated = excluded.updated, refused = excluded.refused,
    shared_phones = excluded.shared_phones, changed_at = excluded.changed_at;

-- name: register_rows :one
-- out: people, contacts, person_contacts, products, consents, producer_groups
-- How many rows the large tables hold.
SELECT (SELECT COUNT(*) FROM person), (SELECT COUNT(*) FROM contact),
       (SELECT COUNT(*) FROM person_contact), (SELECT COUNT(*) FROM person_product),
       (SELECT COUNT(*) FROM consent), (SELECT COUNT(*) FROM producer_group);
