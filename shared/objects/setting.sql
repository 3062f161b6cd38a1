-- Settings that administrators change while the services run. Their values are JSON texts in common.setting,
-- which every statement reads for itself: a change holds for the next one. A setting without a row has its
-- default; within an object, what is left out has no limit.

-- Those that there are, with their defaults and their values now.
CREATE OR REPLACE FUNCTION common.settings() RETURNS TABLE (name text, otherwise text, value text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT d.name, d.otherwise, coalesce(s.value, d.otherwise)
	FROM (VALUES ('portal_links', '{}'), ('person_limits', '{"mentor": 5, "mentee": 5}'),
			('meeting_limits', '{"beyond_plan": 3, "after_plan": 1, "week": 10, "buffer_minutes": 0}'),
			('locale', '"en"'), ('quiet_hours', 'null')) d (name, otherwise)
		LEFT JOIN common.setting s ON s.name = d.name;
END $$;

CREATE OR REPLACE FUNCTION common.setting_value(name text) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT s.value::json FROM common.settings() s WHERE s.name = setting_value.name);
END $$;

-- Whether the organisation's quiet hours have begun where a person is. They may go past midnight.
CREATE OR REPLACE FUNCTION common.is_quiet(time_zone text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	hours json := common.setting_value('quiet_hours');
	starts time := (hours ->> 'starts')::time;
	ends time := (hours ->> 'ends')::time;
	clock time := (common.now() AT TIME ZONE coalesce(time_zone, 'UTC'))::time;
BEGIN
	RETURN coalesce(CASE WHEN starts < ends THEN clock >= starts AND clock < ends
		ELSE clock >= starts OR clock < ends END, false);
END $$;

-- Sets a setting. Callers hold the lock (7, 2), so that two requests do not change the same version.
CREATE OR REPLACE FUNCTION common.put_setting(name text, value text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF put_setting.name NOT IN (SELECT s.name FROM common.settings() s) THEN
		PERFORM common.refuse('forbidden');
	END IF;
	INSERT INTO common.setting AS s (name, value) VALUES (put_setting.name, put_setting.value)
	ON CONFLICT ON CONSTRAINT setting_name DO UPDATE SET value = excluded.value
		WHERE s.value::jsonb <> excluded.value::jsonb;
END $$;

-- After a setting changed: the record of it.
CREATE OR REPLACE FUNCTION common.record_setting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF coalesce(new.name, old.name) IN (SELECT s.name FROM common.settings() s) THEN
		INSERT INTO common.setting_change (name, was, becomes, source)
		VALUES (coalesce(new.name, old.name), old.value, new.value,
			CASE WHEN nullif(current_setting('app.operation', true), '') IS NULL THEN 'configuration'
				ELSE 'settings' END);
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER record_setting AFTER INSERT OR DELETE ON common.setting FOR EACH ROW
	EXECUTE FUNCTION common.record_setting();
CREATE OR REPLACE TRIGGER record_setting_change AFTER UPDATE ON common.setting FOR EACH ROW
	WHEN (old.value <> new.value) EXECUTE FUNCTION common.record_setting();

GRANT EXECUTE ON FUNCTION common.settings(), common.setting_value(text) TO upward_profiles, upward_scheduling;
GRANT EXECUTE ON FUNCTION common.is_quiet(text) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION common.put_setting(text, text) TO upward_profiles;
