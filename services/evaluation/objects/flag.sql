-- Signs of trouble in pairs, and what was done about them. A sign comes from dates and counts alone, by a
-- rule
-- that anybody can check (api/tasks.yaml), never from what somebody wrote.

-- The id of a sign: the same as long as it lasts.
CREATE OR REPLACE FUNCTION evaluation.flag_id(pair uuid, rule text, since timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN md5(pair || rule || extract(epoch FROM since)::bigint)::uuid;

-- The signs of a programme now, and those that were dealt with and are over, apart from pairs with the actor
-- in them or below the actor.
CREATE OR REPLACE FUNCTION evaluation.flags(of_programme uuid, actor uuid)
	RETURNS TABLE (id uuid, pair_id uuid, rule text, since timestamptz, mentee_id uuid, mentor_id uuid,
	numbers json, current boolean)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
DECLARE
	days jsonb := flag_days(of_programme);
BEGIN
	RETURN QUERY WITH found AS MATERIALIZED (
			SELECT flag_id(f.pair_id, f.kind, f.since) AS id, f.pair_id, f.kind, f.since, f.mentee_id,
				f.mentor_id, NULL::json AS numbers, true AS current
			FROM sign f JOIN common.task_kind k ON k.kind = f.kind
			WHERE f.programme_id = of_programme AND f.since <= common.now()
				- make_interval(days => coalesce((days -> f.kind)::int, k.work_days))),
		every AS MATERIALIZED (SELECT * FROM found
			UNION ALL SELECT c.id, c.pair_id, c.rule, c.since, m.mentee_id, m.mentor_id, c.numbers, false
			FROM flag_case c JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.side = 'mentor'
			WHERE c.programme_id = of_programme AND NOT EXISTS (SELECT FROM found f WHERE f.id = c.id)),
		own AS MATERIALIZED (SELECT flags.actor AS person_id UNION ALL
			SELECT b.person_id FROM (SELECT array_agg(e.mentor_id) || array_agg(e.mentee_id) AS people
				FROM every e) d, LATERAL matching.below(flags.actor, d.people) b)
	SELECT e.* FROM every e
	WHERE e.mentor_id NOT IN (SELECT o.person_id FROM own o)
		AND e.mentee_id NOT IN (SELECT o.person_id FROM own o);
END $$;

-- Those of the programmes that somebody coordinates, with their cases, as JSON.
CREATE OR REPLACE FUNCTION evaluation.flag_rows(actor uuid, roles text[], of_programme uuid DEFAULT NULL)
	RETURNS TABLE (id uuid, programme_id uuid, since timestamptz, state text, body json, version bigint)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT f.id, o.programme_id, f.since, s.state, json_build_object('id', f.id,
		'pair', json_build_object('id', f.pair_id, 'mentee', profiles.card_json(f.mentee_id),
			'mentor', profiles.card_json(f.mentor_id)),
		'rule', f.rule, 'text', k.text,
		'numbers', coalesce(f.numbers, flag_numbers(f.rule, f.pair_id)), 'since', common.instant(f.since),
		'current', f.current, 'state', s.state, 'action', c.action, 'outcome', c.outcome, 'note', c.note,
		'handled_by', CASE WHEN c.id IS NOT NULL THEN profiles.card_json(c.handled_by) END,
		'version', coalesce(c.version, 0),
		'can', CASE s.state WHEN 'resolved' THEN '[]' ELSE '["intervention", "resolution"]' END::json,
		'links', json_build_object('pair', '/api/v1/pairs/' || f.pair_id)), coalesce(c.version, 0)
	FROM matching.programme_coordinator o CROSS JOIN LATERAL flags(o.programme_id, actor) f
		JOIN common.task_kind k ON k.kind = f.rule LEFT JOIN flag_case c ON c.id = f.id
		CROSS JOIN LATERAL (SELECT CASE WHEN c.resolved_at IS NOT NULL THEN 'resolved'
			WHEN c.intervened_at IS NOT NULL THEN 'intervened' ELSE 'open' END AS state) s
	WHERE o.person_id = actor AND 'programme_admin' = ANY (roles)
		AND (of_programme IS NULL OR o.programme_id = of_programme);
END $$;

GRANT SELECT ON evaluation.sign, evaluation.plan_flag, evaluation.session_flag TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.flag_id(uuid, text, timestamptz), evaluation.flags(uuid, uuid),
	evaluation.flag_rows(uuid, text[], uuid) TO upward_evaluation;
