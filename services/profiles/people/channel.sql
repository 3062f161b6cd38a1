-- Statements of how people like to meet, and what they need for it.

-- person_channels_read: channels by name.
SELECT json_build_object('person_id', p.id,
		'channels', array_to_json(ARRAY(SELECT c.channel FROM person_channel c
			WHERE c.person_id = p.id AND 'channels' = ANY (v.fields) ORDER BY c.channel)),
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/channels',
			'person', '/api/v1/people/' || p.id)) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id AND (p.status <> 'inactive' OR p.id = :actor);

-- person_channels_put: the whole set.
WITH target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	gone AS (DELETE FROM person_channel c USING fresh f
		WHERE c.person_id = f.id AND c.channel <> ALL (:channels::text[])),
	kept AS (INSERT INTO person_channel (person_id, channel)
		SELECT f.id, c FROM fresh f, unnest(:channels::text[]) c ON CONFLICT (person_id, channel) DO NOTHING),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now()
		FROM fresh f WHERE p.id = f.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["channels"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale') END;

-- person_access_needs_read: the person's own.
SELECT json_build_object('person_id', :person_id::uuid,
		'needs', array_to_json(ARRAY(SELECT n.need FROM person_access_need n
			WHERE n.person_id = :person_id ORDER BY n.need)),
		'links', json_build_object('self', '/api/v1/people/' || :person_id || '/access-needs',
			'person', '/api/v1/people/' || :person_id)) AS body, 1 AS version
WHERE :person_id = :actor;

-- person_access_needs_put: the whole set. Nothing else of the person changes, so nobody can tell.
WITH target AS (SELECT p.id FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	gone AS (DELETE FROM person_access_need n USING target t
		WHERE n.person_id = t.id AND n.need <> ALL (:needs::text[])),
	kept AS (INSERT INTO person_access_need (person_id, need)
		SELECT t.id, n FROM target t, unnest(:needs::text[]) n ON CONFLICT (person_id, need) DO NOTHING)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found') END;
