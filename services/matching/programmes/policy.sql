-- Statements of policies: the rules of a programme's rounds, past and present. Written by programme_create
-- and programme_patch.

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
