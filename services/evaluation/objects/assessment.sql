-- Assessments: sets of items about one skill, answered by the mentees of a programme before and after. An
-- attempt is visible only to its person; others see only the gain in reports, about batches of five people.

-- The people for whom an assessment is: the mentees of the programme's pairs.
CREATE OR REPLACE FUNCTION evaluation.assessed(programme uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.pair_member m WHERE m.programme_id = programme AND m.person_id = person
	AND m.side = 'mentee' AND m.status IN ('active', 'suspended', 'completed', 'ended'));

-- Which members of an item are not what its kind asks for: the code and the message of each fault.
CREATE OR REPLACE FUNCTION evaluation.item_member_faults(item json)
	RETURNS TABLE (member text, code text, message text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH i AS (SELECT item ->> 'kind' AS kind,
			json_array_length(coalesce(item -> 'options', '[]')) AS options,
			(item ->> 'correct')::int AS correct,
			json_array_length(coalesce(item -> 'right', '[]')) AS rights,
			(SELECT coalesce(max(r::int), -1) FROM json_array_elements_text(item -> 'right') r) AS highest)
	SELECT 'options', 'not_a_choice', 'a question with options has two at least, others none' FROM i
	WHERE CASE WHEN i.kind IN ('choice', 'multiple', 'order') THEN i.options < 2 ELSE i.options > 0 END
	UNION ALL SELECT 'correct', 'not_an_option', 'is the place of an option of a choice, from 0 on' FROM i
	WHERE CASE i.kind WHEN 'choice' THEN i.correct IS NULL OR i.correct >= greatest(i.options, 1)
		ELSE i.correct IS NOT NULL END
	UNION ALL SELECT 'right', 'not_an_option',
		'is the places of options: of the right ones, or of all in order' FROM i
	WHERE CASE i.kind WHEN 'multiple' THEN i.rights = 0 OR i.highest >= greatest(i.options, 1)
		WHEN 'order' THEN i.rights <> i.options OR i.highest >= greatest(i.options, 1) ELSE i.rights > 0 END
	UNION ALL SELECT v.member, 'not_a_number', 'is of a numeric question, which has a value' FROM i,
		(VALUES ('value', item ->> 'value', true), ('tolerance', item ->> 'tolerance', false))
			v (member, given, needed)
	WHERE CASE i.kind WHEN 'numeric' THEN v.needed AND v.given IS NULL ELSE v.given IS NOT NULL END;
END;

-- The errors in the items of a set, each with its position; null if there are none.
CREATE OR REPLACE FUNCTION evaluation.item_faults(items json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH item AS (SELECT i.item, i.place - 1 AS place, i.item ->> 'key' AS key
			FROM json_array_elements(items) WITH ORDINALITY AS i (item, place)),
		fault (place, member, code, message) AS (
			SELECT i.place, 'key', 'duplicate', 'is used before' FROM item i
			WHERE EXISTS (SELECT FROM item o WHERE o.key = i.key AND o.place < i.place)
			UNION ALL SELECT i.place, m.member, m.code, m.message
			FROM item i, LATERAL evaluation.item_member_faults(i.item) m)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/items/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- Whether an answer is one to the item: a point of the scale, the place of an option, different places, all
-- places, a number.
CREATE OR REPLACE FUNCTION evaluation.answer_fits(item json, answer json) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(CASE WHEN item ->> 'kind' IN ('scale', 'choice')
			THEN g.n IS NULL AND g.point = trunc(g.point)
				AND g.point BETWEEN 0 AND CASE item ->> 'kind' WHEN 'scale' THEN 5 ELSE g.options - 1 END
		WHEN g.point IS NOT NULL OR g.n IS NULL THEN false
		WHEN item ->> 'kind' = 'numeric' THEN g.n = 1
		ELSE (item ->> 'kind' = 'multiple' OR g.n = g.options)
			AND (SELECT coalesce(bool_and(v BETWEEN 0 AND g.options - 1 AND v = trunc(v)), true)
				AND count(DISTINCT v) = count(*)
				FROM json_array_elements_text(answer -> 'values') e,
					LATERAL (SELECT e::numeric AS v) n) END, false)
	FROM (SELECT (answer ->> 'value')::numeric AS point, json_array_length(answer -> 'values') AS n,
		json_array_length(coalesce(item -> 'options', '[]')) AS options) g);

-- The same for submitted answers.
CREATE OR REPLACE FUNCTION evaluation.answer_faults(items json, given json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH answer AS (SELECT a.place - 1 AS place, a.answer, i.item,
				count(*) OVER (PARTITION BY a.answer ->> 'key') AS same
			FROM json_array_elements(given) WITH ORDINALITY AS a (answer, place)
				LEFT JOIN LATERAL (SELECT i AS item FROM json_array_elements(items) i
					WHERE i ->> 'key' = a.answer ->> 'key' LIMIT 1) i ON true),
		fault (place, member, code, message) AS (
			SELECT a.place, 'key', 'unknown_reference', 'is a key of the assessment, once'
			FROM answer a WHERE a.item IS NULL OR a.same > 1
			UNION ALL SELECT a.place, CASE WHEN a.item ->> 'kind' IN ('scale', 'choice') THEN 'value'
				ELSE 'values' END, 'out_of_range',
				'is on the scale, the place of an option, or what the kind of question asks for'
			FROM answer a WHERE a.item IS NOT NULL AND NOT evaluation.answer_fits(a.item, a.answer))
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/answers/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- Answers as they are stored: a number, or a list of numbers, by key.
CREATE OR REPLACE FUNCTION evaluation.kept_answers(given json) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(jsonb_object_agg(g ->> 'key', CASE WHEN g ->> 'values' IS NULL
		THEN to_jsonb(trunc((g ->> 'value')::numeric)::int)
		ELSE (SELECT coalesce(jsonb_agg(trim_scale(e::numeric)), '[]')
			FROM json_array_elements_text(g -> 'values') e) END), '{}')
	FROM json_array_elements(coalesce(given, '[]')) g);

-- Items as they are shown; solved: with what is right, which only coordinators may see.
CREATE OR REPLACE FUNCTION evaluation.items_json(items json, solved boolean) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(json_agg(json_build_object('key', e.i ->> 'key', 'text', e.i ->> 'text',
		'kind', e.i ->> 'kind', 'options', coalesce(e.i -> 'options', '[]'), 'topic', e.i ->> 'topic',
		'correct', CASE WHEN solved THEN (e.i ->> 'correct')::int END,
		'right', CASE WHEN solved THEN coalesce(e.i -> 'right', '[]') ELSE '[]' END,
		'value', CASE WHEN solved THEN (e.i ->> 'value')::numeric END,
		'tolerance', CASE WHEN solved THEN (e.i ->> 'tolerance')::numeric END) ORDER BY e.n), '[]')
	FROM json_array_elements(items) WITH ORDINALITY AS e (i, n));

