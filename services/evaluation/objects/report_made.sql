-- The reports that SQL makes, as they go into a snapshot (evaluation.made): n, sentence, figures, rows. In
-- plpgsql, which keeps their plans: planning was two thirds of the time of a small programme.

-- "At least 35 pairs have been active." or that nobody can tell.
CREATE OR REPLACE FUNCTION evaluation.count_sentence(n bigint, what text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN n IS NULL THEN 'We cannot tell how many ' || what || ': too few to show.'
	ELSE 'At least ' || n || ' ' || what || '.' END;

CREATE OR REPLACE FUNCTION evaluation.made_participation(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS (SELECT c.* FROM evaluation.participation_cells(programme) c),
		member AS (SELECT m.* FROM matching.pair_member m WHERE m.programme_id = programme
			AND m.status IN ('active', 'suspended', 'completed', 'ended')),
		met AS (SELECT count(*) FILTER (WHERE s.status = 'held') AS held,
			count(*) FILTER (WHERE s.status = 'missed') AS missed
			FROM member m JOIN scheduling.session_view s ON s.pair_id = m.pair_id WHERE m.side = 'mentor'),
		total AS (SELECT max(c.total) FILTER (WHERE c.measure = 'mentors') AS mentors,
				max(c.total) FILTER (WHERE c.measure = 'mentees') AS mentees,
				coalesce(max(c.total) FILTER (WHERE c.measure = 'paired'), 0) AS paired,
				(SELECT common.fives(count(DISTINCT m.person_id)) FROM member m WHERE m.side = 'mentor')
					AS paired_mentors,
				(SELECT common.fives(count(DISTINCT m.person_id)) FROM member m WHERE m.side = 'mentee')
					AS paired_mentees,
				nullif((SELECT common.fives(count(*)) FROM member WHERE side = 'mentor'), 0) AS pairs
			FROM cell c),
		department AS (SELECT c.department, json_build_object('department', c.department,
				'mentors', max(c.people) FILTER (WHERE c.measure = 'mentors'),
				'mentees', max(c.people) FILTER (WHERE c.measure = 'mentees'),
				'paired', max(c.people) FILTER (WHERE c.measure = 'paired'),
				'suppressed', bool_and(c.people IS NULL)) AS row
			FROM cell c GROUP BY c.department HAVING count(c.people) > 0),
		list AS (SELECT coalesce(json_agg(d.row ORDER BY d.department), '[]') AS rows FROM department d)
	SELECT t.pairs, evaluation.count_sentence(t.pairs, 'pairs have been active'),
		json_build_object('totals', json_build_object('mentors', t.mentors, 'mentees', t.mentees,
			'paired_mentors', nullif(least(t.paired_mentors, t.mentors, t.paired), 0),
			'paired_mentees', nullif(least(t.paired_mentees, t.mentees, t.paired), 0), 'pairs', t.pairs,
			'sessions_held', (SELECT common.fives(x.held) FROM met x WHERE common.enough(t.pairs)),
			'sessions_missed', (SELECT common.fives(x.missed) FROM met x WHERE common.enough(t.pairs))),
			'departments', l.rows, 'declared', evaluation.participation_declared(programme)), l.rows
	FROM total t, list l;
END $$;

CREATE OR REPLACE FUNCTION evaluation.made_adherence(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH cell AS (SELECT c.department, c.hide, c.pairs, CASE WHEN NOT c.hide THEN c.held END AS held,
			json_build_object('pairs', CASE WHEN NOT c.hide THEN c.pairs END,
				'expected', CASE WHEN NOT c.hide THEN c.expected END,
				'held', CASE WHEN NOT c.hide THEN c.held END,
				'on_time', CASE WHEN NOT c.hide THEN c.on_time END,
				'on_cadence', CASE WHEN NOT c.hide THEN c.on_cadence END) AS figures
			FROM evaluation.adherence_cells(programme) c),
		list AS (SELECT coalesce(json_agg(evaluation.joined(evaluation.joined(
				json_build_object('department', c.department), c.figures),
				json_build_object('suppressed', c.hide OR c.pairs IS NULL))
				ORDER BY c.department), '[]') AS rows
			FROM cell c WHERE c.department IS NOT NULL)
	SELECT (t.figures ->> 'pairs')::bigint,
		evaluation.count_sentence(t.held, 'planned sessions have been held'),
		json_build_object('totals', coalesce(t.figures, '{"pairs": null, "expected": null, "held": null, '
			'"on_time": null, "on_cadence": null}'), 'departments', l.rows), l.rows
	FROM list l LEFT JOIN cell t ON t.department IS NULL;
END $$;

CREATE OR REPLACE FUNCTION evaluation.made_satisfaction(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS (SELECT * FROM evaluation.satisfaction_cells(programme)),
		list AS (SELECT coalesce(json_agg(json_build_object('window', c.wave, 'side', c.side,
			'authors', c.authors, 'mean_rating', c.mean_rating, 'suppressed', c.authors IS NULL)
			ORDER BY c.wave DESC, c.side), '[]') AS rows FROM cell c),
		said AS (SELECT sum(c.authors) AS n, string_agg(format('%ss rated the programme %s of 5 on average',
			c.side, c.mean_rating), ', and ' ORDER BY c.side) AS means
			FROM cell c WHERE c.authors IS NOT NULL AND c.wave = (SELECT min(w.wave) FROM cell w))
	SELECT nullif(common.fives(s.n::bigint), 0), coalesce('In the last window, ' || s.means || '.',
		'We cannot tell how satisfied people are: too few have given ratings, or no window is over.'),
		json_build_object('windows', l.rows), l.rows
	FROM list l, said s;
END $$;

CREATE OR REPLACE FUNCTION evaluation.made_gain(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS (SELECT * FROM evaluation.gain_cells(programme)),
		list AS (SELECT coalesce(json_agg(json_build_object('skill', s.name, 'people', c.people,
			'mean_gain', c.mean_gain, 'standard_deviation', c.deviation, 'suppressed', c.people IS NULL)
			ORDER BY s.name), '[]') AS rows
			FROM cell c JOIN profiles.skill_view s ON s.skill_id = c.skill_id)
	SELECT t.people, coalesce('Mentees gained ' || t.mean_gain || ' points of 100 on average.',
		'We cannot tell what mentees have gained: too few have taken both assessments.'),
		json_build_object('totals', json_build_object('people', t.people, 'mean_gain', t.mean_gain,
			'standard_deviation', t.deviation), 'skills', l.rows), l.rows
	FROM cell t, list l WHERE t.skill_id IS NULL;
END $$;

-- Counts in steps (common.stepped) as rows of a table: for each measure of each name a count, which may be
-- zero. The row without a name has the totals.
CREATE OR REPLACE FUNCTION evaluation.stepped_rows(names text[], measures text[], counts bigint[])
RETURNS TABLE (name text, figures json)
LANGUAGE sql IMMUTABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH cell AS (SELECT c.*
			FROM unnest(names, measures, counts) WITH ORDINALITY AS c (name, measure, n, place)),
		measure AS (SELECT c.measure, min(c.place) AS place, array_agg(c.name ORDER BY c.name) AS names,
			array_agg(c.n ORDER BY c.name) AS counts FROM cell c GROUP BY c.measure)
	SELECT u.name, json_object_agg(m.measure, u.shown ORDER BY m.place)
	FROM measure m, LATERAL common.stepped(m.counts) s,
		LATERAL unnest(m.names || NULL::text, s.shown || s.total) AS u (name, shown)
	GROUP BY u.name;
END;

CREATE OR REPLACE FUNCTION evaluation.made_funnel(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH part AS (SELECT e.person_id, coalesce(c.department, '(none)') AS department,
				coalesce(c.level::text, '(none)') AS level,
				bool_or(e.status IN ('enrolled', 'paused', 'completed')) AS enrolled,
				EXISTS (SELECT FROM matching.pair_member m
					WHERE m.person_id = e.person_id AND m.programme_id = programme
					AND m.status IN ('active', 'suspended', 'completed', 'ended')) AS paired
			FROM matching.enrolment_view e JOIN profiles.card c ON c.person_id = e.person_id
			WHERE e.programme_id = programme GROUP BY e.person_id, c.department, c.level),
		cell AS (SELECT g.kind, g.name, v.measure, count(*) FILTER (WHERE v.counts) AS n
			FROM part p,
				LATERAL (VALUES ('department', p.department), ('level', p.level)) g (kind, name),
				LATERAL (VALUES ('reached', true), ('enrolled', p.enrolled),
					('paired', p.paired)) v (measure, counts)
			GROUP BY g.kind, g.name, v.measure),
		step AS (SELECT a.kind, s.* FROM (SELECT c.kind, array_agg(c.name ORDER BY v.place) AS names,
				array_agg(c.measure ORDER BY v.place) AS measures, array_agg(c.n ORDER BY v.place) AS counts
				FROM cell c, LATERAL array_position('{reached,enrolled,paired}', c.measure) v (place)
				GROUP BY c.kind) a,
			LATERAL evaluation.stepped_rows(a.names, a.measures, a.counts) s),
		list AS (SELECT coalesce(json_agg(evaluation.joined(
				json_build_object('by', s.kind, 'name', s.name), s.figures) ORDER BY s.kind, s.name), '[]')
				AS rows
			FROM step s WHERE s.name IS NOT NULL AND s.figures ->> 'reached' IS NOT NULL),
		total AS (SELECT s.figures FROM step s WHERE s.kind = 'department' AND s.name IS NULL)
	SELECT (t.figures ->> 'reached')::bigint,
		evaluation.count_sentence((t.figures ->> 'enrolled')::bigint, 'people are enrolled'),
		json_build_object('totals', coalesce(t.figures,
			'{"reached": null, "enrolled": null, "paired": null}'), 'groups', l.rows), l.rows
	FROM list l LEFT JOIN total t ON true;
END $$;

-- The learning culture of the whole company; it has no programme.
CREATE OR REPLACE FUNCTION evaluation.made_learning_culture(programme uuid)
RETURNS TABLE (n bigint, sentence text, figures json, rows json)
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH cell AS MATERIALIZED (SELECT c.department, c.people, c.wanting,
			evaluation.learning_figures(c.people, c.offering, c.wanting, c.listing, c.offers, c.requests)
				AS figures
			FROM evaluation.learning_cells() c),
		skills AS (SELECT common.fives(count(*) FILTER (WHERE common.enough(d.offering))) AS offered,
				common.fives(count(*) FILTER (WHERE common.enough(d.wanting))) AS wanted,
				common.fives(count(*) FILTER (WHERE common.enough(d.offering)
					AND common.enough(d.wanting))) AS shared
			FROM profiles.skill_demand d),
		list AS (SELECT coalesce(json_agg(evaluation.joined(json_build_object('department', c.department),
			c.figures) ORDER BY c.department), '[]') AS rows
			FROM cell c WHERE c.department IS NOT NULL AND c.people IS NOT NULL)
	SELECT t.people, evaluation.count_sentence(t.wanting, 'people want to learn a skill'),
		json_build_object('totals', t.figures, 'skills', json_build_object('offered', s.offered,
			'wanted', s.wanted, 'shared', s.shared), 'departments', l.rows), l.rows
	FROM skills s, list l LEFT JOIN cell t ON t.department IS NULL;
END $$;

GRANT EXECUTE ON FUNCTION evaluation.count_sentence(bigint, text), evaluation.made_participation(uuid),
	evaluation.made_adherence(uuid), evaluation.made_satisfaction(uuid), evaluation.made_gain(uuid),
	evaluation.stepped_rows(text[], text[], bigint[]), evaluation.made_funnel(uuid),
	evaluation.made_learning_culture(uuid) TO upward_evaluation;
