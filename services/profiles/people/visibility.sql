-- Statements of what people show to whom; api/visibility.yaml says what they can choose.

-- person_visibility_read: the person's own.
SELECT profiles.visibility_json(p) AS body, p.version FROM person p WHERE p.id = :person_id AND p.id = :actor;

-- person_visibility_put: the whole set of choices; a field that is left out is as the table says.
WITH given AS (SELECT * FROM ROWS FROM (json_to_recordset(:fields) AS (field text, audience text))
			WITH ORDINALITY AS g(field, audience, place)),
	target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	fault AS (
		SELECT 'duplicate_items' AS code, g.place, 'field' AS member FROM given g
			WHERE EXISTS (SELECT FROM given h WHERE h.field = g.field AND h.place < g.place)
		UNION ALL
		SELECT 'audience_not_offered', g.place, 'audience' FROM given g
			WHERE NOT EXISTS (SELECT FROM common.person_field f
				WHERE f.field = g.field AND g.audience = ANY (f.choices))
		ORDER BY place LIMIT 1),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now(),
			visibility = (SELECT coalesce(jsonb_object_agg(g.field, g.audience), '{}') FROM given g)
		FROM fresh f WHERE p.id = f.id AND NOT EXISTS (SELECT FROM fault)),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["visibility"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale')
	WHEN EXISTS (SELECT FROM fault) THEN (SELECT common.refuse(f.code,
		json_build_object('pointer', '/fields/' || f.place - 1 || '/' || f.member)) FROM fault f) END;
