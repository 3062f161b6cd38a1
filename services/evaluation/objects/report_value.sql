-- The reports on what a programme costs and brings, as they go into a snapshot (evaluation.made).

-- What the programme has cost for each participant, against training of the same kind. Made of figures that
-- are themselves in fives: people with a pair, and hours that two people spent in sessions.
CREATE OR REPLACE FUNCTION evaluation.made_cost(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH member AS (SELECT m.* FROM matching.pair_member m WHERE m.programme_id = programme
			AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		used AS (SELECT nullif(common.fives((SELECT count(DISTINCT m.person_id) FROM member m)), 0) AS people,
			common.fives((SELECT coalesce(sum(extract(epoch FROM s.ends_at - s.starts_at)) / 3600, 0)::bigint
				FROM member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id
					AND s.status = 'held')) AS hours),
		sum AS (SELECT u.people, CASE WHEN u.people IS NOT NULL THEN u.hours END AS hours, c.currency,
				c.training_cost, round((c.budget + c.hour_cost * u.hours)::numeric / u.people) AS each
			FROM used u LEFT JOIN evaluation.programme_cost c ON c.programme_id = programme),
		list AS (SELECT json_build_array(
				json_build_object('kind', 'programme', 'cost_per_participant', s.each),
				json_build_object('kind', 'training', 'cost_per_participant', s.training_cost)) AS rows
			FROM sum s)
	SELECT s.people, CASE WHEN s.each IS NULL THEN
			'We cannot tell what a participant costs: the costs are not known, or too few take part.'
		WHEN s.training_cost IS NULL THEN format('The programme has cost about %s %s for each participant.',
			s.each, s.currency)
		ELSE format('The programme has cost about %s %s for each participant, against %s for training.',
			s.each, s.currency, s.training_cost) END,
		json_build_object('currency', s.currency, 'participants', s.people, 'hours', s.hours,
			'costs', l.rows), l.rows
	FROM sum s, list l;
END $$;

-- Improvements by status. They are no people: their numbers are shown as they are.
CREATE OR REPLACE FUNCTION evaluation.made_improvements(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH list AS (SELECT json_agg(json_build_object('status', v.status, 'improvements', c.improvements,
			'reach', c.reach) ORDER BY v.place) AS rows,
			sum(c.improvements) FILTER (WHERE v.status = 'adopted')::bigint AS adopted,
			sum(c.reach) FILTER (WHERE v.status = 'adopted')::bigint AS reach
		FROM (VALUES (1, 'planned'), (2, 'underway'), (3, 'adopted')) v (place, status),
			LATERAL (SELECT count(*) AS improvements, coalesce(sum(i.reach), 0)::bigint AS reach
				FROM evaluation.improvement i
				WHERE i.programme_id = programme AND i.status = v.status) c)
	SELECT NULL::bigint, CASE l.adopted WHEN 0 THEN 'No improvement has become practice yet.'
		WHEN 1 THEN format('One improvement has become practice; it reaches %s people.', l.reach)
		ELSE format('%s improvements have become practice; they reach %s people.', l.adopted, l.reach) END,
		json_build_object('adopted', l.adopted, 'reach', l.reach, 'statuses', l.rows), l.rows
	FROM list l;
END $$;

-- Improvements that have become practice, by cohort: which group of people has brought how many.
CREATE OR REPLACE FUNCTION evaluation.made_cohort_improvements(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cohort AS MATERIALIZED (SELECT c.number, c.title, m.*
			FROM matching.cohort_view c LEFT JOIN evaluation.cohort_improvements(programme) m
				ON m.cohort_id = c.cohort_id
			WHERE c.programme_id = programme),
		list AS (SELECT sum(c.pairs)::bigint AS pairs, max(c.adopted) AS most,
				coalesce(json_agg(json_build_object('cohort', c.title, 'pairs', c.pairs,
					'adopted', c.adopted, 'reach', c.reach, 'suppressed', c.pairs IS NULL)
					ORDER BY c.number), '[]') AS rows
			FROM cohort c),
		best AS (SELECT c.title FROM cohort c, list l WHERE c.adopted = l.most ORDER BY c.number LIMIT 1)
	SELECT l.pairs, CASE WHEN l.most IS NULL THEN
			'We cannot tell what came of each cohort: there is none, or too few pairs stand behind it.'
		WHEN l.most = 0 THEN 'No cohort has brought an improvement that became practice yet.'
		ELSE format('No cohort has brought more improvements that became practice than “%s”: %s.', b.title,
			l.most) END,
		json_build_object('cohorts', l.rows), l.rows
	FROM list l LEFT JOIN best b ON true;
END $$;

-- Mentors by how many sessions they have held: whom to recognise, as a figure.
CREATE OR REPLACE FUNCTION evaluation.made_recognition(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH mentor AS (SELECT m.mentor_id, (SELECT count(*) FROM matching.pair_member o
					JOIN scheduling.session_view s ON s.pair_id = o.pair_id AND s.status = 'held'
				WHERE o.programme_id = programme AND o.side = 'mentor' AND o.mentor_id = m.mentor_id) AS held
			FROM matching.pair_member m WHERE m.programme_id = programme AND m.side = 'mentor'
				AND m.status IN ('active', 'suspended', 'completed', 'ended') GROUP BY m.mentor_id),
		cell AS (SELECT v.place, v.band, count(m.mentor_id) AS n
			FROM (VALUES (1, 'none', 0, 0), (2, '1 to 4', 1, 4), (3, '5 to 9', 5, 9),
				(4, '10 or more', 10, 1000000)) v (place, band, least, most)
				LEFT JOIN mentor m ON m.held BETWEEN v.least AND v.most GROUP BY v.place, v.band),
		step AS (SELECT s.* FROM (SELECT array_agg(c.place::text ORDER BY c.place) AS names,
				array_agg('mentors'::text) AS measures, array_agg(c.n ORDER BY c.place) AS counts
				FROM cell c) a,
			LATERAL evaluation.stepped_rows(a.names, a.measures, a.counts) s),
		list AS (SELECT json_agg(evaluation.joined(json_build_object('sessions', c.band), s.figures)
			ORDER BY c.place) AS rows FROM cell c JOIN step s ON s.name = c.place::text),
		total AS (SELECT (s.figures ->> 'mentors')::bigint AS mentors FROM step s WHERE s.name IS NULL)
	SELECT t.mentors, evaluation.count_sentence((SELECT (s.figures ->> 'mentors')::bigint FROM step s
			WHERE s.name = '4'), 'mentors have held ten sessions or more'),
		json_build_object('mentors', t.mentors, 'bands', l.rows), l.rows
	FROM list l, total t;
END $$;

-- Why pairs were lost: those that were asked and did not begin, and those that ended before their plan was
-- done. A safe exit and a dissolution are both "ended": nothing tells one from the other.
CREATE OR REPLACE FUNCTION evaluation.made_losses(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS (SELECT o.outcome, count(*) AS n FROM matching.pair_outcome o
			WHERE o.programme_id = programme GROUP BY o.outcome),
		step AS (SELECT s.* FROM (SELECT array_agg(v.outcome ORDER BY v.place) AS names,
				array_agg('pairs'::text) AS measures, array_agg(coalesce(c.n, 0) ORDER BY v.place) AS counts
				FROM matching.pair_outcome_kind v LEFT JOIN cell c ON c.outcome = v.outcome WHERE v.lost) a,
			LATERAL evaluation.stepped_rows(a.names, a.measures, a.counts) s),
		list AS (SELECT json_agg(evaluation.joined(json_build_object('outcome', v.outcome), s.figures)
			ORDER BY v.place) AS rows
			FROM matching.pair_outcome_kind v JOIN step s ON s.name = v.outcome),
		total AS (SELECT (s.figures ->> 'pairs')::bigint AS lost,
			(SELECT nullif(common.fives(sum(c.n)::bigint), 0) FROM cell c) AS pairs
			FROM step s WHERE s.name IS NULL)
	SELECT t.pairs, evaluation.count_sentence(t.lost, 'pairs were lost'),
		json_build_object('pairs', t.pairs, 'lost', t.lost, 'outcomes', l.rows), l.rows
	FROM list l, total t;
END $$;

-- A programme in a comparison: figures of its last snapshot. No row where there is none.
CREATE OR REPLACE FUNCTION evaluation.compared(programme uuid) RETURNS TABLE (facts json)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH last AS (SELECT s.id, s.number, s.taken_at FROM evaluation.snapshot s
			WHERE s.programme_id = programme AND s.ready ORDER BY s.number DESC LIMIT 1),
		body AS (SELECT json_object_agg(r.name, r.body) AS of
			FROM last l JOIN evaluation.snapshot_report r ON r.snapshot_id = l.id)
	SELECT json_build_object('title', b.of #>> '{participation,programme,title}', 'programme_id', programme,
		'snapshot', l.number, 'as_of', common.instant(l.taken_at),
		'mentors', (b.of #>> '{participation,totals,mentors}')::bigint,
		'mentees', (b.of #>> '{participation,totals,mentees}')::bigint,
		'pairs', (b.of #>> '{participation,totals,pairs}')::bigint,
		'sessions_held', (b.of #>> '{participation,totals,sessions_held}')::bigint,
		'on_cadence', (b.of #>> '{adherence,totals,on_cadence}')::numeric,
		'mean_gain', (b.of #>> '{gain,totals,mean_gain}')::numeric,
		'stayed', (b.of #>> '{retention,participants,value}')::numeric,
		'cross_department_share', (b.of #>> '{network,totals,cross_department_share}')::numeric,
		'adopted', (b.of #>> '{improvements,adopted}')::bigint)
	FROM last l, body b;
END;

GRANT EXECUTE ON FUNCTION evaluation.compared(uuid), evaluation.made_cost(uuid),
	evaluation.made_improvements(uuid), evaluation.made_cohort_improvements(uuid),
	evaluation.made_recognition(uuid), evaluation.made_losses(uuid) TO upward_evaluation;
