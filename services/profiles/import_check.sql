-- Checking an import: the file's rows stand in import_row, faults of single cells in import_fault
-- (numbered from -1 downwards; import_check_end gives the numbers that callers see).

-- import_claim(): the next piece of work, with its file while it is to be checked.
WITH next AS (SELECT i.id FROM import i
		WHERE i.status IN ('queued', 'checking', 'applying')
			AND (i.leased_until IS NULL OR i.leased_until < common.now())
		ORDER BY i.created_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
	taken AS (UPDATE import i SET status = CASE i.status WHEN 'queued' THEN 'checking' ELSE i.status END,
			leased_until = common.now() + interval '15 seconds', attempts = i.attempts + 1,
			started_at = coalesce(i.started_at, common.now()), version = i.version + 1
		FROM next WHERE i.id = next.id RETURNING i.*)
SELECT t.id, t.status, t.mode, t.skip_errors, t.attempts,
	CASE t.status WHEN 'checking' THEN convert_from(f.content, 'UTF8') END AS content
FROM taken t LEFT JOIN import_file f ON f.import_id = t.id;

-- import_check_begin(import_id uuid): forgets what an interrupted check left behind.
WITH rows AS (DELETE FROM import_row WHERE import_id = :import_id),
	faults AS (DELETE FROM import_fault WHERE import_id = :import_id)
SELECT 1;

-- import_row_copy(): the rows, by COPY.
COPY import_row (import_id, line, external_id, user_name, given_name, family_name, email, title,
	department, location, country, time_zone, level, manager_external_id, hired_on, status, languages,
	person_id, action) FROM STDIN;

-- import_fault_copy(): the faults of single cells, by COPY.
COPY import_fault (import_id, number, line, column_name, code, message) FROM STDIN;

-- import_columns(import_id uuid, columns text[], total int): what the file has.
UPDATE import SET columns = :columns, rows_total = :total, version = version + 1,
	leased_until = common.now() + interval '15 seconds' WHERE id = :import_id;

-- import_resolve_people(import_id uuid): rows of known people take their ids.
UPDATE import_row r SET person_id = p.id
FROM person p WHERE r.import_id = :import_id AND lower(p.external_id) = lower(r.external_id);

-- import_fault_keys(import_id uuid): keys that stand twice in the file or belong to somebody else.
WITH low AS (SELECT coalesce(min(number), 0) AS number FROM import_fault WHERE import_id = :import_id),
	same AS (
		SELECT r.line, 'external_id' AS col, 'duplicate' AS code, format('Line %s has the same external_id.', d.first) AS message
		FROM import_row r JOIN (SELECT lower(external_id) AS k, min(line) AS first FROM import_row
			WHERE import_id = :import_id GROUP BY 1 HAVING count(*) > 1) d ON lower(r.external_id) = d.k
		WHERE r.import_id = :import_id AND r.line > d.first
		UNION ALL
		SELECT r.line, 'user_name', 'duplicate', format('Line %s has the same user_name.', d.first)
		FROM import_row r JOIN (SELECT lower(user_name) AS k, min(line) AS first FROM import_row
			WHERE import_id = :import_id GROUP BY 1 HAVING count(*) > 1) d ON lower(r.user_name) = d.k
		WHERE r.import_id = :import_id AND r.line > d.first
		UNION ALL
		SELECT r.line, 'email', 'duplicate', format('Line %s has the same email.', d.first)
		FROM import_row r JOIN (SELECT lower(email) AS k, min(line) AS first FROM import_row
			WHERE import_id = :import_id AND status <> 'inactive' GROUP BY 1 HAVING count(*) > 1) d ON lower(r.email) = d.k
		WHERE r.import_id = :import_id AND r.status <> 'inactive' AND r.line > d.first
		UNION ALL
		SELECT r.line, 'user_name', 'taken', 'Another person has this user_name.'
		FROM import_row r JOIN person p ON lower(p.user_name) = lower(r.user_name)
		WHERE r.import_id = :import_id AND p.id <> r.person_id
		UNION ALL
		SELECT r.line, 'email', 'taken', 'Another person has this email.'
		FROM import_row r JOIN person p ON lower(p.email) = lower(r.email) AND p.status <> 'inactive'
		WHERE r.import_id = :import_id AND r.status <> 'inactive' AND p.id <> r.person_id)
INSERT INTO import_fault (import_id, number, line, column_name, code, message)
SELECT :import_id, low.number - row_number() OVER (ORDER BY s.line, s.col), s.line, s.col, s.code, s.message
FROM same s, low;

-- import_skip_faulty(import_id uuid): rows with faults are out; a row below a new manager who is out
-- is out too. Gives how many it added, so that the caller repeats until none.
WITH low AS (SELECT coalesce(min(number), 0) AS number FROM import_fault WHERE import_id = :import_id),
	faulty AS (UPDATE import_row r SET action = 'skip'
		WHERE r.import_id = :import_id AND r.action IS DISTINCT FROM 'skip'
			AND EXISTS (SELECT FROM import_fault f WHERE f.import_id = :import_id AND f.line = r.line)
		RETURNING r.line),
	orphan AS (SELECT r.line FROM import_row r JOIN import_row m
			ON m.import_id = :import_id AND lower(m.external_id) = lower(r.manager_external_id) AND m.action = 'skip'
		WHERE r.import_id = :import_id AND r.action IS DISTINCT FROM 'skip'
			AND NOT EXISTS (SELECT FROM person p WHERE p.id = m.person_id)
			AND NOT EXISTS (SELECT FROM faulty f WHERE f.line = r.line)),
	told AS (INSERT INTO import_fault (import_id, number, line, column_name, code, message)
		SELECT :import_id, low.number - row_number() OVER (ORDER BY o.line), o.line, 'manager_external_id',
			'manager_skipped', 'The manager''s own row has a fault.' FROM orphan o, low)
SELECT (SELECT count(*) FROM faulty) + (SELECT count(*) FROM orphan);

-- import_resolve_managers(import_id uuid): by external_id, in the file or known before.
WITH low AS (SELECT coalesce(min(number), 0) AS number FROM import_fault WHERE import_id = :import_id),
	named AS (SELECT r.line, r.person_id, coalesce(m.person_id, p.id) AS manager_id
		FROM import_row r
		LEFT JOIN import_row m ON m.import_id = :import_id AND lower(m.external_id) = lower(r.manager_external_id)
		LEFT JOIN person p ON lower(p.external_id) = lower(r.manager_external_id)
		WHERE r.import_id = :import_id AND r.manager_external_id IS NOT NULL AND r.action IS DISTINCT FROM 'skip'),
	found AS (UPDATE import_row r SET manager_id = n.manager_id FROM named n
		WHERE r.import_id = :import_id AND r.line = n.line AND n.manager_id IS NOT NULL)
INSERT INTO import_fault (import_id, number, line, column_name, code, message)
SELECT :import_id, low.number - row_number() OVER (ORDER BY n.line), n.line, 'manager_external_id',
	CASE WHEN n.manager_id IS NULL THEN 'unknown_manager' ELSE 'own_manager' END,
	CASE WHEN n.manager_id IS NULL THEN 'Nobody with this external_id is known or in the file.'
		ELSE 'A person cannot be their own manager.' END
FROM named n, low WHERE n.manager_id IS NULL OR n.manager_id = n.person_id;

-- import_depths(import_id uuid): each row's depth in the tree as it will be; what no root reaches is
-- in a cycle or below one, and keeps null.
WITH RECURSIVE known AS (SELECT columns FROM import WHERE id = :import_id),
	edge AS MATERIALIZED (
		SELECT r.person_id AS id, CASE WHEN 'manager_external_id' = ANY (k.columns) THEN r.manager_id
			ELSE p.manager_id END AS manager_id
		FROM known k, import_row r LEFT JOIN person p ON p.id = r.person_id
		WHERE r.import_id = :import_id AND r.action IS DISTINCT FROM 'skip'
		UNION ALL
		SELECT p.id, p.manager_id FROM person p
		WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.import_id = :import_id AND r.person_id = p.id
			AND r.action IS DISTINCT FROM 'skip')),
	down AS (SELECT e.id, 0 AS depth FROM edge e WHERE e.manager_id IS NULL
		UNION ALL
		SELECT e.id, d.depth + 1 FROM down d JOIN edge e ON e.manager_id = d.id)
