-- Merging the new record of somebody who came back into their earlier one. The earlier one keeps its id and
-- history and takes over what HR says now; the newer one ends, and points to it.

-- What the person has said follows (person_merge_data.sql); the newer record lets go of its keys and ends;
-- then the earlier one takes them.
CREATE OR REPLACE FUNCTION profiles.person_take_over(newer profiles.person, earlier uuid) RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT profiles.merge_confidential(newer.id, earlier), profiles.merge_choices(newer, earlier),
		profiles.merge_delegates(newer.id, earlier), profiles.merge_records(newer.id, earlier);
	UPDATE profiles.person p SET status = 'inactive', active_from = NULL, active_until = NULL,
		on_leave_from = NULL, on_leave_until = NULL, external_id = NULL,
		merged_into = earlier, version = p.version + 1, updated_at = common.now() WHERE p.id = newer.id;
	UPDATE profiles.person p SET (external_id, user_name, given_name, family_name, email, title, department,
			location, country, holiday_region, time_zone, level, executive, hired_on, status, active_from,
			active_until, on_leave_from, on_leave_until, manager_external_id)
		= (SELECT newer.external_id, newer.user_name, newer.given_name, newer.family_name, newer.email,
			newer.title, newer.department, newer.location, newer.country, newer.holiday_region,
			newer.time_zone, newer.level,
			newer.executive, newer.hired_on, newer.status, newer.active_from, newer.active_until,
			newer.on_leave_from, newer.on_leave_until, newer.manager_external_id),
		manager_id = CASE WHEN newer.manager_id = earlier THEN p.manager_id ELSE newer.manager_id END,
		version = p.version + 1, updated_at = common.now()
	WHERE p.id = earlier;
	UPDATE profiles.person p SET manager_id = earlier, version = p.version + 1, updated_at = common.now()
	WHERE p.manager_id = newer.id AND p.id <> earlier;
	INSERT INTO profiles.person_language (person_id, language)
	SELECT earlier, l.language FROM profiles.person_language l WHERE l.person_id = newer.id
	ON CONFLICT DO NOTHING;
	INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered)
	SELECT earlier, s.skill_id, s.current, s.target, s.offered
	FROM profiles.person_skill s WHERE s.person_id = newer.id
	ON CONFLICT DO NOTHING;
	INSERT INTO profiles.person_interest (person_id, interest)
	SELECT earlier, i.interest FROM profiles.person_interest i WHERE i.person_id = newer.id
	ON CONFLICT DO NOTHING;
END;

-- Whether one person stands above another, or is the same.
CREATE OR REPLACE FUNCTION profiles.stands_above(upper uuid, lower uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (WITH RECURSIVE line (id) AS (
			SELECT stands_above.lower
			UNION
			SELECT p.manager_id FROM line l JOIN profiles.person p ON p.id = l.id)
		SELECT FROM line l WHERE l.id = stands_above.upper);
END $$;

-- Merges, or foresees it. The reporting-line lock (7, 1) is taken before anybody is locked.
CREATE OR REPLACE FUNCTION profiles.person_merged(merge uuid, newer uuid, earlier uuid, dry_run boolean,
	version bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	n profiles.person;
	e profiles.person;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	PERFORM FROM profiles.person p WHERE p.id IN (newer, earlier) ORDER BY p.id FOR NO KEY UPDATE;
	SELECT * INTO n FROM profiles.person p WHERE p.id = newer;
	SELECT * INTO e FROM profiles.person p WHERE p.id = earlier;
	IF n.id IS NULL THEN
		PERFORM common.refuse('not_found');
	ELSIF version <> n.version THEN
		PERFORM common.refuse('stale');
	ELSIF newer = earlier THEN
		PERFORM common.refuse('self_reference', '{"pointer": "/into"}');
	ELSIF e.id IS NULL OR e.created_at > n.created_at OR e.merged_into IS NOT NULL THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/into"}');
	ELSIF n.merged_into IS NOT NULL OR n.rekeyed_by IS NOT NULL OR e.rekeyed_by IS NOT NULL THEN
		PERFORM common.refuse('conflict');
	ELSIF n.manager_id <> earlier AND profiles.stands_above(earlier, n.manager_id) THEN
		PERFORM common.refuse('line_cycle', '{"pointer": "/into"}');
	END IF;
	INSERT INTO profiles.person_merge (id, newer_id, earlier_id, dry_run, reports)
	SELECT merge, newer, earlier, person_merged.dry_run, count(*)
	FROM profiles.person p WHERE p.manager_id = newer AND p.id <> earlier;
	IF NOT dry_run THEN
		PERFORM profiles.person_take_over(n, earlier);
		INSERT INTO common.outbox (type, subject_id)
		SELECT 'person.deactivated', newer WHERE n.status <> 'inactive'
		UNION ALL
		SELECT CASE WHEN e.status = 'inactive' AND n.status <> 'inactive' THEN 'person.reactivated'
			ELSE 'person.updated' END, earlier
		UNION ALL
		SELECT 'person.updated', p.id FROM profiles.person p WHERE p.manager_id = earlier;
	END IF;
END $$;

-- A merge as the API shows it.
CREATE OR REPLACE FUNCTION profiles.person_merge_json(m profiles.person_merge) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', m.id, 'dry_run', m.dry_run,
		'survivor', profiles.card_json(m.earlier_id),
		'keys', json_build_object('external_id', coalesce(n.external_id, e.external_id),
			'user_name', n.user_name, 'email', n.email),
		'counts', json_build_object('reports', m.reports, 'pairs_ending', m.pairs_ending,
			'pairs_staying', m.pairs_staying, 'enrolments_ending', m.enrolments_ending,
			'enrolments_staying', m.enrolments_staying),
		'created_at', common.instant(m.created_at),
		'links', json_build_object('survivor', '/api/v1/people/' || m.earlier_id,
			'merged', '/api/v1/people/' || m.newer_id))
	FROM profiles.person n, profiles.person e WHERE n.id = m.newer_id AND e.id = m.earlier_id);

GRANT EXECUTE ON FUNCTION profiles.person_take_over(profiles.person, uuid),
	profiles.stands_above(uuid, uuid),
	profiles.person_merged(uuid, uuid, uuid, boolean, bigint),
	profiles.person_merge_json(profiles.person_merge) TO upward_profiles;
