-- Statements of imports: the resource that people follow. The work is in import_check.sql and
-- import_apply.sql, called by import_job.c.

-- import_list: newest first.
-- unprepared
SELECT import_json(i) AS body, i.created_at, i.id
FROM import i
WHERE :after_id IS NULL OR (i.created_at, i.id) < (:after_created_at, :after_id)
ORDER BY i.created_at DESC, i.id DESC
LIMIT :limit + 1;

-- import_read: one import.
SELECT import_json(i) AS body, i.version FROM import i WHERE i.id = :import_id;

-- import_create: queues the file; handled by import.c, which sends the file as a second step.
INSERT INTO import (id, mode, dry_run, skip_errors, confirm_deactivations, requested_by)
VALUES (:id, coalesce(:mode, 'delta'), coalesce(:dry_run, false), coalesce(:skip_errors, false),
	:confirm_deactivations, :actor);

-- import_file_store(import_id uuid, part int, content bytea): a part of the file as received.
INSERT INTO import_file (import_id, part, content) VALUES (:import_id, :part, :content);

-- import_rows: what is wrong, in file order. (The inner limit keeps the planner from looking for
-- faults before it knows that there is such an import.)
-- unprepared
SELECT r.body, r.line, r.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM import i WHERE i.id = :import_id)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('line', f.line, 'column', f.column_name, 'code', f.code,
			'message', f.message, 'warning', f.warning) AS body, f.line, f.number
		FROM import_fault f
		WHERE t.missing IS NULL AND f.import_id = :import_id
			AND (:after_number IS NULL OR (f.line, f.number) > (:after_line, :after_number))
		ORDER BY f.line, f.number
		LIMIT :limit + 1) r
ORDER BY r.line, r.number;

-- import_confirmation: queues what was checked again, now to be applied: it is checked once more,
-- since people may have changed. What deactivates many needs the exact number.
WITH target AS (SELECT i.id, i.status, i.reason, i.deactivated FROM import i
		WHERE i.id = :import_id FOR NO KEY UPDATE),
	new AS (UPDATE import i SET status = 'queued', dry_run = false, reason = NULL, attempts = 0,
			leased_until = NULL, confirm_deactivations = coalesce(:confirm_deactivations, i.confirm_deactivations),
			version = i.version + 1, updated_at = common.now()
		FROM target t
		WHERE i.id = t.id AND t.status = 'checked'
			AND (t.reason IS DISTINCT FROM 'mass_deactivation' OR :confirm_deactivations = t.deactivated)
		RETURNING i.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT status FROM target) <> 'checked' THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', status) FROM target))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('mass_deactivation',
		(SELECT json_build_object('deactivations', deactivated) FROM target)) END;

-- import_cancellation: before it ends, an import can be stopped; an applying one at its next chunk,
-- and its counts then say what was done.
WITH target AS (SELECT i.id, i.status, i.steps_done FROM import i WHERE i.id = :import_id FOR NO KEY UPDATE),
	c AS (SELECT count(*) FILTER (WHERE s.action = 'create') AS created,
			count(*) FILTER (WHERE s.action IN ('update', 'reactivate')) AS updated,
			count(*) FILTER (WHERE s.action = 'deactivate') AS deactivated
		FROM target t, import_step s WHERE s.import_id = t.id AND s.place <= t.steps_done),
	new AS (UPDATE import i SET status = 'cancelled', finished_at = common.now(), leased_until = NULL,
			created = c.created, updated = c.updated, deactivated = c.deactivated,
			version = i.version + 1, updated_at = common.now()
		FROM target t, c WHERE i.id = t.id AND t.status IN ('queued', 'checking', 'checked', 'applying')
		RETURNING i.id),
	file AS (DELETE FROM import_file f USING new WHERE f.import_id = new.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'import.cancelled', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', status) FROM target)) END;
