-- Open tasks in evaluation, and who has to do them; open tasks everywhere; the work list (kinds:
-- api/tasks.yaml; form: matching.task).

-- A goal to set, to agree to, or to close.
CREATE OR REPLACE VIEW evaluation.goal_task AS
SELECT m.person_id, m.programme_id, 'propose_goal' AS kind, a.signed_at AS since, NULL::timestamptz AS due_at,
	m.pair_id, m.partner_id, m.mentee_id, m.mentor_id, m.pair_id AS object_id, NULL::text AS reason,
	NULL::json AS numbers
FROM matching.pair_member m JOIN scheduling.agreement_view a ON a.pair_id = m.pair_id AND a.status = 'signed'
WHERE m.status = 'active'
	AND NOT EXISTS (SELECT FROM evaluation.goal g WHERE g.pair_id = m.pair_id AND g.status <> 'abandoned')
UNION ALL
SELECT m.person_id, m.programme_id, 'agree_goal', g.updated_at, NULL, m.pair_id, m.partner_id, m.mentee_id,
	m.mentor_id, g.id, NULL, NULL
FROM evaluation.goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.status = 'active'
WHERE g.status = 'proposed' AND g.proposed_by <> m.person_id
UNION ALL
SELECT m.person_id, m.programme_id, 'close_goal', (g.due_on + 1)::timestamp AT TIME ZONE 'UTC',
	g.due_on::timestamp AT TIME ZONE 'UTC', m.pair_id, m.partner_id, m.mentee_id, m.mentor_id, g.id, NULL,
	NULL
FROM evaluation.goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.status = 'active'
WHERE g.status = 'agreed' AND g.due_on < common.today();

-- Signs, from dates alone, that an active pair is in trouble, for its programme; evaluation.flag_rule says
-- from what on each counts. overdue_cadence: dates of the plan that passed that long ago without a
-- session.
CREATE OR REPLACE VIEW evaluation.plan_flag AS
SELECT d.pair_id, d.programme_id, 'overdue_cadence' AS kind,
	d.open_on::timestamp AT TIME ZONE 'UTC' AS since, m.mentee_id, m.mentor_id
FROM scheduling.count_view d
	JOIN evaluation.flag_rule r ON r.programme_id = d.programme_id AND r.rule = 'overdue_cadence'
	CROSS JOIN LATERAL (SELECT p.mentee_id, p.mentor_id FROM matching.pair_member p
		WHERE p.pair_id = d.pair_id AND p.side = 'mentor' AND p.status = 'active' OFFSET 0) m
WHERE d.kind = 'regular' AND d.open_on < common.today() - r.threshold
UNION ALL
-- nothing_booked: dates of the plan are open, no session is ahead, and the last one was that long ago; of a
-- pair that meets less often than once a week, as much longer as its rhythm is.
SELECT m.pair_id, m.programme_id, 'nothing_booked',
	s.last_end + make_interval(days => coalesce(y.days - 7, 0)), m.mentee_id, m.mentor_id
FROM scheduling.count_view c
	JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.programme_id = c.programme_id
		AND m.side = 'mentor'
		AND m.status = 'active'
	CROSS JOIN LATERAL (SELECT max(v.ends_at) AS last_end FROM scheduling.session_view v
		WHERE v.pair_id = m.pair_id AND v.status <> 'cancelled') s
	LEFT JOIN scheduling.rhythm_view y ON y.pair_id = m.pair_id
WHERE c.kind = 'regular' AND c.open = 0 AND c.begun AND c.open_on IS NOT NULL AND s.last_end < common.now();

