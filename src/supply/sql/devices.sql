-- Acts of devices, each counted once.

-- name: act_get :maybe
-- in: device_id text
-- out: kind text, body_digest text, answer_id
-- What a device's id did before.
SELECT kind, body_digest, answer_id FROM device_act WHERE device_id = :device_id;

-- name: act_add :exec
-- in: device_id text, kind text, body_digest text
-- Records an act under its device's id; one that another transaction has just recorded makes this
-- one repeat.
INSERT INTO device_act (device_id, kind, body_digest, answer_id, at)
VALUES (:device_id, :kind, :body_digest, :answer_id, :acted_at)
ON CONFLICT (device_id) DO NOTHING;
