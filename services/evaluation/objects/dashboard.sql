-- Shared by the page reads. Nothing is stored: a page shows the current state of its objects.

-- A pair with what the two have agreed and done, for one of them.
CREATE OR REPLACE FUNCTION evaluation.pair_section(of_pair uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM evaluation.acting(pair_section.actor);
	RETURN json_build_object('pair', matching.pair_json(of_pair, actor),
		'agreement', (SELECT scheduling.agreement_json(a.agreement_id, pair_section.actor)
			FROM scheduling.agreement_view a
			WHERE a.pair_id = of_pair AND a.status IN ('signed', 'proposed') ORDER BY a.status DESC LIMIT 1),
		'plan', (SELECT scheduling.plan_json(a.agreement_id) FROM scheduling.agreement_view a
			WHERE a.pair_id = of_pair AND a.status = 'signed'),
		'next_session', (SELECT scheduling.session_json(s.session_id, pair_section.actor)
			FROM scheduling.session_view s
			WHERE s.pair_id = of_pair AND s.status IN ('proposed', 'confirmed') AND s.ends_at > common.now()
			ORDER BY s.starts_at LIMIT 1),
		'goals', coalesce((SELECT json_agg(evaluation.goal_json(g, pair_section.actor) ORDER BY g.created_at,
			g.id)
			FROM evaluation.goal g WHERE g.pair_id = of_pair AND g.status <> 'abandoned'), '[]'));
END $$;

-- The roles in which people take part, and the programmes that they coordinate (for a programme_admin).
CREATE OR REPLACE VIEW evaluation.part AS
SELECT e.person_id, e.role, e.status, e.programme_id, p.title,
	'/api/v1/dashboards/' || e.role || '?programme_id=' || e.programme_id AS link
FROM matching.enrolment_view e JOIN matching.programme_view p ON p.programme_id = e.programme_id
WHERE e.status IN ('invited', 'interested', 'enrolled', 'waitlisted', 'paused')
	AND p.status NOT IN ('draft', 'closed', 'cancelled')
UNION ALL
SELECT c.person_id, 'programme_admin', p.status, c.programme_id, p.title,
	'/api/v1/dashboards/programmes/' || c.programme_id
FROM matching.programme_coordinator c JOIN matching.programme_view p ON p.programme_id = c.programme_id
WHERE p.status NOT IN ('closed', 'cancelled');

-- The length of a programme's work list for its reader: rows by kind, and flags by rule.
CREATE OR REPLACE FUNCTION evaluation.waiting_section(programme uuid, actor uuid, OUT waiting json,
	OUT flags json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	WITH listed AS MATERIALIZED (SELECT w.kind, w.rule FROM work(programme, actor) w),
		kind AS (SELECT k.work, min(k.place) AS place,
			(SELECT count(*) FROM listed l WHERE l.kind = k.work) AS rows
			FROM common.task_kind k WHERE k.work IS NOT NULL GROUP BY k.work),
		flag AS (SELECT k.kind, k.place, (SELECT count(*) FROM listed l WHERE l.rule = k.kind) AS rows
			FROM common.task_kind k WHERE k.work = 'flag')
	SELECT (SELECT json_object_agg(k.work, k.rows ORDER BY k.place) FROM kind k),
		(SELECT json_object_agg(f.kind, f.rows ORDER BY f.place) FROM flag f)
	INTO waiting, flags;
END $$;

-- Open shortlists and unanswered picks of a programme, and the next deadline among them.
CREATE OR REPLACE FUNCTION evaluation.deadlines_section(programme uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('picks', p.count, 'next_pick_by', common.instant(p.next),
			'answers', a.count, 'next_answer_by', common.instant(a.next))
		FROM (SELECT count(*) AS count, min(s.pick_by) AS next FROM matching.shortlist_deadline s
				WHERE s.programme_id = programme AND s.status = 'open') p,
			(SELECT count(*) AS count, min(d.answer_by) AS next FROM matching.pick_deadline d
				WHERE d.programme_id = programme) a);
END $$;

-- Where a coordinator can go from the page of a programme.
CREATE OR REPLACE FUNCTION evaluation.programme_links(programme uuid) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('self', '/api/v1/dashboards/programmes/' || programme,
	'work_list', '/api/v1/dashboards/programmes/' || programme || '/work-list',
	'meetings', '/api/v1/dashboards/programmes/' || programme || '/pairs',
	'funnel', '/api/v1/programmes/' || programme || '/funnel',
	'rounds', '/api/v1/rounds?programme_id=' || programme,
	'enrolments', '/api/v1/enrolments?programme_id=' || programme,
	'shortlists', '/api/v1/shortlists?programme_id=' || programme,
	'pairs', '/api/v1/pairs?programme_id=' || programme,
	'agreements', '/api/v1/agreements?programme_id=' || programme,
	'assessments', '/api/v1/assessments?programme_id=' || programme,
	'messages', '/api/v1/messages?programme_id=' || programme,
	'participation', '/api/v1/reports/programmes/' || programme || '/participation',
	'adherence', '/api/v1/reports/programmes/' || programme || '/adherence',
	'gain', '/api/v1/reports/programmes/' || programme || '/gain',
	'satisfaction', '/api/v1/reports/programmes/' || programme || '/satisfaction');

-- The work list: tasks of a programme that have been open for as long as their kind requires, one row for
-- each pair or object. People in a pair, or above one of its partners, do not see its discreet tasks.
-- SELECTs of other kinds are skipped at run time, so that one plan serves all.
CREATE OR REPLACE FUNCTION evaluation.work(of_programme uuid, actor uuid)
	RETURNS TABLE (kind text, key text, since timestamptz,
	due_at timestamptz, mentee_id uuid, mentor_id uuid, pair_id uuid, link text, waits_for text, rule text,
	reason text, numbers json, can text[], about text, shortlist_id uuid, text text)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp
	SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	kinds text[] := ARRAY(SELECT k.kind FROM common.task_kind k WHERE k.work IS NOT NULL);
	days jsonb := flag_days(of_programme);
BEGIN
	RETURN QUERY WITH found AS MATERIALIZED (SELECT w.*, w.work || ' ' || CASE WHEN w.work = 'flag'
		THEN w.kind || ' ' ELSE '' END
				|| coalesce(w.pair_id, w.object_id) AS key
			FROM evaluation.waiting w
			WHERE w.programme_id = of_programme AND w.kind = ANY (kinds)
				AND w.since <= common.now()
					- make_interval(days => coalesce((days -> w.kind)::int, w.work_days))),
		own AS MATERIALIZED (SELECT work.actor AS person_id UNION ALL
			SELECT b.person_id FROM (SELECT array_agg(f.mentor_id) || array_agg(f.mentee_id) AS people
				FROM found f WHERE f.discreet) d,
				LATERAL matching.below(work.actor, d.people) b)
	SELECT DISTINCT ON (f.key) f.work, f.key, f.since, f.due_at, f.mentee_id, f.mentor_id, f.pair_id,
		CASE WHEN f.pair_id IS NULL THEN f.link ELSE '/api/v1/pairs/' || f.pair_id END, f.work_of,
		CASE WHEN f.work = 'flag' THEN f.kind END, f.reason, f.numbers, f.work_can, f.work_remind,
		CASE WHEN f.noun = 'shortlist' THEN f.object_id END, f.text
	FROM found f
	WHERE NOT f.discreet OR f.mentor_id NOT IN (SELECT o.person_id FROM own o)
		AND f.mentee_id NOT IN (SELECT o.person_id FROM own o)
	ORDER BY f.key, f.since;
END $$;

GRANT SELECT ON evaluation.part TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.pair_section(uuid, uuid), evaluation.waiting_section(uuid, uuid),
	evaluation.deadlines_section(uuid), evaluation.programme_links(uuid), evaluation.work(uuid, uuid)
	TO upward_evaluation;
