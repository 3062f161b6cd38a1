-- Checking an import: the rows of the file are in import_row, errors in import_fault. Joins use keys with
-- ASCII letters folded; until the plan is made, only errors and the marks of rows with errors are written.

-- import_claim(): the next piece of work, with its file if it is to be checked; one at a time.
WITH next AS (SELECT i.id FROM import i
		WHERE NOT i.direct AND (i.status IN ('checking', 'applying')
			AND (i.leased_until IS NULL OR i.leased_until < common.real_now())
			OR i.status = 'queued' AND NOT EXISTS (SELECT FROM import o
				WHERE o.status IN ('checking', 'applying') AND NOT o.direct))
		ORDER BY i.created_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
	taken AS (UPDATE import i SET step = CASE i.status WHEN 'queued' THEN 'claim' ELSE 'resumption' END,
			leased_by = gen_random_uuid(), leased_until = common.real_now() + interval '15 seconds',
			attempts = i.attempts + 1, started_at = coalesce(i.started_at, common.now())
		FROM next WHERE i.id = next.id RETURNING i.*)
SELECT t.id, t.status, t.leased_by, t.skip_errors, t.attempts,
	CASE t.status WHEN 'checking' THEN (SELECT convert_from(string_agg(f.content, '' ORDER BY f.part), 'UTF8')
		FROM import_file f WHERE f.import_id = t.id) END AS content,
	t.rules, t.columns && '{languages,interests,skills}' AS with_sets
FROM taken t;

-- import_renew(import_id uuid, lease uuid): extends the lease, unless another transaction has the row locked
-- at the moment.
WITH mine AS MATERIALIZED (SELECT i.id FROM import i
		WHERE i.id = :import_id AND i.leased_by = :lease AND i.status IN ('checking', 'applying')
			AND i.leased_until < common.real_now() + interval '10 seconds' FOR NO KEY UPDATE SKIP LOCKED)
UPDATE import i SET leased_until = common.real_now() + interval '15 seconds' FROM mine WHERE i.id = mine.id;

-- import_check_begin(import_id uuid, lease uuid): deletes what an interrupted or earlier check left behind,
-- and locks the import until the transaction ends; 0 if the lease is lost or the import was cancelled.
WITH mine AS MATERIALIZED (SELECT i.id FROM import i
		WHERE i.id = :import_id AND i.leased_by = :lease AND i.status = 'checking' FOR NO KEY UPDATE),
	rows AS (DELETE FROM import_row r USING mine WHERE r.import_id = mine.id),
	steps AS (DELETE FROM import_step s USING mine WHERE s.import_id = mine.id),
	faults AS (DELETE FROM import_fault f USING mine WHERE f.import_id = mine.id)
SELECT count(*) FROM mine;

-- import_row_copy(): the rows, by COPY.
COPY import_row (import_id, line, external_id, user_name, given_name, family_name, email, title,
	department, location, country, time_zone, level, manager_external_id, hired_on, status, languages,
	skills, interests, active_from, active_until, on_leave_from, on_leave_until, executive,
	holiday_region, skip, out_of_scope)
	FROM STDIN;

-- import_fault_copy(): errors, by COPY.
COPY import_fault (import_id, line, column_name, code, message, warning) FROM STDIN;

-- import_step_copy(): the plan, by COPY.
COPY import_step (import_id, place, line, person_id, manager_id, action) FROM STDIN;

-- import_columns(import_id uuid, columns text[], total int, outside int, headers json, unknown json): the
-- columns of the file, its rows and how many of them are out of scope, and what its mapping made of it.
UPDATE import SET columns = :columns, rows_total = :total, out_of_scope = :outside, headers = :headers,
	unknown_values = :unknown, derived_levels = '[]', version = version + 1 WHERE id = :import_id;

-- import_suggest(import_id uuid, suggested json): a mapping for headers that are not ours.
UPDATE import SET suggested = :suggested, version = version + 1 WHERE id = :import_id;

-- import_statistics(): for the planner, after many rows were staged.
SELECT import_analyze();

-- import_fault_spelling(import_id uuid): a known external_id in a different case belongs to nobody: neither
-- to that person nor to a new one.
-- unprepared
INSERT INTO import_fault (import_id, line, column_name, code, message)
SELECT :import_id, r.line, 'external_id', 'case_differs',
	format('A person with external_id %s exists; this one differs only in case.', p.external_id)
FROM import_row r JOIN person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
WHERE r.import_id = :import_id AND r.external_id <> p.external_id
ORDER BY r.line;

-- import_fault_twice(import_id uuid): keys that appear twice in the file. The row of a person who leaves
-- may have the same user_name and email address as their successor's.
-- unprepared
WITH sent AS MATERIALIZED (
		SELECT r.line, 'external_id' AS name, lower(r.external_id COLLATE "C") AS value
		FROM import_row r WHERE r.import_id = :import_id
		UNION ALL
		SELECT k.line, k.name, k.value FROM import_key k
		WHERE k.import_id = :import_id AND k.stays AND k.value IS NOT NULL),
	twice AS (SELECT s.name, s.value, min(s.line) AS first
		FROM sent s GROUP BY s.name, s.value HAVING count(*) > 1)
INSERT INTO import_fault (import_id, line, column_name, code, message)
SELECT :import_id, s.line, s.name, 'duplicate', format('Line %s has the same %s.', t.first, s.name)
FROM twice t JOIN sent s ON s.name = t.name AND s.value = t.value AND s.line > t.first
ORDER BY s.line, s.name;

-- import_fault_taken(import_id uuid): keys of people without a row in the file. People missing from a full
-- file keep their keys too: the row may well mean them.
-- unprepared
WITH sent AS MATERIALIZED (SELECT k.line, k.name, k.value, k.person_id FROM import_key k
		WHERE k.import_id = :import_id AND k.claims),
	own AS MATERIALIZED (SELECT DISTINCT lower(r.external_id COLLATE "C") AS key
		FROM import_row r WHERE r.import_id = :import_id AND NOT r.out_of_scope)
INSERT INTO import_fault (import_id, line, column_name, code, message)
SELECT :import_id, s.line, s.name, 'taken', format('This %s belongs to %s, who is not in the file.', s.name,
	coalesce(h.external_id, 'another person'))
FROM sent s
	JOIN person_key h ON h.name = s.name AND h.value = s.value AND h.held
		AND h.person_id IS DISTINCT FROM s.person_id
	LEFT JOIN own o ON o.key = lower(h.external_id COLLATE "C")
WHERE o.key IS NULL
ORDER BY s.line, s.name;

-- import_keys_wanted(import_id uuid): keys that rows want from people who have a row too, by the line of
-- that row: the row that wants it, the key, its holder, the holder's line, whether that row is skipped.
-- unprepared
WITH sent AS MATERIALIZED (SELECT k.line, k.name, k.value, k.person_id FROM import_key k
		WHERE k.import_id = :import_id AND k.claims AND NOT k.skip),
	own AS MATERIALIZED (SELECT lower(r.external_id COLLATE "C") AS key, min(r.line) AS line,
			bool_and(r.skip) AS skip
		FROM import_row r WHERE r.import_id = :import_id AND NOT r.out_of_scope GROUP BY 1)
SELECT s.line, s.name, h.external_id AS holder, o.line AS own, o.skip
FROM sent s
	JOIN person_key h ON h.name = s.name AND h.value = s.value AND h.held
		AND h.person_id IS DISTINCT FROM s.person_id
	JOIN own o ON o.key = lower(h.external_id COLLATE "C")
ORDER BY o.line, s.line, s.name;

-- import_fault_managers(import_id uuid): people who are their own manager, and a warning for managers whom
-- nobody knows: a vacant post, which is filled when a person with that key arrives.
-- unprepared
WITH sent AS MATERIALIZED (SELECT r.line, lower(r.external_id COLLATE "C") AS key,
			lower(r.manager_external_id COLLATE "C") AS manager_key
		FROM import_row r WHERE r.import_id = :import_id AND NOT r.out_of_scope),
	named AS (SELECT r.line, r.manager_key = r.key AS own
		FROM sent r
			LEFT JOIN (SELECT DISTINCT key FROM sent) m ON m.key = r.manager_key
			LEFT JOIN person p ON lower(p.external_id COLLATE "C") = r.manager_key
		WHERE r.manager_key IS NOT NULL AND (r.manager_key = r.key OR m.key IS NULL AND p.id IS NULL))
INSERT INTO import_fault (import_id, line, column_name, code, message, warning)
SELECT :import_id, n.line, 'manager_external_id', CASE WHEN n.own THEN 'own_manager'
	ELSE 'unknown_manager' END,
	CASE WHEN n.own THEN 'A person cannot be their own manager.'
		ELSE 'No person with this external_id exists or is in the file: the post counts as vacant.' END,
	NOT n.own
FROM named n ORDER BY n.line;

-- import_fault_skills(import_id uuid): skills that the taxonomy does not have, each once, at its first row,
-- with the name that is most like it. Marks the rows; returns how many such skills there are. (Each name is
-- looked up once, so the names are materialized first.)
-- unprepared
WITH item AS MATERIALIZED (SELECT r.line, s.name, lower(s.name COLLATE "C") AS key
		FROM import_row r, unnest(r.skills) u(item), import_skill(u.item) s
		WHERE r.import_id = :import_id),
	sent AS MATERIALIZED (SELECT DISTINCT i.key FROM item i),
	nobodys AS MATERIALIZED (SELECT s.key FROM sent s WHERE import_skill_id(s.key) IS NULL),
	unknown AS MATERIALIZED (SELECT i.key, min(i.name) AS name, min(i.line) AS line,
			count(DISTINCT i.line) AS rows
		FROM nobodys n JOIN item i ON i.key = n.key GROUP BY i.key),
	told AS (INSERT INTO import_fault (import_id, line, column_name, code, message)
		SELECT :import_id, u.line, 'skills', 'unknown_skill',
			format('%s is not a skill of the taxonomy (rows: %s).%s', u.name, u.rows,
				' The nearest is ' || import_skill_like(u.name) || '.')
		FROM unknown u ORDER BY u.rows DESC, u.line LIMIT 200),
	marked AS (UPDATE import_row r SET skip = true FROM item i JOIN unknown u ON u.key = i.key
		WHERE r.import_id = :import_id AND r.line = i.line)
SELECT count(*) FROM unknown;

-- import_complete_dates(import_id uuid): rows with some of the dates get the others from the person, so that
-- all can be judged together. (Only what the row has is applied.)
-- unprepared
UPDATE import_row r SET
	active_from = CASE WHEN 'active_from' = ANY (s.columns) THEN r.active_from ELSE p.active_from END,
	active_until = CASE WHEN 'active_until' = ANY (s.columns) THEN r.active_until ELSE p.active_until END,
	on_leave_from = CASE WHEN 'on_leave_from' = ANY (s.columns) THEN r.on_leave_from ELSE p.on_leave_from END,
	on_leave_until = CASE WHEN 'on_leave_until' = ANY (s.columns) THEN r.on_leave_until
		ELSE p.on_leave_until END
FROM import i, import_row o CROSS JOIN LATERAL (SELECT coalesce(o.sent, i.columns) AS columns) s
	JOIN person p ON lower(p.external_id COLLATE "C") = lower(o.external_id COLLATE "C")
WHERE i.id = :import_id AND o.import_id = i.id AND r.import_id = o.import_id AND r.line = o.line
	AND s.columns && '{active_from,active_until,on_leave_from,on_leave_until}'
	AND NOT s.columns @> '{active_from,active_until,on_leave_from,on_leave_until}'
	AND num_nonnulls(p.active_from, p.active_until, p.on_leave_from, p.on_leave_until) > 0;

-- import_settle_skills(import_id uuid): codes and aliases become the names of the taxonomy; of two that mean
-- the same skill, the first counts. (Of rows that stand.)
-- unprepared
WITH sent AS MATERIALIZED (SELECT r.line, u.place, u.item, lower(s.name COLLATE "C") AS key
		FROM import_row r, unnest(r.skills) WITH ORDINALITY u(item, place), import_skill(u.item) s
		WHERE r.import_id = :import_id AND NOT r.skip),
	known AS MATERIALIZED (SELECT k.key, s.id, s.name
		FROM (SELECT d.key, import_skill_id(d.key) AS id FROM (SELECT DISTINCT key FROM sent) d) k
			JOIN skill s ON s.id = k.id),
	once AS (SELECT DISTINCT ON (s.line, k.id) s.line, s.place, left(s.item, 6) || k.name AS item
		FROM sent s JOIN known k ON k.key = s.key ORDER BY s.line, k.id, s.place),
	named AS (SELECT o.line, array_agg(o.item ORDER BY o.place) AS skills FROM once o GROUP BY o.line)
UPDATE import_row r SET skills = n.skills FROM named n
WHERE r.import_id = :import_id AND r.line = n.line AND r.skills <> n.skills;

-- import_settle_dates(import_id uuid): dates that are reversed; then what the dates say of today becomes the
-- status, and dates that are past go.
-- unprepared
WITH i AS MATERIALIZED (SELECT columns, common.today() AS today FROM import WHERE id = :import_id),
	told AS (INSERT INTO import_fault (import_id, line, column_name, code, message)
		SELECT :import_id, r.line, d.name, 'dates_reversed', 'The end is before the beginning.'
		FROM import_row r, LATERAL (VALUES ('active_until', r.active_from, r.active_until),
			('on_leave_until', r.on_leave_from, r.on_leave_until)) d(name, since, until)
		WHERE r.import_id = :import_id AND d.until < d.since ORDER BY r.line)
UPDATE import_row r SET status = s.becomes,
	active_from = CASE WHEN r.active_from > i.today THEN r.active_from END,
	active_until = CASE WHEN r.active_until >= i.today THEN r.active_until END,
	on_leave_from = CASE WHEN r.on_leave_from > i.today AND s.stays THEN r.on_leave_from END,
	on_leave_until = CASE WHEN r.on_leave_until >= i.today AND s.stays THEN r.on_leave_until END
FROM i, import_row o, LATERAL (SELECT t.becomes, t.becomes IS DISTINCT FROM 'inactive' AS stays
	FROM (VALUES (import_row_status(o, coalesce(o.sent, i.columns), i.today))) t(becomes)) s
WHERE r.import_id = :import_id AND NOT r.out_of_scope AND o.import_id = r.import_id AND o.line = r.line
	AND coalesce(o.sent, i.columns) && '{active_from,active_until,on_leave_from,on_leave_until}';

-- import_levels(import_id uuid): a level for rows without one: that of the top, less one for each step down.
-- The reports of a vacant post count as two steps down. Who is on a line without an end has none.
-- unprepared
WITH RECURSIVE i AS MATERIALIZED (SELECT columns, coalesce((rules #>> '{level,top}')::int, 10) AS top
		FROM import WHERE id = :import_id),
	sent AS MATERIALIZED (SELECT lower(r.external_id COLLATE "C") AS key,
			lower(r.manager_external_id COLLATE "C") AS manager_key
		FROM import_row r WHERE r.import_id = :import_id AND NOT r.out_of_scope),
	everyone AS MATERIALIZED (
		SELECT s.key, CASE WHEN 'manager_external_id' = ANY (i.columns) THEN s.manager_key
			ELSE k.manager_key END AS manager_key FROM i, sent s LEFT JOIN person_line k ON k.key = s.key
		UNION
		SELECT k.key, k.manager_key FROM person_line k LEFT JOIN sent s ON s.key = k.key WHERE s.key IS NULL),
	depth (key, steps) AS (
		SELECT e.key, CASE WHEN e.manager_key IS NULL THEN 0 ELSE 2 END
		FROM everyone e LEFT JOIN everyone m ON m.key = e.manager_key WHERE m.key IS NULL
		UNION
		SELECT e.key, d.steps + 1 FROM depth d JOIN everyone e ON e.manager_key = d.key),
	derived AS (UPDATE import_row r SET level = greatest(i.top - d.steps, 0)
		FROM i, depth d WHERE d.key = lower(r.external_id COLLATE "C") AND r.import_id = :import_id
			AND r.level IS NULL AND NOT r.out_of_scope AND NOT r.skip RETURNING r.line, r.level),
	told AS (INSERT INTO import_fault (import_id, line, column_name, code, message)
		SELECT :import_id, r.line, 'level', 'no_level', 'The reporting line has no end to count steps from.'
		FROM import_row r LEFT JOIN derived d ON d.line = r.line
		WHERE r.import_id = :import_id AND r.level IS NULL AND NOT r.out_of_scope AND NOT r.skip
			AND d.line IS NULL)
UPDATE import SET derived_levels = (SELECT coalesce(jsonb_agg(jsonb_build_object('level', l.level,
		'people', l.people) ORDER BY l.level DESC), '[]')
	FROM (SELECT d.level, count(*) AS people FROM derived d GROUP BY d.level) l) WHERE id = :import_id;

-- import_skip_faulty(import_id uuid, skip_errors bool): marks rows that cannot be applied; repeated until it
-- marked none.
SELECT import_skip(:import_id, :skip_errors);

-- import_plan(import_id uuid): everyone as they will be: their line in the file, their id if they are
-- known, the position of their manager in this list, and what is to be done. A person is missing from a
-- full file if no row means them: not by external_id, nor, for a skipped row, by user_name or email
-- address. (The action is import_action's, which as a function would be planned for every row.)
-- unprepared
WITH i AS (SELECT mode, columns, own_fields,
			coalesce(rules #>> '{out_of_scope,people}', 'keep') <> 'keep' AS outsiders_leave
		FROM import WHERE id = :import_id),
	known AS MATERIALIZED (SELECT p.id, p.external_id, p.status <> 'inactive' AS here, p.active_from,
			p AS person, k.key, k.manager_key,
			CASE WHEN p.own_sets = '{}' THEN i.columns END AS columns
		FROM i, person p JOIN person_line k ON k.person_id = p.id),
	sent AS MATERIALIZED (SELECT r.line, r.skip, r.out_of_scope, r.manager_external_id, r AS row,
			lower(r.external_id COLLATE "C") AS key, CASE WHEN NOT r.out_of_scope
				THEN coalesce(r.status, CASE i.mode WHEN 'full' THEN 'active' END)
				WHEN i.outsiders_leave THEN 'inactive' END AS becomes
		FROM i, import_row r WHERE r.import_id = :import_id),
	present AS (SELECT key, bool_and(skip) AS skip FROM sent GROUP BY key),
	out AS MATERIALIZED (SELECT k.name, k.value FROM import_key k
		WHERE k.import_id = :import_id AND k.skip AND k.value IS NOT NULL),
	meant AS MATERIALIZED (SELECT DISTINCT h.person_id
		FROM out o JOIN person_key h ON h.name = o.name AND h.value = o.value),
	everybody AS (
		SELECT r.key, CASE WHEN NOT r.out_of_scope THEN r.line END AS line, p.id AS person_id,
			CASE WHEN 'manager_external_id' = ANY (i.columns) AND NOT r.out_of_scope
				THEN lower(r.manager_external_id COLLATE "C") ELSE p.manager_key END AS manager_key,
			CASE WHEN p.id IS NULL THEN 'create' WHEN r.becomes = 'inactive' AND p.here THEN 'deactivate'
				WHEN r.becomes <> 'inactive' AND NOT p.here THEN 'reactivate'
				WHEN NOT r.out_of_scope AND EXISTS (SELECT FROM import_fields(p.person, r.row,
					coalesce(p.columns, import_columns_for(p.person, r.row, i.columns, i.own_fields))))
					THEN 'update' END AS action
		FROM i, sent r LEFT JOIN known p ON p.key = r.key
		WHERE NOT r.skip AND NOT (r.out_of_scope AND p.id IS NULL)
		UNION ALL
		SELECT p.key, NULL, p.id, p.manager_key,
			CASE WHEN i.mode = 'full' AND (p.here OR p.active_from IS NOT NULL)
				AND p.external_id IS NOT NULL AND s.key IS NULL AND m.person_id IS NULL THEN 'deactivate' END
		FROM i, known p LEFT JOIN present s ON s.key = p.key LEFT JOIN meant m ON m.person_id = p.id
		WHERE s.key IS NULL OR s.skip),
	numbered AS MATERIALIZED (SELECT row_number() OVER () AS position, e.* FROM everybody e)
SELECT n.line, n.person_id, m.position AS above, n.action
FROM numbered n LEFT JOIN (SELECT key, min(position) AS position FROM numbered
	GROUP BY key) m ON m.key = n.manager_key
ORDER BY n.position;

-- import_handover(import_id uuid): people who report to somebody who leaves, and to whom the file gives no
-- other manager. If the mapping asks for it, those whose manager the file does not tell go to the next one up
-- who stays. A warning for each leaver lists them.
-- unprepared
WITH i AS MATERIALIZED (SELECT coalesce(rules ->> 'reports_of_leavers', 'keep') <> 'keep' AS asked
		FROM import WHERE id = :import_id),
	report AS MATERIALIZED (SELECT r.* FROM import_reports_left(:import_id) r),
	moved AS (INSERT INTO import_step (import_id, place, person_id, manager_id, action)
		SELECT :import_id,
			(SELECT coalesce(max(s.place), 0) FROM import_step s WHERE s.import_id = :import_id)
			+ row_number() OVER (ORDER BY r.person_id), r.person_id, r.next_manager_id, 'move'
		FROM i, report r WHERE i.asked AND r.untold AND r.next_manager_id IS NOT NULL)
INSERT INTO import_fault (import_id, line, column_name, code, message, warning)
SELECT :import_id, coalesce(r.line, 1), 'manager_external_id', 'reports_of_leaver',
	format('%s leaves and has reports (%s): %s.%s', min(r.leaver), count(*),
		array_to_string((array_agg(r.external_id ORDER BY r.external_id))[:10]
			|| CASE WHEN count(*) > 10 THEN ARRAY['…'] ELSE '{}' END, ', '),
		CASE WHEN i.asked AND bool_and(r.untold) AND min(r.next_manager) IS NOT NULL
			THEN format(' They will report to %s.', min(r.next_manager)) END), true
FROM i, report r GROUP BY i.asked, r.leaver_id, r.line ORDER BY r.line, r.leaver_id;

-- import_step_rekeys(import_id uuid): marks the steps that change the person behind a sign-in key: the
-- person had another, or someone else has or had it.
-- unprepared
WITH sent AS MATERIALIZED (SELECT k.line, k.name, k.value, k.person_id, k.gives_up
		FROM import_step s JOIN import_key k ON k.import_id = s.import_id AND k.line = s.line
		WHERE s.import_id = :import_id AND k.claims),
	changes AS (
		SELECT s.line FROM sent s WHERE s.gives_up
		UNION
		SELECT s.line FROM sent s JOIN person_key h ON h.name = s.name AND h.value = s.value
			AND h.person_id IS DISTINCT FROM s.person_id)
UPDATE import_step s SET rekeys = true FROM changes c WHERE s.import_id = :import_id AND s.line = c.line;

-- import_check_end(import_id uuid, lease uuid): counts and decides: faulty, checked (a dry run, or it
-- deactivates more than a tenth), or on to applying. A full import that has rows without a readable key is
-- always faulty: it cannot show who is missing.
WITH s AS (SELECT count(*) FILTER (WHERE action = 'create') AS created,
			count(*) FILTER (WHERE action IN ('update', 'reactivate', 'move')) AS updated,
			count(*) FILTER (WHERE action = 'deactivate') AS deactivated,
			count(line) AS lines, count(*) AS steps
		FROM import_step WHERE import_id = :import_id),
	r AS (SELECT count(*) AS staged, count(*) FILTER (WHERE NOT skip AND NOT out_of_scope) AS good
		FROM import_row WHERE import_id = :import_id),
	f AS (SELECT count(*) AS faults FROM import_fault WHERE import_id = :import_id AND NOT warning),
	p AS (SELECT count(*) AS people FROM person WHERE status <> 'inactive'),
	d AS (SELECT f.faults > 0 AND (NOT i.skip_errors OR i.mode = 'full'
		AND r.staged < i.rows_total) AS faulty,
			s.deactivated * 10 > p.people AND (i.mode = 'full' OR s.deactivated > 1)
				AND i.confirm_deactivations IS DISTINCT FROM s.deactivated AS guarded
		FROM s, r, f, p, import i WHERE i.id = :import_id)
UPDATE import i SET step = CASE WHEN d.faulty THEN 'rejection' WHEN d.guarded OR i.dry_run THEN 'check'
	ELSE 'application' END,
	reason = CASE WHEN d.faulty THEN 'faults' WHEN d.guarded THEN 'mass_deactivation' END,
	created = s.created, updated = s.updated, deactivated = s.deactivated,
	unchanged = CASE WHEN d.faulty THEN 0 ELSE r.good - s.lines END,
	skipped = CASE WHEN d.faulty THEN 0 ELSE i.rows_total - i.out_of_scope - r.good END,
	steps_total = CASE WHEN d.faulty THEN 0 ELSE s.steps END
FROM s, r, d WHERE i.id = :import_id AND i.leased_by = :lease AND i.status = 'checking';

-- import_reject(import_id uuid, lease uuid): the file cannot be read at all.
UPDATE import SET step = 'rejection', reason = 'faults'
	WHERE id = :import_id AND leased_by = :lease AND status = 'checking';

-- import_fail(import_id uuid, lease uuid, reason text): the data now contradict the file, or the last attempt
-- failed.
UPDATE import SET step = 'failure', reason = :reason
	WHERE id = :import_id AND leased_by = :lease AND status IN ('checking', 'applying');

-- import_status(import_id uuid, lease uuid): its status, while the lease holds.
SELECT status FROM import WHERE id = :import_id AND leased_by = :lease;

-- import_expire(): cancels what nobody has confirmed for a week: its file holds data of everybody.
UPDATE import SET step = 'expiry', reason = 'expired'
	WHERE status = 'checked' AND updated_at < common.now() - interval '7 days';

-- import_staging_clear(): deletes the staged rows of imports that are neither running nor waiting for
-- confirmation; the report stays.
WITH idle AS (SELECT i.id FROM import i WHERE i.status NOT IN ('checking', 'checked', 'applying')
			AND (EXISTS (SELECT FROM import_row r WHERE r.import_id = i.id)
				OR EXISTS (SELECT FROM import_step s WHERE s.import_id = i.id))),
	rows AS (DELETE FROM import_row r USING idle WHERE r.import_id = idle.id),
	steps AS (DELETE FROM import_step s USING idle WHERE s.import_id = idle.id)
SELECT 1;
