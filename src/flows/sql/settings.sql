-- Dated rates and limits.

-- name: setting_add :exec
-- in: setting_key text, order_no text
-- Adds a value from a moment on, unless there is one.
INSERT INTO flow_setting (setting_key, valid_from_at, value, order_no)
VALUES (:setting_key, :valid_from_at, :value, :order_no)
ON CONFLICT (setting_key, valid_from_at) DO NOTHING;

-- name: setting_in_force :maybe
-- in: setting_key text
-- out: valid_from_at, value, order_no text
-- The value that holds at a moment.
SELECT valid_from_at, value, order_no FROM flow_setting
WHERE setting_key = :setting_key AND valid_from_at <= :now_at
ORDER BY valid_from_at DESC
LIMIT 1;

-- name: settings_all :many
-- out: setting_key text, valid_from_at, value, order_no text
-- Every value that ever held or will.
SELECT setting_key, valid_from_at, value, order_no FROM flow_setting
ORDER BY setting_key, valid_from_at;
