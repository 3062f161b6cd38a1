-- Applying an import, in chunks, in the order of its plan. Each chunk is one transaction with its events;
-- after being killed, a job continues after the last chunk.

-- import_hold(import_id uuid, lease uuid, after int, size int): among the next steps that change the person
-- behind a key, marks the people who have the key or will get it. From then on no service associates them
-- with it, and they do not block it. Returns the position of the last such step, or 0.
-- unprepared
WITH step AS MATERIALIZED (SELECT s.place, s.person_id, lower(r.user_name COLLATE "C") AS user_name,
			lower(coalesce(r.email, o.email) COLLATE "C") AS email
		FROM import i JOIN import_step s ON s.import_id = i.id
			JOIN import_row r ON r.import_id = i.id AND r.line = s.line
			LEFT JOIN person o ON o.id = s.person_id
		WHERE i.id = :import_id AND i.leased_by = :lease AND i.status = 'applying' AND s.rekeys
			AND s.place > greatest(i.steps_done, :after)
		ORDER BY s.place LIMIT :size),
	whose AS (
		SELECT s.person_id AS id FROM step s
		UNION
		SELECT p.id FROM step s JOIN person p ON lower(p.user_name COLLATE "C") = s.user_name
		UNION
		SELECT p.id FROM step s JOIN person p ON lower(p.email COLLATE "C") = s.email),
	held AS (UPDATE person p SET rekeyed_by = :import_id FROM whose w
		WHERE p.id = w.id AND p.rekeyed_by IS DISTINCT FROM :import_id)
SELECT coalesce(max(s.place), 0) FROM step s;

-- import_release(size int): people who are no longer marked by a running import get their keys back. If
-- someone else has received one of their keys (for example in an import that was cancelled half-way), they
-- stay without keys until an import gives them new ones; if someone else has just given one up, they wait a
-- moment. Returns how many.
WITH past AS (SELECT p.id FROM person p
		WHERE p.rekeyed_by IS NOT NULL
			AND NOT EXISTS (SELECT FROM import i WHERE i.id = p.rekeyed_by AND i.status = 'applying')
			AND (p.status = 'inactive' OR NOT keys_at_rest(p.id, p.user_name, p.email)
				AND NOT EXISTS (SELECT FROM person o
					WHERE lower(o.user_name COLLATE "C") = lower(p.user_name COLLATE "C")
						AND o.id <> p.id AND o.status <> 'inactive'
						AND (o.rekeyed_by IS NULL OR (o.updated_at, o.id) > (p.updated_at, p.id)))
				AND NOT EXISTS (SELECT FROM person o
					WHERE lower(o.email COLLATE "C") = lower(p.email COLLATE "C")
						AND o.id <> p.id AND o.status <> 'inactive'
						AND (o.rekeyed_by IS NULL OR (o.updated_at, o.id) > (p.updated_at, p.id))))
		LIMIT :size),
	freed AS (UPDATE person p SET rekeyed_by = NULL FROM past WHERE p.id = past.id RETURNING p.id)
SELECT count(*) FROM freed;

-- import_apply_chunk(import_id uuid, lease uuid, size int): the next steps; returns how many, or 0 if none is
-- left, the lease is lost or the import was cancelled. Changes of standing take the reporting-line lock
-- (7, 1) before locking any person.
-- unprepared
WITH live AS MATERIALIZED (SELECT i.id, i.columns, i.steps_done, common.now() AS at FROM import i
		WHERE i.id = :import_id AND i.leased_by = :lease AND i.status = 'applying' FOR NO KEY UPDATE),
	chunk AS MATERIALIZED (SELECT s.place, s.person_id, s.manager_id, s.action, l.at, r.*, r AS row,
			CASE WHEN r.line IS NOT NULL THEN coalesce(r.sent, l.columns) END AS columns
		FROM live l JOIN import_step s ON s.import_id = :import_id
				AND s.place > (SELECT steps_done FROM live)
				AND s.place <= (SELECT steps_done + :size FROM live)
			LEFT JOIN import_row r ON r.import_id = :import_id AND r.line = s.line),
	locked AS MATERIALIZED (SELECT CASE WHEN EXISTS (SELECT FROM chunk WHERE action <> 'create')
		THEN pg_advisory_xact_lock(7, 1) END AS held),
	created AS (INSERT INTO person (id, external_id, user_name, given_name, family_name, email, title,
			department, location, country, time_zone, level, manager_id, manager_external_id, hired_on,
			status, active_from, active_until, on_leave_from, on_leave_until, executive, holiday_region,
			created_at, updated_at)
		SELECT c.person_id, c.external_id, c.user_name, c.given_name, coalesce(c.family_name, ''), c.email,
			c.title, c.department, c.location, c.country, coalesce(c.time_zone, 'UTC'), c.level,
			c.manager_id, CASE WHEN c.manager_id IS NULL THEN c.manager_external_id END, c.hired_on,
			coalesce(c.status, 'active'), c.active_from, c.active_until, c.on_leave_from, c.on_leave_until,
			coalesce(c.executive, false), c.holiday_region, c.at, c.at
		FROM chunk c WHERE c.action = 'create' ORDER BY c.place),
	changed AS (UPDATE person p SET (user_name, given_name, family_name, email, title, department, location,
				country, time_zone, level, manager_id, manager_external_id, hired_on, status, active_from,
				active_until, on_leave_from, on_leave_until)
			= (SELECT m.* FROM import_after(p, c.row, c.columns, c.manager_id, c.action) m),
			executive = CASE WHEN 'executive' = ANY (c.columns) THEN coalesce(c.executive, false)
				ELSE p.executive END,
			holiday_region = CASE WHEN 'holiday_region' = ANY (c.columns) THEN c.holiday_region
				ELSE p.holiday_region END,
			rekeyed_by = NULL, version = p.version + 1, updated_at = c.at
		FROM locked, chunk c WHERE p.id = c.person_id AND c.action <> 'create'),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT CASE c.action WHEN 'create' THEN 'person.created' WHEN 'update' THEN 'person.updated'
			WHEN 'move' THEN 'person.updated' WHEN 'deactivate' THEN 'person.deactivated'
			ELSE 'person.reactivated' END, c.person_id
		FROM chunk c ORDER BY c.place),
	moved AS (UPDATE import i SET attempts = 0, steps_done = l.steps_done + (SELECT count(*) FROM chunk),
			version = i.version + 1, updated_at = l.at
		FROM live l WHERE i.id = l.id AND EXISTS (SELECT FROM chunk))
