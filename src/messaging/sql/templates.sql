-- Templates and sender numbers as the provider last told of them.

-- name: template_find :maybe
-- in: name text, language text
-- out: template_id, provider_id text, name text, language text, category text, status text, quality text, body text
-- out: params, buttons text, rejection_reason text, ttl_seconds, changed_at, seen_at
-- One language of one template.
SELECT template_id, provider_id, name, language, category, status, quality, body, params, buttons, rejection_reason,
       ttl_seconds, changed_at, seen_at
FROM message_template WHERE name = :name AND language = :language;

-- name: template_get :maybe
-- out: template_id, provider_id text, name text, language text, category text, status text, quality text, body text
-- out: params, buttons text, rejection_reason text, ttl_seconds, changed_at, seen_at
-- The same by its id.
SELECT template_id, provider_id, name, language, category, status, quality, body, params, buttons, rejection_reason,
       ttl_seconds, changed_at, seen_at
FROM message_template WHERE template_id = :template_id;

-- name: template_by_device :maybe
-- in: device_id text
-- out: template_id
-- The template that this request made already.
SELECT template_id FROM message_template WHERE device_id = :device_id;

-- name: template_list :many
-- in: status text
-- out: template_id, provider_id text, name text, language text, category text, status text, quality text, body text
-- out: params, buttons text, rejection_reason text, ttl_seconds, changed_at, seen_at
-- Newest first below an id; empty text asks for every status.
SELECT template_id, provider_id, name, language, category, status, quality, body, params, buttons, rejection_reason,
       ttl_seconds, changed_at, seen_at
FROM message_template
WHERE (:before_id = 0 OR template_id < :before_id) AND (:status = '' OR status = :status)
ORDER BY template_id DESC LIMIT :row_limit;

-- name: template_count :one
-- out: templates
-- How many templates we know at all.
SELECT COUNT(*) FROM message_template;

-- name: template_put :exec
-- in: provider_id text, device_id text?, name text, language text, category text, status text, quality text
-- in: body text, buttons text, rejection_reason text
-- Adds or replaces what is known of a template.
INSERT INTO message_template (template_id, provider_id, device_id, name, language, category, status, quality, body,
                              params, buttons, rejection_reason, ttl_seconds, changed_at, seen_at)
VALUES (:template_id, :provider_id, :device_id, :name, :language, :category, :status, :quality, :body, :params,
        :buttons, :rejection_reason, :ttl_seconds, :changed_at, :seen_at)
ON CONFLICT (template_id) DO UPDATE SET provider_id = excluded.provider_id, category = excluded.category,
    status = excluded.status, quality = excluded.quality, body = excluded.body, params = excluded.params,
    buttons = excluded.buttons, rejection_reason = excluded.rejection_reason, ttl_seconds = excluded.ttl_seconds,
    changed_at = excluded.changed_at, seen_at = excluded.seen_at;

-- name: template_event_add :exec
-- in: field text, old_value text, new_value text, reason text
-- Writes down a change of a template.
INSERT INTO message_template_event (event_id, template_id, happened_at, field, old_value, new_value, reason)
VALUES (:event_id, :template_id, :happened_at, :field, :old_value, :new_value, :reason);

-- name: template_event_list :many
-- out: happened_at, field text, old_value text, new_value text, reason text
-- Changes of a template, the newest first.
SELECT happened_at, field, old_value, new_value, reason FROM message_template_event
WHERE template_id = :template_id ORDER BY event_id DESC LIMIT 200;

-- name: template_list_gone :many
-- out: template_id, name text, language text
-- Those that the provider did not name in a whole list.
SELECT template_id, name, language FROM message_template
WHERE seen_at < :listed_at AND status <> 'deleted' ORDER BY template_id;

-- name: number_find :maybe
-- in: provider_number_id text
-- out: sender_number_id, provider_number_id text, display text, name text, status text, quality text, limit_tier text
-- out: throughput text, resting, rest_until_at?, rest_reason text, seen_at?
-- One of our numbers.
SELECT sender_number_id, provider_number_id, display, name, status, quality, limit_tier, throughput, resting,
       rest_until_at, rest_reason, seen_at
FROM sender_number WHERE provider_number_id = :provider_number_id;

-- name: number_list :many
-- out: sender_number_id, provider_number_id text, display text, name text, status text, quality text, limit_tier text
-- out: throughput text, resting, rest_until_at?, rest_reason text, seen_at?
-- All our numbers.
SELECT sender_number_id, provider_number_id, display, name, status, quality, limit_tier, throughput, resting,
       rest_until_at, rest_reason, seen_at
FROM sender_number ORDER BY sender_number_id;

-- name: number_put :exec
-- in: provider_number_id text, display text, name text, status text, quality text, limit_tier text, throughput text
-- in: rest_until_at?, rest_reason text, seen_at?
-- Adds or replaces what is known of a number.
INSERT INTO sender_number (sender_number_id, provider_number_id, display, name, status, quality, limit_tier,
                           throughput, resting, rest_until_at, rest_reason, seen_at)
VALUES (:sender_number_id, :provider_number_id, :display, :name, :status, :quality, :limit_tier, :throughput,
        :resting, :rest_until_at, :rest_reason, :seen_at)
ON CONFLICT (provider_number_id) DO UPDATE SET display = excluded.display, name = excluded.name,
    status = excluded.status, quality = excluded.quality, limit_tier = excluded.limit_tier,
    throughput = excluded.throughput, resting = excluded.resting, rest_until_at = excluded.rest_until_at,
    rest_reason = excluded.rest_reason, seen_at = excluded.seen_at;

-- name: sender_event_add :exec
-- in: what text, detail text, sender_number_id?
-- Writes down what the provider told, or an officer did.
INSERT INTO sender_event (event_id, sender_number_id, happened_at, what, detail)
VALUES (:event_id, :sender_number_id, :happened_at, :what, :detail);

-- name: sender_event_list :many
-- out: sender_number_id?, happened_at, what text, detail text
-- The newest first.
SELECT sender_number_id, happened_at, what, detail FROM sender_event ORDER BY event_id DESC LIMIT :row_limit;

-- name: sender_event_latest :maybe
-- in: what text
-- out: happened_at, detail text
-- The latest of one kind.
SELECT happened_at, detail FROM sender_event WHERE what = :what ORDER BY event_id DESC LIMIT 1;

-- name: sender_count_add :exec
-- in: name text
-- Adds what a process saw of a number in one slice of ten seconds.
INSERT INTO sender_count (channel, name, slice, writer, sent, errors)
VALUES (:channel, :name, :slice, :writer, :sent, :errors)
ON CONFLICT (channel, name, slice, writer) DO UPDATE SET sent = sender_count.sent + excluded.sent,
    errors = sender_count.errors + excluded.errors;

-- name: sender_count_forget :exec
-- Slices of long ago.
DELETE FROM sender_count WHERE slice < :slice;

-- name: sender_count_recent :many
-- out: channel, name text, sent, errors
-- Sent since one slice, errors since another.
SELECT channel, name,
       CAST(COALESCE(SUM(CASE WHEN slice >= :sent_since THEN sent ELSE 0 END), 0) AS BIGINT),
       CAST(COALESCE(SUM(errors), 0) AS BIGINT)
FROM sender_count WHERE slice >= :errors_since GROUP BY channel, name;
