-- The business date in UTC.
CREATE OR REPLACE FUNCTION common.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
RETURN (common.now() AT TIME ZONE 'UTC')::date;

-- RFC 3339 in UTC, as in every response: 2026-03-01T09:30:00Z.
CREATE OR REPLACE FUNCTION common.instant(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

-- Moves business time for tests and demonstrations.
CREATE OR REPLACE FUNCTION common.set_clock(ahead_seconds bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (SELECT value FROM common.setting WHERE name = 'environment') IS DISTINCT FROM 'development' THEN
		PERFORM common.refuse('forbidden');
	END IF;
	PERFORM setval('common.clock', ahead_seconds, ahead_seconds <> 0);
END $$;

GRANT EXECUTE ON FUNCTION common.today(), common.instant(timestamptz)
	TO guard, upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION common.set_clock(bigint)
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
