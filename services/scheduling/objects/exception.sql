-- When people can meet: the facts behind free windows, common slots and bookings.

-- The exceptions that count, in local time: what people entered, and their leave as far as HR knows its last
-- day. Who is on leave without one stays as their weekly hours say.
CREATE OR REPLACE VIEW scheduling.wall_exception AS
SELECT e.person_id, e.kind, e.during FROM scheduling.exception e
UNION ALL
SELECT c.person_id, 'away', tsrange(timestamp '2000-01-01', greatest(c.on_leave_until, date '2000-01-01')
	+ time '24:00')
FROM profiles.candidate c WHERE c.on_leave_until IS NOT NULL;

-- The wall clock of a person at an instant; UTC if this PostgreSQL does not know the zone.
CREATE OR REPLACE FUNCTION scheduling.wall(person uuid, instant timestamptz) RETURNS timestamp
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	zone text := coalesce((SELECT c.time_zone FROM profiles.candidate c WHERE c.person_id = person), 'UTC');
BEGIN
	RETURN instant AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN instant AT TIME ZONE 'UTC';
END $$;

-- The local time of a person's exceptions of one kind that touches a span of it.
CREATE OR REPLACE FUNCTION scheduling.exceptions_at(person uuid, kind text, span tsrange)
	RETURNS tsmultirange
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(range_agg(e.during), '{}') FROM scheduling.wall_exception e
		WHERE e.person_id = exceptions_at.person AND e.kind = exceptions_at.kind AND e.during && span);
END $$;

-- When somebody can meet in an ordinary week, in minutes of the day: within their weekly hours (nine to five
-- from Monday to Friday if they have set none), never within quiet hours that they have set themselves.
CREATE OR REPLACE FUNCTION scheduling.meeting_hours(person uuid)
	RETURNS TABLE (weekday int, starts int, ends int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	quiet int4multirange := (SELECT CASE WHEN q.starts < q.ends
			THEN int4multirange(int4range(q.starts, q.ends))
			ELSE int4multirange(int4range(0, q.ends), int4range(q.starts, 1440)) END
		FROM scheduling.preference p, LATERAL (SELECT extract(epoch FROM p.quiet_starts)::int / 60 AS starts,
			extract(epoch FROM p.quiet_ends)::int / 60 AS ends) q
		WHERE p.person_id = person AND p.quiet_starts IS NOT NULL);
BEGIN
	RETURN QUERY
	SELECT w.weekday, lower(f.during), upper(f.during)
	FROM (SELECT h.weekday::int, extract(epoch FROM h.starts)::int / 60 AS starts,
			extract(epoch FROM h.ends)::int / 60 AS ends
		FROM profiles.candidate_hours h WHERE h.person_id = person
		UNION ALL SELECT n, 540, 1020 FROM generate_series(1, 5) n
		WHERE NOT EXISTS (SELECT FROM profiles.candidate_hours h WHERE h.person_id = person)) w,
		unnest(int4multirange(int4range(w.starts, w.ends)) - coalesce(quiet, '{}')) f (during);
END $$;

-- The places whose public holidays somebody keeps: a region that they have named and its country, or else
-- the country that HR knows.
CREATE OR REPLACE FUNCTION scheduling.holiday_places(person uuid) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT ARRAY[coalesce(left(c.holiday_place, 2), c.country), c.holiday_place]
		FROM profiles.candidate c WHERE c.person_id = person);
END $$;

