-- Statements of resources: for the coordinators, and to read for the people enrolled in the role.

-- resource_list: in their order.
-- unprepared
-- updated_since: r.updated_at
SELECT l.body, l.place, l.id
FROM (SELECT coordinates(:programme_id, :actor, :roles) AS mine,
		CASE WHEN NOT coordinates(:programme_id, :actor, :roles) AND NOT EXISTS (SELECT FROM reader x
			WHERE x.programme_id = :programme_id AND x.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT resource_json(r, t.mine) AS body, r.place, r.id
		FROM resource r
		WHERE t.missing IS NULL AND r.programme_id = :programme_id
			AND (t.mine OR reads_resource(r, :actor, :roles))
			AND (:role IS NULL OR r.role = :role OR r.role IS NULL)
			AND (:phase IS NULL OR r.phase = :phase OR r.phase IS NULL)
			AND (:after_id IS NULL OR (r.place, r.id) > (:after_place, :after_id))
		ORDER BY r.place, r.id
		LIMIT :limit + 1) l
ORDER BY l.place, l.id;

-- resource_read: one resource.
SELECT resource_json(r, coordinates(r.programme_id, :actor, :roles)) AS body, r.version
FROM resource r
WHERE r.id = :resource_id AND r.programme_id = :programme_id AND reads_resource(r, :actor, :roles);

-- resource_create: at its place, or behind the others.
WITH target AS (SELECT p.id, p.status FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (INSERT INTO resource (id, programme_id, title, url, text, role, phase, place, created_by)
		SELECT :id, t.id, :title, :url, :text, :role, :phase, coalesce(:place, (SELECT
			least(coalesce(max(r.place), 0) + 1, 10000) FROM resource r WHERE r.programme_id = t.id)), :actor
		FROM target t WHERE resources_change(t.id) RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- resource_patch: merge patch.
WITH target AS (SELECT r AS was, r.id, r.version, p.status, resources_change(p.id) AS open
		FROM programme p JOIN resource r ON r.programme_id = p.id
		WHERE r.id = :resource_id AND p.id = :programme_id AND coordinates(p.id, :actor, :roles)
		FOR NO KEY UPDATE OF r),
	new AS (UPDATE resource r SET title = n.title, url = n.url, text = n.text, role = n.role, phase = n.phase,
			place = n.place, version = r.version + 1, updated_at = common.now()
		FROM target t, LATERAL json_populate_record(t.was, :body) n
		WHERE r.id = t.id AND t.version = :if_match AND t.open RETURNING r.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.open FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- resource_delete: while the programme is not over.
WITH target AS (SELECT r.id, r.version, p.status, resources_change(p.id) AS open
		FROM programme p JOIN resource r ON r.programme_id = p.id
		WHERE r.id = :resource_id AND p.id = :programme_id AND coordinates(p.id, :actor, :roles)
		FOR UPDATE OF r),
	gone AS (DELETE FROM resource r USING target t
		WHERE r.id = t.id AND t.version = :if_match AND t.open RETURNING r.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.open FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
