-- The current holder of each user_name and email address, in the form in which keys are compared. held:
-- nobody else may have the key.
CREATE OR REPLACE VIEW profiles.person_key AS
SELECT p.id AS person_id, p.external_id, 'user_name' AS name, lower(p.user_name COLLATE "C") AS value,
	p.status <> 'inactive' AND p.rekeyed_by IS NULL AS held
FROM profiles.person p
UNION ALL
SELECT p.id, p.external_id, 'email', lower(p.email COLLATE "C"),
	p.status <> 'inactive' AND p.rekeyed_by IS NULL
FROM profiles.person p;

-- The same two keys as the rows of a file will leave them. stays: the person will still be active; claims:
-- the key is new to them, or they will hold it and do not now; gives_up: they had another key.
CREATE OR REPLACE VIEW profiles.import_key AS
SELECT r.import_id, r.line, r.skip, p.id AS person_id, k.name, k.value, s.stays,
	k.value IS DISTINCT FROM k.was
		OR s.stays AND (p.status = 'inactive' OR p.rekeyed_by IS NOT NULL) AS claims,
	k.was IS NOT NULL AND k.value IS DISTINCT FROM k.was AS gives_up
FROM profiles.import_row r JOIN profiles.import i ON i.id = r.import_id
	LEFT JOIN profiles.person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
	CROSS JOIN LATERAL (VALUES
		('user_name', lower(r.user_name COLLATE "C"), lower(p.user_name COLLATE "C")),
		('email', CASE WHEN 'email' = ANY (coalesce(r.sent, i.columns)) THEN lower(r.email COLLATE "C")
			ELSE lower(p.email COLLATE "C") END, lower(p.email COLLATE "C"))) k(name, value, was)
	CROSS JOIN LATERAL (SELECT coalesce(r.status, CASE i.mode WHEN 'full' THEN 'active' END, p.status,
		'active') <> 'inactive' AS stays) s
WHERE NOT r.out_of_scope;

-- Collects statistics on the rows just staged: without them the checks would be planned for a few rows and
-- join a hundred thousand with nested loops. Only the owner of a table may do this.
CREATE OR REPLACE FUNCTION profiles.import_analyze() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	ANALYZE profiles.import_row, profiles.import_step,
		profiles.person (id, external_id, user_name, email, status, rekeyed_by);
END $$;

-- The same of people and what they have, after a large import, and what the index of words has put off. The
-- next automatic one may be a minute away.
CREATE OR REPLACE FUNCTION profiles.people_analyze() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	ANALYZE profiles.person, profiles.person_skill, profiles.person_interest, profiles.person_language;
	PERFORM gin_clean_pending_list('profiles.person_words'), profiles.count_words();
END $$;

-- An import as the API shows it.
CREATE OR REPLACE FUNCTION profiles.import_json(i profiles.import) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'status', i.status, 'mode', i.mode, 'dry_run', i.dry_run,
	'progress', json_build_object('done', i.steps_done, 'total', i.steps_total),
	'counts', json_build_object('rows', i.rows_total, 'created', i.created, 'updated', i.updated,
		'unchanged', i.unchanged, 'deactivated', i.deactivated, 'skipped', i.skipped, 'faults', i.faults,
		'out_of_scope', i.out_of_scope, 'pairs_suspended', i.pairs_suspended),
	'problem', i.reason, 'mapping_id', i.mapping_id, 'own_fields', i.own_fields,
	'suggested_mapping', i.suggested, 'derived_levels', i.derived_levels,
	'unknown_values', (SELECT coalesce(json_agg(json_build_object(
			'column', coalesce(i.headers ->> (u.value ->> 'column'), u.value ->> 'column'),
			'value', u.value -> 'value', 'rows', u.value -> 'rows') ORDER BY u.place), '[]')
		FROM jsonb_array_elements(i.unknown_values) WITH ORDINALITY u(value, place)),
	'created_at', common.instant(i.created_at), 'finished_at', common.instant(i.ended_at),
	'version', i.version, 'can', array_to_json(common.actions('import', i.status, '{hris, admin}')),
	'links', json_build_object('self', '/api/v1/imports/' || i.id,
		'rows', '/api/v1/imports/' || i.id || '/rows', 'changes', '/api/v1/imports/' || i.id || '/changes'));

