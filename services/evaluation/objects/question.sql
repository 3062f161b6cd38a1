-- Questions of surveys, and answers to them.

-- The questions with every member, as they are stored and shown.
CREATE OR REPLACE FUNCTION evaluation.question_whole(questions json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_agg(json_build_object('key', q ->> 'key', 'text', q ->> 'text', 'kind', q ->> 'kind',
		'points', CASE WHEN q ->> 'kind' = 'scale' THEN coalesce((q ->> 'points')::int, 5) END,
		'low_label', q ->> 'low_label', 'high_label', q ->> 'high_label',
		'options', coalesce(q -> 'options', '[]'),
		'minimum', (q ->> 'minimum')::numeric, 'maximum', (q ->> 'maximum')::numeric,
		'required', coalesce((q ->> 'required')::boolean, q ->> 'kind' <> 'text'),
		'construct', q ->> 'construct', 'source', q ->> 'source',
		'reversed', coalesce((q ->> 'reversed')::boolean, false), 'shown_if', q -> 'shown_if') ORDER BY n)
	FROM json_array_elements(questions) WITH ORDINALITY AS e (q, n));

-- The lowest and highest number that answers a question; null: no bound, or no number.
CREATE OR REPLACE FUNCTION evaluation.question_range(q json, OUT low numeric, OUT high numeric)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT ROW (CASE q ->> 'kind' WHEN 'scale' THEN 1 WHEN 'choice' THEN 0
			WHEN 'number' THEN (q ->> 'minimum')::numeric END,
		CASE q ->> 'kind' WHEN 'scale' THEN coalesce((q ->> 'points')::int, 5)
			WHEN 'choice' THEN json_array_length(coalesce(q -> 'options', '[]')) - 1
			WHEN 'number' THEN (q ->> 'maximum')::numeric END));