SELECT count(*) FROM chunk;

-- import_apply_sets(import_id uuid, size int): languages, interests and skills of the steps that were just
-- applied, in the same transaction. Retired skills, which no file can name, stay.
-- unprepared
WITH chunk AS MATERIALIZED (SELECT s.person_id, r.languages, r.interests, r.skills,
			import_columns_for(p, r, coalesce(r.sent, i.columns), i.own_fields) AS columns
		FROM import i JOIN import_step s ON s.import_id = i.id
				AND s.place > i.steps_done - :size AND s.place <= i.steps_done
			JOIN import_row r ON r.import_id = i.id AND r.line = s.line
			JOIN person p ON p.id = s.person_id
		WHERE i.id = :import_id AND coalesce(r.sent, i.columns) && '{languages,interests,skills}'),
	spoken AS (DELETE FROM person_language l USING chunk c
		WHERE l.person_id = c.person_id AND 'languages' = ANY (c.columns)
			AND l.language <> ALL (coalesce(c.languages, '{}'))),
	speaks AS (INSERT INTO person_language (person_id, language)
		SELECT DISTINCT c.person_id, g FROM chunk c, unnest(c.languages) g WHERE 'languages' = ANY (c.columns)
		ON CONFLICT (person_id, language) DO NOTHING),
	liked AS (DELETE FROM person_interest t USING chunk c
		WHERE t.person_id = c.person_id AND 'interests' = ANY (c.columns)
			AND t.interest <> ALL (coalesce(c.interests, '{}'))),
	likes AS (INSERT INTO person_interest (person_id, interest)
		SELECT DISTINCT c.person_id, g FROM chunk c, unnest(c.interests) g WHERE 'interests' = ANY (c.columns)
		ON CONFLICT (person_id, interest) DO NOTHING),
	item AS MATERIALIZED (SELECT c.person_id, u.place, g.*, lower(g.name COLLATE "C") AS key
		FROM chunk c, unnest(c.skills) WITH ORDINALITY u(item, place), import_skill(u.item) g
		WHERE 'skills' = ANY (c.columns)),
	known AS MATERIALIZED (SELECT n.key, import_skill_id(n.key) AS id FROM (SELECT DISTINCT key FROM item) n),
	given AS MATERIALIZED (SELECT DISTINCT ON (i.person_id, k.id) i.person_id, k.id AS skill_id, i.current,
			i.target, i.offered
		FROM item i JOIN known k ON k.key = i.key
		WHERE k.id IS NOT NULL ORDER BY i.person_id, k.id, i.place),
	knew AS (DELETE FROM person_skill s USING chunk c, skill k
		WHERE s.person_id = c.person_id AND 'skills' = ANY (c.columns) AND k.id = s.skill_id AND NOT k.retired
			AND NOT EXISTS (SELECT FROM given g WHERE g.person_id = s.person_id AND g.skill_id = s.skill_id)),
	knows AS (INSERT INTO person_skill AS s (person_id, skill_id, current, target, offered)
		SELECT g.person_id, g.skill_id, g.current, g.target, g.offered FROM given g
		ON CONFLICT (person_id, skill_id) DO UPDATE
			SET current = excluded.current, target = excluded.target, offered = excluded.offered)
SELECT count(*) FROM chunk;

-- import_apply_end(import_id uuid, lease uuid): everything has been applied.
UPDATE import SET step = 'completion'
WHERE id = :import_id AND leased_by = :lease AND status = 'applying';

-- import_people_statistics(): for the planner, after many people have changed: the directory is searched by
-- them.
SELECT people_analyze();

-- import_lay_down(import_id uuid, lease uuid): the service is stopping, or there is a temporary obstacle; the
-- next attempt need not wait for the lease.
UPDATE import SET leased_until = common.real_now() + interval '1 second', leased_by = NULL
WHERE id = :import_id AND leased_by = :lease AND status IN ('checking', 'applying');
