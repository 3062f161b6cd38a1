-- Assessments: a bank of items about one skill, answered by the mentees of a programme before and after. An
-- attempt is its person's alone; what others learn is the gain in reports, of batches of five people.

-- items: [{key, text, kind: scale|choice, options, correct}]; a scale is 0 to 5, as levels of skills are.
CREATE TABLE evaluation.assessment (
	id uuid CONSTRAINT assessment_id PRIMARY KEY,
	programme_id uuid NOT NULL,
	skill_id uuid NOT NULL,
	title text NOT NULL CONSTRAINT assessment_title_some CHECK (title <> ''),
	items json NOT NULL,
	opens_on date NOT NULL,
	closes_on date NOT NULL,
	created_by uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT assessment_dates CHECK (opens_on <= closes_on)
);
CREATE INDEX assessment_by_programme ON evaluation.assessment (programme_id, created_at DESC, id DESC);

CREATE TABLE evaluation.attempt (
	id uuid CONSTRAINT attempt_id PRIMARY KEY,
	assessment_id uuid NOT NULL CONSTRAINT attempt_assessment REFERENCES evaluation.assessment (id),
	person_id uuid NOT NULL,
	phase text NOT NULL CONSTRAINT attempt_phase CHECK (phase IN ('pre', 'post')),
	status text NOT NULL DEFAULT 'started',
	answers jsonb NOT NULL DEFAULT '{}',     -- key → value
	score numeric(4, 1),                     -- 0 to 100: mean of the items
	submitted_at timestamptz,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT attempt_once UNIQUE (assessment_id, person_id, phase),
	CONSTRAINT attempt_status CHECK (CASE status WHEN 'started' THEN num_nonnulls(score, submitted_at) = 0
		WHEN 'submitted' THEN num_nulls(score, submitted_at) = 0 ELSE false END)
);
GRANT SELECT, INSERT, UPDATE ON evaluation.assessment, evaluation.attempt TO upward_evaluation;

-- Whom an assessment is for: the mentees of the programme's pairs.
CREATE FUNCTION evaluation.assessed(programme uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.pair_member m WHERE m.programme_id = programme AND m.person_id = person
	AND m.side = 'mentee' AND m.status IN ('active', 'suspended', 'completed', 'ended'));

-- Why somebody for whom an assessment is cannot begin an attempt of a phase now, as a code; null: they can. The
-- first while its window is open; the second after a meeting that was held, and while the programme closes.
CREATE FUNCTION evaluation.attempt_refusal(a evaluation.assessment, person uuid, phase text) RETURNS text
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT CASE
		WHEN p.status IN ('closed', 'cancelled') OR NOT (common.today() BETWEEN a.opens_on AND a.closes_on
			OR attempt_refusal.phase = 'post' AND p.status = 'closing' AND common.today() <= p.ends_on) THEN 'window_closed'
		WHEN attempt_refusal.phase = 'pre' THEN NULL
		WHEN NOT EXISTS (SELECT FROM evaluation.attempt t WHERE t.assessment_id = a.id AND t.person_id = person
			AND t.phase = 'pre' AND t.status = 'submitted') THEN 'first_attempt_missing'
		WHEN p.status <> 'closing' AND NOT EXISTS (SELECT FROM matching.pair_member m
				JOIN scheduling.session_view s ON s.pair_id = m.pair_id AND s.status = 'held'
				WHERE m.programme_id = a.programme_id AND m.person_id = person AND m.side = 'mentee')
			THEN 'session_not_held' END
	FROM matching.programme_view p WHERE p.programme_id = a.programme_id);

