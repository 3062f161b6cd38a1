-- Rows that come in a request: checked by the statements that check those of a file, and applied by the
-- same, but at once. So a key that changes hands is not waited for: the row is to be sent again.

-- Keys that a row wants too early: their holder gives them up in the same request, or a service may still
-- associate them with somebody else; and people whose keys an import is changing now.
CREATE OR REPLACE FUNCTION profiles.rows_wait(batch uuid) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
	WITH claim AS MATERIALIZED (SELECT k.line, k.name, k.value, k.person_id FROM profiles.import_key k
			WHERE k.import_id = batch AND k.claims AND k.stays),
		early AS (
			SELECT c.line, c.name FROM claim c JOIN profiles.key_at_rest l ON l.name = c.name
					AND l.value = c.value AND l.left_at > common.real_now() - profiles.keys_rest()
			WHERE l.person_id IS DISTINCT FROM c.person_id
			UNION
			SELECT c.line, c.name FROM claim c
				JOIN profiles.person_key h ON h.name = c.name AND h.value = c.value AND h.held
			WHERE h.person_id IS DISTINCT FROM c.person_id)
	INSERT INTO profiles.import_fault (import_id, line, column_name, code, message)
	SELECT batch, e.line, e.name, 'name_not_free_yet',
		format('Someone else had this %s until a moment ago; send the row again in ten seconds.', e.name)
	FROM early e
	WHERE NOT EXISTS (SELECT FROM profiles.import_fault f
		WHERE f.import_id = batch AND f.line = e.line AND f.column_name = e.name)
	UNION ALL
	SELECT batch, r.line, 'external_id', 'import_running',
		'An import is changing the keys of this person; send the row again when it has finished.'
	FROM profiles.import_row r
		JOIN profiles.person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
	WHERE r.import_id = batch AND p.rekeyed_by IS NOT NULL
	UNION ALL
	SELECT batch, r.line, 'external_id', 'name_not_free_yet',
		'Someone else had this external_id until a moment ago; send the row again in ten seconds.'
	FROM profiles.import_row r
		JOIN profiles.key_left l ON l.name = 'external_id' AND l.value = lower(r.external_id COLLATE "C")
			AND l.left_at > common.real_now() - profiles.keys_rest()
		LEFT JOIN profiles.person p ON lower(p.external_id COLLATE "C") = l.value
	WHERE r.import_id = batch AND l.person_id IS DISTINCT FROM p.id;
END;