UPDATE import_row r SET depth = d.depth FROM down d WHERE r.import_id = :import_id AND r.person_id = d.id;

-- import_fault_cycles(import_id uuid): names the rows of each cycle; those merely below one are not
-- to blame.
WITH RECURSIVE low AS (SELECT coalesce(min(number), 0) AS number FROM import_fault WHERE import_id = :import_id),
	lost AS MATERIALIZED (SELECT r.person_id AS id, coalesce(r.manager_id, p.manager_id) AS manager_id, r.line
		FROM import_row r LEFT JOIN person p ON p.id = r.person_id
		WHERE r.import_id = :import_id AND r.depth IS NULL AND r.action IS DISTINCT FROM 'skip'
		UNION ALL
		SELECT p.id, p.manager_id, NULL FROM person p
		WHERE p.manager_id IS NOT NULL AND NOT EXISTS (SELECT FROM import_row r
			WHERE r.import_id = :import_id AND r.person_id = p.id)),
	climb AS (SELECT l.id AS start, l.manager_id AS at FROM lost l WHERE l.line IS NOT NULL
		UNION
		SELECT c.start, l.manager_id FROM climb c JOIN lost l ON l.id = c.at)
INSERT INTO import_fault (import_id, number, line, column_name, code, message)
SELECT :import_id, low.number - row_number() OVER (ORDER BY l.line), l.line, 'manager_external_id', 'cycle',
	'The reporting line comes back to this person.'
