-- Busy times from calendars that people keep elsewhere.

-- The host says which calendar it is; the rest of the address is often a secret. The name is for the person.
CREATE OR REPLACE FUNCTION scheduling.busy_calendar_json(c scheduling.busy_calendar) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', c.id, 'kind', c.kind, 'name', c.name,
	'host', substring(c.url FROM '^[A-Za-z]+://([^/?#]+)'),
	'last_fetched_at', common.instant(c.last_fetched_at), 'last_error', c.last_error,
	'created_at', common.instant(c.created_at), 'updated_at', common.instant(c.updated_at),
	'version', c.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/busy-calendars/' || c.id));

-- Replaces the busy times of a calendar; given as Unix seconds.
CREATE OR REPLACE FUNCTION scheduling.store_busy(calendar uuid, person uuid, starts bigint[], ends bigint[])
	RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM scheduling.busy_window w WHERE w.calendar_id = calendar;
	INSERT INTO scheduling.busy_window (calendar_id, person_id, during)
	SELECT calendar, person, tstzrange(to_timestamp(b.starts), to_timestamp(b.ends))
	FROM unnest(starts, ends) b (starts, ends);
END;

-- A new calendar; the person's lock keeps two requests within the limit.
CREATE OR REPLACE FUNCTION scheduling.add_busy_calendar(calendar uuid, person uuid, name text, url text)
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(8, hashtext(person::text));
	IF (SELECT count(*) FROM scheduling.busy_calendar c WHERE c.person_id = person) >= 5 THEN
		PERFORM common.refuse('too_many_calendars');
	END IF;
	INSERT INTO scheduling.busy_calendar (id, person_id, kind, name, url, last_fetched_at, next_fetch_at)
	VALUES (calendar, person, CASE WHEN url IS NULL THEN 'upload' ELSE 'url' END, name, url,
		CASE WHEN url IS NULL THEN common.now() END, CASE WHEN url IS NOT NULL THEN common.now() END);
END $$;

-- The times at which a person has a place at a gathering, but for one.
CREATE OR REPLACE FUNCTION scheduling.gathering_times(person uuid, during tstzrange, but uuid)
	RETURNS tstzmultirange
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(range_agg(tstzrange(g.starts_at, g.ends_at)), '{}')
		FROM scheduling.places_of(person) g
		WHERE g.status = 'planned' AND g.starts_at < upper(during) AND g.ends_at > lower(during)
			AND g.id IS DISTINCT FROM but);
END $$;

-- The busy times of a person that touch a span, joined. The time of a session or gathering that is to be
-- moved is free: a calendar that subscribes to our feed shows it as well.
CREATE OR REPLACE FUNCTION scheduling.busy_at(person uuid, during tstzrange, moving uuid)
	RETURNS tstzmultirange
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(range_agg(w.during), '{}') - coalesce((SELECT range_agg(p.during)
			FROM scheduling.participant p WHERE p.session_id = moving AND p.person_id = person), '{}')
			- coalesce((SELECT tstzmultirange(tstzrange(g.starts_at, g.ends_at))
				FROM scheduling.gathering g WHERE g.id = moving), '{}')
		FROM scheduling.busy_window w
		WHERE w.person_id = person AND upper(w.during) > lower(busy_at.during)
			AND w.during && busy_at.during)
		+ scheduling.gathering_times(person, busy_at.during, moving);
END $$;

GRANT EXECUTE ON FUNCTION scheduling.busy_calendar_json(scheduling.busy_calendar),
	scheduling.store_busy(uuid, uuid, bigint[], bigint[]),
	scheduling.add_busy_calendar(uuid, uuid, text, text), scheduling.busy_at(uuid, tstzrange, uuid),
	scheduling.gathering_times(uuid, tstzrange, uuid)
	TO upward_scheduling;