-- Everybody by the key that files use, with their manager's; of a vacant post, the key that is awaited.
CREATE OR REPLACE VIEW profiles.person_line AS
SELECT p.id AS person_id, coalesce(lower(p.external_id COLLATE "C"), p.id::text) AS key,
	coalesce(lower(m.external_id COLLATE "C"), m.id::text,
		lower(p.manager_external_id COLLATE "C")) AS manager_key
FROM profiles.person p LEFT JOIN profiles.person m ON m.id = p.manager_id;

-- A skill as a row has it, current:target:offered:name.
CREATE OR REPLACE FUNCTION profiles.import_skill(item text)
RETURNS TABLE (name text, current smallint, target smallint, offered boolean)
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT substr(item, 7), substr(item, 1, 1)::smallint, substr(item, 3, 1)::smallint,
		substr(item, 5, 1) = 't';
END;

-- The skill of a name, code or alias with ASCII letters in lower case; null if there is none. Most are names,
-- which are looked up alone.
CREATE OR REPLACE FUNCTION profiles.import_skill_id(key text) RETURNS uuid LANGUAGE sql STABLE
RETURN coalesce((SELECT s.id FROM profiles.skill s WHERE NOT s.retired AND lower(s.name COLLATE "C") = key),
	(SELECT s.id FROM profiles.skill s
		WHERE NOT s.retired AND (lower(s.code COLLATE "C") = key OR s.aliases @> ARRAY[key])
		ORDER BY (lower(s.code COLLATE "C") = key) IS TRUE DESC, s.id LIMIT 1));

-- The name in the taxonomy that is most like this one; null if none is.
CREATE OR REPLACE FUNCTION profiles.import_skill_like(name text) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT s.name FROM profiles.skill s
	WHERE NOT s.retired AND extensions.similarity(lower(s.name COLLATE "C"), lower(name COLLATE "C")) > 0.3
	ORDER BY extensions.similarity(lower(s.name COLLATE "C"), lower(name COLLATE "C")) DESC, s.name LIMIT 1;
END;

-- The columns of a file that count for a person: without what they have set themselves, unless the import
-- replaces that too. An empty cell replaces nothing: HR does not know what people have set (skills_of_file).
CREATE OR REPLACE FUNCTION profiles.import_columns_for(p profiles.person, r profiles.import_row,
	columns text[], own_fields text) RETURNS text[] LANGUAGE sql STABLE
RETURN CASE WHEN p.own_sets IS NULL OR NOT columns && p.own_sets THEN columns
	ELSE ARRAY(SELECT c FROM unnest(columns) c WHERE c <> ALL (p.own_sets)
		OR own_fields = 'replace' AND cardinality(CASE c WHEN 'languages' THEN r.languages
			WHEN 'interests' THEN r.interests ELSE r.skills END) > 0) END;

-- The sets of a person that files can hold, as they are and as a row would make them. Its skills bear the
-- names of the taxonomy (import_settle_skills).
CREATE OR REPLACE FUNCTION profiles.import_sets(person uuid, r profiles.import_row, columns text[])
RETURNS TABLE (name text, was text, becomes text) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT 'languages', (SELECT string_agg(l.language, '|' ORDER BY l.language)
			FROM profiles.person_language l WHERE l.person_id = person),
		(SELECT string_agg(DISTINCT t, '|' ORDER BY t) FROM unnest(r.languages) t)
	WHERE 'languages' = ANY (columns)
	UNION ALL
	SELECT 'interests', (SELECT string_agg(i.interest, '|' ORDER BY i.interest)
			FROM profiles.person_interest i WHERE i.person_id = person),
		(SELECT string_agg(DISTINCT t, '|' ORDER BY t) FROM unnest(r.interests) t)
	WHERE 'interests' = ANY (columns)
	UNION ALL
	SELECT 'skills', (SELECT string_agg(concat_ws(':', k.name, s.current, s.target,
				CASE WHEN s.offered THEN 'yes' ELSE 'no' END), '|' ORDER BY k.name COLLATE "C")
			FROM profiles.person_skill s JOIN profiles.skill k ON k.id = s.skill_id
			WHERE s.person_id = person AND NOT k.retired),
		(SELECT string_agg(concat_ws(':', g.name, g.current, g.target,
				CASE WHEN g.offered THEN 'yes' ELSE 'no' END), '|' ORDER BY g.name COLLATE "C")
			FROM unnest(r.skills) u(item), profiles.import_skill(u.item) g)
	WHERE 'skills' = ANY (columns);
