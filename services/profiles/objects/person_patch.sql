-- A person as a patch would leave them. A blank text is none; whoever is given a manager, or none, waits for
-- nobody; of a joiner, a leaver or somebody on leave only the dates ahead are kept that their status allows.
CREATE OR REPLACE FUNCTION profiles.person_patched(was profiles.person, body json) RETURNS profiles.person
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	n profiles.person;
BEGIN
	n := json_populate_record(was, body);
	IF was.merged_into IS NOT NULL THEN
		PERFORM common.refuse('conflict');
	ELSIF body::jsonb ?| '{active_from,active_until}' AND n.active_until < n.active_from THEN
		PERFORM common.refuse('dates_reversed', '{"pointer": "/active_until"}');
	ELSIF n.active_from > common.today() AND n.status <> 'inactive' AND body::jsonb ? 'active_from' THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/active_from"}');
	END IF;
	n.bio := nullif(n.bio, '');
	n.pronouns := nullif(n.pronouns, '');
	n.title := nullif(n.title, '');
	n.department := nullif(n.department, '');
	n.location := nullif(n.location, '');
	IF body::jsonb ? 'manager_id' THEN
		n.manager_external_id := NULL;
	END IF;
	-- a first day that has come is still to be acted on; one of the past brings nobody back
	n.active_from := CASE WHEN n.status = 'inactive' AND (n.active_from > common.today()
		OR was.status = 'inactive' AND (n.active_from = common.today() OR NOT body::jsonb ? 'active_from'))
		THEN n.active_from END;
	n.active_until := CASE WHEN n.status <> 'inactive' OR n.active_from IS NOT NULL THEN n.active_until END;
	n.on_leave_from := CASE WHEN n.status = 'active' THEN n.on_leave_from END;
	n.on_leave_until := CASE WHEN n.status = 'on_leave' OR n.on_leave_from IS NOT NULL
		THEN n.on_leave_until END;
	RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION profiles.person_patched(profiles.person, json) TO upward_profiles;
