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

-- The mean of the items, 0 to 100; null until all have an answer.
CREATE OR REPLACE FUNCTION evaluation.attempt_score(items json, answers jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE WHEN count(*) = count(answers ->> (i ->> 'key')) THEN round(avg(CASE i ->> 'kind'
		WHEN 'scale' THEN (answers ->> (i ->> 'key'))::int * 20
		ELSE 100 * (answers ->> (i ->> 'key') = i ->> 'correct')::int END), 1) END
	FROM json_array_elements(items) i);

CREATE OR REPLACE FUNCTION evaluation.attempt_json(t evaluation.attempt) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', t.id, 'assessment_id', t.assessment_id, 'phase', t.phase, 'status', t.status,
	'answers', coalesce((SELECT json_agg(json_build_object('key', e.key, 'value', e.value::int)
		ORDER BY e.key)
		FROM jsonb_each_text(t.answers) e), '[]'),
	'score', trim_scale(t.score), 'submitted_at', common.instant(t.submitted_at),
	'created_at', common.instant(t.created_at), 'updated_at', common.instant(t.updated_at),
	'version', t.version, 'can', array_to_json(array_remove(common.actions('attempt', t.status, '{mentee}'),
		(SELECT 'submission' FROM evaluation.assessment a
			WHERE a.id = t.assessment_id AND evaluation.attempt_score(a.items, t.answers) IS NULL))),
	'links', json_build_object('self', '/api/v1/assessments/' || t.assessment_id || '/attempts/' || t.id,
		'assessment', '/api/v1/assessments/' || t.assessment_id));

GRANT EXECUTE ON FUNCTION evaluation.attempt_refusal(evaluation.assessment, uuid, text),
	evaluation.attempt_score(json, jsonb), evaluation.attempt_json(evaluation.attempt)
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
