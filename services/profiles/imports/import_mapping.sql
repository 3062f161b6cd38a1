-- Statements of mappings: how the files of other HR systems are read.

-- import_mapping_list: by name.
-- unprepared
-- updated_since: m.updated_at
SELECT import_mapping_json(m) AS body, m.name, m.id
FROM import_mapping m
WHERE :after_id IS NULL OR (m.name, m.id) > (:after_name, :after_id)
ORDER BY m.name, m.id
LIMIT :limit + 1;

-- import_mapping_read: one mapping.
SELECT import_mapping_json(m) AS body, m.version FROM import_mapping m WHERE m.id = :import_mapping_id;

-- import_mapping_create: the rules are the body without its name.
WITH fault AS (SELECT f.code, f.pointer FROM import_rules_fault(:body::jsonb) f LIMIT 1),
	new AS (INSERT INTO import_mapping (id, name, rules)
		SELECT :id, :name, jsonb_strip_nulls(:body::jsonb - 'name') WHERE NOT EXISTS (SELECT FROM fault)
		RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN (SELECT common.refuse(f.code,
	json_build_object('pointer', f.pointer)) FROM fault f) END;

-- import_mapping_patch: replaces whole members; null removes one.
WITH target AS (SELECT m.id, m.name, m.version, jsonb_strip_nulls(m.rules || (:body::jsonb - 'name')) AS rules
		FROM import_mapping m WHERE m.id = :import_mapping_id FOR NO KEY UPDATE),
	fault AS (SELECT f.code, f.pointer FROM target t, import_rules_fault(t.rules) f LIMIT 1),
	new AS (UPDATE import_mapping m SET name = coalesce(:body::jsonb ->> 'name', t.name), rules = t.rules,
			version = m.version + 1, updated_at = common.now()
		FROM target t WHERE m.id = t.id AND t.version = :if_match AND NOT EXISTS (SELECT FROM fault)
		RETURNING m.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM fault) THEN (SELECT common.refuse(f.code,
		json_build_object('pointer', f.pointer)) FROM fault f)
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- import_mapping_delete: imports keep the rules they were created with.
WITH target AS (SELECT m.id, m.version FROM import_mapping m WHERE m.id = :import_mapping_id FOR UPDATE),
	gone AS (DELETE FROM import_mapping m USING target t WHERE m.id = t.id AND t.version = :if_match
		RETURNING m.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
