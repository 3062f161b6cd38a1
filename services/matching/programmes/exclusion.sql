-- Statements of exclusions: private to their author; the events are internal.

-- exclusion_list: the actor's exclusions.
-- unprepared
SELECT json_build_object('id', x.id, 'person', profiles.card_json(x.other_id), 'version', x.version,
		'can', json_build_array('delete'),
		'links', json_build_object('self', '/api/v1/exclusions/' || x.id)) AS body, x.id
FROM exclusion x
WHERE x.author_id = :actor AND (:after_id IS NULL OR x.id > :after_id)
ORDER BY x.id
LIMIT :limit + 1;

-- exclusion_read: one of the actor's exclusions.
SELECT json_build_object('id', x.id, 'person', profiles.card_json(x.other_id), 'version', x.version,
		'can', json_build_array('delete'),
		'links', json_build_object('self', '/api/v1/exclusions/' || x.id)) AS body, x.version
FROM exclusion x WHERE x.id = :exclusion_id AND x.author_id = :actor;

-- exclusion_create: the trigger suspends a current pair of the two, and takes them off each other's lists.
WITH new AS (INSERT INTO exclusion (id, author_id, other_id)
	SELECT :id, :actor, k.person_id FROM profiles.card k WHERE k.person_id = :person_id RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new)
	THEN common.refuse('unknown_reference', '{"pointer": "/person_id"}') END;

-- exclusion_delete: the two may be matched again.
WITH target AS (SELECT x.id, x.version FROM exclusion x
		WHERE x.id = :exclusion_id AND x.author_id = :actor FOR UPDATE),
	gone AS (DELETE FROM exclusion x USING target t WHERE x.id = t.id AND t.version = :if_match
		RETURNING x.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
