-- Statements of notifications. They are created by the consumer scheduling.notifications from the events of
-- matching, scheduling and evaluation, and by the job `waiting` when time has passed.

-- notification_list: the actor's, unread first, then newest first, and how many are unread.
-- unprepared
-- updated_since: n.updated_at
SELECT l.body, l.read, l.created_at, l.id, u.unread_count
FROM (SELECT count(*) AS unread_count FROM notification n WHERE n.person_id = :actor AND n.read_at IS NULL) u
	LEFT JOIN LATERAL (SELECT notification_json(n) AS body, n.read_at IS NOT NULL AS read, n.created_at, n.id
		FROM notification n
		WHERE n.person_id = :actor AND (:unread IS NULL OR (n.read_at IS NULL) = :unread)
			AND (:after_id IS NULL OR (n.read_at IS NOT NULL) > :after_read
				OR (n.read_at IS NOT NULL) = :after_read
					AND (n.created_at, n.id) < (:after_created_at, :after_id))
		ORDER BY n.read_at IS NOT NULL, n.created_at DESC, n.id DESC
		LIMIT :limit + 1) l ON true
ORDER BY l.read, l.created_at DESC, l.id DESC;

-- notification_acknowledgements: some, or all up to one.
WITH mine AS (SELECT n.id, n.created_at FROM notification n
		WHERE n.person_id = :actor AND (n.id = ANY (:ids::uuid[]) OR n.id = :up_to)),
	last AS (SELECT m.created_at FROM mine m WHERE m.id = :up_to),
	seen AS (UPDATE notification n SET read_at = common.now(), version = n.version + 1
		WHERE n.person_id = :actor AND n.read_at IS NULL
			AND (n.id IN (SELECT m.id FROM mine m) OR n.created_at <= (SELECT l.created_at FROM last l)))
SELECT CASE WHEN :ids IS NULL AND :up_to IS NULL THEN common.refuse('unprocessable', '{"pointer": "/ids"}')
	WHEN EXISTS (SELECT FROM unnest(:ids::uuid[]) AS i (id) WHERE i.id NOT IN (SELECT m.id FROM mine m)) THEN
		common.refuse('unknown_reference', '{"pointer": "/ids"}')
	WHEN :up_to IS NOT NULL AND NOT EXISTS (SELECT FROM last) THEN
		common.refuse('unknown_reference', '{"pointer": "/up_to"}') END;

-- unread_read: the response to an acknowledgement.
SELECT json_build_object('unread_count', count(*)) AS body, 1 AS version
FROM notification n WHERE n.person_id = :actor AND n.read_at IS NULL;

-- notification_make(event_id bigint, type text, subject_id uuid, data json): creates the notifications of
-- an event (`notify` in api/events.yaml). Nobody is notified of their own action, but a person is of what a
-- delegate did for them, and their other delegates are of sessions. A programme's chat
-- channels learn what its coordinators do. An event with a person_id is for that
-- person; a series gives one notification; sessions that end with their pair are not announced separately.
WITH told AS MATERIALIZED (SELECT r.* FROM common.event e, LATERAL receivers(e, :subject_id, :data) r
	WHERE e.type = :type
		AND r.person_id::text = coalesce(:data ->> 'person_id', r.person_id::text)
		AND NOT (:type = 'session.booked' AND :data ->> 'series' IS NOT NULL)
		AND NOT (:type = 'session.cancelled' AND :data ->> 'reason' IS NOT NULL)),
	posted AS (INSERT INTO delivery (programme_id, channel, content, kind, object_id, next_attempt_at)
		SELECT n.programme_id, n.channel, 'notification', n.kind, :subject_id, common.now()
		FROM notices(:type, :subject_id) n),
	waits AS (SELECT t.*, NULL::uuid AS on_behalf_of FROM told t
		WHERE t.person_id::text IS DISTINCT FROM :data ->> 'by' OR :data ->> 'delegate' IS NOT NULL
		UNION ALL
		SELECT d.assistant_id, t.kind, t.subject, t.object_id, t.facts, t.due_at, t.person_id
		FROM told t JOIN profiles.live_delegate d ON d.person_id = t.person_id
		WHERE t.subject = 'session' AND t.kind <> 'session_unreported'
			AND d.assistant_id::text IS DISTINCT FROM :data ->> 'delegate'
			AND NOT EXISTS (SELECT FROM told o WHERE o.person_id = d.assistant_id))
INSERT INTO notification (id, person_id, kind, subject, subject_id, data, due_at, cause, on_behalf_of)
SELECT gen_random_uuid(), w.person_id, w.kind, w.subject, w.object_id,
	CASE WHEN :data ->> 'delegate' IS NULL THEN w.facts
		ELSE (w.facts::jsonb || '{"by_assistant": true}')::json END,
	w.due_at, 'event ' || :event_id, w.on_behalf_of
FROM waits w JOIN profiles.card c ON c.person_id = w.person_id AND c.status <> 'inactive'
ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING;

