-- What follows when a country changes the rules of its clocks: meetings keep their time of day.

-- What is ahead, with the rules that its start was computed with.
CREATE OR REPLACE VIEW scheduling.on_the_clock AS
SELECT 'session' AS noun, s.id, s.time_zone, s.starts_at, s.utc_offset FROM scheduling.session s
WHERE s.status IN ('proposed', 'confirmed') AND s.starts_at > common.now()
UNION ALL
SELECT 'gathering', g.id, g.time_zone, g.starts_at, g.utc_offset FROM scheduling.gathering g
WHERE g.status = 'planned' AND g.starts_at > common.now();

-- Moves a session to the instant that its time of day is now, null if there is none on that day. If the two
-- cannot meet then, it stays where it is and waits for a yes: its time of day is not the one they agreed on.
-- False: it has been changed meanwhile.
CREATE OR REPLACE FUNCTION scheduling.keep_session_time(session uuid, was int, starts timestamptz,
	becomes int, stays int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF starts > common.now() THEN
		UPDATE scheduling.session s SET starts_at = starts, ends_at = starts + (s.ends_at - s.starts_at),
			utc_offset = becomes, step = 'clock_move'
		WHERE s.id = session AND s.utc_offset = was AND s.status IN ('proposed', 'confirmed')
			AND s.starts_at > common.now();
		RETURN FOUND;
	END IF;
	RAISE EXCEPTION 'no such time ahead' USING ERRCODE = 'UP001';
EXCEPTION WHEN exclusion_violation OR SQLSTATE 'UP001' THEN
	UPDATE scheduling.session s SET utc_offset = stays, step = 'clock_clash'
	WHERE s.id = session AND s.utc_offset = was AND s.status IN ('proposed', 'confirmed')
		AND s.starts_at > common.now();
	RETURN FOUND;
END $$;

-- The same for a gathering; it stays where it is if there is no such time on that day.
CREATE OR REPLACE FUNCTION scheduling.keep_gathering_time(gathering uuid, was int, starts timestamptz,
	becomes int, stays int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE scheduling.gathering g SET step = 'clock_move',
		starts_at = CASE WHEN starts > common.now() THEN starts ELSE g.starts_at END,
		ends_at = CASE WHEN starts > common.now() THEN starts ELSE g.starts_at END
			+ (g.ends_at - g.starts_at),
		utc_offset = CASE WHEN starts > common.now() THEN becomes ELSE stays END
	WHERE g.id = gathering AND g.utc_offset = was AND g.status = 'planned' AND g.starts_at > common.now();
	RETURN FOUND;
END $$;

GRANT SELECT ON scheduling.on_the_clock TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.keep_session_time(uuid, int, timestamptz, int, int),
	scheduling.keep_gathering_time(uuid, int, timestamptz, int, int) TO upward_scheduling;