-- What is wrong with the items of a bank, each with its place; null where nothing is.
CREATE FUNCTION evaluation.item_faults(items json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH item AS (SELECT i.item, i.place - 1 AS place, i.item ->> 'key' AS key, i.item ->> 'kind' AS kind,
			json_array_length(coalesce(i.item -> 'options', '[]')) AS options, (i.item ->> 'correct')::int AS correct
			FROM json_array_elements(items) WITH ORDINALITY AS i (item, place)),
		fault (place, member, code, message) AS (
			SELECT i.place, 'key', 'duplicate', 'is used before' FROM item i
			WHERE EXISTS (SELECT FROM item o WHERE o.key = i.key AND o.place < i.place)
			UNION ALL SELECT i.place, 'options', 'not_a_choice', 'a choice has two options at least, a scale none'
			FROM item i WHERE CASE i.kind WHEN 'choice' THEN i.options < 2 ELSE i.options > 0 END
			UNION ALL SELECT i.place, 'correct', 'not_an_option', 'is the place of an option of a choice, from 0 on' FROM item i
			WHERE CASE i.kind WHEN 'choice' THEN i.correct IS NULL OR i.correct >= greatest(i.options, 1)
				ELSE i.correct IS NOT NULL END)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/items/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message) ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- The same of given answers.
CREATE FUNCTION evaluation.answer_faults(items json, given json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (WITH answer AS (SELECT a.place - 1 AS place, i.item, (a.answer ->> 'value')::int AS value
			FROM json_array_elements(given) WITH ORDINALITY AS a (answer, place)
				LEFT JOIN LATERAL (SELECT i AS item FROM json_array_elements(items) i
					WHERE i ->> 'key' = a.answer ->> 'key' LIMIT 1) i ON true),
		fault (place, member, code, message) AS (
			SELECT a.place, 'key', 'unknown_reference', 'is a key of the assessment' FROM answer a WHERE a.item IS NULL
			UNION ALL SELECT a.place, 'value', 'out_of_range', 'is on the scale, or the place of an option' FROM answer a
			WHERE a.value > CASE a.item ->> 'kind' WHEN 'scale' THEN 5 ELSE json_array_length(a.item -> 'options') - 1 END)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', '/answers/' || f.place || '/' || f.member, 'code', f.code, 'message', f.message) ORDER BY f.place)) END
	FROM (SELECT * FROM fault ORDER BY place LIMIT 8) f);

-- Mean of the items, 0 to 100; null while one has no answer.
CREATE FUNCTION evaluation.attempt_score(items json, answers jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE WHEN count(*) = count(answers ->> (i ->> 'key')) THEN round(avg(CASE i ->> 'kind'
		WHEN 'scale' THEN (answers ->> (i ->> 'key'))::int * 20
		ELSE 100 * (answers ->> (i ->> 'key') = i ->> 'correct')::int END), 1) END
	FROM json_array_elements(items) i);

-- full: what is right is for coordinators alone.
CREATE FUNCTION evaluation.assessment_json(a evaluation.assessment, viewer uuid, full_view boolean) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', a.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title) FROM matching.programme_view p
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
		WHEN evaluation.assessed(a.programme_id, viewer) AND EXISTS (SELECT FROM unnest('{pre,post}'::text[]) f (phase)
				WHERE evaluation.attempt_refusal(a, viewer, f.phase) IS NULL AND NOT EXISTS (SELECT
					FROM evaluation.attempt t WHERE t.assessment_id = a.id AND t.person_id = viewer AND t.phase = f.phase))
			THEN json_build_array('attempt_create') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/assessments/' || a.id, 'attempts', '/api/v1/assessments/' || a.id || '/attempts',
		'programme', '/api/v1/programmes/' || a.programme_id));

CREATE FUNCTION evaluation.attempt_json(t evaluation.attempt) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', t.id, 'assessment_id', t.assessment_id, 'phase', t.phase, 'status', t.status,
	'answers', coalesce((SELECT json_agg(json_build_object('key', e.key, 'value', e.value::int) ORDER BY e.key)
		FROM jsonb_each_text(t.answers) e), '[]'),
	'score', trim_scale(t.score), 'submitted_at', common.instant(t.submitted_at),
	'created_at', common.instant(t.created_at), 'updated_at', common.instant(t.updated_at), 'version', t.version,
	'can', CASE t.status WHEN 'started' THEN json_build_array('patch', 'submission') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/assessments/' || t.assessment_id || '/attempts/' || t.id,
		'assessment', '/api/v1/assessments/' || t.assessment_id));

