-- What the reports on retention and attitudes compare.

-- Who was in the company on the landmark, a day after the start by which pairs have begun (a landmark
-- analysis: Anderson, Cain and Gelber 1983), and how long they have stayed since. Participants had a pair of
-- the programme by then; others never had one of any programme. Without a first day nobody can be compared.
CREATE OR REPLACE FUNCTION evaluation.retention_people(programme uuid, landmark date, until date)
RETURNS TABLE (level int, department bigint, tenure_days int, participant boolean, days int, gone boolean)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH paired AS (SELECT m.person_id, bool_or(m.programme_id = programme
			AND m.accepted_at < (landmark + 1)::timestamp AT TIME ZONE 'UTC') AS participant
		FROM matching.pair_member m WHERE m.status IN ('active', 'suspended', 'completed', 'ended')
		GROUP BY m.person_id)
	SELECT c.level, dense_rank() OVER (ORDER BY coalesce(c.department, '')), landmark - c.hired_on,
		p.person_id IS NOT NULL, least(d.left_on, until) - landmark, d.left_on <= until IS TRUE
	FROM profiles.candidate c LEFT JOIN evaluation.departure d ON d.person_id = c.person_id
		LEFT JOIN paired p ON p.person_id = c.person_id
	WHERE c.hired_on <= landmark AND coalesce(p.participant, true)
		AND (d.left_on > landmark OR d.left_on IS NULL AND c.status <> 'inactive')
	ORDER BY c.person_id;
END;

-- Answers to the questions of a construct, before and after, by people who gave all of both, once both waves
-- are closed: 0 to 100, high meaning much of the construct; a row of numbers for each person, in an order
-- that names nobody. Nothing about fewer than five people leaves this function.
CREATE OR REPLACE FUNCTION evaluation.attitude_answers(programme uuid)
RETURNS TABLE (survey_id uuid, title text, side text, construct text, items int, people int, before float8[],
	after float8[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH item AS (SELECT s.id AS survey_id, s.title, s.side, q ->> 'construct' AS construct,
		q ->> 'key' AS key,
				(q ->> 'points')::numeric AS points, (q ->> 'reversed')::boolean AS reversed, n,
				count(*) OVER (PARTITION BY s.id, q ->> 'construct') AS items
			FROM evaluation.survey s JOIN evaluation.survey_revision v ON v.survey_id = s.id
					AND v.number = s.revision
				CROSS JOIN LATERAL json_array_elements(v.questions) WITH ORDINALITY AS e (q, n)
			WHERE s.programme_id = programme AND s.kind = 'attitude' AND q ->> 'kind' = 'scale'
				AND q ->> 'construct' IS NOT NULL),
		said AS (SELECT i.survey_id, i.title, i.side, i.construct, i.items, i.n, r.batch,
				md5(r.person_id::text) AS who,
				(100 * CASE WHEN i.reversed THEN i.points - a.x
					ELSE a.x - 1 END / (i.points - 1))::float8 AS value,
				count(*) OVER (PARTITION BY i.survey_id, i.construct, r.person_id) AS given
			FROM item i JOIN evaluation.response r ON r.survey_id = i.survey_id AND r.submitted
					AND r.batch IN ('before', 'after') AND r.answers ? i.key
				CROSS JOIN LATERAL (SELECT (r.answers ->> i.key)::numeric AS x) a
			WHERE a.x BETWEEN 1 AND i.points)
	SELECT s.survey_id, s.title, s.side, s.construct, s.items::int, count(DISTINCT s.who)::int,
		array_agg(s.value ORDER BY s.who, s.n) FILTER (WHERE s.batch = 'before'),
		array_agg(s.value ORDER BY s.who, s.n) FILTER (WHERE s.batch = 'after')
	FROM said s WHERE s.given = 2 * s.items
	GROUP BY s.survey_id, s.title, s.side, s.construct, s.items
	HAVING common.enough(count(DISTINCT s.who));
END;

-- The constructs that a programme asks about, shown or not.
CREATE OR REPLACE VIEW evaluation.attitude_construct AS
SELECT DISTINCT s.programme_id, s.id AS survey_id, s.title, s.side, q ->> 'construct' AS construct
FROM evaluation.survey s JOIN evaluation.survey_revision v ON v.survey_id = s.id AND v.number = s.revision
	CROSS JOIN LATERAL json_array_elements(v.questions) q
WHERE s.kind = 'attitude' AND q ->> 'kind' = 'scale' AND q ->> 'construct' IS NOT NULL;

GRANT EXECUTE ON FUNCTION evaluation.retention_people(uuid, date, date), evaluation.attitude_answers(uuid)
	TO upward_evaluation;
GRANT SELECT ON evaluation.attitude_construct TO upward_evaluation;
