-- Statements of imports: the resource that people follow. The work is in import_check.sql and
-- import_apply.sql, called by import_job.c.

-- import_list: newest first.
-- unprepared
-- updated_since: i.updated_at
SELECT import_json(i) AS body, i.created_at, i.id
FROM import i
WHERE NOT i.direct AND (:after_id IS NULL OR (i.created_at, i.id) < (:after_created_at, :after_id))
ORDER BY i.created_at DESC, i.id DESC
LIMIT :limit + 1;

-- import_read: one import.
SELECT import_json(i) AS body, i.version FROM import i WHERE i.id = :import_id AND NOT i.direct;

-- import_create: queues the file; handled by import.c, which sends the file as a second step.
WITH new AS (INSERT INTO import (id, mode, dry_run, skip_errors, confirm_deactivations, requested_by,
			mapping_id, rules, own_fields)
		SELECT :id, coalesce(:mode, 'delta'), coalesce(:dry_run, false), coalesce(:skip_errors, false),
			:confirm_deactivations, :actor, m.id, coalesce(m.rules, '{}'), coalesce(:own_fields, 'keep')
		FROM (VALUES (:mapping_id)) w(id) LEFT JOIN import_mapping m ON m.id = w.id
		WHERE w.id IS NULL OR m.id IS NOT NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new)
	THEN common.refuse('unknown_reference', '{"pointer": "mapping_id"}') END;

-- import_charset_check(mapping_id uuid): a file that is not UTF-8 was read as windows-1252: the mapping must
-- say so.
SELECT CASE WHEN NOT EXISTS (SELECT FROM import_mapping m
		WHERE m.id = :mapping_id AND m.rules ->> 'charset' = 'windows-1252')
	THEN common.refuse('invalid_csv') END;

-- import_file_store(import_id uuid, part int, content bytea): a part of the file as received.
INSERT INTO import_file (import_id, part, content) VALUES (:import_id, :part, :content);

-- import_rows: the errors, in file order. (The inner limit keeps the planner from looking for errors before
-- it knows that the import exists.)
-- unprepared
SELECT r.body, r.line, r.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM import i WHERE i.id = :import_id
			AND NOT i.direct)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('line', f.line, 'column', CASE WHEN f.code = 'unknown_column'
				THEN f.column_name ELSE coalesce(i.headers ->> f.column_name, f.column_name) END,
			'code', f.code, 'message', f.message, 'warning', f.warning) AS body, f.line, f.number
		FROM import_fault f JOIN import i ON i.id = f.import_id
		WHERE t.missing IS NULL AND f.import_id = :import_id
			AND (:after_number IS NULL OR (f.line, f.number) > (:after_line, :after_number))
		ORDER BY f.line, f.number
		LIMIT :limit + 1) r
ORDER BY r.line, r.number;

-- import_changes: what an import that is waiting would change, in the order in which it would be applied.
-- unprepared
SELECT r.body, r.place
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM import i WHERE i.id = :import_id
			AND NOT i.direct)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT import_change_json(s) AS body, s.place
		FROM import i JOIN import_step s ON s.import_id = i.id
		WHERE t.missing IS NULL AND i.id = :import_id AND i.status = 'checked'
			AND (:after_place IS NULL OR s.place > :after_place)
		ORDER BY s.place
		LIMIT :limit + 1) r
ORDER BY r.place;

-- import_confirmation: queues a checked import again, to be applied; it is checked once more, because
-- people may have changed.
WITH new AS (UPDATE import i SET step = 'confirmation', dry_run = false, reason = NULL, attempts = 0,
			confirm_deactivations = coalesce(:confirm_deactivations, i.confirm_deactivations)
		WHERE i.id = :import_id AND NOT i.direct RETURNING i.id)
SELECT common.found(count(*)) FROM new;

-- import_cancellation: before it ends; one that is being applied stops at its next chunk.
WITH new AS (UPDATE import i SET step = 'cancellation'
		WHERE i.id = :import_id AND NOT i.direct RETURNING i.id)
SELECT common.found(count(*)) FROM new;
