-- Open tasks in scheduling, and who has to do them (kinds: api/tasks.yaml; form: matching.task).

-- Whether sessions were cancelled because the pair was suspended, and none have been booked since. Runs
-- with the owner's rights, because other services read the view, and functions in it run with their rights.
CREATE OR REPLACE FUNCTION scheduling.lost_meetings(pair uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(max(x.updated_at) FILTER (WHERE x.status = 'cancelled'
	AND x.reason = 'pair_suspended')
		> coalesce(max(x.created_at) FILTER (WHERE x.status <> 'cancelled'), '-infinity'), false)
	FROM scheduling.session x WHERE x.pair_id = pair AND x.kind = 'regular');

-- An agreement to propose or to sign.
CREATE OR REPLACE VIEW scheduling.agreement_task AS
SELECT m.person_id, m.programme_id, 'propose_agreement' AS kind, m.accepted_at AS since,
	NULL::timestamptz AS due_at, m.pair_id, m.partner_id, m.mentee_id, m.mentor_id, m.pair_id AS object_id,
	NULL::text AS reason, NULL::json AS numbers
FROM scheduling.unagreed u JOIN matching.pair_member m ON m.pair_id = u.pair_id
	AND m.programme_id = u.programme_id AND m.status = 'active'
UNION ALL
SELECT m.person_id, m.programme_id, 'book_get_to_know', m.accepted_at, NULL, m.pair_id, m.partner_id,
	m.mentee_id, m.mentor_id, m.pair_id, NULL, NULL
FROM scheduling.unagreed u JOIN matching.pair_member m ON m.pair_id = u.pair_id
	AND m.programme_id = u.programme_id AND m.status = 'active'
WHERE NOT EXISTS (SELECT FROM scheduling.session x
	WHERE x.pair_id = u.pair_id AND x.status NOT IN ('cancelled', 'missed'))
UNION ALL
SELECT m.person_id, m.programme_id, CASE WHEN a.id IS NULL THEN 'sign_agreement' ELSE 'sign_new_version' END,
	CASE WHEN a.id IS NULL THEN m.accepted_at ELSE p.created_at END, NULL, m.pair_id, m.partner_id,
	m.mentee_id, m.mentor_id, p.id, NULL, NULL
FROM scheduling.agreement p JOIN matching.pair_member m ON m.pair_id = p.pair_id AND m.status = 'active'
	LEFT JOIN scheduling.agreement a ON a.pair_id = p.pair_id AND a.status = 'signed'
WHERE p.status = 'proposed' AND CASE m.side WHEN 'mentor' THEN p.mentor_signed_at
	ELSE p.mentee_signed_at END IS NULL;

-- How far the plan in force of an active pair has got, for each of the two. open_on: the first date without
-- a session.
CREATE OR REPLACE VIEW scheduling.plan_member AS
SELECT m.person_id, m.programme_id, m.pair_id, m.partner_id, m.mentee_id, m.mentor_id, m.resumed_at,
	a.id AS agreement_id, a.signed_at, c.open, c.unreported,
	c.held + c.missed + c.unreported > 0 AS booked_before, c.open_on
FROM scheduling.session_count c
	JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.programme_id = c.programme_id
		AND m.status = 'active'
	JOIN scheduling.agreement a ON a.pair_id = c.pair_id AND a.status = 'signed'
WHERE c.kind = 'regular';

-- Dates of the plan to book: while no session is ahead, and while one is. Or the plan is finished.
CREATE OR REPLACE VIEW scheduling.plan_task AS
SELECT s.person_id, s.programme_id, CASE WHEN s.resumed_at IS NOT NULL AND scheduling.lost_meetings(s.pair_id)
	THEN CASE WHEN scheduling.is_restorable(s.pair_id) THEN 'restore_sessions' ELSE 'rebook_sessions' END
		WHEN s.booked_before THEN 'book_more_sessions' ELSE 'book_sessions' END AS kind,
	greatest(s.signed_at, s.resumed_at) AS since, s.open_on::timestamp AT TIME ZONE 'UTC' AS due_at,
	s.pair_id, s.partner_id, s.mentee_id, s.mentor_id, s.agreement_id AS object_id, NULL::text AS reason,
	NULL::json AS numbers