-- The weeks (Monday to Sunday, UTC; Unix seconds) in which somebody has as many sessions as one may have
-- (scheduling.refuse_full_week), without the one that is to be moved.
CREATE OR REPLACE FUNCTION scheduling.full_weeks(person uuid, opens timestamptz, closes timestamptz,
	moving uuid) RETURNS TABLE (begins bigint, ends bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	most int := (SELECT (t.value::json ->> 'week')::int FROM common.setting t
		WHERE t.name = 'meeting_limits');
BEGIN
	RETURN QUERY
	SELECT extract(epoch FROM w.monday)::bigint, extract(epoch FROM w.monday + interval '7 days')::bigint
	FROM (SELECT date_trunc('week', lower(p.during), 'UTC') AS monday, p.session_id
		FROM scheduling.participant p
		WHERE p.person_id = person AND p.live AND p.session_id IS DISTINCT FROM moving
			AND upper(p.during) > opens - interval '7 days'
			AND lower(p.during) < closes + interval '7 days') w
	GROUP BY w.monday HAVING count(DISTINCT w.session_id) >= most;
END $$;

-- What a search in the calendar of a person needs, a fact a row: zone (said), hours (number: the weekday,
-- begins and ends in minutes; an empty row stands for who has none at all), holiday (number: days since
-- 1970), away and extra (local seconds), busy (Unix seconds): sessions, and what calendars kept elsewhere
-- say. A session that is to be moved does not count.
CREATE OR REPLACE FUNCTION scheduling.calendar_facts(person uuid, opens timestamptz, closes timestamptz,
	moving uuid) RETURNS TABLE (fact text, number int, begins bigint, ends bigint, said text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	first date := (opens AT TIME ZONE 'UTC')::date - 1;
	last date := (closes AT TIME ZONE 'UTC')::date + 1;
BEGIN
	SELECT coalesce(c.time_zone, 'UTC') INTO said FROM (SELECT) one
		LEFT JOIN profiles.candidate c ON c.person_id = person;
	RETURN QUERY
	SELECT 'zone', 0, 0::bigint, 0::bigint, said
	UNION ALL
	SELECT 'hours', h.weekday, h.starts::bigint, h.ends::bigint, NULL
	FROM (SELECT * FROM scheduling.meeting_hours(person) UNION ALL SELECT 1, 0, 0) h
	UNION ALL
	SELECT 'holiday', h.day - date '1970-01-01', 0, 0, NULL
	FROM scheduling.holiday h
	WHERE h.place = ANY (scheduling.holiday_places(person)) AND h.day BETWEEN first AND last
	UNION ALL
	SELECT e.kind, 0, extract(epoch FROM lower(e.during))::bigint,
		extract(epoch FROM upper(e.during))::bigint, NULL
	FROM scheduling.wall_exception e
	WHERE e.person_id = person AND e.during && tsrange(first, last + time '24:00')
	UNION ALL
	SELECT 'busy', 0, extract(epoch FROM lower(p.during))::bigint,
		extract(epoch FROM upper(p.during))::bigint, NULL
	FROM scheduling.participant p
	WHERE p.person_id = person AND p.live AND upper(p.during) > opens AND lower(p.during) < closes
		AND p.session_id IS DISTINCT FROM moving
	UNION ALL
	SELECT 'busy', 0, extract(epoch FROM lower(b.during))::bigint,
		extract(epoch FROM upper(b.during))::bigint, NULL
	FROM unnest(scheduling.busy_at(person, tstzrange(opens, closes), moving)) b (during);
END $$;

-- Sessions ahead that lie in an absence: nobody has moved them.
CREATE OR REPLACE FUNCTION scheduling.exception_conflicts(e scheduling.exception) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(json_agg(p.session_id ORDER BY lower(p.during), p.session_id), '[]')
	FROM scheduling.participant p, LATERAL (SELECT scheduling.wall(e.person_id, lower(p.during)) AS begins,
			scheduling.wall(e.person_id, upper(p.during)) AS ends) w
	WHERE e.kind = 'away' AND p.person_id = e.person_id AND p.live AND p.part = 0
		AND upper(p.during) > common.now()
		AND lower(p.during) > common.now() -- where the clocks go back, it may end before it begins
		AND e.during && tsrange(w.begins, greatest(w.ends, w.begins + interval '1 minute')));

-- The note is for the person: a delegate does not see it.
CREATE OR REPLACE FUNCTION scheduling.exception_json(e scheduling.exception) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', e.id, 'kind', e.kind, 'starts_on', e.starts_on, 'ends_on', e.ends_on,
	'starts', to_char(e.starts, 'HH24:MI'), 'ends', to_char(e.ends, 'HH24:MI'),
	'note', CASE WHEN common.delegate() IS NULL THEN e.note END,
	'conflicts', scheduling.exception_conflicts(e),
	'created_at', common.instant(e.created_at), 'version', e.version, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/availability/exceptions/' || e.id));

-- Refuses an exception that makes no sense, before it is stored.
CREATE OR REPLACE FUNCTION scheduling.refuse_exception(e scheduling.exception) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	fault text[] := CASE
		WHEN e.ends_on < e.starts_on THEN '{dates_reversed,/ends_on}'
		WHEN e.ends_on >= e.starts_on + 1096 THEN '{absence_too_long,/ends_on}'
		WHEN e.starts IS NULL AND (e.ends IS NOT NULL OR e.kind = 'extra') THEN '{unprocessable,/starts}'
		WHEN e.ends IS NULL AND e.starts IS NOT NULL THEN '{unprocessable,/ends}'
		WHEN e.starts IS NOT NULL AND e.ends_on > e.starts_on THEN '{unprocessable,/ends_on}'
		WHEN e.ends <= e.starts THEN '{dates_reversed,/ends}'
		WHEN e.ends_on + coalesce(e.ends, time '24:00') <= scheduling.wall(e.person_id, common.now())
			THEN ARRAY['in_the_past', CASE WHEN e.starts IS NOT NULL THEN '/ends'
				WHEN e.ends_on > e.starts_on THEN '/ends_on' ELSE '/starts_on' END]
		END;
BEGIN
	IF fault IS NOT NULL THEN
		PERFORM common.refuse(fault[1], json_build_object('pointer', fault[2]));
	END IF;
END $$;

-- Stores an exception. The person's lock keeps bookings of the same moment apart, so that the conflicts are
-- complete, and two requests within the limit.
CREATE OR REPLACE FUNCTION scheduling.add_exception(e scheduling.exception) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM scheduling.refuse_exception(e);
	PERFORM pg_advisory_xact_lock(8, hashtext(e.person_id::text));
	IF (SELECT count(*) FROM scheduling.exception o WHERE o.person_id = e.person_id) >= 200 THEN
		PERFORM common.refuse('too_many_exceptions');
	END IF;
	INSERT INTO scheduling.exception (id, person_id, kind, starts_on, ends_on, starts, ends, note)
	VALUES (e.id, e.person_id, e.kind, e.starts_on, e.ends_on, e.starts, e.ends, e.note);
END $$;

GRANT SELECT ON scheduling.wall_exception TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.wall(uuid, timestamptz), scheduling.exceptions_at(uuid, text, tsrange),
	scheduling.meeting_hours(uuid), scheduling.holiday_places(uuid),
	scheduling.full_weeks(uuid, timestamptz, timestamptz, uuid),
	scheduling.calendar_facts(uuid, timestamptz, timestamptz, uuid),
	scheduling.exception_conflicts(scheduling.exception), scheduling.exception_json(scheduling.exception),
	scheduling.refuse_exception(scheduling.exception), scheduling.add_exception(scheduling.exception)
	TO upward_scheduling;
