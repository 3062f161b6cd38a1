-- idempotency_take(subject text, route text, key text, hash text, status int2, object_id uuid, most int8):
-- the first step of a write that bears a key. A second one with it waits for the first to end, and then
-- violates idempotency_once. Who has taken as many within the hour as one may is refused.
WITH live AS (SELECT count(*) AS keys FROM (SELECT FROM common.idempotency i
		WHERE i.subject = :subject AND i.created_at > common.now() - interval '1 hour' LIMIT :most) recent),
	new AS (INSERT INTO common.idempotency (subject, route, key, hash, status, object_id)
		SELECT :subject, :route, :key, :hash, :status, :object_id FROM live WHERE live.keys < :most)
SELECT CASE WHEN live.keys >= :most THEN common.refuse('rate_limited') END FROM live;

-- idempotency_find(subject text, route text, key text): what the first request with this key did.
SELECT hash, status, object_id FROM common.idempotency
WHERE subject = :subject AND route = :route AND key = :key;

-- idempotency_forget: keys are kept for 48 hours. A few thousand at a time: events of others wait for
-- every transaction that writes.
DELETE FROM common.idempotency d USING (SELECT i.subject, i.route, i.key FROM common.idempotency i
	WHERE i.created_at < common.now() - interval '48 hours' ORDER BY i.created_at LIMIT 5000) old
WHERE (d.subject, d.route, d.key) = (old.subject, old.route, old.key)
RETURNING 1;
