-- Statements of notifications. They are made by the consumer scheduling.notifications from the events of
-- matching, scheduling and evaluation, and by the job `waiting` when time has passed.

-- notification_list: one's own, unread first, newest first.
-- unprepared
SELECT notification_json(n) AS body, n.read_at IS NOT NULL AS read, n.created_at, n.id
FROM notification n
WHERE n.person_id = :actor
	AND (:after_id IS NULL OR (n.read_at IS NOT NULL) > :after_read
		OR (n.read_at IS NOT NULL) = :after_read AND (n.created_at, n.id) < (:after_created_at, :after_id))
ORDER BY n.read_at IS NOT NULL, n.created_at DESC, n.id DESC
LIMIT :limit + 1;

-- notification_unread(actor uuid): how many are unread.
SELECT count(*) AS unread FROM notification n WHERE n.person_id = :actor AND n.read_at IS NULL;

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

-- unread_read: what an acknowledgement answers with.
SELECT json_build_object('unread_count', count(*)) AS body, 1 AS version
FROM notification n WHERE n.person_id = :actor AND n.read_at IS NULL;

-- notification_make(event_id bigint, type text, subject_id uuid, data json): who is told of an event. Of what
-- one did oneself one is not told; an event with a person_id is that person's; a series is one notification;
-- sessions that end with their pair are not told apart from it; a mentee is never told that feedback exists.
WITH known (type, side, kind, subject) AS (VALUES
		('pair.proposed', 'mentor', 'pick_received', 'pair'), ('pair.extended', 'mentor', 'answer_extended', 'pair'),
		('pair.accepted', 'mentee', 'pair_active', 'pair'), ('pair.resumed', NULL, 'pair_resumed', 'pair'),
		('pair.resumable', NULL, 'pair_resumable', 'pair'),
		('pair.declined', 'mentee', 'pick_declined', 'pair'), ('pair.expired', 'mentee', 'pick_expired', 'pair'),
		('pair.withdrawn', 'mentor', 'pick_withdrawn', 'pair'), ('pair.suspended', NULL, 'pair_suspended', 'pair'),
		('pair.ended', NULL, 'pair_ended', 'pair'), ('pair.completed', NULL, 'pair_completed', 'pair'),
		('session.booked', NULL, 'session_booked', 'session'), ('session.changed', NULL, 'session_changed', 'session'),
		('session.confirmed', NULL, 'session_confirmed', 'session'),
		('session.cancelled', NULL, 'session_cancelled', 'session'),
		('session.unreported', NULL, 'session_unreported', 'session'),
		('agreement.proposed', NULL, 'agreement_proposed', 'agreement'),
		('agreement.changed', NULL, 'agreement_changed', 'agreement'),
		('agreement.half_signed', NULL, 'agreement_to_sign', 'agreement'),
		('agreement.signed', NULL, 'agreement_signed', 'agreement'),
		('agreement.booked', NULL, 'series_booked', 'agreement'),
		('goal.proposed', NULL, 'goal_proposed', 'goal'), ('goal.agreed', NULL, 'goal_agreed', 'goal'),
		('goal.completed', NULL, 'goal_completed', 'goal'), ('goal.abandoned', NULL, 'goal_abandoned', 'goal'),
		('goal.due', NULL, 'goal_due', 'goal'), ('feedback.due', 'mentor', 'feedback_due', 'pair'),
		('feedback.released', 'mentor', 'feedback_released', 'pair')),
	met AS (SELECT s.starts_at, s.status FROM session s WHERE s.id = :subject_id),
	waits AS (
		SELECT m.person_id, CASE WHEN k.kind = 'session_booked' AND (SELECT x.status FROM met x) = 'proposed'
				THEN 'session_proposed' ELSE k.kind END AS kind,
			k.subject, CASE k.subject WHEN 'pair' THEN m.pair_id ELSE :subject_id END AS subject_id,
			json_build_object('pair_id', m.pair_id, 'partner_id', m.partner_id) AS data,
			CASE WHEN k.kind IN ('pick_received', 'answer_extended') THEN (SELECT d.answer_by FROM matching.pick_deadline d WHERE d.pair_id = m.pair_id)
				ELSE coalesce((:data ->> 'due_at')::timestamptz, (SELECT x.starts_at FROM met x)) END AS due_at
		FROM known k JOIN matching.pair_member m ON m.pair_id = coalesce((:data ->> 'pair_id')::uuid, :subject_id)
			AND (k.side IS NULL OR k.side = m.side)
		WHERE k.type = :type AND m.person_id::text IS DISTINCT FROM :data ->> 'by'
			AND m.person_id::text = coalesce(:data ->> 'person_id', m.person_id::text)
			AND NOT (:type = 'session.booked' AND :data ->> 'series' IS NOT NULL)
			AND NOT (:type = 'session.cancelled' AND :data ->> 'reason' IS NOT NULL)
		UNION ALL
		SELECT s.mentee_id, replace(:type, '.', '_'), 'shortlist', s.shortlist_id, '{}', s.pick_by
		FROM matching.shortlist_deadline s
		WHERE :type IN ('shortlist.opened', 'shortlist.extended', 'shortlist.expired') AND s.shortlist_id = :subject_id
		UNION ALL
		SELECT e.person_id, 'invitation', 'enrolment', e.enrolment_id, json_build_object('role', e.role), NULL
		FROM matching.enrolment_view e WHERE :type = 'enrolment.invited' AND e.enrolment_id = :subject_id
		UNION ALL
		SELECT (:data ->> 'person_id')::uuid, 'assessment_due', 'assessment', :subject_id,
			json_build_object('phase', :data ->> 'phase'), (:data ->> 'due_at')::timestamptz
		WHERE :type = 'assessment.due'
		UNION ALL
		SELECT c.person_id, replace(:type, '.', '_'), 'round', r.round_id, '{}', NULL
		FROM matching.round_view r JOIN matching.programme_coordinator c ON c.programme_id = r.programme_id
		WHERE :type IN ('round.ready', 'round.failed') AND r.round_id = :subject_id AND NOT r.what_if)