-- How many of a pair's last four sessions that were held or missed were missed. (What the two answer to a
-- pulse is no sign, nor whether they do: that is nobody's to know.)
CREATE OR REPLACE FUNCTION evaluation.missed_lately(pair uuid) RETURNS TABLE (missed bigint, of bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT count(*) FILTER (WHERE s.status = 'missed'), count(*)
	FROM (SELECT v.status FROM scheduling.session_view v
		WHERE v.pair_id = missed_lately.pair AND v.status IN ('held', 'missed')
		ORDER BY v.starts_at DESC LIMIT 4) s;
END;

-- The first session that was missed after two had last been held in a row.
CREATE OR REPLACE FUNCTION evaluation.declining_since(pair uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (WITH met AS (SELECT v.starts_at, v.status, lag(v.status) OVER (ORDER BY v.starts_at) AS before
			FROM scheduling.session_view v
			WHERE v.pair_id = declining_since.pair AND v.status IN ('held', 'missed'))
		SELECT min(m.starts_at) FROM met m WHERE m.status = 'missed' AND m.starts_at > coalesce(
			(SELECT max(h.starts_at) FROM met h WHERE h.status = 'held' AND h.before = 'held'), '-infinity'));
END $$;

-- missed_twice: two or more sessions in a row were missed.
CREATE OR REPLACE VIEW evaluation.session_flag AS
SELECT m.pair_id, m.programme_id, 'missed_twice' AS kind, n.since, m.mentee_id, m.mentor_id
FROM (SELECT c.pair_id, c.programme_id FROM scheduling.count_view c WHERE c.missed > 0
		GROUP BY c.pair_id, c.programme_id HAVING sum(c.missed) > 1) c
	JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.programme_id = c.programme_id
		AND m.side = 'mentor'
		AND m.status = 'active'
	CROSS JOIN LATERAL (SELECT count(*) AS missed, min(s.starts_at) AS since
		FROM scheduling.missed_in_a_row s WHERE s.pair_id = m.pair_id) n
	JOIN evaluation.flag_rule r ON r.programme_id = m.programme_id AND r.rule = 'missed_twice'
WHERE n.missed >= r.threshold
UNION ALL
-- unreported: nobody has reported, for that long, whether a session took place.
SELECT m.pair_id, m.programme_id, 'unreported', u.since, m.mentee_id, m.mentor_id
FROM (SELECT s.pair_id, min(s.ends_at) AS since FROM scheduling.session_view s
		WHERE s.status = 'unreported' GROUP BY s.pair_id) u
	JOIN matching.pair_member m ON m.pair_id = u.pair_id AND m.side = 'mentor' AND m.status = 'active'
UNION ALL
-- declining: so many of the last four sessions were missed; two that are held in a row end it.
SELECT m.pair_id, m.programme_id, 'declining', d.since, m.mentee_id, m.mentor_id
FROM (SELECT c.pair_id, c.programme_id FROM scheduling.count_view c WHERE c.missed > 0
		GROUP BY c.pair_id, c.programme_id HAVING sum(c.missed) > 1) c
	JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.programme_id = c.programme_id
		AND m.side = 'mentor'
		AND m.status = 'active'
	JOIN evaluation.flag_rule r ON r.programme_id = m.programme_id AND r.rule = 'declining'
	CROSS JOIN LATERAL evaluation.missed_lately(m.pair_id) n
	CROSS JOIN LATERAL (SELECT CASE WHEN n.missed >= r.threshold
		THEN evaluation.declining_since(m.pair_id) END AS since) d
WHERE d.since IS NOT NULL;

-- stale_goals: a goal is agreed, and nothing has happened to it or any other goal of the pair for that long:
-- no text, agreement, entry of progress or end. Of a pair that meets less often than once a week, as much
-- longer as its rhythm is.
CREATE OR REPLACE VIEW evaluation.goal_flag AS
SELECT m.pair_id, m.programme_id, 'stale_goals' AS kind,
	greatest(g.touched_at, m.resumed_at) + make_interval(days => coalesce(y.days - 7, 0)) AS since,
	m.mentee_id, m.mentor_id
FROM evaluation.flag_rule r
	CROSS JOIN LATERAL (SELECT common.now() - make_interval(days => r.threshold) AS before) t
	CROSS JOIN LATERAL (SELECT o.pair_id, max(o.updated_at) AS touched_at FROM evaluation.goal o
		WHERE o.status = 'agreed' AND o.updated_at <= t.before GROUP BY o.pair_id) g
	JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.programme_id = r.programme_id
		AND m.side = 'mentor'
		AND m.status = 'active'
	LEFT JOIN scheduling.rhythm_view y ON y.pair_id = m.pair_id
WHERE r.rule = 'stale_goals' AND NOT EXISTS (SELECT FROM evaluation.goal n
	WHERE n.pair_id = g.pair_id AND n.updated_at > t.before);

-- The figures of a flag, for the rows that are shown: a list of ten thousand pairs has hundreds.
CREATE OR REPLACE FUNCTION evaluation.flag_numbers(flag text, pair uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	counts_from int := (SELECT r.threshold FROM matching.pair_member m
		JOIN evaluation.flag_rule r ON r.programme_id = m.programme_id AND r.rule = flag
		WHERE m.pair_id = pair AND m.side = 'mentor');
BEGIN
	CASE flag
	WHEN 'overdue_cadence' THEN
		RETURN (SELECT json_build_object('dates', count(*) FILTER (WHERE o.overdue), 'expected', count(*),
				'held', count(*) FILTER (WHERE o.status = 'held'),
				'days', common.today() - min(o.due_on) FILTER (WHERE o.overdue), 'threshold', counts_from)
			FROM (SELECT v.status, v.due_on,
					v.session_id IS NULL AND v.due_on < common.today() - counts_from AS overdue
				FROM scheduling.plan_view v WHERE v.pair_id = pair) o);
	WHEN 'nothing_booked' THEN
		RETURN (SELECT json_build_object('open', (SELECT count(*) FROM scheduling.open_date d
				WHERE d.pair_id = pair), 'days', extract(day FROM common.now() - max(v.ends_at))::int,
				'threshold', counts_from + coalesce((SELECT y.days - 7
				FROM scheduling.rhythm_view y WHERE y.pair_id = pair), 0))
			FROM scheduling.session_view v WHERE v.pair_id = pair AND v.status <> 'cancelled');
	WHEN 'missed_twice' THEN
		RETURN (SELECT json_build_object('in_a_row', count(*), 'threshold', counts_from)
			FROM scheduling.missed_in_a_row s WHERE s.pair_id = pair);
	WHEN 'declining' THEN
		RETURN (SELECT json_build_object('missed', n.missed, 'of', n.of, 'threshold', counts_from)
			FROM evaluation.missed_lately(pair) n);
	WHEN 'stale_goals' THEN
		RETURN (SELECT json_build_object('goals', count(*),
				'days', extract(day FROM common.now() - max(g.updated_at))::int, 'threshold', counts_from
				+ coalesce((SELECT y.days - 7 FROM scheduling.rhythm_view y WHERE y.pair_id = pair), 0))
			FROM evaluation.goal g WHERE g.pair_id = pair AND g.status = 'agreed');
	WHEN 'unreported' THEN
		RETURN (SELECT json_build_object('sessions', count(*),
				'days', extract(day FROM common.now() - min(s.ends_at))::int, 'threshold', counts_from)
			FROM scheduling.session_view s WHERE s.pair_id = pair AND s.status = 'unreported');
	ELSE
		RETURN NULL;
	END CASE;
END $$;

-- All signs.
CREATE OR REPLACE VIEW evaluation.sign AS
SELECT * FROM evaluation.plan_flag UNION ALL SELECT * FROM evaluation.session_flag
UNION ALL SELECT * FROM evaluation.goal_flag;

CREATE OR REPLACE VIEW evaluation.task AS
SELECT * FROM evaluation.goal_task
UNION ALL
SELECT NULL, f.programme_id, f.kind, f.since, NULL, f.pair_id, NULL, f.mentee_id, f.mentor_id, f.pair_id,
	NULL, NULL
FROM evaluation.sign f
WHERE NOT EXISTS (SELECT FROM evaluation.flag_case c WHERE c.pair_id = f.pair_id AND c.rule = f.kind
	AND c.since = f.since AND c.outcome IS NOT NULL);

-- Confidential tasks, kept apart so that no list of a programme can read them: assessments (attempt_id: an
-- attempt that was started), feedback not yet given in the open window, surveys to answer, requests for help
-- that a coordinator may answer, and wishes of others.
CREATE OR REPLACE FUNCTION evaluation.confidential_tasks(actor uuid)
	RETURNS TABLE (programme_id uuid, kind text,
	due_at timestamptz, partner_id uuid, object_id uuid, attempt_id uuid)
LANGUAGE plpgsql VOLATILE SET search_path = evaluation, pg_catalog, pg_temp
	SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY SELECT d.programme_id, CASE d.phase WHEN 'pre' THEN 'take_pre_assessment'
		ELSE 'take_post_assessment' END,
		d.due_at, NULL::uuid, d.assessment_id, d.attempt_id
	FROM assessment_due d WHERE d.person_id = actor
	UNION ALL
	SELECT d.programme_id, 'give_feedback', d.due_at, d.partner_id, d.pair_id, NULL
	FROM feedback_due d WHERE d.person_id = actor AND NOT EXISTS (SELECT FROM acting(actor) a,
		LATERAL (SELECT f.id FROM feedback f WHERE f.author_id = a.actor AND f.pair_id = d.pair_id
			AND f.wave = d.wave OFFSET 0) f)
	UNION ALL
	SELECT d.programme_id, 'answer_survey', min((d.closes_on + 1)::timestamp AT TIME ZONE 'UTC'), NULL,
		d.survey_id, NULL
	FROM survey_due d WHERE d.person_id = actor AND NOT EXISTS (SELECT FROM acting(actor) a,
		LATERAL (SELECT r.id FROM response r WHERE r.person_id = a.actor AND r.survey_id = d.survey_id
			AND r.wave = d.wave AND r.submitted OFFSET 0) r)
	GROUP BY d.programme_id, d.survey_id
	UNION ALL
	SELECT h.programme_id, 'answer_help_request', NULL, NULL, h.id, NULL FROM acting(actor) a,
		LATERAL (SELECT h.programme_id, h.id FROM help_request h
			WHERE h.status = 'open' AND h.programme_id IN (SELECT c.programme_id
				FROM matching.programme_coordinator c WHERE c.person_id = a.actor)
				AND h.author_id <> a.actor AND may_help(a.actor, h.pair_id) OFFSET 0) h
	UNION ALL
	SELECT w.programme_id, w.kind, NULL, w.author_id, w.enrolment_id, NULL
	FROM matching.wishes_to_answer(actor) w;
END $$;

-- All open tasks that are not confidential, with the details of their kind.
CREATE OR REPLACE VIEW evaluation.waiting AS
SELECT w.*, k.waits_for, k.noun, k.text, k.work, k.work_days, k.work_can, k.work_remind, k.work_of,
	k.discreet, k.shown, k.action, '/api/v1/' || k.noun || 's/' || w.object_id AS link
FROM (SELECT * FROM matching.task UNION ALL SELECT * FROM scheduling.task
	UNION ALL SELECT * FROM evaluation.task) w
	JOIN common.task_kind k ON k.kind = w.kind;

-- The tasks of one person, each with its pair if it is about one, and, where they coordinate, of their
-- programmes. Planned once: planning the views for each call takes longer than reading them. If a programme
-- has no coordinator, every programme_admin gets the task of taking it over; its other tasks wait until then.
CREATE OR REPLACE FUNCTION evaluation.open_tasks(actor uuid, roles text[])
	RETURNS TABLE (programme_id uuid, kind text,
	due_at timestamptz, partner_id uuid, noun text, object_id uuid, text text, action text, link text,
	pair_id uuid)
LANGUAGE plpgsql VOLATILE SET search_path = evaluation, pg_catalog, pg_temp
	SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY SELECT w.programme_id, w.kind, w.due_at, w.partner_id, w.noun, w.object_id, w.text, w.action,
		w.link, w.pair_id
	FROM waiting w WHERE w.person_id = actor AND w.shown;
	RETURN QUERY SELECT c.programme_id, c.kind, c.due_at, c.partner_id, k.noun, c.object_id, k.text,
		CASE WHEN c.attempt_id IS NULL THEN k.action ELSE k.part_action END,
		'/api/v1/' || replace(k.noun, '_', '-') || 's/' || c.object_id
			|| coalesce('/' || k.part || '/' || c.attempt_id, ''),
		CASE WHEN k.noun = 'pair' THEN c.object_id END
	FROM confidential_tasks(actor) c JOIN common.task_kind k ON k.kind = c.kind
	WHERE c.kind <> 'answer_help_request' OR 'programme_admin' = ANY (roles);
	IF 'programme_admin' = ANY (roles) THEN
		RETURN QUERY SELECT t.programme_id, t.kind, t.due_at, t.partner_id, k.noun, t.object_id, k.text,
			k.action, '/api/v1/' || k.noun || 's/' || t.object_id, t.pair_id
		FROM (SELECT * FROM matching.programme_task UNION ALL SELECT * FROM scheduling.gathering_task) t
			JOIN common.task_kind k ON k.kind = t.kind AND k.shown
		WHERE t.kind = 'take_over' OR t.programme_id IN (
			SELECT c.programme_id FROM matching.programme_coordinator c WHERE c.person_id = actor);
	END IF;
END $$;

-- The paths of the operations that help with a row.
CREATE OR REPLACE FUNCTION evaluation.work_links(can text[], link text, pair uuid) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN json_strip_nulls(json_build_object(
	'patch', CASE WHEN 'patch' = ANY (can) THEN link END,
	'message_create', CASE WHEN 'message_create' = ANY (can) THEN '/api/v1/messages' END,
	'round_create', CASE WHEN 'round_create' = ANY (can) THEN '/api/v1/rounds' END,
	'why_not', CASE WHEN 'round_create' = ANY (can) AND link LIKE '/api/v1/enrolments/%'
		THEN link || '/why-not' END,
	'objection_decision', CASE WHEN 'objection_decision' = ANY (can) THEN link || '/objection/decision' END,
	'review_create', CASE WHEN 'review_create' = ANY (can) THEN '/api/v1/pairs/' || pair || '/reviews' END,
	'resumption', CASE WHEN 'resumption' = ANY (can) THEN '/api/v1/pairs/' || pair || '/resumption' END,
	'agreements', '/api/v1/agreements?pair_id=' || pair));

GRANT SELECT ON evaluation.waiting TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.confidential_tasks(uuid), evaluation.open_tasks(uuid, text[]),
	evaluation.work_links(text[], text, uuid),
	evaluation.missed_lately(uuid), evaluation.declining_since(uuid),
	evaluation.flag_numbers(text, uuid) TO upward_evaluation;
