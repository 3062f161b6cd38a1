-- idempotency_take(subject text, route text, key text, hash text, status int2, object_id uuid): the
-- first step of a write that bears a key. A second one with it waits for the first to end, and then
-- violates idempotency_once.
INSERT INTO common.idempotency (subject, route, key, hash, status, object_id)
VALUES (:subject, :route, :key, :hash, :status, :object_id);

-- idempotency_find(subject text, route text, key text): what the first request with this key did.
SELECT hash, status, object_id FROM common.idempotency
WHERE subject = :subject AND route = :route AND key = :key;

-- idempotency_forget: keys are kept for 48 hours.
DELETE FROM common.idempotency WHERE created_at < common.now() - interval '48 hours';
