-- Statements of check-ins between sessions. Their life cycle and rules are in objects/touchpoint.sql.

-- touchpoint_list: of the actor's pairs, by day.
-- unprepared
-- updated_since: t.updated_at
SELECT touchpoint_json(t) AS body, t.due_on, t.id
FROM touchpoint t JOIN matching.pair_member m ON m.pair_id = t.pair_id AND m.person_id = :actor
WHERE (:pair_id IS NULL OR t.pair_id = :pair_id)
	AND (:status IS NULL OR t.status = ANY (:status))
	AND (:after_id IS NULL OR (t.due_on, t.id) > (:after_due_on, :after_id))
ORDER BY t.due_on, t.id
LIMIT :limit + 1;

-- touchpoint_read: for the two partners.
SELECT touchpoint_json(t) AS body, t.version
FROM touchpoint t JOIN matching.pair_member m ON m.pair_id = t.pair_id AND m.person_id = :actor
WHERE t.id = :touchpoint_id;

-- touchpoint_create: besides those of the agreement.
SELECT add_touchpoint(:id, :pair_id, :actor, :due_on, :channel, coalesce(:status = 'done', false));

-- touchpoint_patch: either of the two says that it took place, or that it is skipped.
WITH new AS (UPDATE touchpoint t SET step = CASE :status WHEN 'done' THEN 'completion'
			WHEN 'skipped' THEN 'skip'
			ELSE common.refuse('unprocessable', '{"pointer": "/status"}')::text END
		FROM matching.pair_member m
		WHERE t.id = :touchpoint_id AND m.pair_id = t.pair_id AND m.person_id = :actor RETURNING t.version)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT n.version <> :if_match + 1 FROM new n) THEN common.refuse('stale') END;
