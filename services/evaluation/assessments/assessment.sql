-- Statements of assessments and attempts. The items belong to the coordinators; an attempt is visible only
-- to its person.

-- assessment_list: those of programmes where the actor is a mentee, or that they coordinate.
-- unprepared
-- updated_since: a.updated_at
SELECT assessment_json(a, :actor, s.full_view) AS body, a.created_at, a.id
FROM assessment a, LATERAL (SELECT 'programme_admin' = ANY (:roles)
	AND EXISTS (SELECT FROM matching.programme_coordinator c
		WHERE c.programme_id = a.programme_id AND c.person_id = :actor) AS full_view) s
WHERE (:programme_id IS NULL OR a.programme_id = :programme_id)
	AND (s.full_view OR assessed(a.programme_id, :actor))
	AND (:after_id IS NULL OR (a.created_at, a.id) < (:after_created_at, :after_id))
ORDER BY a.created_at DESC, a.id DESC
LIMIT :limit + 1;

-- assessment_read: one assessment.
SELECT assessment_json(a, :actor, s.full_view) AS body, a.version
FROM assessment a, LATERAL (SELECT 'programme_admin' = ANY (:roles)
	AND EXISTS (SELECT FROM matching.programme_coordinator c
		WHERE c.programme_id = a.programme_id AND c.person_id = :actor) AS full_view) s
WHERE a.id = :assessment_id AND (s.full_view OR assessed(a.programme_id, :actor));

