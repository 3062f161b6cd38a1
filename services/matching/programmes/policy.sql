-- Statements of policies: the rules of a programme's rounds, past and present. Written here, and by
-- programme_create and programme_patch.

-- policy_list: every version, newest first; for the coordinators.
-- unprepared
-- updated_since: o.created_at
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM programme p
			WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT policy_json(o) AS body, o.number
		FROM policy o
		WHERE t.missing IS NULL AND o.programme_id = :programme_id
			AND (:after_number IS NULL OR o.number < :after_number)
		ORDER BY o.number DESC
		LIMIT :limit + 1) l
ORDER BY l.number DESC;

-- policy_read: one version.
SELECT policy_json(o) AS body, 1 AS version FROM policy o
WHERE o.programme_id = :programme_id AND o.number = :policy_id
	AND coordinates(o.programme_id, :actor, :roles);

-- policy_version_read: the version that was just written.
SELECT policy_json(o) AS body, 1 AS version FROM policy o
WHERE o.id = :policy_version_id AND coordinates(o.programme_id, :actor, :roles);

-- policy_present(programme_id uuid, actor uuid, roles text[]): the present version as a request would say it.
SELECT policy_request(o) AS body, o.number AS version FROM programme p
	JOIN policy o ON o.programme_id = p.id AND o.number = p.policy_number
WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles);

-- policy_create: the members given replace those of the present version; the programme's own columns follow.
WITH target AS (SELECT p.id, p.status, p.policy_number, o.rules FROM programme p
			JOIN policy o ON o.programme_id = p.id AND o.number = p.policy_number
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	wanted AS (SELECT t.id, t.policy_number + 1 AS number, w.rules,
			asked_fault(:body, t.rules, w.rules) AS fault
		FROM target t, LATERAL (SELECT merged_rules(t.rules, :body) AS rules) w
		WHERE t.policy_number = :based_on AND t.status NOT IN ('closing', 'closed', 'cancelled')),
	new AS (INSERT INTO policy (id, programme_id, number, rules, created_by)
		SELECT :id, w.id, w.number, w.rules, :actor FROM wanted w WHERE (w.fault).code IS NULL
		RETURNING programme_id, number, rules::jsonb AS rules),
	held AS (UPDATE programme p SET policy_number = n.number,
			min_level_gap = (n.rules ->> 'min_level_gap')::int,
			line_distance = (n.rules ->> 'line_distance')::int,
			exposure_cap = (n.rules ->> 'exposure_cap')::int,
			mentor_relations = (n.rules ->> 'mentor_relations')::int,
			mentee_relations = (n.rules ->> 'mentee_relations')::int,
			focus_skills = ARRAY(SELECT f::uuid FROM jsonb_array_elements_text(n.rules -> 'focus_skills') f),
			version = p.version + 1, updated_at = common.now()
		FROM new n WHERE p.id = n.programme_id),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT 'programme.updated', n.programme_id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) IN ('closing', 'closed', 'cancelled') THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM wanted) THEN common.refuse('stale', '{"pointer": "/based_on"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN (SELECT common.refuse((w.fault).code,
		json_build_object('pointer', (w.fault).pointer)) FROM wanted w) END;
