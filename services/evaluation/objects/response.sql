-- Answers to surveys, as their author sees them and as figures.

-- One wave of a survey for somebody who is asked: the questions, and what they have answered.
-- Runs with the caller's rights: row security applies.
CREATE OR REPLACE FUNCTION evaluation.response_json(s evaluation.survey, of_wave text, closes_on date,
	of_person uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('survey', json_build_object('id', s.id, 'title', s.title, 'kind', s.kind),
		'wave', of_wave, 'closes_on', response_json.closes_on, 'revision', v.number,
		'questions', v.questions, 'translations', v.translations,
		'answers', coalesce((SELECT json_agg(json_build_object('key', q ->> 'key',
				'value', (r.answers ->> (q ->> 'key'))::numeric, 'text',
					r.texts ->> (q ->> 'key')) ORDER BY n)
			FROM json_array_elements(v.questions) WITH ORDINALITY AS e (q, n)
			WHERE r.answers ? (q ->> 'key') OR r.texts ? (q ->> 'key')), '[]'),
		'submitted', coalesce(r.submitted, false), 'version', coalesce(r.version, 0),
		'can', CASE WHEN r.submitted OR response_json.closes_on IS NULL THEN '[]'
			WHEN r.id IS NULL THEN '["put"]' ELSE '["put", "submission"]' END::json,
		'links', json_build_object('self', '/api/v1/responses/' || s.id || '/' || of_wave,
			'survey', '/api/v1/surveys/' || s.id))
	FROM (SELECT 1) one LEFT JOIN evaluation.response r ON r.survey_id = s.id AND r.wave = of_wave
			AND r.person_id = of_person
		JOIN evaluation.survey_revision v ON v.survey_id = s.id AND v.number = coalesce(r.revision,
			s.revision));

-- Each answer as one number for each author, in closed batches; and the partners whom the authors had by
-- then, since what five people say of one partner is about that one. Attitudes are about no partner.
CREATE OR REPLACE FUNCTION evaluation.survey_answers(survey uuid)
RETURNS TABLE (batch text, revision int, key text, person_id uuid, value numeric, partners uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.batch, r.revision, a.key, r.person_id, avg(a.value::numeric),
		CASE s.kind WHEN 'attitude' THEN ARRAY[r.person_id]
			ELSE ARRAY(SELECT m.partner_id FROM matching.pair_member m
				WHERE m.programme_id = s.programme_id AND m.person_id = r.person_id AND m.side = s.side
					AND m.accepted_at < e.released_at
					AND m.status IN ('active', 'suspended', 'completed', 'ended')) END
	FROM evaluation.response r JOIN evaluation.survey s ON s.id = r.survey_id
		JOIN evaluation.survey_release e ON e.survey_id = r.survey_id AND e.batch = r.batch,
		LATERAL jsonb_each_text(r.answers) a
	WHERE r.survey_id = survey AND r.submitted
	GROUP BY r.batch, r.revision, a.key, r.person_id, s.kind, s.programme_id, s.side,
		e.released_at;
END;

-- The figures of one question in one batch; null where fewer than five authors, or five partners, stand
-- behind
-- them. Authors are counted in fives: a question that only some were asked tells nothing of the others.
CREATE OR REPLACE FUNCTION evaluation.survey_cells(survey uuid)
RETURNS TABLE (batch text, revision int, key text, authors bigint, mean numeric, counts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH answer AS MATERIALIZED (SELECT * FROM evaluation.survey_answers(survey)),
		cell AS (SELECT a.batch, a.revision, a.key, count(*) AS authors, avg(a.value) AS mean,
				(SELECT count(DISTINCT p) FROM answer o, unnest(o.partners) p
					WHERE o.batch = a.batch AND o.revision = a.revision AND o.key = a.key) AS partners
			FROM answer a GROUP BY a.batch, a.revision, a.key),
		value AS (SELECT a.batch, a.revision, a.key, a.value, count(*) AS people FROM answer a
			GROUP BY a.batch, a.revision, a.key, a.value)
	SELECT c.batch, c.revision, c.key, common.fives(c.authors), round(c.mean, 1),
		(SELECT jsonb_object_agg(trim_scale(v.value), common.fives(v.people)) FROM value v
			WHERE v.batch = c.batch AND v.revision = c.revision AND v.key = c.key AND v.people >= 5)
	FROM cell c WHERE common.enough(c.authors) AND common.enough(c.partners);
END;

-- How many of those asked have answered, in closed batches; null: not shown (hidden_parts).
CREATE OR REPLACE FUNCTION evaluation.survey_rates(survey uuid)
RETURNS TABLE (batch text, asked int, answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT c.batch, CASE WHEN common.enough(c.asked) THEN c.asked END,
		CASE WHEN common.enough(c.asked) AND NOT h.hide[1] THEN c.answered END
	FROM (SELECT e.batch, greatest(e.asked, count(DISTINCT r.person_id))::int AS asked,
				count(DISTINCT r.person_id) AS answered
			FROM evaluation.survey_release e LEFT JOIN evaluation.response r ON r.survey_id = e.survey_id
				AND r.batch = e.batch AND r.submitted
			WHERE e.survey_id = survey GROUP BY e.batch, e.asked) c,
		LATERAL common.hidden_parts(ARRAY[c.answered], ARRAY[c.asked::bigint]) h;
END;

-- The results of one batch as JSON. Texts are left out: nobody but their author reads them.
CREATE OR REPLACE FUNCTION evaluation.survey_batch_json(survey uuid, of_batch text, asked int,
	answered bigint)
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('wave', of_batch, 'asked', asked, 'answered', answered,
	'suppressed', answered IS NULL, 'questions', coalesce((SELECT json_agg(json_build_object(
			'key', q ->> 'key', 'text', q ->> 'text', 'kind', q ->> 'kind', 'construct', q ->> 'construct',
			'revision', v.number, 'authors', c.authors,
			'mean', CASE WHEN q ->> 'kind' <> 'choice' THEN trim_scale(c.mean) END,
			'options', CASE WHEN q ->> 'kind' = 'choice' THEN (SELECT json_agg(json_build_object(
					'text', o.text, 'people', (c.counts ->> (o.n - 1)::text)::int) ORDER BY o.n)
				FROM json_array_elements_text(q -> 'options') WITH ORDINALITY AS o (text, n)) ELSE '[]' END,
			'suppressed', c.key IS NULL) ORDER BY v.number, e.n)
		FROM evaluation.survey_revision v
			CROSS JOIN LATERAL json_array_elements(v.questions) WITH ORDINALITY AS e (q, n)
			LEFT JOIN evaluation.survey_cells(survey) c ON c.batch = of_batch AND c.revision = v.number
				AND c.key = q ->> 'key'
		WHERE v.survey_id = survey AND q ->> 'kind' <> 'text'), '[]'));

GRANT EXECUTE ON FUNCTION evaluation.response_json(evaluation.survey, text, date, uuid),
	evaluation.survey_cells(uuid), evaluation.survey_rates(uuid),
	evaluation.survey_batch_json(uuid, text, int, bigint) TO upward_evaluation;
