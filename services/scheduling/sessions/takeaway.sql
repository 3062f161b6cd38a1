-- Statements of what the two took away from a session.

-- takeaway_list: of one session: the actor's own, and the partner's if it is shared.
-- unprepared
-- updated_since: t.updated_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM participant p
	WHERE p.session_id = :session_id AND p.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) m,
	LATERAL (SELECT takeaway_json(t, :actor) AS body, t.id FROM takeaway t
		WHERE t.session_id = :session_id AND m.missing IS NULL
			AND (t.author_id = :actor OR t.visibility = 'partner')
			AND (:after_id IS NULL OR t.id > :after_id)
		ORDER BY t.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- takeaway_read: one's own, or one that the partner shares.
SELECT takeaway_json(t, :actor) AS body, t.version
FROM takeaway t JOIN participant p ON p.session_id = t.session_id AND p.person_id = :actor AND p.part = 0
WHERE t.id = :takeaway_id AND t.session_id = :session_id
	AND (t.author_id = :actor OR t.visibility = 'partner');

-- takeaway_create: one per person and session.
SELECT add_takeaway(:id, :session_id, :actor, :learned, :visibility);

-- takeaway_patch: one's own.
WITH new AS (UPDATE takeaway t SET (learned, visibility) = (SELECT n.learned, n.visibility
			FROM json_populate_record(t, :body) n), version = t.version + 1, updated_at = common.now()
		WHERE t.id = :takeaway_id AND t.session_id = :session_id AND t.author_id = :actor RETURNING t.version)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT n.version <> :if_match + 1 FROM new n) THEN common.refuse('stale') END;

-- takeaway_delete: one's own.
WITH target AS (SELECT t.id, t.version FROM takeaway t
		WHERE t.id = :takeaway_id AND t.session_id = :session_id AND t.author_id = :actor),
	gone AS (DELETE FROM takeaway t USING target o WHERE t.id = o.id AND o.version = :if_match RETURNING t.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
