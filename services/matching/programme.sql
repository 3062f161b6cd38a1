-- Statements of programmes. A draft or cancelled one exists for its coordinators alone.

-- programme_list: by title.
-- unprepared
SELECT programme_json(p, :actor, :roles) AS body, p.title, p.id
FROM programme p
WHERE (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles))
	AND (:status IS NULL OR p.status = ANY (:status))
	AND (:after_id IS NULL OR (p.title, p.id) > (:after_title, :after_id))
ORDER BY p.title, p.id
LIMIT :limit + 1;

-- programme_read: one programme.
SELECT programme_json(p, :actor, :roles) AS body, p.version
FROM programme p
WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles));

-- programme_create: a draft with the purpose's policy; the creator is its first coordinator.
WITH preset AS (SELECT
		CASE WHEN coalesce((:rules::json ->> 'skills_only')::boolean, false) THEN NULL
			ELSE coalesce((:rules::json ->> 'min_level_gap')::int, CASE :purpose WHEN 'inclusion' THEN 2 ELSE 1 END) END AS gap,
		CASE WHEN :rules::json ->> 'line_distance' <> 'any' THEN (:rules::json ->> 'line_distance')::int END AS distance,
		coalesce((:rules::json ->> 'exposure_cap')::int, 6) AS cap),
	new AS (INSERT INTO programme (id, title, purpose, starts_on, ends_on, focus_skills, min_level_gap,
			line_distance, exposure_cap, pick_days, answer_days, created_by)
		SELECT :id, :title, :purpose, :starts_on, :ends_on, coalesce(:focus_skills::uuid[], '{}'), preset.gap,
			preset.distance, preset.cap, coalesce(:pick_days, 7), coalesce(:answer_days, 3), :actor
		FROM preset RETURNING *),
	rules AS (INSERT INTO policy (programme_id, number, rules, created_by)
		SELECT n.id, 1, json_build_object('purpose', n.purpose, 'min_level_gap', n.min_level_gap,
			'line_distance', n.line_distance, 'exposure_cap', n.exposure_cap), :actor FROM new n),
	lead AS (INSERT INTO coordinator (programme_id, person_id) SELECT n.id, :actor FROM new n),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.created', n.id FROM new n)
SELECT CASE WHEN EXISTS (SELECT FROM unnest(:focus_skills::uuid[]) f
		WHERE f NOT IN (SELECT s.skill_id FROM profiles.skill_view s WHERE NOT s.retired))
	THEN common.refuse('unknown_reference', '{"pointer": "/focus_skills"}') END;

-- programme_patch: merge patch; changed rules make a new policy version.
WITH target AS (SELECT p AS was, p.id, p.version, p.status, p.policy_number FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	wanted AS (SELECT t.id, n.title, n.starts_on, n.ends_on, n.enrolment_open, n.focus_skills, n.pick_days, n.answer_days,
			CASE WHEN coalesce((:body::json -> 'rules' ->> 'skills_only')::boolean, (t.was).min_level_gap IS NULL
					AND :body::json -> 'rules' -> 'min_level_gap' IS NULL) THEN NULL
				ELSE coalesce((:body::json -> 'rules' ->> 'min_level_gap')::int, (t.was).min_level_gap, 1) END AS gap,
			CASE WHEN :body::json -> 'rules' -> 'line_distance' IS NULL THEN (t.was).line_distance
				WHEN :body::json -> 'rules' ->> 'line_distance' = 'any' THEN NULL
				ELSE (:body::json -> 'rules' ->> 'line_distance')::int END AS distance,
			coalesce((:body::json -> 'rules' ->> 'exposure_cap')::int, (t.was).exposure_cap) AS cap,
			t.policy_number + (:body::jsonb ? 'rules')::int AS number
		FROM target t, json_populate_record(t.was, :body) n),
	new AS (UPDATE programme p SET title = w.title, starts_on = w.starts_on, ends_on = w.ends_on,
			enrolment_open = w.enrolment_open, focus_skills = w.focus_skills, pick_days = w.pick_days,
			answer_days = w.answer_days, min_level_gap = w.gap, line_distance = w.distance,
			exposure_cap = w.cap, policy_number = w.number, version = p.version + 1, updated_at = common.now()
		FROM target t, wanted w
		WHERE p.id = t.id AND t.version = :if_match AND t.status NOT IN ('closing', 'closed', 'cancelled')
		RETURNING p.*),
	rules AS (INSERT INTO policy (programme_id, number, rules, created_by)
		SELECT n.id, n.policy_number, json_build_object('purpose', n.purpose, 'min_level_gap', n.min_level_gap,
			'line_distance', n.line_distance, 'exposure_cap', n.exposure_cap), :actor
		FROM new n WHERE :body::jsonb ? 'rules'),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.updated', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM unnest((SELECT w.focus_skills FROM wanted w)) f
		WHERE f NOT IN (SELECT s.skill_id FROM profiles.skill_view s))
	THEN common.refuse('unknown_reference', '{"pointer": "/focus_skills"}')
	WHEN EXISTS (SELECT FROM target t WHERE t.status IN ('closing', 'closed', 'cancelled')) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- programme_recruitment: draft to recruiting.
WITH target AS (SELECT p.id, p.status FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (UPDATE programme p SET status = 'recruiting', enrolment_open = true, version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'draft' RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.recruiting', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- programme_activation: matching to active, once a round was published.
WITH target AS (SELECT p.id, p.status FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	published AS (SELECT FROM round r, target t WHERE r.programme_id = t.id AND r.status = 'published' LIMIT 1),
	new AS (UPDATE programme p SET status = 'active', version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'matching' AND EXISTS (SELECT FROM published) RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.active', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) IN ('recruiting', 'matching') AND NOT EXISTS (SELECT FROM published)
		THEN common.refuse('programme_not_ready', json_build_object('checklist', json_build_array('published_round')))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- programme_cancellation: before it is active; pairs, shortlists and enrolments end with it.
WITH target AS (SELECT p.id, p.status FROM standing(), programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (UPDATE programme p SET status = 'cancelled', enrolment_open = false, version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status IN ('draft', 'recruiting', 'matching') RETURNING p.id),
	pairs AS (UPDATE pair q SET status = 'ended', reason = 'programme_cancelled', ended_at = common.now(),
			version = q.version + 1, updated_at = common.now()
		FROM new n WHERE q.programme_id = n.id AND q.status IN ('proposed', 'active', 'suspended') RETURNING q.id),
	lists AS (UPDATE shortlist s SET status = 'withdrawn', version = s.version + 1, updated_at = common.now()
		FROM new n WHERE s.programme_id = n.id AND s.status IN ('draft', 'open')),
	parts AS (UPDATE enrolment e SET status = 'withdrawn', reason = 'programme_cancelled', version = e.version + 1,
			updated_at = common.now()
		FROM new n WHERE e.programme_id = n.id AND e.status NOT IN ('declined', 'withdrawn', 'left_company')),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'programme.cancelled', id, '{}'::json FROM new
		UNION ALL SELECT 'pair.ended', id, '{"reason": "programme_ended"}' FROM pairs)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;
