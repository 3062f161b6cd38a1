-- Statements of a programme's exclusions, for its coordinators.

-- programme_exclusion_list: in the order in which they were made.
-- unprepared
-- updated_since: x.created_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT coordinates(:programme_id, :actor, :roles)
	THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT programme_exclusion_json(x) AS body, x.id
		FROM programme_exclusion x
		WHERE t.missing IS NULL AND x.programme_id = :programme_id AND (:after_id IS NULL OR x.id > :after_id)
		ORDER BY x.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- programme_exclusion_read: one exclusion.
SELECT programme_exclusion_json(x) AS body, x.version FROM programme_exclusion x
WHERE x.id = :programme_exclusion_id AND x.programme_id = :programme_id
	AND coordinates(x.programme_id, :actor, :roles);

-- programme_exclusion_create: picks that wait for an answer and open shortlists are adapted at once.
SELECT CASE WHEN NOT coordinates(:programme_id, :actor, :roles) THEN common.refuse('not_found')
	WHEN (:department IS NULL) = (:person_id IS NULL) OR :person_id IS NULL AND :other_id IS NOT NULL
		THEN common.refuse('unprocessable', '{"pointer": "/department"}')
	WHEN :department IS NOT NULL AND NOT EXISTS (SELECT FROM profiles.card k WHERE k.department = :department)
		THEN common.refuse('unknown_reference', '{"pointer": "/department"}')
	WHEN :person_id IS NOT NULL AND NOT EXISTS (SELECT FROM profiles.card k WHERE k.person_id = :person_id)
		THEN common.refuse('unknown_reference', '{"pointer": "/person_id"}')
	WHEN :other_id IS NOT NULL AND NOT EXISTS (SELECT FROM profiles.card k WHERE k.person_id = :other_id)
		THEN common.refuse('unknown_reference', '{"pointer": "/other_id"}')
	ELSE keep_apart((:id, :programme_id, :department, :person_id, :other_id, :note, :actor, 1,
		common.now())::programme_exclusion, coalesce(:suspend_pairs, false)) END;

-- programme_exclusion_delete: the rule no longer holds for new pairs.
WITH target AS (SELECT x.id, x.version FROM programme_exclusion x
		WHERE x.id = :programme_exclusion_id AND x.programme_id = :programme_id
			AND coordinates(x.programme_id, :actor, :roles) FOR UPDATE),
	gone AS (DELETE FROM programme_exclusion x USING target t WHERE x.id = t.id AND t.version = :if_match
		RETURNING x.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