FROM low, lost l WHERE l.line IS NOT NULL AND EXISTS (SELECT FROM climb c WHERE c.start = l.id AND c.at = l.id);

-- import_plan(import_id uuid): what each row will do, and in a full import who is missing.
WITH i AS (SELECT * FROM import WHERE id = :import_id),
	act AS (UPDATE import_row r SET action = CASE
			WHEN p.id IS NULL THEN 'create'
			WHEN r.status = 'inactive' AND p.status <> 'inactive' THEN 'deactivate'
			WHEN (p.user_name, p.given_name) IS DISTINCT FROM (r.user_name, r.given_name)
				OR 'family_name' = ANY (i.columns) AND p.family_name IS DISTINCT FROM coalesce(r.family_name, '')
				OR 'email' = ANY (i.columns) AND p.email IS DISTINCT FROM r.email
				OR 'title' = ANY (i.columns) AND p.title IS DISTINCT FROM r.title
				OR 'department' = ANY (i.columns) AND p.department IS DISTINCT FROM r.department
				OR 'location' = ANY (i.columns) AND p.location IS DISTINCT FROM r.location
				OR 'country' = ANY (i.columns) AND p.country IS DISTINCT FROM r.country
				OR 'time_zone' = ANY (i.columns) AND p.time_zone IS DISTINCT FROM coalesce(r.time_zone, 'UTC')
				OR p.level IS DISTINCT FROM r.level
				OR 'manager_external_id' = ANY (i.columns) AND p.manager_id IS DISTINCT FROM r.manager_id
				OR 'hired_on' = ANY (i.columns) AND p.hired_on IS DISTINCT FROM r.hired_on
				OR r.status = 'active' AND p.status = 'inactive'
				OR 'languages' = ANY (i.columns) AND r.languages IS DISTINCT FROM ARRAY(SELECT l.language
					FROM person_language l WHERE l.person_id = p.id ORDER BY l.language)
			THEN 'update' ELSE 'none' END
		FROM i, import_row x LEFT JOIN person p ON p.id = x.person_id
		WHERE r.import_id = :import_id AND x.import_id = :import_id AND x.line = r.line
			AND r.action IS DISTINCT FROM 'skip'),
	missing AS (INSERT INTO import_row (import_id, line, external_id, user_name, given_name, person_id, status, depth, action)
		SELECT :import_id, -row_number() OVER (ORDER BY p.id), p.external_id, p.user_name, p.given_name, p.id, 'inactive', 0, 'deactivate'
		FROM i, person p
		WHERE i.mode = 'full' AND p.status <> 'inactive' AND p.external_id IS NOT NULL
			AND NOT EXISTS (SELECT FROM import_row r WHERE r.import_id = :import_id AND r.person_id = p.id))
