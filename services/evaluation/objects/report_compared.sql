-- Cohorts of a programme, and years of it, as they are compared: figures in which nobody is found, of groups
-- that reports/compared.c sets side by side.

-- The pairs of a programme that began, twice, once for each partner, with the cohort of that place, if asked
-- for. (Without, everybody is in one group.)
CREATE OR REPLACE FUNCTION evaluation.placed_pairs(programme uuid, by_cohort boolean)
RETURNS TABLE (pair_id uuid, person_id uuid, partner_id uuid, side text, began date, cohort_id uuid,
	placed_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT m.pair_id, m.person_id, m.partner_id, m.side,
		(m.accepted_at AT TIME ZONE 'UTC')::date,
		CASE WHEN by_cohort THEN e.cohort_id END, e.cohort_since
	FROM matching.pair_member m LEFT JOIN matching.enrolment_view e ON e.programme_id = m.programme_id
		AND e.person_id = m.person_id AND e.role = m.side
	WHERE m.programme_id = programme AND m.status IN ('active', 'suspended', 'completed', 'ended');
END $$;

-- How many people it holds of, and how many not, each once in a cohort: of those reached, that they enrolled,
-- that they had a pair; of those whose pair began 26 weeks before last Sunday or earlier, that they were in
-- the company 26 weeks later.
CREATE OR REPLACE FUNCTION evaluation.compared_people(programme uuid, by_cohort boolean)
RETURNS TABLE (cohort_id uuid, measure text, holds boolean, people bigint)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH reached AS (SELECT CASE WHEN by_cohort THEN e.cohort_id END AS cohort_id, e.person_id,
				bool_or(e.status IN ('enrolled', 'paused', 'completed')) AS enrolled
			FROM matching.enrolment_view e WHERE e.programme_id = programme GROUP BY 1, e.person_id),
		began AS MATERIALIZED (SELECT p.cohort_id, p.person_id, min(p.began) AS began
			FROM placed_pairs(programme, by_cohort) p GROUP BY p.cohort_id, p.person_id)
	SELECT r.cohort_id, v.measure, v.holds, count(*)
	FROM reached r LEFT JOIN began b ON b.person_id = r.person_id
			AND b.cohort_id IS NOT DISTINCT FROM r.cohort_id,
		LATERAL (VALUES ('enrolled', r.enrolled), ('paired', b.person_id IS NOT NULL)) v (measure, holds)
	GROUP BY r.cohort_id, v.measure, v.holds
	UNION ALL
	SELECT b.cohort_id, 'stayed', coalesce(d.left_on > b.began + 182, true), count(*)
	FROM began b LEFT JOIN departure d ON d.person_id = b.person_id
	WHERE b.began + 182 < date_trunc('week', common.today())::date
	GROUP BY b.cohort_id, coalesce(d.left_on > b.began + 182, true);
END $$;

-- For each pair whether it holds, in the mentee's cohort: that the two keep their plan, that an improvement
-- of theirs has become practice.
CREATE OR REPLACE FUNCTION evaluation.compared_pairs(programme uuid, by_cohort boolean)
RETURNS TABLE (cohort_id uuid, measure text, holds boolean, mentee uuid, mentor uuid)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH pair AS MATERIALIZED (SELECT * FROM placed_pairs(programme, by_cohort) p
			WHERE p.side = 'mentee')
	SELECT p.cohort_id, 'on_cadence', a.held * 4 >= a.expected * 3, p.person_id, p.partner_id
	FROM adherence_pairs(programme) a JOIN pair p ON p.pair_id = a.pair_id
	UNION ALL
	SELECT p.cohort_id, 'improved', i.pair_id IS NOT NULL, p.person_id, p.partner_id
	FROM pair p LEFT JOIN (SELECT DISTINCT i.pair_id FROM improvement i
		WHERE i.programme_id = programme AND i.status = 'adopted') i ON i.pair_id = p.pair_id;
END $$;

-- Ratings of the last window that was released, by the author's side and cohort: one value for each author
-- and partner. Who was given a cohort after the release is in none. people: authors or, if they are fewer,
-- partners.
CREATE OR REPLACE FUNCTION evaluation.compared_ratings(programme uuid, by_cohort boolean)
RETURNS TABLE (cohort_id uuid, measure text, people bigint, mean numeric, deviation numeric)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH last AS (SELECT r.wave, r.released_at FROM evaluation.release r
			WHERE r.programme_id = programme ORDER BY r.released_at DESC, r.wave LIMIT 1),
		said AS (SELECT CASE WHEN coalesce(p.placed_at < l.released_at, true) THEN p.cohort_id END
				AS cohort_id, p.side, f.author_id, f.subject_id, avg(f.rating) AS rating
			FROM last l JOIN evaluation.feedback f ON f.wave = l.wave
				JOIN evaluation.placed_pairs(programme, by_cohort) p ON p.pair_id = f.pair_id
					AND p.person_id = f.author_id
			WHERE f.programme_id = programme AND f.visibility = 'programme' AND f.rating IS NOT NULL
			GROUP BY 1, p.side, f.author_id, f.subject_id)
	SELECT s.cohort_id, 'satisfaction_' || s.side || 's', least(count(DISTINCT s.author_id),
		count(DISTINCT s.subject_id)), round(avg(s.rating), 1), round(stddev_samp(s.rating), 1)
	FROM said s GROUP BY s.cohort_id, s.side;
END $$;

-- Gains of mentees by cohort (that of the day of the gain): the first of each, in order of arrival, in whole
-- batches of five, as in the report on gains.
CREATE OR REPLACE FUNCTION evaluation.compared_gains(programme uuid, by_cohort boolean)
RETURNS TABLE (cohort_id uuid, measure text, people bigint, mean numeric, deviation numeric)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH one AS (SELECT DISTINCT ON (post.person_id) post.person_id,
				post.score - pre.score AS gain, post.submitted_at, post.id
			FROM assessment a JOIN attempt pre ON pre.assessment_id = a.id AND pre.phase = 'pre'
					AND pre.status = 'submitted'
				JOIN attempt post ON post.assessment_id = a.id AND post.phase = 'post'
					AND post.status = 'submitted' AND post.person_id = pre.person_id
			WHERE a.programme_id = programme ORDER BY post.person_id, post.submitted_at, post.id),
		part AS (SELECT CASE WHEN by_cohort AND coalesce(e.cohort_since < o.submitted_at, true)
				THEN e.cohort_id END AS cohort_id, o.*
			FROM one o LEFT JOIN matching.enrolment_view e ON e.programme_id = programme
				AND e.person_id = o.person_id AND e.role = 'mentee'),
		place AS (SELECT p.cohort_id, p.gain, count(*) OVER (PARTITION BY p.cohort_id) AS people,
				row_number() OVER (PARTITION BY p.cohort_id ORDER BY p.submitted_at, p.id) AS place
			FROM part p)
	SELECT p.cohort_id, 'gain', max(p.people),
		round(avg(p.gain) FILTER (WHERE p.place <= common.fives(p.people)), 1),
		round(stddev_samp(p.gain) FILTER (WHERE p.place <= common.fives(p.people)), 1)
	FROM place p GROUP BY p.cohort_id;
END $$;

-- What is compared, in the order of the report.
CREATE OR REPLACE VIEW evaluation.compared_measure (place, measure) AS VALUES
	(1, 'enrolled'), (2, 'paired'), (3, 'on_cadence'), (4, 'satisfaction_mentees'),
	(5, 'satisfaction_mentors'), (6, 'gain'), (7, 'stayed'), (8, 'improved');

-- The figures of each cohort of a programme (null: of those in none), or of all together, as far as they may
-- be shown: counts in fives, and nothing about a small group or a small part of one, nor about others from
-- which it could be worked out. Only this function may be called; those above it tell everything.
CREATE OR REPLACE FUNCTION evaluation.compared_groups(programme uuid, by_cohort boolean)
RETURNS TABLE (cohort_id uuid, measure text, people bigint, yes bigint, no bigint, mean numeric,
	deviation numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH part AS (SELECT s.cohort_id, s.measure, s.holds, sum(s.people)::bigint AS n,
				sum(s.people)::bigint AS people
			FROM evaluation.compared_people(programme, by_cohort) s
			GROUP BY GROUPING SETS ((s.cohort_id, s.measure, s.holds), (s.cohort_id, s.measure))
			UNION ALL SELECT s.cohort_id, s.measure, s.holds, count(*),
				least(count(DISTINCT s.mentee), count(DISTINCT s.mentor))
			FROM evaluation.compared_pairs(programme, by_cohort) s
			GROUP BY GROUPING SETS ((s.cohort_id, s.measure, s.holds), (s.cohort_id, s.measure))),
		cell AS (SELECT p.cohort_id, p.measure, max(p.people) AS people,
				coalesce(max(p.n) FILTER (WHERE p.holds), 0) AS yes,
				coalesce(max(p.n) FILTER (WHERE NOT p.holds), 0) AS no,
				coalesce(max(p.people) FILTER (WHERE p.holds), 0) >= 5
					AND coalesce(max(p.people) FILTER (WHERE NOT p.holds), 5) >= 5 AS safe,
				NULL::numeric AS mean, NULL::numeric AS deviation
			FROM part p GROUP BY p.cohort_id, p.measure
			UNION ALL SELECT m.cohort_id, m.measure, m.people, NULL, NULL, true, m.mean, m.deviation
			FROM (SELECT * FROM evaluation.compared_ratings(programme, by_cohort)
				UNION ALL SELECT * FROM evaluation.compared_gains(programme, by_cohort)) m),
		kind AS (SELECT c.measure, array_agg(c.cohort_id ORDER BY c.cohort_id) AS cohorts,
				array_agg(c.people ORDER BY c.cohort_id) AS people FROM cell c GROUP BY c.measure),
		mark AS (SELECT k.measure, u.cohort_id, u.hide FROM kind k, LATERAL common.hidden_cells(k.people) h,
			LATERAL unnest(k.cohorts, h.hide) AS u (cohort_id, hide))
	SELECT c.cohort_id, c.measure, common.fives(c.people), common.fives(c.yes), common.fives(c.no), c.mean,
		c.deviation
	FROM cell c JOIN mark m ON m.measure = c.measure AND m.cohort_id IS NOT DISTINCT FROM c.cohort_id
	WHERE c.safe AND NOT m.hide;
END $$;

-- Improvements that have become practice and the people whom they reach, by the cohort of the mentee whose
-- pair's insight it was; no cohort of fewer than five mentees or five mentors with a pair, and none from
-- which, with the total, such a one could be worked out. Pairs in fives.
CREATE OR REPLACE FUNCTION evaluation.cohort_improvements(programme uuid)
RETURNS TABLE (cohort_id uuid, pairs bigint, adopted bigint, reach bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH pair AS MATERIALIZED (SELECT * FROM placed_pairs(programme, true) p
			WHERE p.side = 'mentee'),
		cell AS (SELECT p.cohort_id, count(*) AS pairs, least(count(DISTINCT p.person_id),
				count(DISTINCT p.partner_id)) AS people FROM pair p GROUP BY p.cohort_id),
		made AS (SELECT p.cohort_id, count(*) AS adopted, sum(coalesce(i.reach, 0))::bigint AS reach
			FROM improvement i JOIN pair p ON p.pair_id = i.pair_id
			WHERE i.programme_id = programme AND i.status = 'adopted' GROUP BY p.cohort_id),
		mark AS (SELECT u.* FROM (SELECT array_agg(c.cohort_id ORDER BY c.cohort_id) AS cohorts,
				array_agg(c.people ORDER BY c.cohort_id) AS people FROM cell c) k,
			LATERAL common.hidden_cells(k.people) h,
			LATERAL unnest(k.cohorts, h.hide) AS u (cohort_id, hide))
	SELECT c.cohort_id, common.fives(c.pairs), coalesce(m.adopted, 0), coalesce(m.reach, 0)
	FROM cell c JOIN mark h ON h.cohort_id IS NOT DISTINCT FROM c.cohort_id
		LEFT JOIN made m ON m.cohort_id = c.cohort_id
	WHERE c.cohort_id IS NOT NULL AND NOT h.hide;
END $$;

GRANT SELECT ON evaluation.compared_measure TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.compared_groups(uuid, boolean), evaluation.cohort_improvements(uuid)
	TO upward_evaluation;
