-- Statements of surveys. Question sets belong to the coordinators; whoever is asked sees what they answer.

-- survey_list: those of programmes that the actor coordinates.
-- unprepared
-- updated_since: s.updated_at
SELECT survey_json(s, true) AS body, s.created_at, s.id
FROM survey s
WHERE (:programme_id IS NULL OR s.programme_id = :programme_id)
	AND coordinates(s.programme_id, :actor, :roles)
	AND (:after_id IS NULL OR (s.created_at, s.id) < (:after_created_at, :after_id))
ORDER BY s.created_at DESC, s.id DESC
LIMIT :limit + 1;

-- survey_read: for coordinators, and for whoever is asked today.
SELECT survey_json(s, v.full_view) AS body, s.version
FROM survey s, LATERAL (SELECT coordinates(s.programme_id, :actor, :roles) AS full_view) v
WHERE s.id = :survey_id AND (v.full_view OR EXISTS (SELECT FROM survey_due d
	WHERE d.survey_id = s.id AND d.person_id = :actor));

-- survey_create: with questions of one's own, or those of a shipped set.
WITH target AS (SELECT p.programme_id, p.status FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	asked AS (SELECT coalesce(:questions::json, q.questions) AS questions,
			coalesce(:translations::json, q.translations, '[]') AS translations, q.name AS shipped
		FROM (SELECT 1) one LEFT JOIN shipped_set q ON q.name = :shipped_set),
	checked AS (SELECT a.*, CASE WHEN num_nonnulls(:questions::json, :shipped_set::text) <> 1 THEN
				'{"errors": [{"pointer": "/questions", "code": "one_of", "message": "give either these or '
					'shipped_set"}]}'::json
			WHEN :shipped_set IS NOT NULL AND a.shipped IS NULL THEN '{"errors": [{"pointer": "/shipped_set",
				"code": "unknown_reference", "message": "is the name of a shipped set"}]}'::json
			WHEN (:kind = 'pulse') <> (:every_weeks IS NOT NULL) THEN '{"errors": [{"pointer": "/every_weeks",
				"code": "pulse_only", "message": "belongs to a pulse, and a pulse has it"}]}'::json
			ELSE coalesce(survey_day_faults(:opens_on, :closes_on), question_faults(a.questions),
				translation_faults(a.questions, a.translations)) END
				AS faults
		FROM asked a),
	new AS (INSERT INTO survey (id, programme_id, kind, side, title, shipped_set, opens_on, closes_on,
		every_weeks,
			created_by)
		SELECT :id, t.programme_id, :kind, :side, :title, c.shipped, :opens_on, :closes_on, :every_weeks,
			:actor
		FROM target t, checked c WHERE t.status NOT IN ('closed', 'cancelled') AND c.faults IS NULL
			RETURNING id),
	first AS (INSERT INTO survey_revision (survey_id, number, questions, translations)
		SELECT n.id, 1, question_whole(c.questions), c.translations FROM new n, checked c)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN (SELECT t.status IN ('closed', 'cancelled') FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', (SELECT c.faults
		FROM checked c)) END;

-- survey_patch: new questions make a new revision; the schedule is fixed once the survey has opened.
WITH target AS (SELECT s AS was, s.id, s.version, s.revision, survey_begun(s) AS begun, r.questions,
	r.translations
		FROM survey s JOIN survey_revision r ON r.survey_id = s.id AND r.number = s.revision
		WHERE s.id = :survey_id AND coordinates(s.programme_id, :actor, :roles) FOR NO KEY UPDATE OF s),
	checked AS (SELECT t.*, a.asked, a.texts, coalesce(CASE WHEN num_nonnulls(:opens_on, :closes_on) > 0
			THEN survey_day_faults(coalesce(:opens_on, (t.was).opens_on), coalesce(:closes_on,
				(t.was).closes_on)) END, question_faults(a.asked),
			translation_faults(a.asked, a.texts)) AS faults, t.begun AND (:opens_on IS NOT NULL
				AND :opens_on <> (t.was).opens_on OR :closes_on IS NOT NULL
					AND :closes_on < common.today()) AS moved
		FROM target t, LATERAL (SELECT coalesce(:questions::json, t.questions) AS asked,
			coalesce(:translations::json, t.translations) AS texts) a),
	new AS (UPDATE survey s SET title = coalesce(:title, s.title), opens_on = coalesce(:opens_on, s.opens_on),
			closes_on = coalesce(:closes_on, s.closes_on), version = s.version + 1, updated_at = common.now(),
			revision = s.revision + (num_nonnulls(:questions::json, :translations::json) > 0)::int
		FROM checked c WHERE s.id = c.id AND c.version = :if_match AND c.faults IS NULL AND NOT c.moved
		RETURNING s.id, s.revision),
	next AS (INSERT INTO survey_revision (survey_id, number, questions, translations)
		SELECT n.id, n.revision, question_whole(c.asked), c.texts FROM new n JOIN checked c
			ON n.revision > c.revision)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT c.version <> :if_match FROM checked c) THEN common.refuse('stale')
	WHEN (SELECT c.faults IS NOT NULL FROM checked c)
		THEN common.refuse('unprocessable', (SELECT c.faults FROM checked c))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('survey_begun') END;