SELECT 1;

-- import_check_end(import_id uuid): numbers the faults in file order, counts, and decides: faulty,
-- checked (dry run, or it deactivates more than a tenth), or on to applying.
WITH numbered AS (SELECT number AS was, row_number() OVER (ORDER BY line, number DESC) AS number
		FROM import_fault WHERE import_id = :import_id),
	renumbered AS (UPDATE import_fault f SET number = n.number FROM numbered n
		WHERE f.import_id = :import_id AND f.number = n.was),
	c AS (SELECT count(*) FILTER (WHERE action = 'create') AS created,
			count(*) FILTER (WHERE action = 'update') AS updated,
			count(*) FILTER (WHERE action = 'none') AS unchanged,
			count(*) FILTER (WHERE action = 'deactivate') AS deactivated,
			count(*) FILTER (WHERE action = 'skip') AS skipped,
			(SELECT count(*) FROM numbered) AS faults,
			(SELECT count(*) FROM person WHERE status <> 'inactive') AS people
		FROM import_row WHERE import_id = :import_id),
	d AS (SELECT c.*, CASE
			WHEN c.faults > 0 AND NOT i.skip_errors THEN 'faulty'
			WHEN i.dry_run THEN 'checked'
			WHEN i.mode = 'full' AND c.deactivated * 10 > c.people
				AND i.confirm_deactivations IS DISTINCT FROM c.deactivated THEN 'checked'
			ELSE 'applying' END AS status,
			i.mode = 'full' AND c.deactivated * 10 > c.people
				AND i.confirm_deactivations IS DISTINCT FROM c.deactivated AS guarded
		FROM c, import i WHERE i.id = :import_id),
	file AS (DELETE FROM import_file WHERE import_id = :import_id),
	ended AS (DELETE FROM import_row r USING d WHERE r.import_id = :import_id AND d.status = 'faulty')
UPDATE import i SET status = d.status, created = d.created, updated = d.updated, unchanged = d.unchanged,
	deactivated = d.deactivated, skipped = d.skipped, faults = d.faults,
	rows_done = CASE d.status WHEN 'faulty' THEN 0 ELSE d.unchanged + d.skipped END,
	reason = CASE WHEN d.status = 'faulty' THEN 'faults' WHEN d.guarded THEN 'mass_deactivation' END,
	finished_at = CASE d.status WHEN 'faulty' THEN common.now() END,
	leased_until = CASE d.status WHEN 'applying' THEN i.leased_until END,
	version = i.version + 1, updated_at = common.now()
FROM d WHERE i.id = :import_id AND i.status = 'checking'
RETURNING i.status;

-- import_fail(import_id uuid, reason text): the file cannot be read at all, or three attempts failed.
WITH file AS (DELETE FROM import_file WHERE import_id = :import_id)
UPDATE import SET status = CASE :reason WHEN 'faults' THEN 'faulty' ELSE 'failed' END, reason = :reason,
	faults = (SELECT count(*) FROM import_fault WHERE import_id = :import_id),
	finished_at = common.now(), leased_until = NULL, version = version + 1, updated_at = common.now()
WHERE id = :import_id AND status IN ('queued', 'checking', 'applying');

-- import_status(import_id uuid): where it stands.
SELECT status FROM import WHERE id = :import_id;