-- full: includes what is right, which only coordinators may see. Of a bank from which sets are drawn, others
-- see the questions of their attempts alone.
CREATE OR REPLACE FUNCTION evaluation.assessment_json(a evaluation.assessment, viewer uuid, full_view boolean)
	RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', a.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
		FROM matching.programme_view p
		WHERE p.programme_id = a.programme_id),
	'skill', (SELECT json_build_object('id', k.skill_id, 'name', k.name) FROM profiles.skill_view s
			JOIN profiles.skill_view k ON k.skill_id = s.current_id
		WHERE s.skill_id = a.skill_id),
	'title', a.title, 'items', CASE WHEN full_view OR a.draw IS NULL
		THEN evaluation.items_json(a.items, full_view) ELSE '[]' END, 'draw', a.draw,
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
	evaluation.item_member_faults(json), evaluation.answer_fits(json, json),
	evaluation.answer_faults(json, json), evaluation.kept_answers(json),
	evaluation.items_json(json, boolean),
	evaluation.assessment_json(evaluation.assessment, uuid, boolean) TO upward_evaluation;

-- A skill that a goal or an assessment names is not deleted.
CREATE OR REPLACE TRIGGER skill_unused_in_evaluation BEFORE DELETE ON profiles.skill
	FOR EACH ROW EXECUTE FUNCTION profiles.skill_unused('evaluation.goal', 'skill_id',
		'evaluation.assessment', 'skill_id');
CREATE OR REPLACE TRIGGER goal_holds_skill BEFORE INSERT OR UPDATE OF skill_id ON evaluation.goal FOR EACH ROW
	WHEN (new.skill_id IS NOT NULL) EXECUTE FUNCTION profiles.hold_skills('skill_id', '$');
CREATE OR REPLACE TRIGGER assessment_holds_skill BEFORE INSERT OR UPDATE OF skill_id ON evaluation.assessment
	FOR EACH ROW EXECUTE FUNCTION profiles.hold_skills('skill_id', '$');
