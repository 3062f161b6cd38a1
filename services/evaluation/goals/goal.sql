-- Statements of goals and their progress: only for the two partners, while the pair is active.

-- goal_list: those of the actor's pairs, newest first.
-- unprepared
-- updated_since: g.updated_at
SELECT goal_json(g, :actor) AS body, g.created_at, g.id
FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.person_id = :actor
WHERE (:pair_id IS NULL OR g.pair_id = :pair_id)
	AND (:status IS NULL OR g.status = ANY (:status))
	AND (:after_id IS NULL OR (g.created_at, g.id) < (:after_created_at, :after_id))
ORDER BY g.created_at DESC, g.id DESC
LIMIT :limit + 1;

-- goal_read: for the two partners.
SELECT goal_json(g, :actor) AS body, g.version
FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.person_id = :actor
WHERE g.id = :goal_id;

-- goal_create: proposed by one partner of an active pair; reports all weaknesses at once.
WITH target AS (SELECT m.pair_id, CASE m.status
	WHEN 'active' THEN goal_weaknesses(:specific, :measure ->> 'unit',
			(:measure ->> 'baseline')::numeric, (:measure ->> 'target')::numeric, :skill_id, :due_on,
			m.programme_id) END AS weak
		FROM matching.pair_member m WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO goal (id, pair_id, step, specific, unit, baseline, target, skill_id, due_on,
		proposed_by)
		SELECT :id, t.pair_id, 'creation', :specific, :measure ->> 'unit', (:measure ->> 'baseline')::numeric,
			(:measure ->> 'target')::numeric, :skill_id, :due_on, :actor
		FROM target t WHERE t.weak IS NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('goal_not_smart', (SELECT t.weak FROM target t)) END;

-- goal_patch: until it is agreed; the text is then the actor's, and the other partner has to agree.
WITH target AS (SELECT g.id, g.version, g.status = 'proposed' AND m.status = 'active' AS open, m.programme_id,
	n.specific,
			n.skill_id, n.due_on, coalesce(:body -> 'measure' ->> 'unit', g.unit) AS unit,
			coalesce((:body -> 'measure' ->> 'baseline')::numeric, g.baseline) AS baseline,
			coalesce((:body -> 'measure' ->> 'target')::numeric, g.target) AS target
		FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id,
			LATERAL json_populate_record(g, :body) n
		WHERE g.id = :goal_id AND m.person_id = :actor FOR NO KEY UPDATE OF g),
	judged AS (SELECT CASE WHEN t.open THEN goal_weaknesses(t.specific, t.unit, t.baseline, t.target,
		t.skill_id, t.due_on,
			t.programme_id) END AS weak FROM target t),
	new AS (UPDATE goal g SET step = 'rewording', specific = t.specific, skill_id = t.skill_id,
		due_on = t.due_on,
			unit = t.unit, baseline = t.baseline, target = t.target, proposed_by = :actor
		FROM target t, judged j WHERE g.id = t.id AND t.version = :if_match AND j.weak IS NULL RETURNING g.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('goal_not_smart', (SELECT j.weak FROM judged j)) END;

-- goal_agreement: by the partner who did not write the text.
WITH new AS (UPDATE goal g SET step = 'agreement' FROM matching.pair_member m
		WHERE g.id = :goal_id AND m.pair_id = g.pair_id AND m.person_id = :actor RETURNING g.id)
SELECT common.found(count(*)) FROM new;

-- goal_completion: of an agreed goal, with the final measure.
WITH new AS (UPDATE goal g SET step = 'completion', achieved = :achieved FROM matching.pair_member m
		WHERE g.id = :goal_id AND m.pair_id = g.pair_id AND m.person_id = :actor RETURNING g.id)
SELECT common.found(count(*)) FROM new;

-- goal_abandonment: of a proposed or agreed goal, with a reason code.
WITH new AS (UPDATE goal g SET step = 'abandonment', reason = :reason FROM matching.pair_member m
		WHERE g.id = :goal_id AND m.pair_id = g.pair_id AND m.person_id = :actor RETURNING g.id)
SELECT common.found(count(*)) FROM new;

-- progress_list: for one goal, newest first.
-- unprepared
-- updated_since: p.created_at
SELECT l.body, l.created_at, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id
			WHERE g.id = :goal_id AND m.person_id = :actor) THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT progress_json(p) AS body, p.created_at, p.id
		FROM progress p
		WHERE t.missing IS NULL AND p.goal_id = :goal_id
			AND (:after_id IS NULL OR (p.created_at, p.id) < (:after_created_at, :after_id))
		ORDER BY p.created_at DESC, p.id DESC
		LIMIT :limit + 1) l
ORDER BY l.created_at DESC, l.id DESC;

-- progress_read: one entry, for the two partners.
SELECT progress_json(p) AS body, p.version
FROM progress p JOIN goal g ON g.id = p.goal_id
	JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.person_id = :actor
WHERE p.id = :progress_id AND p.goal_id = :goal_id;

-- progress_create: for an agreed goal; may name a session of the pair that was held.
WITH target AS (SELECT g.id, g.pair_id, g.status, m.status AS pair_status
		FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id
		WHERE g.id = :goal_id AND m.person_id = :actor FOR NO KEY UPDATE OF g),
	meeting AS (SELECT s.status FROM target t JOIN scheduling.session_view s ON s.pair_id = t.pair_id
		WHERE s.session_id = :session_id),
	new AS (INSERT INTO progress (id, goal_id, author_id, value, note, session_id)
		SELECT :id, t.id, :actor, :value, nullif(btrim(:note), ''), :session_id
		FROM target t
		WHERE t.status = 'agreed' AND t.pair_status = 'active' AND (:value IS NOT NULL OR btrim(:note) <> '')
			AND (:session_id IS NULL OR EXISTS (SELECT FROM meeting WHERE meeting.status = 'held'))
		RETURNING goal_id),
	touched AS (UPDATE goal g SET step = 'progress' FROM new n WHERE g.id = n.goal_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.pair_status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.pair_status) FROM target t))
	WHEN (SELECT t.status FROM target t) <> 'agreed' THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN :session_id IS NOT NULL AND NOT EXISTS (SELECT FROM meeting)
		THEN common.refuse('unknown_reference', '{"pointer": "/session_id"}')
	WHEN EXISTS (SELECT FROM meeting WHERE meeting.status <> 'held')
		THEN common.refuse('session_not_held', '{"pointer": "/session_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', '{"pointer": "/note"}') END;
