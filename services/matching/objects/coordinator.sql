CREATE OR REPLACE FUNCTION matching.coordinator_json(c matching.coordinator, actor uuid, roles text[])
	RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', c.id, 'programme', matching.programme_reference(c.programme_id),
	'person', k.card,
		'here', k.status <> 'inactive', 'created_at', common.instant(c.created_at), 'version', 1,
		'can', CASE WHEN matching.coordinates(c.programme_id, actor, roles)
			AND (k.status = 'inactive' OR EXISTS (SELECT
			FROM matching.coordinator o JOIN profiles.card p ON p.person_id = o.person_id
			WHERE o.programme_id = c.programme_id AND o.person_id <> c.person_id AND p.status <> 'inactive'))
			THEN '["delete"]'::json ELSE '[]' END,
		'links', json_build_object('self', '/api/v1/programmes/' || c.programme_id || '/coordinators/'
			|| c.id,
			'programme', '/api/v1/programmes/' || c.programme_id))
	FROM profiles.card k WHERE k.person_id = c.person_id);

-- Adds a coordinator. If none is left, the caller takes over the programme; the lock is on the programme,
-- so each request sees the result of the one before it.
CREATE OR REPLACE FUNCTION matching.add_coordinator(new_id uuid, programme uuid, actor uuid, roles text[],
	person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM programme p WHERE p.id = add_coordinator.programme FOR NO KEY UPDATE;
	IF NOT FOUND OR NOT coordinates(programme, actor, roles) AND NOT takes_over(programme, roles) THEN
		PERFORM common.refuse('not_found');
	ELSIF NOT coordinates(programme, actor, roles)
		AND person <> actor OR NOT EXISTS (SELECT FROM profiles.card k
			WHERE k.person_id = person AND k.status <> 'inactive') THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/person_id"}');
	END IF;
	INSERT INTO coordinator (id, programme_id, person_id) VALUES (new_id, programme, person);
	UPDATE programme p SET version = p.version + 1, updated_at = common.now()
		WHERE p.id = add_coordinator.programme;
	INSERT INTO common.outbox (type, subject_id) VALUES ('programme.updated', programme);
END $$;

-- Removes a coordinator, but never the last one who is still in the company.
CREATE OR REPLACE FUNCTION matching.remove_coordinator(one uuid, programme uuid, actor uuid, roles text[])
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM programme p WHERE p.id = remove_coordinator.programme FOR NO KEY UPDATE;
	IF NOT FOUND OR NOT coordinates(programme, actor, roles) THEN
		PERFORM common.refuse('not_found');
	END IF;
	DELETE FROM coordinator c WHERE c.id = one AND c.programme_id = remove_coordinator.programme;
	IF NOT FOUND THEN
		PERFORM common.refuse('not_found');
	ELSIF NOT is_led(programme) THEN
		PERFORM common.refuse('last_coordinator');
	END IF;
	UPDATE programme p SET version = p.version + 1, updated_at = common.now()
		WHERE p.id = remove_coordinator.programme;
	INSERT INTO common.outbox (type, subject_id) VALUES ('programme.updated', programme);
END $$;

GRANT EXECUTE ON FUNCTION matching.add_coordinator(uuid, uuid, uuid, text[], uuid),
	matching.remove_coordinator(uuid, uuid, uuid, text[]),
	matching.coordinator_json(matching.coordinator, uuid, text[]) TO upward_matching;
