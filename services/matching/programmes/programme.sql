-- Statements of programmes. Only its coordinators can see a draft or cancelled programme.

-- programme_list: by title.
-- unprepared
-- updated_since: p.updated_at
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
WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles)
	OR takes_over(p.id, :roles));

-- programme_create: a draft with the purpose's policy; the creator is its first coordinator.
WITH new AS (INSERT INTO programme SELECT n.* FROM programme_made(:id, :actor, :body) n RETURNING *),
	rules AS (INSERT INTO policy (programme_id, number, rules, created_by)
		SELECT n.id, 1, policy_rules(n, NULL), :actor FROM new n),
	lead AS (INSERT INTO coordinator (programme_id, person_id) SELECT n.id, :actor FROM new n),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.created', n.id FROM new n)
SELECT CASE WHEN levels_contradict(:body) THEN common.refuse('policy_contradiction',
		'{"pointer": "/rules/min_level_gap"}')
	WHEN EXISTS (SELECT FROM new n, unnest(n.focus_skills) f
		WHERE f NOT IN (SELECT s.skill_id FROM profiles.skill_view s WHERE NOT s.retired))
	THEN common.refuse('unknown_reference', '{"pointer": "/focus_skills"}') END;

-- programme_patch: merge patch; changed rules or focus skills create a new policy version. Another purpose
-- starts its policy afresh, and only in a draft.
WITH target AS (SELECT p AS was, p.id, p.version, p.status, p.policy_number FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	wanted AS (SELECT n.* FROM target t, LATERAL programme_patched(t.was, :body) n),
	new AS (UPDATE programme p SET title = w.title, purpose = w.purpose, starts_on = w.starts_on,
			ends_on = w.ends_on, enrolment_open = w.enrolment_open, focus_skills = w.focus_skills,
			pick_days = w.pick_days, answer_days = w.answer_days, declared_kinds = w.declared_kinds,
			auto_rounds = w.auto_rounds, time_zone = w.time_zone, meeting_link = w.meeting_link,
			mentor_training = w.mentor_training, mentee_training = w.mentee_training,
			skill_checks = w.skill_checks, self_search = w.self_search, min_level_gap = w.min_level_gap,
			line_distance = w.line_distance, exposure_cap = w.exposure_cap,
			mentor_relations = w.mentor_relations, mentee_relations = w.mentee_relations,
			policy_number = w.policy_number, version = p.version + 1,
			updated_at = common.now()
		FROM target t, wanted w
		WHERE p.id = t.id AND t.version = :if_match AND t.status NOT IN ('closing', 'closed', 'cancelled')
		RETURNING p.*),
	rules AS (INSERT INTO policy (programme_id, number, rules, created_by)
		SELECT n.id, n.policy_number, policy_rules(n, CASE WHEN n.purpose = (t.was).purpose THEN o.rules END),
			:actor
		FROM target t JOIN new n ON n.policy_number > t.policy_number
			JOIN policy o ON o.programme_id = t.id AND o.number = t.policy_number),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.updated', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN levels_contradict(:body)
		THEN common.refuse('policy_contradiction', '{"pointer": "/rules/min_level_gap"}')
	WHEN (SELECT patched_fault(t.was, w) IS NOT NULL FROM target t, wanted w)
		THEN (SELECT common.refuse('policy_contradiction', json_build_object('pointer',
			patched_fault(t.was, w))) FROM target t, wanted w)
	WHEN EXISTS (SELECT FROM unnest((SELECT w.focus_skills FROM wanted w)) f
		WHERE f NOT IN (SELECT s.skill_id FROM profiles.skill_view s))
	THEN common.refuse('unknown_reference', '{"pointer": "/focus_skills"}')
	WHEN EXISTS (SELECT FROM target t, wanted w WHERE t.status IN ('closing', 'closed', 'cancelled')
		OR t.status <> 'draft' AND w.purpose <> (t.was).purpose) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- programme_recruitment: from draft to recruiting; people who were invited are notified.
WITH new AS (UPDATE programme p SET step = 'recruitment', enrolment_open = true
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) RETURNING p.id)
SELECT common.found(count(*)) FROM new;

-- programme_activation: from matching to active, once a round has been published.
WITH target AS (SELECT p.id, p.status FROM programme p
	WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles)),
	published AS (SELECT FROM round r, target t WHERE r.programme_id = t.id AND r.status = 'published'
		LIMIT 1),
	new AS (UPDATE programme p SET step = 'activation' FROM target t
		WHERE p.id = t.id AND (t.status NOT IN ('recruiting', 'matching') OR EXISTS (SELECT FROM published))
			RETURNING p.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new)
		THEN common.refuse('programme_not_ready',
			json_build_object('checklist', json_build_array('published_round'))) END;

-- programme_cancellation: before it is active; rounds, shortlists, pairs and enrolments end with it. For a
-- large programme programme_wind_down does the rest.
WITH new AS (UPDATE programme p SET winding_down = 'cancellation'
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) RETURNING p.id)
SELECT common.found(count(*)), wind_down(:programme_id, 100) FROM new;

-- programme_closing: no more new pairs; open shortlists and unanswered picks are withdrawn.
WITH new AS (UPDATE programme p SET winding_down = 'closing'
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) RETURNING p.id)
SELECT common.found(count(*)), wind_down(:programme_id, 100) FROM new;

-- programme_closure: current pairs are completed, suspended ones end, enrolments are completed.
WITH target AS (SELECT p.id, p.status, closure_checklist(p) AS items FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles)),
	new AS (UPDATE programme p SET winding_down = 'closure' FROM target t
		WHERE p.id = t.id AND (:force OR t.items = '{}' OR t.status <> 'closing') RETURNING p.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('programme_not_ready',
		(SELECT json_build_object('checklist', t.items) FROM target t)) END,
	wind_down(:programme_id, 100);

-- programme_wind_down(): continues where a large programme is closing, closed or cancelled.
SELECT wind_down(p.id, 100) FROM programme p WHERE p.winding_down IS NOT NULL ORDER BY p.id LIMIT 1;

-- programme_funnel: counts by role for the coordinator; by department and level, without small cells.
WITH p AS (SELECT q.* FROM programme q WHERE q.id = :programme_id AND coordinates(q.id, :actor, :roles)),
	shown AS (SELECT c.kind, json_agg(json_build_object('name', c.name, 'reached', c.reached,
		'enrolled', c.enrolled)
			ORDER BY c.name) AS rows
		FROM p, funnel_cells(p.id) c GROUP BY c.kind)
SELECT json_build_object('programme', json_build_object('id', p.id, 'title', p.title), 'minimum_cell', 5,
		'roles', funnel_json(p.id),
		'departments', coalesce((SELECT s.rows FROM shown s WHERE s.kind = 'department'), '[]'),
		'levels', coalesce((SELECT s.rows FROM shown s WHERE s.kind = 'level'), '[]')) AS body,
	1 AS version
FROM p;
