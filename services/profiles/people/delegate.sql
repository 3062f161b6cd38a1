-- Statements of delegates.

-- delegate_list: the actor's own, as they were named.
-- unprepared
-- updated_since: d.updated_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN :person_id IS DISTINCT FROM :actor THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT delegate_json(d) AS body, d.id
		FROM delegate d
		WHERE t.missing IS NULL AND d.person_id = :person_id AND delegate_shows(d, :actor)
			AND (:after_id IS NULL OR d.id > :after_id)
		ORDER BY d.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- delegate_read: for the two people in it.
SELECT delegate_json(d) AS body, d.version
FROM delegate d
WHERE d.id = :delegate_id AND d.person_id = :person_id AND delegate_shows(d, :actor);

-- delegate_create: by the person alone.
SELECT CASE WHEN :person_id IS DISTINCT FROM :actor THEN common.refuse('not_found')
	ELSE add_delegate(:id, :actor, :assistant_id, :until) END;

-- delegate_delete: by either of the two.
WITH target AS (SELECT d.id, d.version FROM delegate d
		WHERE d.id = :delegate_id AND d.person_id = :person_id AND delegate_shows(d, :actor)),
	gone AS (DELETE FROM delegate d USING target t WHERE d.id = t.id AND t.version = :if_match RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- delegate_forget(): those whose last day has passed.
DELETE FROM delegate d WHERE d.until < (common.now() - interval '1 day')::date
	AND NOT EXISTS (SELECT FROM live_delegate l WHERE l.id = d.id);
