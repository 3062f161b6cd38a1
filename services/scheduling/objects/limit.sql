-- How many sessions a pair and a person may have ahead (meeting_limits in common.setting), and the hours of
-- the partner.

-- Whether a person can meet at that time: within the hours of their week (scheduling.meeting_hours) but not
-- on a public holiday of theirs, or within extra hours, and never while away.
-- Adjacent windows count as one, also across midnight. A time that a calendar kept elsewhere shows as busy is
-- not one of them. Slots and free windows are found by the same rule (calendar/hours.h).
CREATE OR REPLACE FUNCTION scheduling.in_hours(person uuid, starts timestamptz, ends timestamptz)
	RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	c record;
	first timestamp;
	last timestamp;
BEGIN
	SELECT coalesce(p.time_zone, 'UTC') AS zone, scheduling.holiday_places(person) AS places INTO c
		FROM (SELECT) one
		LEFT JOIN profiles.candidate p ON p.person_id = person;
	BEGIN
		first := starts AT TIME ZONE c.zone;
		last := ends AT TIME ZONE c.zone;
	EXCEPTION WHEN invalid_parameter_value THEN -- a zone that this PostgreSQL does not know
		RETURN false;
	END;
	IF first >= last -- the clocks went back meanwhile
		OR scheduling.busy_at(person, tstzrange(starts, ends), NULL) <> '{}' THEN
		RETURN false;
	END IF;
	RETURN tsrange(first, last) <@ (
		(SELECT coalesce(range_agg(tsrange(day + make_interval(mins => w.starts),
				day + make_interval(mins => w.ends))), '{}')
			FROM (SELECT first::date + n AS day FROM generate_series(0, last::date - first::date) n) d
				JOIN scheduling.meeting_hours(person) w ON w.weekday = extract(isodow FROM d.day)
			WHERE NOT EXISTS (SELECT FROM scheduling.holiday h
				WHERE h.place = ANY (c.places) AND h.day = d.day))
		+ scheduling.exceptions_at(person, 'extra', tsrange(first, last))
		- scheduling.exceptions_at(person, 'away', tsrange(first, last)));
END $$;

-- Refuses a session beyond the plan if there are enough of them ahead: several while dates of the plan are
-- still ahead, fewer once it is used up. A session takes an open date if there is one.
CREATE OR REPLACE FUNCTION scheduling.refuse_beyond_plan(pair uuid, agreement uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	most json := (SELECT s.value::json FROM common.setting s WHERE s.name = 'meeting_limits');
	beyond int;
	ahead boolean;
BEGIN
	IF EXISTS (SELECT FROM scheduling.plan p WHERE p.agreement_id = agreement AND p.session_id IS NULL) THEN
		RETURN;
	END IF;
	SELECT count(*) FILTER (WHERE p.session_id IS NULL),
		coalesce(bool_or(p.agreement_id = agreement), false) INTO beyond, ahead
	FROM scheduling.session s LEFT JOIN scheduling.plan p ON p.session_id = s.id
	WHERE s.pair_id = pair AND s.kind = 'regular' AND s.status IN ('proposed', 'confirmed')
		AND s.starts_at > common.now();
	IF beyond >= (most ->> CASE WHEN ahead THEN 'beyond_plan' ELSE 'after_plan' END)::int THEN
		PERFORM common.refuse('too_many_meetings', '{"pointer": "/pair_id"}');
	END IF;
END $$;

-- Refuses a session in a week (Monday to Sunday, UTC) that is full for one of the two, across all their
-- pairs. Which of them, and because of which sessions, is private. Their advisory locks are held.
CREATE OR REPLACE FUNCTION scheduling.refuse_full_week(s scheduling.session) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	monday timestamptz := date_trunc('week', s.starts_at, 'UTC');
	most int := (SELECT (t.value::json ->> 'week')::int FROM common.setting t
		WHERE t.name = 'meeting_limits');
BEGIN
	IF EXISTS (SELECT FROM scheduling.participant me WHERE me.session_id = s.id AND most < (
			SELECT count(DISTINCT p.session_id) FROM scheduling.participant p
			WHERE p.person_id = me.person_id AND p.live AND upper(p.during) > monday
				AND lower(p.during) >= monday AND lower(p.during) < monday + interval '7 days')) THEN
		PERFORM common.refuse('week_full', '{"pointer": "/starts_at"}');
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION scheduling.in_hours(uuid, timestamptz, timestamptz),
	scheduling.refuse_beyond_plan(uuid, uuid)
	TO upward_scheduling;
