-- Assessments: sets of items about one skill, answered by the mentees of a programme before and after. An
-- attempt is visible only to its person; others see only the gain in reports, about batches of five people.

-- The people for whom an assessment is: the mentees of the programme's pairs.
CREATE OR REPLACE FUNCTION evaluation.assessed(programme uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.pair_member m WHERE m.programme_id = programme AND m.person_id = person
	AND m.side = 'mentee' AND m.status IN ('active', 'suspended', 'completed', 'ended'));

-- The errors in the items of a set, each with its position; null if there are none.
CREATE OR REPLACE FUNCTION evaluation.item_faults(items json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH item AS (SELECT i.item, i.place - 1 AS place, i.item ->> 'key' AS key, i.item ->> 'kind' AS kind,
			json_array_length(coalesce(i.item -> 'options', '[]')) AS options,
			(i.item ->> 'correct')::int AS correct
			FROM json_array_elements(items) WITH ORDINALITY AS i (item, place)),
		fault (place, member, code, message) AS (
			SELECT i.place, 'key', 'duplicate', 'is used before' FROM item i
			WHERE EXISTS (SELECT FROM item o WHERE o.key = i.key AND o.place < i.place)
			UNION ALL SELECT i.place, 'options', 'not_a_choice',
				'a choice has two options at least, a scale none'
			FROM item i WHERE CASE i.kind WHEN 'choice' THEN i.options < 2 ELSE i.options > 0 END
			UNION ALL SELECT i.place, 'correct', 'not_an_option',
				'is the place of an option of a choice, from 0 on' FROM item i
			WHERE CASE i.kind WHEN 'choice' THEN i.correct IS NULL OR i.correct >= greatest(i.options, 1)
				ELSE i.correct IS NOT NULL END)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/items/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- The same for submitted answers.
CREATE OR REPLACE FUNCTION evaluation.answer_faults(items json, given json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH answer AS (SELECT a.place - 1 AS place, i.item, (a.answer ->> 'value')::int AS value
			FROM json_array_elements(given) WITH ORDINALITY AS a (answer, place)
				LEFT JOIN LATERAL (SELECT i AS item FROM json_array_elements(items) i
					WHERE i ->> 'key' = a.answer ->> 'key' LIMIT 1) i ON true),
		fault (place, member, code, message) AS (
			SELECT a.place, 'key', 'unknown_reference', 'is a key of the assessment' FROM answer a
				WHERE a.item IS NULL
			UNION ALL SELECT a.place, 'value', 'out_of_range', 'is on the scale, or the place of an option'
				FROM answer a
			WHERE a.value > CASE a.item ->> 'kind'
				WHEN 'scale' THEN 5 ELSE json_array_length(a.item -> 'options') - 1 END)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/answers/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- full: includes the correct answers, which only coordinators may see.
CREATE OR REPLACE FUNCTION evaluation.assessment_json(a evaluation.assessment, viewer uuid, full_view boolean)
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', a.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
		FROM matching.programme_view p
		WHERE p.programme_id = a.programme_id),
	'skill', (SELECT json_build_object('id', s.skill_id, 'name', s.name) FROM profiles.skill_view s
		WHERE s.skill_id = a.skill_id),
	'title', a.title, 'items', (SELECT json_agg(json_build_object('key', i ->> 'key', 'text', i ->> 'text',
			'kind', i ->> 'kind', 'options', coalesce(i -> 'options', '[]'),
			'correct', CASE WHEN full_view THEN (i ->> 'correct')::int END))
		FROM json_array_elements(a.items) i),
	'opens_on', a.opens_on, 'closes_on', a.closes_on, 'created_at', common.instant(a.created_at),
	'updated_at', common.instant(a.updated_at), 'version', a.version,
	'can', CASE WHEN full_view THEN json_build_array('patch')
		WHEN evaluation.assessed(a.programme_id, viewer)
			AND EXISTS (SELECT FROM unnest('{pre,post}'::text[]) f (phase)
				WHERE evaluation.attempt_refusal(a, viewer, f.phase) IS NULL AND NOT EXISTS (SELECT
					FROM evaluation.attempt t WHERE t.assessment_id = a.id AND t.person_id = viewer
						AND t.phase = f.phase))
			THEN json_build_array('attempt_create') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/assessments/' || a.id,
		'attempts', '/api/v1/assessments/' || a.id || '/attempts',
		'programme', '/api/v1/programmes/' || a.programme_id));

GRANT EXECUTE ON FUNCTION evaluation.assessed(uuid, uuid), evaluation.item_faults(json),
	evaluation.answer_faults(json, json),
	evaluation.assessment_json(evaluation.assessment, uuid, boolean) TO upward_evaluation;