FROM scheduling.plan_member s
WHERE s.open = 0 AND s.open_on IS NOT NULL
UNION ALL
SELECT s.person_id, s.programme_id, 'fill_plan', greatest(s.signed_at, s.resumed_at),
	s.open_on::timestamp AT TIME ZONE 'UTC', s.pair_id, s.partner_id, s.mentee_id, s.mentor_id,
	s.agreement_id, NULL, NULL
FROM scheduling.plan_member s
WHERE s.open > 0 AND s.open_on IS NOT NULL
UNION ALL
SELECT s.person_id, s.programme_id, 'plan_done', s.signed_at, NULL, s.pair_id, s.partner_id, s.mentee_id,
	s.mentor_id, s.pair_id, NULL, NULL
FROM scheduling.plan_member s
WHERE s.open = 0 AND s.unreported = 0 AND s.open_on IS NULL
	AND NOT EXISTS (SELECT FROM scheduling.agreement p WHERE p.pair_id = s.pair_id AND p.status = 'proposed');

-- A session to confirm, or to report.
CREATE OR REPLACE VIEW scheduling.session_task AS
SELECT m.person_id, m.programme_id, 'confirm_session' AS kind, x.updated_at AS since, x.starts_at AS due_at,
	m.pair_id, m.partner_id, m.mentee_id, m.mentor_id, x.id AS object_id, NULL::text AS reason,
	NULL::json AS numbers
FROM scheduling.session x JOIN matching.pair_member m ON m.pair_id = x.pair_id AND m.status = 'active'
WHERE x.status = 'proposed' AND x.starts_at > common.now() AND x.proposed_by IS DISTINCT FROM m.person_id
UNION ALL
SELECT m.person_id, m.programme_id, 'report_session', x.ends_at, x.ends_at, m.pair_id, m.partner_id,
	m.mentee_id, m.mentor_id, x.id, NULL, NULL
FROM scheduling.session x JOIN matching.pair_member m ON m.pair_id = x.pair_id
	AND m.status IN ('active', 'suspended')
WHERE x.status = 'unreported';

-- Innovation days: teams to ask for in the last week, and what came of them, to be recorded within a month.
CREATE OR REPLACE VIEW scheduling.gathering_task AS
SELECT NULL::uuid AS person_id, g.programme_id, 'ask_teams' AS kind, g.starts_at - interval '7 days' AS since,
	g.starts_at AS due_at, NULL::uuid AS pair_id, NULL::uuid AS partner_id, NULL::uuid AS mentee_id,
	NULL::uuid AS mentor_id, g.id AS object_id, NULL::text AS reason, NULL::json AS numbers
FROM scheduling.gathering g
WHERE g.kind = 'innovation_day' AND g.status = 'planned' AND g.teams_asked_at IS NULL
	AND g.starts_at > common.now() AND g.starts_at <= common.now() + interval '7 days'
UNION ALL
SELECT NULL, g.programme_id, 'record_outcome', g.ends_at, g.ends_at + interval '30 days', NULL, NULL, NULL,
	NULL, g.id, NULL, NULL
FROM scheduling.gathering g
WHERE g.kind = 'innovation_day' AND g.status = 'held' AND g.ends_at > common.now() - interval '30 days'
	AND NOT EXISTS (SELECT FROM scheduling.outcome o WHERE o.gathering_id = g.id);

CREATE OR REPLACE VIEW scheduling.task AS
SELECT * FROM scheduling.agreement_task UNION ALL SELECT * FROM scheduling.plan_task
	UNION ALL SELECT * FROM scheduling.session_task UNION ALL SELECT * FROM scheduling.touchpoint_task
	UNION ALL SELECT * FROM scheduling.gathering_task;

-- Open tasks in matching and here. (Evaluation announces its tasks by event.)
CREATE OR REPLACE VIEW scheduling.waiting AS
SELECT * FROM matching.task UNION ALL SELECT * FROM scheduling.task;

GRANT EXECUTE ON FUNCTION scheduling.lost_meetings(uuid) TO upward_scheduling, upward_evaluation;
GRANT SELECT ON scheduling.waiting TO upward_scheduling;
GRANT SELECT ON scheduling.gathering_task TO upward_evaluation;
GRANT SELECT ON scheduling.task TO upward_scheduling, upward_evaluation;