END;

-- What the dates in a row say of its person today; null if the file does not say whether they are active. One
-- with active_until says so of everybody.
CREATE OR REPLACE FUNCTION profiles.import_row_status(r profiles.import_row, columns text[], today date)
RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN r.status = 'inactive' OR r.active_from > today OR r.active_until < today THEN 'inactive'
	WHEN num_nonnulls(r.on_leave_from, r.on_leave_until) > 0 AND coalesce(r.on_leave_from, today) <= today
		AND coalesce(r.on_leave_until, today) >= today THEN 'on_leave'
	WHEN columns && '{active_from,active_until}' THEN 'active' ELSE r.status END;

-- People whose manager leaves by this import and who get no other by it. untold: the file does not name their
-- manager. next_manager: the first one above the leaver who stays.
CREATE OR REPLACE FUNCTION profiles.import_reports_left(import uuid) RETURNS TABLE (person_id uuid,
	external_id text, leaver_id uuid, leaver text, line int, untold boolean, next_manager_id uuid,
	next_manager text) LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH RECURSIVE leaver AS MATERIALIZED (SELECT s.person_id AS id, s.line FROM profiles.import_step s
			WHERE s.import_id = import AND s.action = 'deactivate'),
		report AS MATERIALIZED (SELECT p.id, p.external_id, l.id AS leaver_id, l.line,
				s.person_id IS NULL AS still FROM leaver l
				JOIN profiles.person p ON p.manager_id = l.id AND p.status <> 'inactive'
				LEFT JOIN profiles.import_step s ON s.import_id = import AND s.person_id = p.id
			WHERE s.person_id IS NULL OR s.action <> 'deactivate' AND s.manager_id = l.id),
		climb (leaver_id, at) AS (
			SELECT r.leaver_id, p.manager_id FROM report r JOIN profiles.person p ON p.id = r.leaver_id
			UNION
			SELECT c.leaver_id, p.manager_id FROM climb c JOIN profiles.person p ON p.id = c.at
			WHERE p.status = 'inactive' OR p.id IN (SELECT l.id FROM leaver l)),
		heir AS (SELECT c.leaver_id, p.id, p.external_id FROM climb c JOIN profiles.person p ON p.id = c.at
			WHERE p.status <> 'inactive' AND p.id NOT IN (SELECT l.id FROM leaver l))
	SELECT r.id, r.external_id, r.leaver_id, coalesce(g.external_id, g.id::text), r.line, r.still
			AND NOT ('manager_external_id' = ANY (i.columns) AND EXISTS (SELECT FROM profiles.import_row w
				WHERE w.import_id = import AND NOT w.skip
					AND lower(w.external_id COLLATE "C") = lower(r.external_id COLLATE "C"))),
		h.id, coalesce(h.external_id, h.id::text)
	FROM report r JOIN profiles.import i ON i.id = import JOIN profiles.person g ON g.id = r.leaver_id
		LEFT JOIN heir h ON h.leaver_id = r.leaver_id;
END;

