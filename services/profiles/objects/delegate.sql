-- Delegates: who may see and book whose calendar.

-- Delegations in force: both people are here, and the last day has not passed where the person is.
CREATE OR REPLACE VIEW profiles.live_delegate AS
SELECT d.id, d.person_id, d.assistant_id, d.until
FROM profiles.delegate d
	JOIN profiles.person p ON p.id = d.person_id AND p.status <> 'inactive'
	JOIN profiles.person a ON a.id = d.assistant_id AND a.status <> 'inactive'
WHERE d.until IS NULL
	OR d.until >= (common.now() AT TIME ZONE coalesce(p.time_zone_override, p.time_zone))::date;

CREATE OR REPLACE FUNCTION profiles.delegate_json(d profiles.delegate) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', d.id, 'person', profiles.card_json(d.person_id),
	'assistant', profiles.card_json(d.assistant_id), 'until', d.until,
	'created_at', common.instant(d.created_at), 'version', d.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/people/' || d.person_id || '/delegates/' || d.id));

-- Whether a delegation shows itself to the caller: to the two people in it, and to nobody on behalf of the
-- person but the assistant.
CREATE OR REPLACE FUNCTION profiles.delegate_shows(d profiles.delegate, actor uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN actor IN (d.person_id, d.assistant_id) AND d.assistant_id = coalesce(common.delegate(), d.assistant_id)
	AND EXISTS (SELECT FROM profiles.live_delegate l WHERE l.id = d.id);

-- Names a delegate. One that has expired makes room. Both people are locked: neither can leave meanwhile, and
-- two requests do not exceed the limit.
CREATE OR REPLACE FUNCTION profiles.add_delegate(new_id uuid, person uuid, assistant uuid, last_day date)
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM profiles.person p WHERE p.id IN (person, assistant) ORDER BY p.id FOR NO KEY UPDATE;
	IF last_day < (SELECT (common.now() AT TIME ZONE coalesce(p.time_zone_override, p.time_zone))::date
		FROM profiles.person p WHERE p.id = person) THEN
		PERFORM common.refuse('in_the_past', '{"pointer": "/until"}');
	ELSIF NOT EXISTS (SELECT FROM profiles.person a WHERE a.id = assistant AND a.status <> 'inactive') THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/assistant_id"}');
	END IF;
	DELETE FROM profiles.delegate d
	WHERE d.person_id = person AND NOT EXISTS (SELECT FROM profiles.live_delegate l WHERE l.id = d.id);
	IF (SELECT count(*) FROM profiles.delegate d WHERE d.person_id = person) >= 10 THEN
		PERFORM common.refuse('too_many_delegates');
	END IF;
	INSERT INTO profiles.delegate (id, person_id, assistant_id, until)
	VALUES (new_id, person, assistant, last_day);
END $$;

-- After a person has left: their delegations end, and do not begin again if the person comes back.
CREATE OR REPLACE FUNCTION profiles.end_delegations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM profiles.delegate d WHERE new.id IN (d.person_id, d.assistant_id);
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER end_delegations AFTER UPDATE ON profiles.person FOR EACH ROW
	WHEN (new.status = 'inactive' AND old.status <> 'inactive') EXECUTE FUNCTION profiles.end_delegations();

GRANT SELECT ON profiles.live_delegate
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION profiles.delegate_json(profiles.delegate),
	profiles.delegate_shows(profiles.delegate, uuid), profiles.add_delegate(uuid, uuid, uuid, date)
	TO upward_profiles;