-- The reporting lines as the rows will leave them: for each row that names a manager, the keys above it, up
-- to the top or to its own.
CREATE OR REPLACE FUNCTION profiles.rows_lines(batch uuid) RETURNS TABLE (line int, key text, above text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH RECURSIVE sent AS MATERIALIZED (SELECT r.line, lower(r.external_id COLLATE "C") AS key,
				lower(r.manager_external_id COLLATE "C") AS above
			FROM profiles.import_row r
			WHERE r.import_id = batch AND NOT r.skip AND 'manager_external_id' = ANY (r.sent)),
		climb AS (
			SELECT s.line, s.key AS start, s.above AS at FROM sent s WHERE s.above IS NOT NULL
			UNION
			SELECT c.line, c.start, CASE WHEN s.key IS NOT NULL THEN s.above
				ELSE (SELECT lower(coalesce(m.external_id, p.manager_external_id) COLLATE "C")
					FROM profiles.person p LEFT JOIN profiles.person m ON m.id = p.manager_id
					WHERE lower(p.external_id COLLATE "C") = c.at) END
			FROM climb c LEFT JOIN sent s ON s.key = c.at
			WHERE c.at IS NOT NULL AND c.at <> c.start)
	SELECT c.line, c.start, c.at FROM climb c WHERE c.at IS NOT NULL;
END;

-- Rows through which the reporting line would form a cycle.
CREATE OR REPLACE FUNCTION profiles.rows_in_circle(batch uuid) RETURNS SETOF int LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT l.line FROM profiles.rows_lines(batch) l WHERE l.above = l.key;
END;

-- The plan: what each row that stands does, managers first: so there is never a cycle in between.
CREATE OR REPLACE FUNCTION profiles.rows_plan(batch uuid) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
	WITH sent AS MATERIALIZED (SELECT r.line, p.id AS person_id, lower(r.external_id COLLATE "C") AS key,
				lower(r.manager_external_id COLLATE "C") AS above,
				profiles.import_action(p, r, r.status,
					profiles.import_columns_for(p, r, r.sent, 'keep')) AS action
			FROM profiles.import_row r LEFT JOIN profiles.person p
				ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
			WHERE r.import_id = batch AND NOT r.skip),
		placed AS MATERIALIZED (SELECT s.*, coalesce(s.person_id, common.new_id()) AS id FROM sent s),
		depth AS (SELECT l.line, count(m.key) AS steps
			FROM profiles.rows_lines(batch) l LEFT JOIN sent m ON m.key = l.above GROUP BY l.line)
	INSERT INTO profiles.import_step (import_id, place, line, person_id, manager_id, action)
	SELECT batch, row_number() OVER (ORDER BY coalesce(d.steps + 1, 0), n.line), n.line, n.id,
		coalesce(m.id, p.id), n.action
	FROM placed n LEFT JOIN placed m ON m.key = n.above LEFT JOIN depth d ON d.line = n.line
		LEFT JOIN profiles.person p ON lower(p.external_id COLLATE "C") = n.above
	WHERE n.action IS NOT NULL;
END;

-- Marks the rows that cannot be applied, with those in cycles, and makes the plan. Deactivating many people
-- is confirmed with the exact number, as in an import.
CREATE OR REPLACE FUNCTION profiles.rows_settle(batch uuid, confirm_deactivations int) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = profiles, pg_catalog, pg_temp AS $$
DECLARE
	gone bigint;
BEGIN
	LOOP
		LOOP
			EXIT WHEN import_skip(batch, true) = 0;
		END LOOP;
		INSERT INTO import_fault (import_id, line, column_name, code, message)
		SELECT batch, c, 'manager_external_id', 'cycle',
			'The reporting line forms a cycle through this person.' FROM rows_in_circle(batch) c;
		EXIT WHEN NOT FOUND;
	END LOOP;
	PERFORM rows_plan(batch);
	gone := (SELECT count(*) FROM import_step s WHERE s.import_id = batch AND s.action = 'deactivate');
	IF gone > 1 AND gone IS DISTINCT FROM confirm_deactivations
			AND gone * 10 > (SELECT count(*) FROM person p WHERE p.status <> 'inactive') THEN
		PERFORM common.refuse('mass_deactivation', json_build_object('deactivations', gone));
	END IF;
END $$;

-- What became of each row, by its line; deletes what was staged.
CREATE OR REPLACE FUNCTION profiles.rows_end(batch uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = profiles, pg_catalog, pg_temp AS $$
DECLARE
	told jsonb;
BEGIN
	SELECT coalesce(jsonb_agg(jsonb_build_object('line', l.line, 'id', coalesce(s.person_id, p.id),
		'status', CASE WHEN f.faults IS NOT NULL THEN 'refused' WHEN s.action IS NULL THEN 'unchanged'
			ELSE rtrim(s.action, 'e') || 'ed' END,
		'errors', coalesce(f.faults, '[]')) ORDER BY l.line), '[]') INTO told
	FROM (SELECT line FROM import_row WHERE import_id = batch
			UNION SELECT line FROM import_fault WHERE import_id = batch) l
		LEFT JOIN import_row r ON r.import_id = batch AND r.line = l.line
		LEFT JOIN person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
		LEFT JOIN import_step s ON s.import_id = batch AND s.line = l.line
		LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('column', x.column_name, 'code', x.code,
				'message', regexp_replace(x.message, '^Line ', 'Item ')) ORDER BY x.number) AS faults
			FROM import_fault x WHERE x.import_id = batch AND x.line = l.line AND NOT x.warning) f ON true;
	DELETE FROM import i WHERE i.id = batch AND i.direct;
	RETURN told;
END $$;