-- What a row of a file changes in a person, by column name, as written in the file; for a new person
-- (null), all values in the row. Whether the person is active is decided by the step.
CREATE OR REPLACE FUNCTION profiles.import_fields(p profiles.person, r profiles.import_row, columns text[])
RETURNS TABLE (name text, was text, becomes text) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT f.name, f.was, f.becomes
	FROM (SELECT coalesce(m.external_id, m.id::text) AS manager,
				lower(m.external_id COLLATE "C") = lower(r.manager_external_id COLLATE "C") AS same_manager
			FROM (VALUES (p.manager_id)) v(id) LEFT JOIN profiles.person m ON m.id = v.id) l,
		LATERAL (VALUES ('external_id', p.external_id, r.external_id),
			('user_name', p.user_name, r.user_name),
			('given_name', p.given_name, r.given_name),
			('family_name', nullif(p.family_name, ''), r.family_name), ('email', p.email, r.email),
			('title', p.title, r.title), ('department', p.department, r.department),
			('location', p.location, r.location), ('country', p.country, r.country),
			('time_zone', p.time_zone, coalesce(r.time_zone, 'UTC')), ('level', p.level::text, r.level::text),
			('manager_external_id', coalesce(l.manager, p.manager_external_id),
				CASE WHEN l.same_manager THEN l.manager ELSE r.manager_external_id END),
			('hired_on', p.hired_on::text, r.hired_on::text),
			('active_from', p.active_from::text, r.active_from::text),
			('active_until', p.active_until::text, r.active_until::text),
			('on_leave_from', p.on_leave_from::text, r.on_leave_from::text),
			('on_leave_until', p.on_leave_until::text, r.on_leave_until::text),
			('executive', p.executive::text, coalesce(r.executive, false)::text),
			('holiday_region', p.holiday_region, r.holiday_region)) f(name, was, becomes)
	WHERE f.name = ANY (columns) AND f.was IS DISTINCT FROM f.becomes
	UNION ALL
	SELECT 'on_leave', (p.status = 'on_leave')::text, (r.status = 'on_leave')::text
	WHERE columns && '{on_leave_from,on_leave_until}'
		AND (p.status = 'on_leave') IS DISTINCT FROM coalesce(r.status = 'on_leave', false)
	UNION ALL
	SELECT s.name, s.was, s.becomes FROM profiles.import_sets(p.id, r, columns) s
	WHERE columns && '{languages,skills,interests}' AND s.was IS DISTINCT FROM s.becomes;
END;

-- Marks rows with errors; if those are skipped, also the people below a new person who is skipped. Returns
-- how many it marked, so the caller repeats it until that is 0.
CREATE OR REPLACE FUNCTION profiles.import_skip(import uuid, skip_errors boolean) RETURNS bigint
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	WITH faulty AS (UPDATE profiles.import_row r SET skip = true
			WHERE r.import_id = import AND NOT r.skip
				AND EXISTS (SELECT FROM profiles.import_fault f
					WHERE f.import_id = import AND f.line = r.line AND NOT f.warning)
			RETURNING r.line),
		lost AS (SELECT lower(m.external_id COLLATE "C") AS external_id FROM profiles.import_row m
			WHERE m.import_id = import AND m.skip AND import_skip.skip_errors
				AND NOT EXISTS (SELECT FROM profiles.person p
					WHERE lower(p.external_id COLLATE "C") = lower(m.external_id COLLATE "C"))
			EXCEPT
			SELECT lower(m.external_id COLLATE "C") FROM profiles.import_row m
				WHERE m.import_id = import AND NOT m.skip AND NOT m.out_of_scope),
		orphan AS (SELECT r.line FROM profiles.import_row r
			JOIN lost l ON lower(r.manager_external_id COLLATE "C") = l.external_id
			WHERE r.import_id = import AND NOT r.skip AND r.line NOT IN (SELECT f.line FROM faulty f)),
		told AS (INSERT INTO profiles.import_fault (import_id, line, column_name, code, message)
			SELECT import, o.line, 'manager_external_id', 'manager_skipped',
				'The row of the manager has a fault.'
			FROM orphan o)
	SELECT (SELECT count(*) FROM faulty) + (SELECT count(*) FROM orphan);
END;

