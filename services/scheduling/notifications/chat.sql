-- Statements of chat channels, and of the messages that the job `chat` posts there.

-- chat_list: the actor's own, or those of a programme that the actor coordinates; oldest first.
-- unprepared
-- updated_since: c.updated_at
SELECT chat_json(c) AS body, c.created_at, c.id
FROM chat c
WHERE CASE WHEN :programme_id IS NULL THEN c.person_id = :actor
		ELSE c.programme_id = :programme_id AND coordinates(:programme_id, :actor, :roles) END
	AND (:after_id IS NULL OR (c.created_at, c.id) > (:after_created_at, :after_id))
ORDER BY c.created_at, c.id
LIMIT :limit + 1;

-- chat_read: one of them.
SELECT chat_json(c) AS body, c.version FROM chat c
WHERE c.id = :chat_id AND keeps_chat(c, :actor, :roles);

-- chat_add(id uuid, actor uuid, roles text[], channel text, url text, programme_id uuid): one of each
-- service.
SELECT add_chat(:id, :actor, :roles, :channel, :url, :programme_id);

-- chat_delete: what waits for it is dropped when its turn comes.
WITH target AS (SELECT c.id, c.version FROM chat c
		WHERE c.id = :chat_id AND keeps_chat(c, :actor, :roles) FOR UPDATE),
	gone AS (DELETE FROM chat c USING target t WHERE c.id = t.id AND t.version = :if_match RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- chat_tests: a message is posted, and last_sent_at then says that it has arrived; a closed channel is tried
-- again.
WITH target AS (SELECT c.* FROM chat c
		WHERE c.id = :chat_id AND keeps_chat(c, :actor, :roles) FOR NO KEY UPDATE),
	opened AS (UPDATE chat c SET closed_at = NULL, last_sent_at = NULL, version = c.version + 1 FROM target t
		WHERE c.id = t.id AND (t.closed_at IS NOT NULL OR t.last_sent_at IS NOT NULL)),
	posted AS (INSERT INTO delivery (person_id, programme_id, channel, content, kind, next_attempt_at)
		SELECT t.person_id, t.programme_id, t.channel, 'notification', 'chat_test', common.now()
		FROM target t)
SELECT common.found(count(*)) FROM target;

-- chat_claim(most int): messages to channels that have waited longest, for five minutes. items is empty, or
-- the address null, if there is nothing to post any more.
WITH due AS (SELECT d.id FROM delivery d
		WHERE d.channel IN ('slack', 'teams') AND is_due(d)
		ORDER BY d.next_attempt_at LIMIT :most FOR NO KEY UPDATE SKIP LOCKED),
	mine AS (UPDATE delivery d SET next_attempt_at = common.now() + interval '5 minutes',
			claimed_until = common.real_now() + interval '5 minutes',
			attempts = d.attempts + 1, version = d.version + 1
		FROM due WHERE d.id = due.id RETURNING d.id)
SELECT d.id, d.channel, c.id AS chat_id, CASE WHEN k.status = 'inactive' THEN NULL ELSE c.url END AS url,
	coalesce(p.locale, common.setting_value('locale') #>> '{}') AS language,
	coalesce(f.time_zone, 'UTC') AS time_zone, delivery_items(d, p) AS items
FROM mine m JOIN delivery d ON d.id = m.id
	LEFT JOIN chat c ON c.channel = d.channel AND c.closed_at IS NULL
		AND (c.person_id = d.person_id OR c.programme_id = d.programme_id)
	LEFT JOIN profiles.card k ON k.person_id = d.person_id
	LEFT JOIN profiles.candidate f ON f.person_id = d.person_id
	LEFT JOIN preference p ON p.person_id = d.person_id;

-- chat_sent(id uuid): it took a message. Only the first of a day is noted: with each, the channel would have
-- changed for whoever has read it and removes it.
UPDATE chat c SET last_sent_at = common.now()
WHERE c.id = :id AND (c.last_sent_at IS NULL OR c.last_sent_at <= common.now() - interval '1 day');

-- chat_close(id uuid): there is no such channel any more.
UPDATE chat c SET closed_at = common.now(), version = c.version + 1 WHERE c.id = :id AND c.closed_at IS NULL;

-- chat_pause(id uuid): it could not be reached; what else waits for it lets the others go first.
UPDATE delivery d SET next_attempt_at = common.now() + interval '1 minute', version = d.version + 1
FROM chat c
WHERE c.id = :id AND d.channel = c.channel AND d.outcome IS NULL AND d.next_attempt_at <= common.now()
	AND (d.person_id = c.person_id OR d.programme_id = c.programme_id);
