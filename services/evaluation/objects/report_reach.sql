-- The reports on who takes part and whom they come to know, as they go into a snapshot (evaluation.made).

-- Who has had a place, by level: everybody in the company, mentors, mentees.
CREATE OR REPLACE FUNCTION evaluation.level_figures(programme uuid) RETURNS TABLE (level text, figures json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH part AS (SELECT c.level, bool_or(e.role = 'mentor') IS TRUE AS mentor,
			bool_or(e.role = 'mentee') IS TRUE AS mentee
			FROM profiles.card c LEFT JOIN matching.enrolment_view e ON e.programme_id = programme
				AND e.person_id = c.person_id
				AND e.status IN ('enrolled', 'paused', 'completed', 'left_company')
			WHERE c.status <> 'inactive' GROUP BY c.person_id, c.level),
		cell AS (SELECT lpad(p.level::text, 4) AS level, v.place, v.measure,
				count(*) FILTER (WHERE v.counts) AS n
			FROM part p, LATERAL (VALUES (1, 'company', true), (2, 'mentors', p.mentor),
				(3, 'mentees', p.mentee)) v (place, measure, counts)
			GROUP BY p.level, v.place, v.measure)
	SELECT s.name, s.figures
	FROM (SELECT array_agg(c.level ORDER BY c.place) AS names,
			array_agg(c.measure ORDER BY c.place) AS measures,
			array_agg(c.n ORDER BY c.place) AS counts FROM cell c) a,
		LATERAL evaluation.stepped_rows(a.names, a.measures, a.counts) s;
END $$;

-- The levels of the first snapshot in which there were mentees to count.
CREATE OR REPLACE FUNCTION evaluation.first_levels(programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT r.rows FROM evaluation.snapshot s JOIN evaluation.snapshot_report r ON r.snapshot_id = s.id
	WHERE s.programme_id = programme AND s.ready AND r.name = 'representation'
		AND r.body -> 'totals' ->> 'mentees' IS NOT NULL
	ORDER BY s.number LIMIT 1);

CREATE OR REPLACE FUNCTION evaluation.made_representation(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH now AS MATERIALIZED (SELECT * FROM evaluation.level_figures(programme)),
		was AS (SELECT (b ->> 'level')::int AS level, b
			FROM json_array_elements(evaluation.first_levels(programme)) b),
		list AS (SELECT coalesce(json_agg(evaluation.joined(evaluation.joined(
				json_build_object('level', x.level::int), x.figures),
				json_build_object('mentors_before', (w.b ->> 'mentors')::bigint,
					'mentees_before', (w.b ->> 'mentees')::bigint)) ORDER BY x.level::int), '[]') AS rows
			FROM now x LEFT JOIN was w ON w.level = x.level::int
			WHERE x.level IS NOT NULL AND x.figures ->> 'company' IS NOT NULL)
	SELECT (t.figures ->> 'mentees')::bigint,
		evaluation.count_sentence((t.figures ->> 'mentees')::bigint, 'leaders have taken part as mentees'),
		json_build_object('totals', t.figures, 'levels', l.rows), l.rows
	FROM list l JOIN now t ON t.level IS NULL;
END $$;

-- Pairs by the mentee's department: all, those with a mentor of another department, and those of two who had
-- no tie before: neither leads the other, they have not the same manager, and were no pair before.
CREATE OR REPLACE FUNCTION evaluation.made_network(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH pair AS (SELECT coalesce(e.department, '(none)') AS department,
				o.department IS DISTINCT FROM e.department AS crosses,
				e.manager_id IS DISTINCT FROM o.person_id AND o.manager_id IS DISTINCT FROM e.person_id
					AND (e.manager_id = o.manager_id) IS NOT TRUE
					AND NOT EXISTS (SELECT FROM matching.pair_member b WHERE b.person_id = m.person_id
						AND b.partner_id = m.partner_id AND b.programme_id <> programme
						AND b.accepted_at < m.accepted_at) AS fresh
			FROM matching.pair_member m JOIN profiles.candidate e ON e.person_id = m.mentee_id
				JOIN profiles.candidate o ON o.person_id = m.mentor_id
			WHERE m.programme_id = programme AND m.side = 'mentee'
				AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		cell AS (SELECT p.department, v.place, v.measure, count(*) FILTER (WHERE v.counts) AS n
			FROM pair p, LATERAL (VALUES (1, 'pairs', true), (2, 'cross_department', p.crosses),
				(3, 'new_ties', p.fresh)) v (place, measure, counts)
			GROUP BY p.department, v.place, v.measure),
		step AS (SELECT s.* FROM (SELECT array_agg(c.department ORDER BY c.place) AS names,
				array_agg(c.measure ORDER BY c.place) AS measures, array_agg(c.n ORDER BY c.place) AS counts
				FROM cell c) a, LATERAL evaluation.stepped_rows(a.names, a.measures, a.counts) s),
		list AS (SELECT coalesce(json_agg(evaluation.joined(
				json_build_object('department', s.name), s.figures) ORDER BY s.name), '[]') AS rows
			FROM step s WHERE s.name IS NOT NULL AND s.figures ->> 'pairs' IS NOT NULL),
		total AS (SELECT (s.figures ->> 'pairs')::bigint AS pairs,
			(s.figures ->> 'cross_department')::bigint AS crosses, (s.figures ->> 'new_ties')::bigint AS ties
			FROM step s WHERE s.name IS NULL)
	SELECT t.pairs, evaluation.count_sentence(t.ties, 'pairs are of two people who had no tie before'),
		json_build_object('totals', json_build_object('pairs', t.pairs, 'cross_department', t.crosses,
			'cross_department_share', round(t.crosses::numeric / t.pairs, 1), 'new_ties', t.ties),
			'departments', l.rows), l.rows
	FROM list l LEFT JOIN total t ON true;
END $$;

-- The people of a programme's pairs, by number; the ties that they had before it (one leads the other, both
-- have the same manager, or they were a pair of a programme that began before), and those of its pairs: two
-- numbers for each tie.
CREATE OR REPLACE FUNCTION evaluation.network_ties(programme uuid)
RETURNS TABLE (people bigint, before text, made text)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH pair AS MATERIALIZED (SELECT m.mentee_id, m.mentor_id FROM matching.pair_member m
			WHERE m.programme_id = programme AND m.side = 'mentee'
				AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		person AS MATERIALIZED (SELECT c.person_id, c.manager_id,
				row_number() OVER (ORDER BY c.person_id) - 1 AS n
			FROM (SELECT p.mentee_id AS id FROM pair p UNION SELECT p.mentor_id FROM pair p) u
				JOIN profiles.candidate c ON c.person_id = u.id),
		tie AS (SELECT a.n AS one, b.n AS other FROM person a JOIN person b ON b.person_id = a.manager_id
			UNION SELECT a.n, b.n FROM person a JOIN person b ON b.manager_id = a.manager_id AND b.n > a.n
			UNION SELECT a.n, b.n FROM matching.programme_view g, matching.programme_view w,
				matching.pair_member m, person a, person b
			WHERE g.programme_id = programme AND w.programme_id = m.programme_id AND m.side = 'mentee'
				AND w.starts_on < g.starts_on AND m.accepted_at IS NOT NULL
				AND a.person_id = m.person_id AND b.person_id = m.partner_id)
	SELECT (SELECT count(*) FROM person), (SELECT string_agg(t.one || ' ' || t.other, ' ') FROM tie t),
		(SELECT string_agg(a.n || ' ' || b.n, ' ') FROM pair p JOIN person a ON a.person_id = p.mentee_id
			JOIN person b ON b.person_id = p.mentor_id);
END $$;

GRANT EXECUTE ON FUNCTION evaluation.network_ties(uuid), evaluation.level_figures(uuid),
	evaluation.first_levels(uuid),
	evaluation.made_representation(uuid), evaluation.made_network(uuid) TO upward_evaluation;
