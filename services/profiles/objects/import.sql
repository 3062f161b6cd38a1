-- Whose user_name and address is which, in the form in which keys are compared. held: nobody else
-- may have it.
CREATE OR REPLACE VIEW profiles.person_key AS
SELECT p.id AS person_id, p.external_id, k.name, k.value,
	p.status <> 'inactive' AND p.rekeyed_by IS NULL AS held
FROM profiles.person p CROSS JOIN LATERAL (VALUES
	('user_name', lower(p.user_name COLLATE "C")), ('email', lower(p.email COLLATE "C"))) k(name, value);

-- The same two keys as each row of a file will leave them. stays: the row's person will not have
-- left; claims: the key is new to them, or they do not hold it now and will; gives_up: they had another.
CREATE OR REPLACE VIEW profiles.import_key AS
SELECT r.import_id, r.line, r.skip, p.id AS person_id, k.name, k.value, s.stays,
	k.value IS DISTINCT FROM k.was
		OR s.stays AND (p.status = 'inactive' OR p.rekeyed_by IS NOT NULL) AS claims,
	k.was IS NOT NULL AND k.value IS DISTINCT FROM k.was AS gives_up
FROM profiles.import_row r JOIN profiles.import i ON i.id = r.import_id
	LEFT JOIN profiles.person p ON lower(p.external_id COLLATE "C") = lower(r.external_id COLLATE "C")
	CROSS JOIN LATERAL (VALUES
		('user_name', lower(r.user_name COLLATE "C"), lower(p.user_name COLLATE "C")),
		('email', CASE WHEN 'email' = ANY (i.columns) THEN lower(r.email COLLATE "C")
			ELSE lower(p.email COLLATE "C") END, lower(p.email COLLATE "C"))) k(name, value, was)
	CROSS JOIN LATERAL (SELECT coalesce(r.status, CASE i.mode WHEN 'full' THEN 'active' END, p.status,
		'active') <> 'inactive' AS stays) s;

-- Fresh statistics of what was just staged: without them the checks would be planned for a few rows
-- and join a hundred thousand by nested loops. Only a table's owner may gather them.
CREATE OR REPLACE FUNCTION profiles.import_analyze() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	ANALYZE profiles.import_row, profiles.import_step,
		profiles.person (id, external_id, user_name, email, status, rekeyed_by);
END $$;

-- An import as the API shows it.
CREATE OR REPLACE FUNCTION profiles.import_json(i profiles.import) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'status', i.status, 'mode', i.mode, 'dry_run', i.dry_run,
	'progress', json_build_object('done', i.steps_done, 'total', i.steps_total),
	'counts', json_build_object('rows', i.rows_total, 'created', i.created, 'updated', i.updated,
		'unchanged', i.unchanged, 'deactivated', i.deactivated, 'skipped', i.skipped, 'faults', i.faults),
	'problem', i.reason,
	'created_at', common.instant(i.created_at), 'finished_at', common.instant(i.ended_at),
	'version', i.version, 'can', array_to_json(common.actions('import', i.status, '{hris, admin}')),
	'links', json_build_object('self', '/api/v1/imports/' || i.id,
		'rows', '/api/v1/imports/' || i.id || '/rows'));

-- Before an import takes a step: what deactivates many is confirmed by its exact number; one that ends early counts
-- what was done, no longer what was planned; only one at work has a lease.
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
		SELECT count(*) FILTER (WHERE s.action = 'create'), count(*) FILTER (WHERE s.action IN ('update', 'reactivate')),
			count(*) FILTER (WHERE s.action = 'deactivate')
		INTO new.created, new.updated, new.deactivated
		FROM import_step s WHERE s.import_id = new.id AND s.place <= new.steps_done;
	END IF;
	IF new.status NOT IN ('checking', 'applying') THEN
		new.leased_until := NULL;
	END IF;
	RETURN new;
END $$;

-- After it: the file of an import that has ended goes, and others are told.
CREATE OR REPLACE FUNCTION profiles.import_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM profiles.import_file f WHERE f.import_id = new.id AND new.ended_at IS NOT NULL;
	PERFORM common.tell_step('import', new.step, old.status, new.id);
	RETURN NULL;
END $$;

GRANT SELECT ON profiles.person_key, profiles.import_key TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.import_analyze(), profiles.import_json(profiles.import) TO upward_profiles;

CREATE OR REPLACE TRIGGER import_guard BEFORE UPDATE OF step ON profiles.import
	FOR EACH ROW EXECUTE FUNCTION profiles.import_guard();
CREATE OR REPLACE TRIGGER import_follow AFTER UPDATE OF step ON profiles.import
	FOR EACH ROW EXECUTE FUNCTION profiles.import_follow();
