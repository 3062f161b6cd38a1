-- Statements of messages that leave the product: the queue of the jobs `mail`, and the log.

-- delivery_list: for administrators, newest first.
-- unprepared
-- updated_since: d.updated_at
SELECT delivery_json(d) AS body, d.created_at, d.id
FROM delivery d
WHERE (:status IS NULL OR coalesce(d.outcome, 'waiting') = :status)
	AND (:channel IS NULL OR d.channel = :channel) AND (:person_id IS NULL OR d.person_id = :person_id)
	AND (:after_id IS NULL OR (d.created_at, d.id) < (:after_created_at, :after_id))
ORDER BY d.created_at DESC, d.id DESC
LIMIT :limit + 1;

-- delivery_read: one of them.
SELECT delivery_json(d) AS body, d.version FROM delivery d WHERE d.id = :delivery_id;

-- delivery_retries: what is dead or came back is sent again, for three more days.
WITH target AS (SELECT d.id, coalesce(d.outcome, 'waiting') AS status FROM delivery d
		WHERE d.id = :delivery_id FOR NO KEY UPDATE),
	again AS (UPDATE delivery d SET outcome = NULL, ended_at = NULL, next_attempt_at = common.now(),
			give_up_at = common.now() + interval '3 days', version = d.version + 1
		FROM target t WHERE d.id = t.id AND t.status IN ('dead', 'bounced') RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM again) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- channel_open(open boolean): whether there is a mail server. Where it is known already, nothing is locked.
INSERT INTO channel AS c (channel, open) SELECT 'mail', :open
WHERE NOT EXISTS (SELECT FROM channel k WHERE k.channel = 'mail' AND k.open = :open)
ON CONFLICT (channel) DO UPDATE SET open = excluded.open WHERE c.open <> excluded.open;

-- delivery_claim(most int): those that have waited longest, for five minutes; other senders pass them over.
-- items is empty, or the address null, if there is nothing to send any more. Who has left still learns which
-- sessions are cancelled, as long as their mailbox and their calendar exist.
WITH due AS (SELECT d.id FROM delivery d
		WHERE d.channel = 'mail' AND is_due(d)
		ORDER BY d.next_attempt_at LIMIT :most FOR NO KEY UPDATE SKIP LOCKED),
	mine AS (UPDATE delivery d SET next_attempt_at = common.now() + interval '5 minutes',
			claimed_until = common.real_now() + interval '5 minutes',
			attempts = d.attempts + 1, updated_at = common.now(), version = d.version + 1
		FROM due WHERE d.id = due.id RETURNING d.*)
SELECT d.id, d.person_id, d.session_id,
	CASE WHEN NOT is_held(d.person_id, i.email) THEN i.email END AS address,
	coalesce(p.locale, (SELECT common.setting_value('locale') #>> '{}')) AS language,
	coalesce(c.time_zone, 'UTC') AS time_zone, delivery_items(d, p) AS items
FROM mine m JOIN delivery d ON d.id = m.id
	LEFT JOIN session s ON s.id = d.session_id
	LEFT JOIN profiles.identity i ON i.person_id = d.person_id
		AND (i.status <> 'inactive' OR s.status = 'cancelled')
	LEFT JOIN profiles.candidate c ON c.person_id = d.person_id
	LEFT JOIN preference p ON p.person_id = d.person_id;

-- delivery_end(id uuid, outcome text, error text): it is sent, or never will be.
UPDATE delivery d SET outcome = :outcome, last_error = :error, next_attempt_at = NULL,
	claimed_until = NULL, ended_at = common.now(), updated_at = common.now(), version = d.version + 1
WHERE d.id = :id AND d.outcome IS NULL;

-- delivery_again(id uuid, error text, pause int): after a minute, then less and less often, every hour in the
-- end, but not before the seconds that the server asks for. After three days it is given up.
UPDATE delivery d SET last_error = :error, claimed_until = NULL, version = d.version + 1,
	outcome = CASE WHEN d.give_up_at <= common.now() THEN 'dead' END,
	ended_at = CASE WHEN d.give_up_at <= common.now() THEN common.now() END,
	next_attempt_at = CASE WHEN d.give_up_at > common.now()
		THEN common.now() + greatest(least(interval '1 minute' * (1 << least(d.attempts - 1, 6)),
			interval '1 hour'), make_interval(secs => :pause)) END
WHERE d.id = :id AND d.outcome IS NULL;

-- delivery_release(ids uuid[]): those that were claimed and not tried.
UPDATE delivery d SET next_attempt_at = common.now(), claimed_until = NULL, version = d.version + 1
WHERE d.id = ANY (:ids) AND d.outcome IS NULL;

-- delivery_forget(): the log of what ended three months ago.
DELETE FROM delivery d WHERE d.id IN (SELECT o.id FROM delivery o
	WHERE o.created_at < common.now() - interval '90 days' AND o.ended_at < common.now() - interval '90 days'
	LIMIT 1000)
RETURNING d.id;
