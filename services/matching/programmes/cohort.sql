-- Statements of cohorts, for the coordinators of a programme.

-- cohort_list: in the order in which people are placed.
-- unprepared
-- updated_since: c.updated_at
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT coordinates(:programme_id, :actor, :roles)
	THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT cohort_json(c) AS body, c.number
		FROM cohort c
		WHERE t.missing IS NULL AND c.programme_id = :programme_id
			AND (:after_number IS NULL OR c.number > :after_number)
		ORDER BY c.number
		LIMIT :limit + 1) l
ORDER BY l.number;

-- cohort_read: one cohort.
SELECT cohort_json(c) AS body, c.version FROM cohort c
WHERE c.id = :cohort_id AND c.programme_id = :programme_id AND coordinates(c.programme_id, :actor, :roles);

-- cohort_create: the next cohort; those who take part and fit none of the earlier ones belong to it.
WITH target AS (SELECT p.id, p.status, p.winding_down FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (INSERT INTO cohort (id, programme_id, number, title, departments, locations, level_min,
			level_max, created_by)
		SELECT :id, t.id, coalesce((SELECT max(c.number) FROM cohort c WHERE c.programme_id = t.id), 0) + 1,
			:title, :departments, :locations, :level_min, :level_max, :actor
		FROM target t WHERE t.status IN ('draft', 'recruiting', 'matching', 'active')
			AND t.winding_down IS NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END,
	(SELECT fill_cohort(n.id, :person_ids::uuid[]) FROM new n);

-- cohort_patch: merge patch; who has been in a pair stays where they are.
WITH target AS (SELECT c AS was, c.id, c.version, p.status, p.winding_down
		FROM programme p JOIN cohort c ON c.programme_id = p.id
		WHERE c.id = :cohort_id AND p.id = :programme_id AND coordinates(p.id, :actor, :roles)
		FOR NO KEY UPDATE),
	new AS (UPDATE cohort c SET title = n.title, departments = n.departments, locations = n.locations,
			level_min = n.level_min, level_max = n.level_max, version = c.version + 1,
			updated_at = common.now()
		FROM target t, LATERAL json_populate_record(t.was, :body) n
		WHERE c.id = t.id AND t.version = :if_match AND t.status IN ('draft', 'recruiting', 'matching',
			'active') AND t.winding_down IS NULL RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM target t WHERE t.winding_down IS NOT NULL
			OR t.status NOT IN ('draft', 'recruiting', 'matching', 'active')) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END,
	(SELECT fill_cohort(n.id, :person_ids::uuid[]) FROM new n);

-- cohort_comparison: the cohorts of a programme side by side, without small cells.
WITH list AS (SELECT coalesce(json_agg(json_build_object('cohort', cohort_reference(c.cohort_id),
			'enrolled', c.enrolled, 'matched', c.matched, 'paired', c.paired, 'active', c.active,
			'held_sessions', CASE WHEN c.paired IS NOT NULL THEN
				held_sessions(:programme_id, c.cohort_id) END) ORDER BY k.number), '[]') AS rows
		FROM cohort_cells(:programme_id) c LEFT JOIN cohort k ON k.id = c.cohort_id)
SELECT json_build_object('programme', programme_reference(:programme_id), 'minimum_cell', 5,
		'cohorts', l.rows) AS body,
	1 AS version, l.rows
FROM list l WHERE coordinates(:programme_id, :actor, :roles);

-- held_session_effect(event_id bigint, type text, subject_id uuid, data json): a session has taken place.
INSERT INTO held_session (session_id, pair_id)
SELECT :subject_id, q.id FROM pair q
WHERE q.id = (:data ->> 'pair_id')::uuid AND :type = 'session.held' AND :event_id > 0
ON CONFLICT DO NOTHING;
