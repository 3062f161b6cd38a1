-- Applying an import, in chunks, managers first. Each chunk is one transaction with its events; a
-- job that is killed goes on with what is not done.

-- import_apply_chunk(import_id uuid, size int): the next rows; gives how many, 0 when none is left
-- or the import was cancelled.
WITH live AS (SELECT i.id, i.columns FROM import i WHERE i.id = :import_id AND i.status = 'applying' FOR NO KEY UPDATE),
	chunk AS MATERIALIZED (SELECT r.*, l.columns FROM live l, import_row r
		WHERE r.import_id = l.id AND NOT r.done AND r.action IN ('create', 'update', 'deactivate')
		ORDER BY r.depth, r.line LIMIT :size),
	wall AS MATERIALIZED (SELECT CASE WHEN EXISTS (SELECT FROM chunk WHERE action <> 'create')
		THEN pg_advisory_xact_lock(7, 1) END AS held),
	created AS (INSERT INTO person (id, external_id, user_name, given_name, family_name, email, title,
			department, location, country, time_zone, level, manager_id, hired_on, status)
		SELECT c.person_id, c.external_id, c.user_name, c.given_name, coalesce(c.family_name, ''), c.email,
			c.title, c.department, c.location, c.country, coalesce(c.time_zone, 'UTC'), c.level,
			c.manager_id, c.hired_on, c.status
		FROM chunk c WHERE c.action = 'create' ORDER BY c.depth, c.line
		RETURNING id),
	changed AS (UPDATE person p SET user_name = c.user_name, given_name = c.given_name,
			family_name = CASE WHEN 'family_name' = ANY (c.columns) THEN coalesce(c.family_name, '') ELSE p.family_name END,
			email = CASE WHEN 'email' = ANY (c.columns) THEN c.email ELSE p.email END,
			title = CASE WHEN 'title' = ANY (c.columns) THEN c.title ELSE p.title END,
			department = CASE WHEN 'department' = ANY (c.columns) THEN c.department ELSE p.department END,
			location = CASE WHEN 'location' = ANY (c.columns) THEN c.location ELSE p.location END,
			country = CASE WHEN 'country' = ANY (c.columns) THEN c.country ELSE p.country END,
			time_zone = CASE WHEN 'time_zone' = ANY (c.columns) THEN coalesce(c.time_zone, 'UTC') ELSE p.time_zone END,
			level = coalesce(c.level, p.level),
			manager_id = CASE WHEN 'manager_external_id' = ANY (c.columns) THEN c.manager_id ELSE p.manager_id END,
			hired_on = CASE WHEN 'hired_on' = ANY (c.columns) THEN c.hired_on ELSE p.hired_on END,
			status = CASE WHEN c.status = 'inactive' THEN 'inactive' WHEN p.status = 'inactive' THEN 'active' ELSE p.status END,
			on_leave_until = CASE WHEN c.status = 'inactive' THEN NULL ELSE p.on_leave_until END,
			version = p.version + 1, updated_at = common.now()
		FROM chunk c, wall
		WHERE p.id = c.person_id AND c.action IN ('update', 'deactivate') AND c.line > 0
		RETURNING p.id),
	left_out AS (UPDATE person p SET status = 'inactive', on_leave_until = NULL,
			version = p.version + 1, updated_at = common.now()
		FROM chunk c, wall WHERE p.id = c.person_id AND c.action = 'deactivate' AND c.line < 0
		RETURNING p.id),
	spoken AS (DELETE FROM person_language l USING chunk c
		WHERE l.person_id = c.person_id AND 'languages' = ANY (c.columns) AND NOT l.language = ANY (coalesce(c.languages, '{}'))),
	speaks AS (INSERT INTO person_language (person_id, language)
		SELECT DISTINCT c.person_id, g FROM chunk c, unnest(c.languages) g
		WHERE c.line > 0
		ON CONFLICT (person_id, language) DO NOTHING),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT CASE c.action WHEN 'create' THEN 'person.created' WHEN 'update' THEN 'person.updated'
			ELSE 'person.deactivated' END, c.person_id FROM chunk c ORDER BY c.depth, c.line),
	marked AS (UPDATE import_row r SET done = true FROM chunk c WHERE r.import_id = :import_id AND r.line = c.line),
	moved AS (UPDATE import i SET rows_done = i.rows_done + (SELECT count(*) FROM chunk),
			leased_until = common.now() + interval '15 seconds', version = i.version + 1, updated_at = common.now()
		FROM live l WHERE i.id = l.id AND EXISTS (SELECT FROM chunk))
SELECT count(*) FROM chunk;

-- import_apply_end(import_id uuid): all rows are done; the staging goes, the report stays.
WITH ended AS (UPDATE import i SET status = 'done', finished_at = common.now(), leased_until = NULL,
			rows_done = i.rows_total, version = i.version + 1, updated_at = common.now()
		WHERE i.id = :import_id AND i.status = 'applying' RETURNING i.id),
	rows AS (DELETE FROM import_row r USING import i WHERE r.import_id = i.id AND i.id = :import_id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'import.finished', id FROM ended)
SELECT count(*) FROM ended;

-- import_cancelled_counts(import_id uuid): a cancelled import says what it really did.
WITH c AS (SELECT count(*) FILTER (WHERE action = 'create') AS created,
			count(*) FILTER (WHERE action = 'update') AS updated,
			count(*) FILTER (WHERE action = 'deactivate') AS deactivated
		FROM import_row WHERE import_id = :import_id AND done),
	rows AS (DELETE FROM import_row WHERE import_id = :import_id)
UPDATE import i SET created = c.created, updated = c.updated, deactivated = c.deactivated, version = i.version + 1
FROM c WHERE i.id = :import_id AND i.status = 'cancelled';