-- What a row does to a person (null: to nobody known yet) whose status becomes that (null: stays); null if
-- nothing changes.
CREATE OR REPLACE FUNCTION profiles.import_action(p profiles.person, r profiles.import_row, becomes text,
	columns text[]) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE WHEN p.id IS NULL THEN 'create'
		WHEN becomes = 'inactive' AND p.status <> 'inactive' THEN 'deactivate'
		WHEN becomes <> 'inactive' AND p.status = 'inactive' THEN 'reactivate'
		WHEN EXISTS (SELECT FROM profiles.import_fields(p, r, columns)) THEN 'update' END;
END;

-- A person after a step: the values of the file's columns, otherwise the present values. Without a row (null,
-- with columns null) nothing changes but what leaving changes. Dates ahead are forgotten when somebody leaves
-- or comes back.
CREATE OR REPLACE FUNCTION profiles.import_after(p profiles.person, r profiles.import_row, columns text[],
	manager uuid, action text) RETURNS TABLE (user_name text, given_name text, family_name text, email text,
	title text, department text, location text, country text, time_zone text, level smallint, manager_id uuid,
	manager_external_id text, hired_on date, status text, active_from date, active_until date,
	on_leave_from date, on_leave_until date) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE WHEN columns IS NULL THEN p.user_name ELSE r.user_name END,
		CASE WHEN columns IS NULL THEN p.given_name ELSE r.given_name END,
		CASE WHEN 'family_name' = ANY (columns) THEN coalesce(r.family_name, '') ELSE p.family_name END,
		CASE WHEN 'email' = ANY (columns) THEN r.email ELSE p.email END,
		CASE WHEN 'title' = ANY (columns) THEN r.title ELSE p.title END,
		CASE WHEN 'department' = ANY (columns) THEN r.department ELSE p.department END,
		CASE WHEN 'location' = ANY (columns) THEN r.location ELSE p.location END,
		CASE WHEN 'country' = ANY (columns) THEN r.country ELSE p.country END,
		CASE WHEN 'time_zone' = ANY (columns) THEN coalesce(r.time_zone, 'UTC') ELSE p.time_zone END,
		CASE WHEN columns IS NULL THEN p.level ELSE r.level END,
		CASE WHEN action = 'move' OR 'manager_external_id' = ANY (columns) THEN manager ELSE p.manager_id END,
		CASE WHEN action <> 'move' AND 'manager_external_id' = ANY (columns)
			THEN CASE WHEN manager IS NULL THEN r.manager_external_id END
			WHEN action <> 'move' THEN p.manager_external_id END,
		CASE WHEN 'hired_on' = ANY (columns) THEN r.hired_on ELSE p.hired_on END,
		CASE action WHEN 'deactivate' THEN 'inactive'
			WHEN 'reactivate' THEN CASE r.status WHEN 'on_leave' THEN r.status ELSE 'active' END
			ELSE CASE WHEN columns && '{on_leave_from,on_leave_until}' AND p.status <> 'inactive'
				THEN CASE r.status WHEN 'on_leave' THEN r.status ELSE 'active' END ELSE p.status END END,
		CASE WHEN 'active_from' = ANY (columns) THEN r.active_from
			WHEN action IN ('update', 'move') THEN p.active_from END,
		CASE WHEN 'active_until' = ANY (columns) THEN r.active_until
			WHEN action IN ('update', 'move') THEN p.active_until END,
		CASE WHEN action = 'deactivate' THEN NULL WHEN 'on_leave_from' = ANY (columns) THEN r.on_leave_from
			WHEN action IN ('update', 'move') THEN p.on_leave_from END,
		CASE WHEN action = 'deactivate' THEN NULL WHEN 'on_leave_until' = ANY (columns) THEN r.on_leave_until
			WHEN action IN ('update', 'move') THEN p.on_leave_until END;
END;