-- Gain by skill; null stands for all. Of each person the first gain counts, in the order they came, in whole batches
-- of five: two readings differ by five people or by none.
CREATE FUNCTION evaluation.gain_cells(programme uuid)
RETURNS TABLE (skill_id uuid, people bigint, mean_gain numeric, deviation numeric)
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH gain AS (
			SELECT a.skill_id, post.person_id, post.score - pre.score AS gain, post.submitted_at, post.id
			FROM evaluation.assessment a
				JOIN evaluation.attempt pre ON pre.assessment_id = a.id AND pre.phase = 'pre' AND pre.status = 'submitted'
				JOIN evaluation.attempt post ON post.assessment_id = a.id AND post.phase = 'post'
					AND post.status = 'submitted' AND post.person_id = pre.person_id
			WHERE a.programme_id = programme),
		one AS (SELECT DISTINCT ON (v.skill_id, g.person_id) v.skill_id, g.gain, g.submitted_at, g.id
			FROM gain g, LATERAL (VALUES (g.skill_id), (NULL::uuid)) v (skill_id)
			ORDER BY v.skill_id, g.person_id, g.submitted_at, g.id),
		place AS (SELECT o.skill_id, o.gain, count(*) OVER (PARTITION BY o.skill_id) AS people,
				row_number() OVER (PARTITION BY o.skill_id ORDER BY o.submitted_at, o.id) AS place
			FROM one o),
		cell AS (SELECT p.skill_id, count(*) AS people, round(avg(p.gain), 1) AS mean, round(stddev_samp(p.gain), 1) AS deviation
			FROM place p WHERE p.place <= p.people / 5 * 5 GROUP BY p.skill_id)
	SELECT s.skill_id, c.people, trim_scale(c.mean), trim_scale(c.deviation)
	FROM (SELECT a.skill_id FROM evaluation.assessment a WHERE a.programme_id = programme
			UNION SELECT NULL) s LEFT JOIN cell c ON c.skill_id IS NOT DISTINCT FROM s.skill_id;
END;

GRANT EXECUTE ON FUNCTION evaluation.assessed(uuid, uuid), evaluation.item_faults(json),
	evaluation.attempt_refusal(evaluation.assessment, uuid, text),
	evaluation.answer_faults(json, json), evaluation.attempt_score(json, jsonb),
	evaluation.assessment_json(evaluation.assessment, uuid, boolean), evaluation.attempt_json(evaluation.attempt),
	evaluation.gain_cells(uuid) TO upward_evaluation;

-- The catalogue: a report's method is one text, here.
CREATE VIEW evaluation.report_method (name, title, method) AS VALUES
	('adherence', 'Adherence', 'Plan dates before today of pairs that ever signed an agreement, by the mentee''s department: '
		'expected, held, held within six days of the date (on time), and the share of pairs that held three quarters of '
		'what was expected (on cadence, to 0.1). A pair stays in it when it ends; figures move once a day. Cells of fewer than '
		'five mentees or five mentors are hidden, and where they could be worked out others with them.'),
	('gain', 'Gain', 'Score after less score before (0 to 100) of mentees who submitted both; the first gain of each, in all '
		'and by skill; mean and sample standard deviation, to 0.1. Counted in whole batches of five people in the order in '
		'which they came, so that no two readings differ by fewer.'),
	('participation', 'Participation', 'Counts of people by enrolment; pairs ever active; sessions reported held or missed. '
		'Every figure is rounded down to a multiple of five, and fewer than five are not shown, so that no two readings '
		'differ by fewer; a department without a figure is left out.'),
	('satisfaction', 'Satisfaction', 'Mean of the ratings given for the programme''s figures, one value for each author and '
		'partner, by side, to 0.1. Frozen when a window''s batch is released. At least five authors and five partners.');
GRANT SELECT ON evaluation.report_method TO upward_evaluation;
