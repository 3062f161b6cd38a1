-- The settings of the organisation, as its administrators read and change them.

-- The version is the number of the last change.
CREATE OR REPLACE FUNCTION profiles.settings_version() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce((SELECT max(c.number) FROM common.setting_change c), 0) + 1;

CREATE OR REPLACE FUNCTION profiles.settings_json() RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('values', json_object_agg(s.name, s.value::json),
		'defaults', json_object_agg(s.name, s.otherwise::json))
	FROM common.settings() s);

-- Replaces all settings; what is left out has its default again.
CREATE OR REPLACE FUNCTION profiles.put_settings(given json, expected bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 2);
	IF expected <> profiles.settings_version() THEN
		PERFORM common.refuse('stale');
	ELSIF given -> 'quiet_hours' ->> 'starts' = given -> 'quiet_hours' ->> 'ends' THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/quiet_hours/ends"}');
	END IF;
	PERFORM common.put_setting(s.name, coalesce(json_strip_nulls(given -> s.name)::text, s.otherwise))
	FROM common.settings() s ORDER BY s.name;
END $$;

CREATE OR REPLACE FUNCTION profiles.setting_change_json(c common.setting_change) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('number', c.number, 'at', common.instant(c.at), 'source', c.source,
	'by', CASE WHEN c.actor IS NOT NULL THEN profiles.card_json(c.actor) END, 'setting', c.name,
	'was', CASE WHEN c.was IS NOT NULL THEN json_build_object(c.name, c.was::json) END,
	'becomes', CASE WHEN c.becomes IS NOT NULL THEN json_build_object(c.name, c.becomes::json) END);

GRANT EXECUTE ON FUNCTION profiles.settings_version(), profiles.settings_json(),
	profiles.put_settings(json, bigint), profiles.setting_change_json(common.setting_change)
	TO upward_profiles;