-- Deletes what was staged.
CREATE OR REPLACE FUNCTION profiles.rows_drop(batch uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM profiles.import i WHERE i.id = batch AND i.direct;
END;

-- A person's skills as a file has them. What they have set themselves they show to whom they like
-- (profiles.sees), and files leave it alone: it is not in their HR record.
CREATE OR REPLACE FUNCTION profiles.skills_of_file(p profiles.person) RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT format('%s:%s:%s:%s', k.name, s.current, nullif(s.target, 0),
		CASE WHEN s.offered THEN 'yes' ELSE 'no' END)
	FROM profiles.person_skill s JOIN profiles.skill k ON k.id = s.skill_id
	WHERE s.person_id = p.id AND NOT k.retired AND 'skills' <> ALL (p.own_sets) ORDER BY k.name COLLATE "C");

-- What HR keeps of a person: the columns of an employee file. A leave without dates has begun by today.
CREATE OR REPLACE FUNCTION profiles.person_key_json(p profiles.person) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('id', p.id, 'external_id', p.external_id, 'user_name', p.user_name,
	'given_name', p.given_name, 'family_name', nullif(p.family_name, ''), 'email', p.email,
	'title', p.title, 'department', p.department, 'location', p.location, 'country', p.country,
	'time_zone', p.time_zone, 'level', p.level,
	'manager_external_id', coalesce((SELECT m.external_id FROM profiles.person m WHERE m.id = p.manager_id),
		p.manager_external_id),
	'hired_on', p.hired_on, 'active', p.status <> 'inactive',
	'languages', array_to_json(ARRAY(SELECT l.language FROM profiles.person_language l
		WHERE l.person_id = p.id ORDER BY l.language)),
	'skills', array_to_json(profiles.skills_of_file(p)),
	'interests', array_to_json(ARRAY(SELECT i.interest FROM profiles.person_interest i
		WHERE i.person_id = p.id AND 'interests' <> ALL (p.own_sets) ORDER BY i.interest)),
	'active_from', p.active_from, 'active_until', p.active_until,
	'on_leave_from', CASE WHEN p.status = 'on_leave' AND p.on_leave_until IS NULL THEN common.today()
		ELSE p.on_leave_from END,
	'on_leave_until', p.on_leave_until, 'executive', p.executive,
	'holiday_region', p.holiday_region,
	'version', p.version, 'can', json_build_array('put', 'delete'),
	'links', json_build_object('person', '/api/v1/people/' || p.id));

-- A batch as the API shows it.
CREATE OR REPLACE FUNCTION profiles.person_batch_json(b profiles.person_batch) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', b.id, 'version', 1,
	'counts', (SELECT json_object_agg(s.status, (SELECT count(*) FROM jsonb_array_elements(b.items) i
			WHERE i->>'status' = s.status))
		FROM unnest('{created, updated, reactivated, deactivated, unchanged, refused}'::text[]) s(status)),
	'items', (SELECT coalesce(json_agg(json_build_object('index', i.item->'line', 'status', i.item->'status',
			'id', i.item->'id', 'errors', (SELECT coalesce(json_agg(json_build_object(
					'pointer', concat_ws('/', '/items', i.item->>'line', e->>'column'),
					'code', e->'code', 'message', e->'message')), '[]')
				FROM jsonb_array_elements(i.item->'errors') e)) ORDER BY i.place), '[]')
		FROM jsonb_array_elements(b.items) WITH ORDINALITY i(item, place)),
	'created_at', common.instant(b.created_at),
	'links', json_build_object('self', '/api/v1/people/batches/' || b.id));

GRANT EXECUTE ON FUNCTION profiles.rows_wait(uuid), profiles.rows_lines(uuid),
	profiles.rows_in_circle(uuid), profiles.rows_plan(uuid),
	profiles.rows_settle(uuid, int), profiles.rows_end(uuid), profiles.rows_drop(uuid),
	profiles.person_key_json(profiles.person),
	profiles.skills_of_file(profiles.person),
	profiles.person_batch_json(profiles.person_batch) TO upward_profiles;
