-- Nudges: what keeps a pair's rhythm alive before a coordinator hears of it. They come while the person
-- works, at most five a week, and at most one of them about meeting again.

-- How many days apart the sessions of a pair are, by the agreement in force.
CREATE OR REPLACE VIEW scheduling.rhythm_view AS
SELECT a.pair_id, CASE a.cadence WHEN 'monthly' THEN 30 WHEN 'every_second_month' THEN 61 ELSE 7 END AS days
FROM scheduling.agreement a WHERE a.status = 'signed';

-- Active pairs with open dates and no session ahead or to be reported, for each of the two: when a session
-- was last held, and when there was one at all; signatures and the return from a pause count as such.
CREATE OR REPLACE VIEW scheduling.idle_member AS
SELECT s.person_id, s.partner_id, s.pair_id, s.open_on, s.agreement_id,
	greatest(s.signed_at, s.resumed_at, x.held) AS held, greatest(s.signed_at, s.resumed_at, x.met) AS met
FROM scheduling.plan_member s CROSS JOIN LATERAL (SELECT max(x.ends_at) AS met,
		max(x.ends_at) FILTER (WHERE x.status = 'held') AS held
	FROM scheduling.session x WHERE x.pair_id = s.pair_id AND x.status <> 'cancelled') x
WHERE s.open = 0 AND s.unreported = 0 AND s.open_on IS NOT NULL;

-- Those that have lost their own rhythm: since a session was last held, a date of the plan has passed on
-- which none was, or the next one should have been some days ago. That is before the signs that coordinators
-- see (overdue_cadence, nothing_booked in api/tasks.yaml).
CREATE OR REPLACE VIEW scheduling.fading_member AS
SELECT i.person_id, i.partner_id, i.pair_id, i.met::date AS since
FROM scheduling.idle_member i
WHERE EXISTS (SELECT FROM scheduling.plan p LEFT JOIN scheduling.session x ON x.id = p.session_id
		WHERE p.agreement_id = i.agreement_id AND p.due_on < common.today() AND p.due_on > i.held::date
			AND x.status IS DISTINCT FROM 'held')
	OR i.met < common.now() - make_interval(days => 3 + coalesce((SELECT y.days FROM scheduling.rhythm_view y
		WHERE y.pair_id = i.pair_id), 7));

-- What the two of an active pair are asked about their sessions, and what the reminder of it is called:
-- whether a proposed time suits them, and whether a session took place. On the days that api/tasks.yaml
-- names, and before a proposed time comes; nobody is asked about what was a month ago.
CREATE OR REPLACE VIEW scheduling.open_question AS
SELECT t.person_id, g.reminder AS kind, t.object_id AS subject_id, t.pair_id, t.partner_id, t.due_at,
	CASE WHEN k.last_day AND t.due_at <= common.now() + interval '1 day'
			AND t.since <= common.now() - interval '12 hours' THEN 'last day'
		ELSE 'day ' || (SELECT max(d.day) FROM unnest(k.reminders) d (day)
			WHERE t.since <= common.now() - make_interval(days => d.day)) END
		|| CASE WHEN k.last_day THEN ' before ' || extract(epoch FROM t.due_at)::bigint ELSE '' END AS cause
FROM scheduling.session_task t JOIN common.task_kind k ON k.kind = t.kind
	JOIN common.segment g ON g.segment = k.segment
WHERE t.since > common.now() - interval '30 days' AND NOT EXISTS (SELECT FROM matching.pair_member m
	WHERE m.pair_id = t.pair_id AND m.person_id = t.person_id AND m.status <> 'active');

-- What could be said to people now. A check-in: on its day, and for two days after it if nobody has recorded
-- it. Meeting again: twice for each silence, a week apart. Open questions.
CREATE OR REPLACE VIEW scheduling.nudge AS
SELECT m.person_id, CASE WHEN t.due_on = common.today() THEN 'touchpoint_due' ELSE 'touchpoint_reminder' END
	AS kind, 'touchpoint' AS subject, t.id AS subject_id, m.pair_id, m.partner_id,
	t.due_on::timestamp AT TIME ZONE 'UTC' AS due_at, t.due_on::text AS cause
FROM scheduling.touchpoint t JOIN matching.pair_member m ON m.pair_id = t.pair_id AND m.status = 'active'
WHERE t.status = 'due' AND t.due_on BETWEEN common.today() - 2 AND common.today()
UNION ALL
SELECT f.person_id, 'rhythm_nudge', 'pair', f.pair_id, f.pair_id, f.partner_id, NULL,
	'since ' || f.since || CASE WHEN EXISTS (SELECT FROM scheduling.notification n
		WHERE n.person_id = f.person_id AND n.kind = 'rhythm_nudge' AND n.subject_id = f.pair_id
			AND n.cause = 'since ' || f.since) THEN ' again' ELSE '' END
FROM scheduling.fading_member f
UNION ALL
SELECT q.person_id, q.kind, 'session', q.subject_id, q.pair_id, q.partner_id, q.due_at, q.cause
FROM scheduling.open_question q WHERE q.cause IS NOT NULL;

-- Those that are new, with how many nudges each person has had in a week, this one included. Who has been
-- asked to meet within a week, by the product or by a coordinator, is not asked again.
CREATE OR REPLACE FUNCTION scheduling.fresh_nudges()
	RETURNS TABLE (person_id uuid, kind text, subject text, subject_id uuid, pair_id uuid, partner_id uuid,
	due_at timestamptz, cause text, place bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT n.person_id, n.kind, n.subject, n.subject_id, n.pair_id, n.partner_id, n.due_at,
		n.cause, row_number() OVER (PARTITION BY n.person_id ORDER BY n.kind = 'rhythm_nudge', n.subject_id)
			+ (SELECT count(*) FROM scheduling.notification o WHERE o.person_id = n.person_id
				AND o.kind IN ('touchpoint_due', 'touchpoint_reminder', 'rhythm_nudge', 'confirm_reminder',
					'report_reminder') AND o.cause NOT LIKE 'message %'
				AND o.created_at > common.now() - interval '7 days')
	FROM scheduling.nudge n
	WHERE NOT EXISTS (SELECT FROM scheduling.notification o WHERE o.person_id = n.person_id
			AND o.kind = n.kind AND o.subject_id = n.subject_id AND o.cause = n.cause)
		AND NOT (n.subject = 'session' AND EXISTS (SELECT FROM scheduling.notification o
			WHERE o.person_id = n.person_id AND o.kind = n.kind AND o.subject_id = n.subject_id
				AND o.created_at > common.now() - interval '1 day'))
		AND NOT (n.kind = 'rhythm_nudge' AND EXISTS (SELECT FROM scheduling.notification o
			WHERE o.person_id = n.person_id AND o.kind IN ('rhythm_nudge', 'sessions_reminder')
				AND o.created_at > common.now() - interval '7 days'));
END $$;

GRANT SELECT ON scheduling.nudge TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.fresh_nudges() TO upward_scheduling;
GRANT SELECT ON scheduling.rhythm_view TO upward_evaluation;
