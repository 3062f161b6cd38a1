-- Why a person who may take an assessment cannot start an attempt of a phase now, as a code; null: they
-- can. The first while its window is open; the second after a session has been held, and while the
-- programme is closing.
CREATE OR REPLACE FUNCTION evaluation.attempt_refusal(a evaluation.assessment, person uuid, phase text)
	RETURNS text
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT CASE
		WHEN p.status IN ('closed', 'cancelled') OR NOT (common.today() BETWEEN a.opens_on AND a.closes_on
			OR attempt_refusal.phase = 'post' AND p.status = 'closing' AND common.today() <= p.ends_on)
				THEN 'window_closed'
		WHEN attempt_refusal.phase = 'pre' THEN NULL
		WHEN NOT EXISTS (SELECT FROM evaluation.attempt t
			WHERE t.assessment_id = a.id AND t.person_id = person
			AND t.phase = 'pre' AND t.status = 'submitted') THEN 'first_attempt_missing'
		WHEN p.status <> 'closing' AND NOT EXISTS (SELECT FROM matching.pair_member m
				JOIN scheduling.session_view s ON s.pair_id = m.pair_id AND s.status = 'held'
				WHERE m.programme_id = a.programme_id AND m.person_id = person AND m.side = 'mentee')
			THEN 'session_not_held' END
	FROM matching.programme_view p WHERE p.programme_id = a.programme_id);

-- How right an answer to one item is, 0 to 100. A choice and a number are right or wrong. Of several options
-- each right one counts its share, and each wrong one takes as much away; of an order each two options that
-- follow one another as they should count theirs, and each two that do not take it away.
CREATE OR REPLACE FUNCTION evaluation.item_score(item json, answer jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE item ->> 'kind' WHEN 'scale' THEN 20 * (answer #>> '{}')::int
	WHEN 'choice' THEN 100 * (answer #>> '{}' = item ->> 'correct')::int
	WHEN 'numeric' THEN 100 * (abs((answer ->> 0)::numeric - (item ->> 'value')::numeric)
		<= coalesce((item ->> 'tolerance')::numeric, 0))::int
	WHEN 'multiple' THEN (SELECT 100.0 * greatest(0, coalesce(sum(CASE
			WHEN (item -> 'right')::jsonb @> g THEN 1 ELSE -1 END), 0)) / json_array_length(item -> 'right')
		FROM jsonb_array_elements(answer) g)
	WHEN 'order' THEN (WITH given AS (SELECT g.n, r.n AS place
			FROM jsonb_array_elements_text(answer) WITH ORDINALITY AS g (o, n)
				JOIN json_array_elements_text(item -> 'right') WITH ORDINALITY AS r (o, n) ON r.o = g.o)
		SELECT 100.0 * greatest(0, sum(sign(y.place - x.place))) / nullif(count(*), 0)
		FROM given x JOIN given y ON y.n > x.n) END;

-- The mean of the items, 0 to 100; null until all have an answer.
CREATE OR REPLACE FUNCTION evaluation.attempt_score(items json, answers jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT CASE WHEN count(*) = count(answers -> (i ->> 'key'))
		THEN round(avg(evaluation.item_score(i, answers -> (i ->> 'key'))), 1) END
	FROM json_array_elements(items) i);

-- The items of a new attempt, in the order in which they are asked; null: all. Each topic and kind has its
-- share of the places, and no more than half of its items as long as others have some left: so that a second
-- set, which prefers what has not been asked before, has the same shares and no question of the first. Who
-- gets which question is decided by the attempt's id, which is random.
CREATE OR REPLACE FUNCTION evaluation.drawn_items(a evaluation.assessment, attempt uuid, asked text[])
	RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH item AS (SELECT i ->> 'key' AS key, json_build_array(i ->> 'topic', i ->> 'kind')::text AS part,
			coalesce(i ->> 'key' = ANY (asked), false) AS again, md5(attempt || (i ->> 'key')) AS lot
			FROM json_array_elements(a.items) i),
		ranked AS (SELECT i.key, i.part, i.again, i.lot, count(*) OVER (PARTITION BY i.part) AS n,
			row_number() OVER (PARTITION BY i.part ORDER BY i.again, i.lot) AS place FROM item i),
		drawn AS (SELECT r.key, r.lot FROM ranked r
			ORDER BY r.again, r.place > r.n / 2, (2 * r.place - 1)::numeric / r.n, r.part LIMIT a.draw)
	SELECT array_agg(d.key ORDER BY d.lot) FROM drawn d WHERE a.draw IS NOT NULL);

-- What an attempt asks.
CREATE OR REPLACE FUNCTION evaluation.attempt_items(t evaluation.attempt) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT CASE WHEN t.items IS NULL THEN a.items ELSE (SELECT json_agg(i
		ORDER BY array_position(t.items, i ->> 'key'))
	FROM json_array_elements(a.items) i WHERE i ->> 'key' = ANY (t.items)) END
	FROM evaluation.assessment a WHERE a.id = t.assessment_id);

CREATE OR REPLACE FUNCTION evaluation.attempt_json(t evaluation.attempt) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', t.id, 'assessment_id', t.assessment_id, 'phase', t.phase,
	'status', t.status, 'items', evaluation.items_json(o.items, false),
	'answers', coalesce((SELECT json_agg(json_build_object('key', e.key, 'value', e.value::int)
		ORDER BY e.key) FROM jsonb_each(t.answers) e WHERE jsonb_typeof(e.value) = 'number'), '[]'),
	'answered', coalesce((SELECT json_agg(json_build_object('key', e.key,
			'values', CASE jsonb_typeof(e.value) WHEN 'array' THEN e.value
				ELSE jsonb_build_array(e.value) END)
		ORDER BY e.key) FROM jsonb_each(t.answers) e), '[]'),
	'score', trim_scale(t.score), 'submitted_at', common.instant(t.submitted_at),
	'created_at', common.instant(t.created_at), 'updated_at', common.instant(t.updated_at),
	'version', t.version, 'can', array_to_json(array_remove(common.actions('attempt', t.status, '{mentee}'),
		CASE WHEN evaluation.attempt_score(o.items, t.answers) IS NULL THEN 'submission' END)),
	'links', json_build_object('self', '/api/v1/assessments/' || t.assessment_id || '/attempts/' || t.id,
		'assessment', '/api/v1/assessments/' || t.assessment_id))
	FROM (SELECT evaluation.attempt_items(t) AS items) o);

GRANT EXECUTE ON FUNCTION evaluation.attempt_refusal(evaluation.assessment, uuid, text),
	evaluation.attempt_score(json, jsonb), evaluation.attempt_json(evaluation.attempt),
	evaluation.drawn_items(evaluation.assessment, uuid, text[]), evaluation.attempt_items(evaluation.attempt),
	evaluation.item_score(json, jsonb)
	TO upward_evaluation;

-- An attempt can be submitted only when it is complete.
CREATE OR REPLACE FUNCTION evaluation.attempt_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'submission' THEN
		IF new.score IS NULL THEN
			PERFORM common.refuse('answers_missing');
		END IF;
		new.submitted_at := common.now();
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE TRIGGER attempt_guard BEFORE UPDATE OF step ON evaluation.attempt
	FOR EACH ROW EXECUTE FUNCTION evaluation.attempt_guard();