-- survey_question_set: the questions alone, to be sent with POST /surveys elsewhere.
SELECT json_build_object('questions', r.questions, 'translations', r.translations) AS body, s.version
FROM survey s JOIN survey_revision r ON r.survey_id = s.id AND r.number = s.revision
WHERE s.id = :survey_id AND coordinates(s.programme_id, :actor, :roles);

-- survey_shipped_sets: the sets that come with the product.
-- unprepared
SELECT json_build_object('name', q.name, 'title', q.title, 'kind', q.kind, 'side', q.side,
	'questions', question_whole(q.questions), 'translations', q.translations) AS body, q.name
FROM shipped_set q WHERE :after_name IS NULL OR q.name > :after_name
ORDER BY q.name LIMIT :limit + 1;

-- survey_results: figures of the batches that are closed.
SELECT json_build_object('survey_id', s.id, 'title', s.title, 'as_of', common.instant(common.now()),
	'method', 'Answers of waves that are over, one value per author; a wave never changes afterwards. Means '
		'to one decimal place. Authors and options are counted in fives. Figures with fewer than five '
		'authors, or fewer than five partners of the authors, are hidden. Texts are read by nobody.',
	'minimum_cell', 5, 'waves', coalesce((SELECT json_agg(survey_batch_json(s.id, r.batch, r.asked,
		r.answered)
		ORDER BY array_position('{before,after}', r.batch), r.batch) FROM survey_rates(s.id) r),
			'[]')) AS body,
	1 AS version
FROM survey s WHERE s.id = :survey_id AND reported(s.programme_id, :actor, :roles);

-- survey_due: what the actor may answer today and has not submitted.
SELECT json_build_object('items', coalesce(json_agg(json_build_object(
		'survey', json_build_object('id', s.id, 'title', s.title, 'kind', s.kind), 'wave', d.wave,
		'closes_on', d.closes_on, 'started', r.id IS NOT NULL,
		'links', json_build_object('response', '/api/v1/responses/' || s.id || '/' || d.wave))
			ORDER BY d.closes_on, s.id, d.wave), '[]')) AS body, 1 AS version
FROM survey_due d JOIN survey s ON s.id = d.survey_id
	LEFT JOIN response r ON r.survey_id = d.survey_id AND r.wave = d.wave AND r.person_id = :actor
WHERE d.person_id = :actor AND r.submitted IS NOT TRUE;

-- response_read: the actor's own, while the wave is open and after it.
SELECT response_json(s, :wave, d.closes_on, :actor) AS body, greatest(r.version, 1) AS version
FROM survey s LEFT JOIN LATERAL (SELECT d.closes_on FROM survey_due d
		WHERE d.survey_id = s.id AND d.wave = :wave AND d.person_id = :actor LIMIT 1) d ON true
	LEFT JOIN response r ON r.survey_id = s.id AND r.wave = :wave AND r.person_id = :actor
WHERE s.id = :survey_id AND (d.closes_on IS NOT NULL OR r.id IS NOT NULL);