-- What is wrong with questions, each with its position; null: nothing. A condition looks at an earlier scale
-- or choice.
CREATE OR REPLACE FUNCTION evaluation.question_faults(questions json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH item AS (SELECT e.q, e.n - 1 AS place, e.q ->> 'key' AS key, e.q ->> 'kind' AS kind,
			json_array_length(coalesce(e.q -> 'options', '[]')) AS options,
				e.q -> 'shown_if' ->> 'key' AS on_key
			FROM json_array_elements(questions) WITH ORDINALITY AS e (q, n)),
		fault (place, member, code, message) AS (
			SELECT i.place, 'key', 'duplicate', 'is used before' FROM item i
			WHERE EXISTS (SELECT FROM item o WHERE o.key = i.key AND o.place < i.place)
			UNION ALL SELECT i.place, 'options', 'not_a_choice',
				'a choice has two options at least, others none'
			FROM item i WHERE CASE i.kind WHEN 'choice' THEN i.options < 2 ELSE i.options > 0 END
			UNION ALL SELECT i.place, m.member, 'not_a_scale', 'belongs to a scale' FROM item i,
				unnest('{points,low_label,high_label,reversed}'::text[]) m (member)
			WHERE i.kind <> 'scale' AND coalesce(i.q ->> m.member, 'false') <> 'false'
			UNION ALL SELECT i.place, m.member, 'not_a_number', 'belongs to a number' FROM item i,
				unnest('{minimum,maximum}'::text[]) m (member)
			WHERE i.kind <> 'number' AND i.q ->> m.member IS NOT NULL
			UNION ALL SELECT i.place, 'maximum', 'out_of_range', 'is not below the minimum' FROM item i
			WHERE (i.q ->> 'maximum')::numeric < (i.q ->> 'minimum')::numeric
			UNION ALL SELECT i.place, 'shown_if', 'unknown_reference',
				'names an earlier scale or choice, and answers to it' FROM item i
			WHERE i.on_key IS NOT NULL AND NOT EXISTS (SELECT FROM item o, evaluation.question_range(o.q) r
				WHERE o.key = i.on_key AND o.place < i.place AND o.kind IN ('scale', 'choice')
					AND (SELECT bool_and(v::int BETWEEN r.low AND r.high)
						FROM json_array_elements_text(i.q -> 'shown_if' -> 'values') v)))
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/questions/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- The same for translations: each language once; only texts that there are, with as many options.
CREATE OR REPLACE FUNCTION evaluation.translation_faults(questions json, translations json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH language AS (SELECT e.t, e.n - 1 AS place, e.t ->> 'language' AS name
			FROM json_array_elements(translations) WITH ORDINALITY AS e (t, n)),
		part AS (SELECT l.place, e.n - 1 AS at, e.x, q.q, count(*) OVER (PARTITION BY l.place,
			e.x ->> 'key') AS same
			FROM language l, LATERAL json_array_elements(l.t -> 'texts') WITH ORDINALITY AS e (x, n)
				LEFT JOIN LATERAL (SELECT q FROM json_array_elements(questions) q
					WHERE q ->> 'key' = e.x ->> 'key' LIMIT 1) q ON true),
		fault (place, pointer, code, message) AS (
			SELECT l.place, l.place || '/language', 'duplicate', 'is used before' FROM language l
			WHERE EXISTS (SELECT FROM language o WHERE o.name = l.name AND o.place < l.place)
			UNION ALL SELECT p.place, p.place || '/texts/' || p.at || '/key', 'unknown_reference',
				'is the key of a question, once' FROM part p WHERE p.q IS NULL OR p.same > 1
			UNION ALL SELECT p.place, p.place || '/texts/' || p.at || '/options', 'not_a_choice',
				'has as many options as the question' FROM part p
			WHERE p.q IS NOT NULL AND json_array_length(coalesce(p.x -> 'options', '[]'))
				<> json_array_length(coalesce(p.q -> 'options', '[]')))
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/translations/' || f.pointer, 'code', f.code, 'message', f.message) ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- What is wrong with answers: a key that there is not, a number out of range, a text where a number belongs
-- or the other way round.
CREATE OR REPLACE FUNCTION evaluation.response_faults(questions json, given json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH answer AS (SELECT a.n - 1 AS place, q.q, a.x ->> 'key' AS key,
	(a.x ->> 'value')::numeric AS value,
			a.x ->> 'text' AS words, count(*) OVER (PARTITION BY a.x ->> 'key') AS same
			FROM json_array_elements(given) WITH ORDINALITY AS a (x, n)
				LEFT JOIN LATERAL (SELECT q FROM json_array_elements(questions) q
					WHERE q ->> 'key' = a.x ->> 'key' LIMIT 1) q ON true),
		fault (place, member, code, message) AS (
			SELECT a.place, 'key', 'unknown_reference', 'is the key of a question, once' FROM answer a
			WHERE a.q IS NULL OR a.same > 1
			UNION ALL SELECT a.place, 'text', 'not_a_text', 'answers a question of kind text' FROM answer a
			WHERE a.q ->> 'kind' <> 'text' AND a.words IS NOT NULL
			UNION ALL SELECT a.place, 'value', 'out_of_range', 'is an answer to this question'
			FROM answer a LEFT JOIN LATERAL evaluation.question_range(a.q) r ON true
			WHERE a.value IS NOT NULL AND (a.q ->> 'kind' = 'text' OR a.value < r.low OR a.value > r.high
				OR a.q ->> 'kind' <> 'number' AND a.value <> trunc(a.value)))
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/answers/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message)
			ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- What is left of answers once questions whose condition does not hold are taken out, in the order of the
-- questions; and how many required ones have no answer.
CREATE OR REPLACE FUNCTION evaluation.response_kept(questions json, answers jsonb, texts jsonb,
	OUT kept jsonb, OUT kept_texts jsonb, OUT missing int)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	q json;
	k text;
BEGIN
	kept := '{}';
	kept_texts := '{}';
	missing := 0;
	FOR q IN SELECT x FROM json_array_elements(questions) x LOOP
		k := q ->> 'key';
		IF q -> 'shown_if' ->> 'key' IS NULL OR EXISTS (SELECT
				FROM json_array_elements_text(q -> 'shown_if' -> 'values') v
				WHERE v::numeric = (kept ->> (q -> 'shown_if' ->> 'key'))::numeric) THEN
			IF answers ? k THEN
				kept := kept || jsonb_build_object(k, answers -> k);
			ELSIF texts ? k THEN
				kept_texts := kept_texts || jsonb_build_object(k, texts -> k);
			ELSIF (q ->> 'required')::boolean THEN
				missing := missing + 1;
			END IF;
		END IF;
	END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION evaluation.question_whole(json), evaluation.question_faults(json),
	evaluation.question_range(json), evaluation.translation_faults(json, json),
	evaluation.response_faults(json, json),
	evaluation.response_kept(json, jsonb, jsonb) TO upward_evaluation;