-- assessment_create: by a coordinator, about a skill in use.
WITH target AS (SELECT p.programme_id, p.status, CASE WHEN :draw > json_array_length(:items) THEN '{"errors":
				[{"pointer": "/draw", "code": "out_of_range", "message": "is at most the items"}]}'::json
			ELSE item_faults(:items) END AS faults,
			EXISTS (SELECT FROM profiles.skill_view s WHERE s.skill_id = :skill_id AND NOT s.retired) AS known
		FROM matching.programme_view p JOIN matching.programme_coordinator c ON c.programme_id
			= p.programme_id
		WHERE p.programme_id = :programme_id AND c.person_id = :actor),
	new AS (INSERT INTO assessment (id, programme_id, skill_id, title, items, draw, opens_on, closes_on,
			created_by)
		SELECT :id, t.programme_id, :skill_id, :title, :items, :draw, :opens_on, :closes_on, :actor
		FROM target t
		WHERE t.status NOT IN ('closed', 'cancelled') AND t.known AND t.faults IS NULL
			RETURNING id, programme_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'assessment.created', n.id, json_build_object('programme_id', n.programme_id) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN (SELECT t.status IN ('closed', 'cancelled') FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT (SELECT t.known FROM target t)
		THEN common.refuse('unknown_reference', '{"pointer": "/skill_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', (SELECT t.faults
		FROM target t)) END;

-- assessment_patch: title and window; the items cannot be changed.
WITH target AS (SELECT a AS was, a.id, a.version
		FROM assessment a JOIN matching.programme_coordinator c ON c.programme_id = a.programme_id
		WHERE a.id = :assessment_id AND c.person_id = :actor FOR NO KEY UPDATE OF a),
	new AS (UPDATE assessment a SET (title, opens_on, closes_on, version, updated_at) = (
			SELECT n.title, n.opens_on, n.closes_on, a.version + 1, common.now()
				FROM json_populate_record(t.was, :body) n)
		FROM target t WHERE a.id = t.id AND t.version = :if_match RETURNING a.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- attempt_list: the actor's attempts at one assessment.
-- unprepared
-- updated_since: t.updated_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM assessment a
	WHERE a.id = :assessment_id AND assessed(a.programme_id, :actor))
		THEN common.refuse('not_found') END AS missing) x,
	LATERAL (SELECT attempt_json(t) AS body, t.id FROM attempt t
		WHERE x.missing IS NULL AND t.assessment_id = :assessment_id AND t.person_id = :actor
			AND (:after_id IS NULL OR t.id > :after_id)
		ORDER BY t.id LIMIT :limit + 1) l
ORDER BY l.id;

-- attempt_read: one of the actor's attempts.
SELECT attempt_json(t) AS body, t.version FROM attempt t
WHERE t.id = :attempt_id AND t.assessment_id = :assessment_id AND t.person_id = :actor;

-- attempt_create: the first one before, the second one after something has happened.
WITH target AS (SELECT a.id, attempt_refusal(a, :actor, :phase) AS why,
			drawn_items(a, :id, (SELECT t.items FROM attempt t
				WHERE t.assessment_id = a.id AND t.person_id = :actor AND t.phase <> :phase)) AS items
		FROM assessment a WHERE a.id = :assessment_id AND assessed(a.programme_id, :actor)),
	new AS (INSERT INTO attempt (id, step, assessment_id, person_id, phase, items)
		SELECT :id, 'creation', t.id, :actor, :phase, t.items FROM target t WHERE t.why IS NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.why FROM target t) = 'window_closed' THEN common.refuse('window_closed')
	WHEN (SELECT t.why FROM target t) = 'first_attempt_missing' THEN
		common.refuse('first_attempt_missing', '{"pointer": "/phase"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('session_not_held', '{"pointer": "/phase"}') END;

-- attempt_patch: saves answers so far; items that are not named keep theirs.
WITH new AS (UPDATE attempt t SET step = 'answering', answers = t.answers || kept_answers(:answers)
		WHERE t.id = :attempt_id AND t.assessment_id = :assessment_id AND t.person_id = :actor
		RETURNING t.version, answer_faults(attempt_items(t), coalesce(:answers, '[]')) AS faults)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT n.version <> :if_match + 1 FROM new n) THEN common.refuse('stale')
	WHEN (SELECT n.faults IS NOT NULL FROM new n)
		THEN common.refuse('unprocessable', (SELECT n.faults FROM new n)) END;

-- attempt_submission: once every item has an answer; final.
WITH new AS (UPDATE attempt t SET step = 'submission', score = attempt_score(attempt_items(t), t.answers)
		WHERE t.id = :attempt_id AND t.assessment_id = :assessment_id AND t.person_id = :actor
		RETURNING t.id)
SELECT common.found(count(*)) FROM new;

-- assessment_gains: for the actor's pairs. Scores are shown to the person assessed; the partner sees the
-- measures of goals.
SELECT json_build_object('pairs', coalesce(json_agg(json_build_object('pair_id', m.pair_id, 'my_side', m.side,
		'assessments', CASE m.side WHEN 'mentee'
			THEN coalesce((SELECT json_agg(json_build_object('assessment_id', a.id,
				'title', a.title, 'skill', json_build_object('id', s.skill_id, 'name', s.name),
				'pre', trim_scale(pre.score), 'post', trim_scale(post.score),
				'gain', trim_scale(post.score - pre.score),
				'links', json_build_object('assessment', '/api/v1/assessments/' || a.id))
					ORDER BY a.created_at, a.id)
			FROM assessment a JOIN profiles.skill_view s ON s.skill_id = a.skill_id
				LEFT JOIN attempt pre ON pre.assessment_id = a.id AND pre.person_id = :actor
					AND pre.phase = 'pre'
				LEFT JOIN attempt post ON post.assessment_id = a.id AND post.person_id = :actor
					AND post.phase = 'post'
			WHERE a.programme_id = m.programme_id), '[]') ELSE '[]' END,
		'goals', coalesce((SELECT json_agg(json_build_object('goal_id', g.id, 'measure', j.goal -> 'measure',
				'latest', j.goal -> 'progress' -> 'latest', 'achieved', j.goal -> 'achieved',
				'met', j.goal -> 'met', 'links', json_build_object('goal', '/api/v1/goals/' || g.id))
					ORDER BY g.created_at, g.id)
			FROM goal g, LATERAL (SELECT goal_json(g, :actor) AS goal) j
			WHERE g.pair_id = m.pair_id AND g.status IN ('agreed', 'completed')), '[]'),
		'links', json_build_object('pair', '/api/v1/pairs/' || m.pair_id)) ORDER BY m.pair_id),
			'[]')) AS body, 1 AS version
FROM matching.pair_member m
WHERE m.person_id = :actor AND m.status IN ('active', 'suspended', 'completed', 'ended')
	AND (:pair_id IS NULL OR m.pair_id = :pair_id);
