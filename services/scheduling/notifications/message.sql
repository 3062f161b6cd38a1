-- Statements of coordinators' reminders and messages. One rule decides who is reminded and who is passed
-- over: scheduling.waiting_for, and at most one reminder per task and day (notification_once). Nobody gets
-- more than five reminders and messages a day.

-- message_list: reminders sent in a programme, newest first.
-- unprepared
-- updated_since: m.created_at
SELECT message_json(m) AS body, m.created_at, m.id
FROM message m
WHERE coordinates(m.programme_id, :actor, :roles)
	AND (:programme_id IS NULL OR m.programme_id = :programme_id)
	AND (:after_id IS NULL OR (m.created_at, m.id) < (:after_created_at, :after_id))
ORDER BY m.created_at DESC, m.id DESC
LIMIT :limit + 1;

-- message_read: one message.
SELECT message_json(m) AS body, m.version FROM message m
WHERE m.id = :message_id AND coordinates(m.programme_id, :actor, :roles);

-- message_create: reminds the people who have to act; a preview only counts them.
WITH target AS (SELECT p.programme_id, p.status FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	named AS (SELECT :pair_id IS NULL OR EXISTS (SELECT FROM target t JOIN matching.pair_member m
				ON m.programme_id = t.programme_id AND m.pair_id = :pair_id) AS pair,
			:shortlist_id IS NULL OR EXISTS (SELECT FROM target t JOIN matching.shortlist_deadline s
				ON s.programme_id = t.programme_id AND s.shortlist_id = :shortlist_id) AS shortlist,
			:pair_id IS NULL OR :shortlist_id IS NULL AS one),
	found AS MATERIALIZED (SELECT w.* FROM target t, named n, waiting_for(:about, t.programme_id, :actor) w
		WHERE t.status IN ('matching', 'active', 'closing') AND n.pair AND n.shortlist AND n.one
			AND (:pair_id IS NULL OR w.pair_id = :pair_id)
			AND (:shortlist_id IS NULL OR w.shortlist_id = :shortlist_id)),
	fresh AS (SELECT f.*, row_number() OVER (PARTITION BY f.person_id ORDER BY f.subject_id)
			+ (SELECT count(*) FROM notification n WHERE n.person_id = f.person_id
				AND n.cause LIKE 'message %' AND n.created_at > common.now() - interval '24 hours') AS place
		FROM found f
		WHERE NOT EXISTS (SELECT FROM notification n WHERE n.person_id = f.person_id AND n.kind = f.kind
			AND n.subject_id = f.subject_id AND n.created_at > common.now() - interval '24 hours')),
	told AS (INSERT INTO notification (id, person_id, kind, subject, subject_id, data, due_at, cause)
		SELECT gen_random_uuid(), f.person_id, f.kind, f.subject, f.subject_id, f.data, f.due_at,
			'message ' || common.today()
		FROM fresh f WHERE f.place <= 5 AND NOT coalesce(:preview, false)
		ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING RETURNING id),
	new AS (INSERT INTO message
			(id, programme_id, about, pair_id, shortlist_id, preview, found, reminded, created_by)
		SELECT :id, t.programme_id, :about, :pair_id, :shortlist_id, coalesce(:preview, false),
			(SELECT count(*) FROM found),
			CASE WHEN :preview THEN (SELECT count(*) FROM fresh f WHERE f.place <= 5)
				ELSE (SELECT count(*) FROM told) END, :actor
		FROM target t, named n
		WHERE t.status IN ('matching', 'active', 'closing') AND n.pair AND n.shortlist AND n.one
			RETURNING id),
	sent AS (INSERT INTO common.outbox (type, subject_id) SELECT 'message.sent', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
		THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN NOT (SELECT n.pair FROM named n) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN NOT (SELECT n.shortlist FROM named n)
		THEN common.refuse('unknown_reference', '{"pointer": "/shortlist_id"}')
	WHEN NOT (SELECT n.one FROM named n) THEN common.refuse('unprocessable', '{"pointer": "/shortlist_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- message_announcements: a text of the coordinator's own, to people of the programme; a preview only counts
-- them.
WITH target AS (SELECT p.programme_id, p.status FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	found AS MATERIALIZED (SELECT a.person_id FROM target t,
			audience(t.programme_id, :role, :status, :paired) a
		WHERE t.status IN ('recruiting', 'matching', 'active', 'closing')),
	fresh AS (SELECT f.person_id FROM found f
		WHERE (SELECT count(*) FROM notification n WHERE n.person_id = f.person_id
			AND n.cause LIKE 'message %' AND n.created_at > common.now() - interval '24 hours') < 5),
	new AS (INSERT INTO message (id, programme_id, about, title, text, audience, preview, found, reminded,
			created_by)
		SELECT :id, t.programme_id, 'announcement', :title, :text, json_build_object('role', :role::text,
				'status', coalesce(:status, '{enrolled}'), 'paired', :paired::boolean),
			coalesce(:preview, false), (SELECT count(*) FROM found), (SELECT count(*) FROM fresh), :actor
		FROM target t WHERE t.status IN ('recruiting', 'matching', 'active', 'closing') RETURNING id),
	told AS (INSERT INTO notification (id, person_id, kind, subject, subject_id, data, cause)
		SELECT gen_random_uuid(), f.person_id, 'announcement', 'programme', :programme_id,
			json_build_object('message_id', n.id), 'message ' || n.id
		FROM fresh f, new n WHERE NOT coalesce(:preview, false)),
	sent AS (INSERT INTO common.outbox (type, subject_id) SELECT 'message.sent', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
		THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;
