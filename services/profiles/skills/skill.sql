-- Statements of the skill taxonomy.

-- skill_list: by name; q matches the beginnings of words of names and aliases, and tolerates a typo.
-- unprepared
-- updated_since: s.updated_at
SELECT skill_json(s, :roles) AS body, s.name, s.id
FROM skill s
WHERE (coalesce(:retired, false) OR NOT s.retired)
	AND (:q IS NULL OR s.id IN (SELECT f FROM skills_found(:q) f))
	AND (:after_id IS NULL OR (s.name, s.id) > (:after_name, :after_id))
ORDER BY s.name, s.id
LIMIT :limit + 1;

-- skill_read: one entry.
SELECT skill_json(s, :roles) AS body, s.version
FROM skill s WHERE s.id = :skill_id;

-- skill_create: adds an entry; names and codes are unique.
WITH new AS (INSERT INTO skill (id, name, code, aliases)
		VALUES (:id, :name, nullif(:code, ''), skill_aliases(:aliases)) RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'skill.created', id FROM new)
SELECT FROM new;

-- skill_patch: merge patch. A merged skill stays retired.
WITH target AS (SELECT s AS was, s.id, s.version,
			s.merged_into IS NOT NULL AND :body::jsonb @> '{"retired": false}' AS merged
		FROM skill s WHERE s.id = :skill_id FOR NO KEY UPDATE),
	new AS (UPDATE skill s SET (name, code, aliases, retired) = (
			SELECT n.name, nullif(n.code, ''), skill_aliases(n.aliases), n.retired
			FROM json_populate_record(t.was, :body) n),
			version = s.version + 1, updated_at = common.now()
		FROM target t WHERE s.id = t.id AND t.version = :if_match AND NOT t.merged RETURNING s.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'skill.updated', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.merged FROM target t) THEN common.refuse('skill_merged', '{"pointer": "/retired"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- skill_delete: an entry that nothing names (skill_unused, here and in the other services).
WITH target AS (SELECT s.id, s.version FROM skill s WHERE s.id = :skill_id FOR UPDATE),
	gone AS (DELETE FROM skill s USING target t WHERE s.id = t.id AND t.version = :if_match RETURNING s.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'skill.deleted', id FROM gone)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- skill_merge: a duplicate becomes another name of the skill that is kept; the people who have it follow.
WITH target AS MATERIALIZED (SELECT s.* FROM skill s WHERE s.id IN (:skill_id, :into)
		ORDER BY s.id FOR NO KEY UPDATE),
	ready AS (SELECT d.id AS duplicate, k.id AS kept, d.name, d.aliases FROM target d, target k
		WHERE d.id = :skill_id AND k.id = :into AND d.id <> k.id AND d.merged_into IS NULL AND NOT k.retired),
	gone AS (UPDATE skill s SET retired = true, merged_into = r.kept, version = s.version + 1,
			updated_at = common.now()
		FROM ready r WHERE s.id = r.duplicate OR s.merged_into = r.duplicate),
	known AS (UPDATE skill s SET version = s.version + 1, updated_at = common.now(),
			aliases = s.aliases || ARRAY(SELECT DISTINCT a
				FROM unnest(r.aliases || lower(r.name COLLATE "C")) a
				WHERE a <> lower(s.name COLLATE "C") AND NOT a = ANY (s.aliases))
		FROM ready r WHERE s.id = r.kept),
	moved AS MATERIALIZED (SELECT m.id FROM ready r, skill_move(r.duplicate, r.kept) m (id)),
	people AS (UPDATE person p SET version = p.version + 1, updated_at = common.now() FROM moved m
		WHERE p.id = m.id RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'skill.merged', r.duplicate, json_build_object('into', r.kept) FROM ready r
		UNION ALL
		SELECT 'person.updated', p.id, '{"changed": ["skills"]}' FROM people p)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target t WHERE t.id = :skill_id) THEN common.refuse('not_found')
	WHEN :into = :skill_id THEN common.refuse('self_reference', '{"pointer": "/into"}')
	WHEN EXISTS (SELECT FROM target t WHERE t.id = :skill_id AND t.merged_into IS NOT NULL)
		THEN common.refuse('skill_merged')
	WHEN NOT EXISTS (SELECT FROM target t WHERE t.id = :into)
		THEN common.refuse('unknown_reference', '{"pointer": "/into"}')
	WHEN NOT EXISTS (SELECT FROM ready) THEN common.refuse('skill_retired', '{"pointer": "/into"}') END;

-- skill_import_store(rows json): adds new skills and updates existing ones by name, ignoring the case of A
-- to Z. A code or aliases that the file does not have are kept. The name of a merged skill is left alone.
WITH given AS MATERIALIZED (SELECT r.line, r.id, r.name, lower(r.name COLLATE "C") AS key, r.code,
			CASE WHEN r.aliases IS NOT NULL THEN skill_aliases(r.aliases) END AS aliases
		FROM json_to_recordset(:rows) AS r(line int, id uuid, name text, code text, aliases text[])),
	twice AS (SELECT g.line FROM given g
		WHERE EXISTS (SELECT FROM given h WHERE h.key = g.key AND h.line < g.line) ORDER BY g.line LIMIT 1),
	known AS (UPDATE skill s SET code = coalesce(g.code, s.code), aliases = coalesce(g.aliases, s.aliases),
			version = s.version + 1, updated_at = common.now()
		FROM given g
		WHERE lower(s.name COLLATE "C") = g.key AND NOT s.retired AND NOT EXISTS (SELECT FROM twice)
			AND (coalesce(g.code, s.code), coalesce(g.aliases, s.aliases)) IS DISTINCT FROM (s.code,
				s.aliases)
		RETURNING s.id),
	new AS (INSERT INTO skill (id, name, code, aliases)
		SELECT g.id, g.name, g.code, coalesce(g.aliases, '{}') FROM given g
		WHERE NOT EXISTS (SELECT FROM twice)
			AND NOT EXISTS (SELECT FROM skill s WHERE lower(s.name COLLATE "C") = g.key
				AND (NOT s.retired OR s.merged_into IS NOT NULL))
		RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT 'skill.created', id FROM new UNION ALL SELECT 'skill.updated', id FROM known)
SELECT CASE WHEN EXISTS (SELECT FROM twice) THEN common.refuse('duplicate_items',
		(SELECT json_build_object('line', t.line) FROM twice t))::text::json
	ELSE json_build_object('created', (SELECT count(*) FROM new), 'updated', (SELECT count(*) FROM known),
		'unchanged', (SELECT count(*) FROM given) - (SELECT count(*) FROM new) - (SELECT count(*)
			FROM known)) END AS body;
