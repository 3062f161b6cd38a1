-- Rows of people that come in a request: the steps of person_rows.c and person_batch.c. Those in between are
-- the steps of an import (imports/import_check.sql, import_apply.sql).

-- person_rows_stage(batch uuid, rows json, faults json): what was read, as an import of its own.
WITH new AS (INSERT INTO import (id, skip_errors, direct, requested_by)
		VALUES (:batch, true, true, common.actor())),
	read AS (INSERT INTO import_row SELECT r.* FROM json_populate_recordset(NULL::import_row, :rows) r)
INSERT INTO import_fault (import_id, line, column_name, code, message, warning)
SELECT f.import_id, f.line, f.column_name, f.code, f.message, f.warning
FROM json_populate_recordset(NULL::import_fault, :faults) f;

-- person_rows_by_index(): there are no statistics of rows just staged, so the planner is told to find people
-- by index.
SELECT set_config('enable_seqscan', 'off', true);

-- person_rows_lock(): the reporting-line lock (7, 1), before anybody is locked: what follows sees the people
-- as they are until the end of the transaction.
SELECT pg_advisory_xact_lock(7, 1);

-- person_rows_claim(batch uuid): nobody else takes the rows for a file to be imported.
UPDATE import SET step = 'claim', leased_by = :batch, leased_until = common.real_now() + interval '1 day'
WHERE id = :batch;

-- person_rows_begin(batch uuid, version int8, only_new bool): locks the person whose row it is: they have
-- this version, or are not there yet.
WITH target AS (SELECT p.version FROM import_row r
		JOIN person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
		WHERE r.import_id = :batch ORDER BY p.id FOR NO KEY UPDATE OF p)
SELECT CASE WHEN :only_new AND EXISTS (SELECT FROM target) THEN common.refuse('already_exists')
	WHEN :version IS NOT NULL AND NOT EXISTS (SELECT FROM target t WHERE t.version = :version)
		THEN common.refuse('stale') END;

-- person_rows_skills(batch uuid): skills that the taxonomy does not have, each at its row.
INSERT INTO import_fault (import_id, line, column_name, code, message)
SELECT :batch, i.line, 'skills', 'unknown_skill', format('%s is not a skill of the taxonomy.%s', i.name,
	' The nearest is ' || import_skill_like(i.name) || '.')
FROM (SELECT DISTINCT r.line, s.name FROM import_row r, unnest(r.skills) u(item), import_skill(u.item) s
	WHERE r.import_id = :batch) i
WHERE import_skill_id(lower(i.name COLLATE "C")) IS NULL;

-- person_rows_wait(batch uuid): finds keys that are wanted too early.
SELECT rows_wait(:batch);

-- person_rows_settle(batch uuid, confirm_deactivations int): finds the other faults, and plans the rest.
SELECT rows_settle(:batch, :confirm_deactivations);

-- person_rows_apply(batch uuid): from here on it is applied.
UPDATE import SET step = 'application' WHERE id = :batch;

-- person_rows_end(batch uuid): what became of each row.
SELECT rows_end(:batch);

-- person_batch_take(batch uuid, asker text): begins a batch, or goes on with one of the same request that was
-- interrupted; not while it is being worked on. Its id, and whether its rows have been judged.
WITH new AS (INSERT INTO person_batch AS b (id, items, asker, worked_until)
		VALUES (:batch, '[]', :asker, common.real_now() + interval '30 seconds')
		ON CONFLICT (asker) WHERE worked_until IS NOT NULL DO UPDATE SET worked_until = excluded.worked_until
			WHERE b.worked_until < common.real_now()
		RETURNING b.id)
SELECT CASE WHEN n.id IS NULL THEN common.refuse('in_progress') END, n.id,
	EXISTS (SELECT FROM import i WHERE i.id = n.id) AS judged
FROM (VALUES (1)) one LEFT JOIN new n ON true;

-- person_batch_renew(batch uuid): it is still being worked on.
UPDATE person_batch SET worked_until = common.real_now() + interval '30 seconds' WHERE id = :batch;