INSERT INTO notification (id, person_id, kind, subject, subject_id, data, due_at, cause)
SELECT gen_random_uuid(), w.person_id, w.kind, w.subject, w.subject_id, w.data, w.due_at, 'event ' || :event_id
FROM waits w JOIN profiles.card c ON c.person_id = w.person_id AND c.status <> 'inactive'
ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING;

-- session_unreported(): meetings that are over for an hour and of which nobody said a word.
UPDATE session s SET step = 'silence'
WHERE s.id IN (SELECT o.id FROM session o
	WHERE o.status IN ('proposed', 'confirmed') AND o.ends_at < common.now() - interval '1 hour'
	ORDER BY o.ends_at LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING s.id;

-- reminder_make(): of what waits for somebody, on the days that its kind names, and on the last one. After a long
-- silence the latest alone.
WITH kinds AS MATERIALIZED (SELECT k.*, s.reminder FROM common.task_kind k JOIN common.segment s ON s.segment = k.segment
		WHERE k.reminders <> '{}'),
	found AS (SELECT t.* FROM matching.task t WHERE t.kind = ANY (ARRAY(SELECT k.kind FROM kinds k))
		UNION ALL
		SELECT t.* FROM task t WHERE (SELECT bool_or(k.owner = 'scheduling') FROM kinds k)),
	waits AS (SELECT t.person_id, k.reminder, k.noun, t.object_id, t.due_at, CASE
			WHEN k.last_day AND t.due_at <= common.now() + interval '1 day' THEN 'last day'
			ELSE 'day ' || (SELECT max(d.day) FROM unnest(k.reminders) d (day)
				WHERE t.since <= common.now() - make_interval(days => d.day)) END AS cause
		FROM found t JOIN kinds k ON k.kind = t.kind)
INSERT INTO notification (id, person_id, kind, subject, subject_id, due_at, cause)
SELECT gen_random_uuid(), w.person_id, w.reminder, w.noun, w.object_id, w.due_at, w.cause
FROM waits w
WHERE w.cause IS NOT NULL AND NOT EXISTS (SELECT FROM notification n WHERE n.person_id = w.person_id
	AND n.kind = w.reminder AND n.subject_id = w.object_id AND n.cause = w.cause)
LIMIT 200
ON CONFLICT (person_id, kind, subject_id, cause) DO NOTHING
RETURNING id;
