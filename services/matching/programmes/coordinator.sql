-- Statements of coordinators. For coordinators of the programme and, if none of them is left, for anyone
-- who may take over.

-- coordinator_list: in the order in which they were added.
-- unprepared
-- updated_since: c.created_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM programme p WHERE p.id = :programme_id
			AND (coordinates(p.id, :actor, :roles) OR takes_over(p.id, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT coordinator_json(c, :actor, :roles) AS body, c.id
		FROM coordinator c
		WHERE t.missing IS NULL AND c.programme_id = :programme_id AND (:after_id IS NULL OR c.id > :after_id)
		ORDER BY c.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- coordinator_read: one coordinator.
SELECT coordinator_json(c, :actor, :roles) AS body, 1 AS version
FROM coordinator c
WHERE c.id = :coordinator_id AND c.programme_id = :programme_id
	AND (coordinates(c.programme_id, :actor, :roles)
	OR takes_over(c.programme_id, :roles));

-- coordinator_create: another coordinator, or the caller if none is left.
SELECT add_coordinator(:id, :programme_id, :actor, :roles, coalesce(:person_id, :actor));

-- coordinator_delete: never the last one who is still in the company. The person of a row never changes.
SELECT CASE WHEN :if_match = 1 THEN remove_coordinator(:coordinator_id, :programme_id, :actor, :roles)
	ELSE common.refuse('stale') END;