-- person_batch_lay_down(batch uuid): the same request may go on with it at once.
UPDATE person_batch SET worked_until = common.real_now() WHERE id = :batch AND worked_until IS NOT NULL;

-- person_batch_drop(batch uuid): the rest can not be carried out as it was planned: the same request begins
-- anew.
WITH gone AS (DELETE FROM person_batch b WHERE b.id = :batch AND b.worked_until IS NOT NULL RETURNING b.id)
SELECT rows_drop(g.id) FROM gone g;

-- person_batch_keep(batch uuid): what became of each row, kept for those who ask again with the same key.
UPDATE person_batch SET items = rows_end(:batch), worked_until = NULL WHERE id = :batch;

-- people_count(): which words many bear, if that may have changed.
SELECT count_words_anew();

-- person_batch_read: what became of the rows of a batch.
SELECT person_batch_json(b) AS body, 1 AS version FROM person_batch b
WHERE b.id = :person_batch_id AND b.worked_until IS NULL;

-- people_tidy(): forgets batches that no key remembers any more, those that were interrupted an hour ago, and
-- keys that no service associates with whoever had them.
WITH batches AS (DELETE FROM person_batch b WHERE b.created_at < common.now() - interval '48 hours'
			OR b.worked_until < common.real_now() - interval '1 hour'
		RETURNING b.id, b.worked_until),
	keys AS (DELETE FROM key_left l WHERE l.left_at < common.real_now() - keys_rest())
SELECT count(rows_drop(b.id)) FROM batches b WHERE b.worked_until IS NOT NULL;

-- person_key_read: one person by their key in the HR system.
SELECT person_key_json(p) AS body, p.version FROM person p
WHERE lower(p.external_id COLLATE "C") = lower(:external_id COLLATE "C");

-- person_key_delete: deactivates the person; nothing happens to one who has left already.
WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(7, 1) AS held),
	target AS (SELECT p.id, p.version, p.status FROM locked, person p
		WHERE lower(p.external_id COLLATE "C") = lower(:external_id COLLATE "C") FOR NO KEY UPDATE OF p),
	new AS (UPDATE person p SET status = 'inactive', active_from = NULL, active_until = NULL,
			on_leave_from = NULL, on_leave_until = NULL, version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status <> 'inactive'
			AND (:if_match IS NULL OR t.version = :if_match)
		RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'person.deactivated', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM target t WHERE t.version <> :if_match) THEN common.refuse('stale') END;

-- person_record_list: everybody whom the HR system knows, in the order in which they came.
-- unprepared
-- updated_since: p.updated_at
SELECT person_key_json(p) AS body, p.id FROM person p
WHERE p.external_id IS NOT NULL
	AND (:active IS NULL OR (p.status <> 'inactive' OR p.active_from IS NOT NULL) = :active)
	AND (:after_id IS NULL OR p.id > :after_id)
ORDER BY p.id
LIMIT :limit + 1;

-- person_renumbering: another key in the HR system. If others wait for it as their manager's, lines change:
-- the reporting-line lock (7, 1) is taken before any row lock.
WITH locked AS MATERIALIZED (SELECT CASE WHEN EXISTS (SELECT FROM person w WHERE w.manager_id IS NULL
			AND lower(w.manager_external_id COLLATE "C") = lower(:external_id COLLATE "C"))
		THEN pg_advisory_xact_lock(7, 1) END AS held),
	target AS (SELECT p.id, p.version, p.merged_into FROM locked, person p WHERE p.id = :person_id
		FOR NO KEY UPDATE OF p),
	new AS (UPDATE person p SET external_id = :external_id, version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.version = :if_match AND t.merged_into IS NULL RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', n.id, '{"changed": ["external_id"]}' FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM target t WHERE t.merged_into IS NOT NULL) THEN common.refuse('conflict')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- person_merge: a new record of somebody who came back, into their earlier one.
SELECT person_merged(:id, :person_id, :into, coalesce(:dry_run, false), :if_match);

-- person_merge_read: what a merge came to, or would come to.
SELECT person_merge_json(m) AS body, 1 AS version FROM person_merge m WHERE m.id = :person_merge_id;