-- A step of the plan, field by field.
CREATE OR REPLACE FUNCTION profiles.import_change_json(s profiles.import_step) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('line', s.line, 'action', s.action,
		'external_id', coalesce(r.external_id, p.external_id),
		'person', CASE WHEN p.id IS NOT NULL THEN profiles.card_json(p.id) END,
		'fields', (SELECT coalesce(json_agg(json_build_object('name', f.name, 'from', f.was, 'to', f.becomes)
				ORDER BY array_position(i.columns, f.name)), '[]')
			FROM (SELECT d.name, d.was, d.becomes
				FROM profiles.import_fields(p, r,
					profiles.import_columns_for(p, r, i.columns, i.own_fields)) d
				WHERE r.line IS NOT NULL
				UNION ALL
				SELECT 'manager_external_id', m.external_id, h.external_id
				FROM profiles.person h LEFT JOIN profiles.person m ON m.id = p.manager_id
				WHERE s.action = 'move' AND h.id = s.manager_id
				UNION ALL
				SELECT 'active', (s.action = 'deactivate')::text, (s.action = 'reactivate')::text
				WHERE s.action IN ('deactivate', 'reactivate')) f))
	FROM profiles.import i
		LEFT JOIN profiles.import_row r ON r.import_id = s.import_id AND r.line = s.line
		LEFT JOIN profiles.person p ON p.id = s.person_id
	WHERE i.id = s.import_id);

-- Before an import takes a step: deactivating many people is confirmed with the exact number; an import
-- that ends early counts what was done, no longer what was planned; only a running import has a lease.
CREATE OR REPLACE FUNCTION profiles.import_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = profiles, pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'confirmation' AND old.reason = 'mass_deactivation'
			AND new.confirm_deactivations IS DISTINCT FROM old.deactivated THEN
		PERFORM common.refuse('mass_deactivation', json_build_object('deactivations', old.deactivated));
	END IF;
	IF old.status = 'checking' THEN
		new.faults := (SELECT count(*) FROM import_fault f WHERE f.import_id = new.id AND NOT f.warning);
	END IF;
	IF new.status IN ('faulty', 'cancelled', 'failed') THEN
		SELECT count(*) FILTER (WHERE s.action = 'create'),
			count(*) FILTER (WHERE s.action IN ('update', 'reactivate', 'move')),
			count(*) FILTER (WHERE s.action = 'deactivate')
		INTO new.created, new.updated, new.deactivated
		FROM import_step s WHERE s.import_id = new.id AND s.place <= new.steps_done;
	END IF;
	IF new.status NOT IN ('checking', 'applying') THEN
		new.leased_until := NULL;
		new.leased_by := NULL;
	END IF;
	new.pairs_suspended := NULL; -- of one that waits, matching says it
	RETURN new;
END $$;

-- After a step: the file of a finished import is deleted, and the event is sent.
CREATE OR REPLACE FUNCTION profiles.import_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM profiles.import_file f WHERE f.import_id = new.id AND new.ended_at IS NOT NULL;
	PERFORM common.tell_step('import', new.step, old.status, new.id);
	RETURN NULL;
END $$;

GRANT SELECT ON profiles.person_key, profiles.import_key, profiles.person_line TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.import_analyze(), profiles.people_analyze(),
	profiles.import_skip(uuid, boolean),
	profiles.import_action(profiles.person, profiles.import_row, text, text[]),
	profiles.import_after(profiles.person, profiles.import_row, text[], uuid, text),
	profiles.import_columns_for(profiles.person, profiles.import_row, text[], text),
	profiles.import_row_status(profiles.import_row, text[], date), profiles.import_reports_left(uuid),
	profiles.import_sets(uuid, profiles.import_row, text[]), profiles.import_skill(text),
	profiles.import_skill_id(text), profiles.import_skill_like(text),
	profiles.import_json(profiles.import),
	profiles.import_fields(profiles.person, profiles.import_row, text[]),
	profiles.import_change_json(profiles.import_step) TO upward_profiles;

CREATE OR REPLACE TRIGGER import_guard BEFORE UPDATE OF step ON profiles.import
	FOR EACH ROW EXECUTE FUNCTION profiles.import_guard();
CREATE OR REPLACE TRIGGER import_follow AFTER UPDATE OF step ON profiles.import
	FOR EACH ROW EXECUTE FUNCTION profiles.import_follow();