-- response_put: replaces what has been answered so far.
WITH target AS (SELECT s.id, s.programme_id, d.wave, d.batch, r.id AS response, r.version, r.submitted,
	v.number,
			response_faults(v.questions, :answers) AS faults
		FROM survey s LEFT JOIN LATERAL (SELECT d.wave, d.batch FROM survey_due d
				WHERE d.survey_id = s.id AND d.wave = :wave AND d.person_id = :actor LIMIT 1) d ON true
			LEFT JOIN response r ON r.survey_id = s.id AND r.wave = :wave AND r.person_id = :actor
			JOIN survey_revision v ON v.survey_id = s.id AND v.number = coalesce(r.revision, s.revision)
		WHERE s.id = :survey_id AND (d.wave IS NOT NULL OR r.id IS NOT NULL)),
	new AS (INSERT INTO response AS r (id, survey_id, programme_id, wave, batch, person_id, revision,
		answers, texts)
		SELECT gen_random_uuid(), t.id, t.programme_id, t.wave, t.batch, :actor, t.number,
			coalesce((SELECT jsonb_object_agg(a ->> 'key', (a ->> 'value')::numeric)
				FROM json_array_elements(:answers) a WHERE a ->> 'value' IS NOT NULL), '{}'),
			coalesce((SELECT jsonb_object_agg(a ->> 'key', a ->> 'text')
				FROM json_array_elements(:answers) a WHERE a ->> 'text' IS NOT NULL), '{}')
		FROM target t WHERE t.wave IS NOT NULL AND t.faults IS NULL
			AND (:if_match IS NULL OR t.version = :if_match)
		ON CONFLICT (survey_id, wave, person_id) DO UPDATE
			SET answers = excluded.answers, texts = excluded.texts, version = r.version + 1
			WHERE NOT r.submitted
		RETURNING r.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.submitted FROM target t) THEN common.refuse('already_given')
	WHEN (SELECT t.wave IS NULL FROM target t) THEN common.refuse('window_closed')
	WHEN (SELECT t.version IS DISTINCT FROM :if_match FROM target t WHERE :if_match IS NOT NULL)
		THEN common.refuse('stale')
	WHEN (SELECT t.faults IS NOT NULL FROM target t)
		THEN common.refuse('unprocessable', (SELECT t.faults FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('already_given') END;

-- response_submission: final. Answers to questions that were not shown after all are dropped.
WITH target AS (SELECT r.id, r.submitted, d.wave, k.*
		FROM response r JOIN survey_revision v ON v.survey_id = r.survey_id AND v.number = r.revision
			LEFT JOIN LATERAL (SELECT d.wave FROM survey_due d
				WHERE d.survey_id = r.survey_id AND d.wave = r.wave AND d.person_id = :actor LIMIT 1) d
					ON true,
			LATERAL response_kept(v.questions, r.answers, r.texts) k
		WHERE r.survey_id = :survey_id AND r.wave = :wave AND r.person_id = :actor FOR NO KEY UPDATE OF r),
	new AS (UPDATE response r SET submitted = true, answers = t.kept, texts = t.kept_texts,
		version = r.version + 1
		FROM target t WHERE r.id = t.id AND NOT t.submitted AND t.wave IS NOT NULL AND t.missing = 0
			RETURNING r.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.submitted FROM target t) THEN common.refuse('already_given')
	WHEN (SELECT t.wave IS NULL FROM target t) THEN common.refuse('window_closed')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('answers_missing') END;

-- survey_release(): one batch that ended an hour ago or more (last day, UTC); in that hour writes still under
-- way finish.
WITH due AS (SELECT w.survey_id, w.wave FROM survey_wave w
		WHERE w.closes_on < (common.now() - interval '1 hour') AT TIME ZONE 'UTC' - interval '1 day'
			AND NOT EXISTS (SELECT FROM survey_release r WHERE r.survey_id = w.survey_id AND r.batch = w.wave)
		ORDER BY w.closes_on, w.survey_id LIMIT 1)
INSERT INTO survey_release (survey_id, batch, asked)
SELECT d.survey_id, d.wave, survey_asked_count(d.survey_id, d.wave) FROM due d
ON CONFLICT (survey_id, batch) DO NOTHING RETURNING survey_id;