-- session_lapse(): moves that nobody has answered by the time they name, while the agreed time is ahead.
UPDATE session s SET step = 'lapse'
WHERE s.id IN (SELECT o.id FROM session o
	WHERE o.status = 'proposed' AND o.starts_at <= common.now() AND o.kept_starts_at > common.now()
	ORDER BY o.kept_starts_at LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING s.id;

-- session_unreported(): sessions that ended at least an hour ago and that nobody has reported.
UPDATE session s SET step = 'silence'
WHERE s.id IN (SELECT o.id FROM session o
	WHERE o.status IN ('proposed', 'confirmed') AND o.ends_at < common.now() - interval '1 hour'
	ORDER BY o.ends_at LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING s.id;

-- session_remind(): reminders of sessions whose time has come (objects/reminder.sql). If it has become a
-- quiet one meanwhile, later; nobody who is away is reminded, and nobody of a session that is not agreed.
WITH due AS MATERIALIZED (SELECT r.session_id, r.person_id FROM session_reminder r
		WHERE r.remind_at <= common.now() ORDER BY r.remind_at LIMIT 200 FOR UPDATE SKIP LOCKED),
	seen AS MATERIALIZED (SELECT d.*, s.pair_id, s.status, s.starts_at,
			reminds_at(d.person_id, s.starts_at) AS at
		FROM due d JOIN session s ON s.id = d.session_id),
	later AS (UPDATE session_reminder r SET remind_at = s.at FROM seen s
		WHERE r.session_id = s.session_id AND r.person_id = s.person_id AND s.at > common.now()),
	done AS (DELETE FROM session_reminder r USING seen s
		WHERE r.session_id = s.session_id AND r.person_id = s.person_id
			AND coalesce(s.at <= common.now(), true)),
	told AS (INSERT INTO notification (id, person_id, kind, subject, subject_id, data, due_at, cause)
		SELECT gen_random_uuid(), s.person_id, 'session_soon', 'session', s.session_id,
			json_build_object('pair_id', s.pair_id, 'partner_id', m.partner_id), s.starts_at,
			'starts ' || extract(epoch FROM s.starts_at)::bigint
		FROM seen s JOIN matching.pair_member m ON m.pair_id = s.pair_id AND m.person_id = s.person_id
				AND m.status = 'active'
			JOIN profiles.card c ON c.person_id = s.person_id AND c.status = 'active'
		WHERE s.status = 'confirmed' AND s.starts_at > common.now() AND s.at <= common.now()
		ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING)
SELECT d.session_id FROM due d;

-- reminder_make(): reminders of open tasks, on the days that their kind names and on the last day. After a
-- long pause only the latest one; none in the quiet hours of the person. Those of sessions are nudges.
WITH kinds AS MATERIALIZED (SELECT k.*, s.reminder FROM common.task_kind k
	JOIN common.segment s ON s.segment = k.segment
		WHERE k.reminders <> '{}' AND k.noun <> 'session'),
	found AS (SELECT t.* FROM matching.task t WHERE t.kind = ANY (ARRAY(SELECT k.kind FROM kinds k))
		UNION ALL
		SELECT t.* FROM task t WHERE (SELECT bool_or(k.owner = 'scheduling') FROM kinds k)),
	waits AS (SELECT t.person_id, k.reminder, k.noun, t.object_id, t.due_at, CASE
			WHEN k.last_day AND t.due_at <= common.now() + interval '1 day' THEN 'last day'
			ELSE 'day ' || (SELECT max(d.day) FROM unnest(k.reminders) d (day)
				WHERE t.since <= common.now() - make_interval(days => d.day)) END AS cause
		FROM found t JOIN kinds k ON k.kind = t.kind),
	fresh AS MATERIALIZED (SELECT w.*, c.time_zone
		FROM waits w JOIN profiles.candidate c ON c.person_id = w.person_id
		WHERE w.cause IS NOT NULL AND NOT EXISTS (SELECT FROM notification n WHERE n.person_id = w.person_id
			AND n.kind = w.reminder AND n.subject_id = w.object_id AND n.cause = w.cause)),
	quiet AS MATERIALIZED (SELECT z.time_zone FROM (SELECT DISTINCT f.time_zone FROM fresh f) z
		WHERE common.is_quiet(z.time_zone))
INSERT INTO notification (id, person_id, kind, subject, subject_id, due_at, cause)
SELECT gen_random_uuid(), f.person_id, f.reminder, f.noun, f.object_id, f.due_at, f.cause
FROM fresh f
WHERE f.time_zone NOT IN (SELECT q.time_zone FROM quiet q)
LIMIT 200
ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING
RETURNING id;

-- nudge_make(): nudges (objects/nudge.sql) for people who are at work just now; of those about meeting again,
-- one each. Whether somebody is at work takes a millisecond to see, and by night thousands may wait: a
-- hundred of them are looked at each time, others the next time.
WITH fresh AS MATERIALIZED (SELECT f.*, f.kind = 'rhythm_nudge' AND row_number() OVER (
			PARTITION BY f.person_id, f.kind ORDER BY f.cause, f.subject_id) > 1 AS other
		FROM fresh_nudges() f WHERE f.place <= 5),
	here AS MATERIALIZED (SELECT p.person_id FROM (SELECT o.person_id FROM (
			SELECT DISTINCT f.person_id FROM fresh f) o ORDER BY random() LIMIT 100) p
		WHERE in_hours(p.person_id, common.now(), common.now() + interval '1 minute'))
INSERT INTO notification (id, person_id, kind, subject, subject_id, data, due_at, cause)
SELECT gen_random_uuid(), f.person_id, f.kind, f.subject, f.subject_id,
	json_build_object('pair_id', f.pair_id, 'partner_id', f.partner_id), f.due_at, f.cause
FROM fresh f JOIN here h ON h.person_id = f.person_id JOIN profiles.card c ON c.person_id = f.person_id
	AND c.status = 'active'
WHERE NOT f.other
LIMIT 200
ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING
RETURNING id;
