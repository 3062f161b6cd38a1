-- What the page reads share. Nothing is stored: a page shows what the owners say at that moment.

-- Signs that an active pair is in trouble, from the dates of its plan and meetings alone; after how many days each
-- counts, the catalogue of tasks says:
-- overdue_cadence: dates of the plan passed so long ago without a meeting;
-- missed_twice: two meetings or more in a row were missed;
-- nothing_booked: dates of the plan are open, no meeting is ahead, and the last one was so long ago;
-- unreported: for so long nobody has said whether a meeting took place.
-- Only pairs that scheduling watches can show one; each is then looked at by itself.
CREATE OR REPLACE FUNCTION evaluation.pair_flags(of_programme uuid) RETURNS TABLE (pair_id uuid, mentor_id uuid, mentee_id uuid,
	rule text, since timestamptz, numbers json)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH member AS MATERIALIZED (SELECT m.pair_id, m.person_id AS mentor_id, m.partner_id AS mentee_id
			FROM matching.pair_member m
			WHERE m.programme_id = of_programme AND m.side = 'mentor' AND m.status = 'active'
				AND m.pair_id IN (SELECT w.pair_id FROM scheduling.watched w)),
		today AS MATERIALIZED (SELECT common.now() AS at, common.today() AS day,
				min(k.work_days) FILTER (WHERE k.kind = 'overdue_cadence') AS late,
				make_interval(days => min(k.work_days) FILTER (WHERE k.kind = 'nothing_booked')) AS idle,
				make_interval(days => min(k.work_days) FILTER (WHERE k.kind = 'unreported')) AS silent
			FROM common.task_kind k)
	SELECT m.pair_id, m.mentor_id, m.mentee_id, f.rule, f.since, f.numbers
	FROM today t CROSS JOIN member m
		CROSS JOIN LATERAL (SELECT count(*) AS expected, count(*) FILTER (WHERE p.status = 'held') AS held,
				count(p.session_id) AS linked, count(*) FILTER (WHERE p.status IN ('open', 'overdue')) AS open,
				count(*) FILTER (WHERE p.status = 'overdue' AND p.due_on < t.day - t.late) AS overdue,
				min(p.due_on) FILTER (WHERE p.status = 'overdue') AS overdue_on
			FROM scheduling.plan_view p WHERE p.pair_id = m.pair_id) p
		CROSS JOIN LATERAL (SELECT max(s.ends_at) AS last_end,
				count(*) FILTER (WHERE s.status IN ('proposed', 'confirmed') AND s.ends_at > t.at) AS ahead,
				count(*) FILTER (WHERE s.status = 'unreported') AS unreported,
				min(s.ends_at) FILTER (WHERE s.status = 'unreported') AS silent_since,
				max(s.starts_at) FILTER (WHERE s.status = 'held') AS last_held,
				array_agg(s.starts_at) FILTER (WHERE s.status = 'missed') AS missed_at
			FROM scheduling.session_view s WHERE s.pair_id = m.pair_id AND s.status <> 'cancelled') s
		CROSS JOIN LATERAL (
			SELECT 'overdue_cadence', p.overdue_on::timestamp AT TIME ZONE 'UTC', json_build_object('dates', p.overdue,
				'expected', p.expected, 'held', p.held, 'days', t.day - p.overdue_on)
			WHERE p.overdue > 0
			UNION ALL
			SELECT 'missed_twice', n.since, json_build_object('in_a_row', n.missed)
			FROM (SELECT count(*) AS missed, min(u.at) AS since FROM unnest(s.missed_at) u (at)
				WHERE s.last_held IS NULL OR u.at > s.last_held) n
			WHERE n.missed >= 2
			UNION ALL
			SELECT 'nothing_booked', s.last_end, json_build_object('open', p.open,
				'days', extract(day FROM t.at - s.last_end)::int)
			WHERE p.linked > 0 AND p.open > 0 AND s.ahead = 0 AND s.last_end < t.at - t.idle
			UNION ALL
			SELECT 'unreported', s.silent_since, json_build_object('sessions', s.unreported,
				'days', extract(day FROM t.at - s.silent_since)::int)
			WHERE s.silent_since < t.at - t.silent) f (rule, since, numbers);
END;

-- A pair with what the two have agreed and done, for one of them.
CREATE OR REPLACE FUNCTION evaluation.pair_section(of_pair uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
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
		'goals', coalesce((SELECT json_agg(evaluation.goal_json(g, pair_section.actor) ORDER BY g.created_at, g.id)
			FROM evaluation.goal g WHERE g.pair_id = of_pair AND g.status <> 'abandoned'), '[]'));
END $$;

-- The work list: what has waited in a programme for as long as its kind says, a row for each pair or object. Who
-- takes part in a pair, or stands above one of the two, does not see what is discreet. The kinds are known when the
-- query is planned, so that it asks for no others.
CREATE OR REPLACE FUNCTION evaluation.work(of_programme uuid, actor uuid) RETURNS TABLE (kind text, key text, since timestamptz,
	due_at timestamptz, mentee_id uuid, mentor_id uuid, pair_id uuid, link text, waits_for text, rule text, reason text,
	numbers json, can text[], about text, shortlist_id uuid, text text)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	kinds text[] := ARRAY(SELECT k.kind FROM common.task_kind k WHERE k.work IS NOT NULL);
BEGIN
	RETURN QUERY WITH found AS MATERIALIZED (SELECT w.*, w.work || ' ' || CASE WHEN w.work = 'flag' THEN w.kind || ' ' ELSE '' END
				|| coalesce(w.pair_id, w.object_id) AS key
			FROM evaluation.waiting w
			WHERE w.programme_id = of_programme AND w.kind = ANY (kinds) AND w.since <= common.now() - make_interval(days => w.work_days)),
		manages AS MATERIALIZED (SELECT EXISTS (SELECT FROM profiles.candidate c WHERE c.manager_id = work.actor) AS any)
	SELECT DISTINCT ON (f.key) f.work, f.key, f.since, f.due_at, f.mentee_id, f.mentor_id, f.pair_id,
		CASE WHEN f.pair_id IS NULL THEN f.link ELSE '/api/v1/pairs/' || f.pair_id END, f.work_of,
		CASE WHEN f.work = 'flag' THEN f.kind END, f.reason, f.numbers, f.work_can, f.work_remind,
		CASE WHEN f.noun = 'shortlist' THEN f.object_id END, f.text
	FROM found f, manages m
	WHERE NOT f.discreet OR work.actor NOT IN (f.mentor_id, f.mentee_id)
		AND (NOT m.any OR NOT matching.above_pair(work.actor, f.mentor_id, f.mentee_id))
	ORDER BY f.key, f.since;
END $$;

GRANT EXECUTE ON FUNCTION evaluation.pair_flags(uuid), evaluation.pair_section(uuid, uuid),
	evaluation.work(uuid, uuid) TO upward_evaluation;
