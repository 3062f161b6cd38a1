-- Whether it is a working day there now, between nine and five: the hours of people who have named none.
CREATE OR REPLACE FUNCTION matching.is_working_time(zone text) RETURNS boolean
LANGUAGE sql STABLE
RETURN (common.now() AT TIME ZONE zone)::time BETWEEN '09:00' AND '16:59:59'
	AND extract(isodow FROM common.now() AT TIME ZONE zone) < 6;

-- When the next round of a programme can start by itself at the earliest: in working hours, a day or a week
-- after the last one. Null: rounds do not, or one is in hand or waits to be published.
CREATE OR REPLACE FUNCTION matching.next_round_after(programme uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p matching.programme := (SELECT x FROM matching.programme x WHERE x.id = programme);
	present timestamp := common.now() AT TIME ZONE p.time_zone;
	day date;
BEGIN
	IF p.auto_rounds = 'off' OR p.status NOT IN ('matching', 'active') OR p.winding_down IS NOT NULL
			OR EXISTS (SELECT FROM matching.round r WHERE r.programme_id = p.id AND NOT r.what_if
				AND (r.status IN ('queued', 'running', 'publishing', 'taking_back')
					OR r.status = 'ready' AND NOT matching.round_outdated(r))) THEN
		RETURN NULL;
	END IF;
	SELECT greatest(present::date, max((r.created_at AT TIME ZONE p.time_zone)::date)
			+ CASE p.auto_rounds WHEN 'daily' THEN 1 ELSE 7 END)
	INTO day FROM matching.round r WHERE r.programme_id = p.id AND NOT r.what_if;
	IF day = present::date AND present::time > '16:59:59' THEN
		day := day + 1;
	END IF;
	day := day + CASE extract(isodow FROM day) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END;
	RETURN greatest(common.now(), (day + time '09:00') AT TIME ZONE p.time_zone);
END $$;

-- Programmes in which a round is due by itself: mentees are waiting who have no shortlist, no round is in
-- hand, and none was started in the last day or week of the programme's own calendar.
CREATE OR REPLACE VIEW matching.auto_round_due AS
SELECT p.id AS programme_id, p.policy_number
FROM matching.programme p
WHERE p.auto_rounds <> 'off' AND p.status IN ('matching', 'active') AND p.winding_down IS NULL
	AND matching.is_working_time(p.time_zone)
	AND NOT EXISTS (SELECT FROM matching.round r WHERE r.programme_id = p.id AND NOT r.what_if
		AND (r.status IN ('queued', 'running', 'publishing', 'taking_back')
			OR r.status = 'ready' AND NOT matching.round_outdated(r)
			OR (r.created_at AT TIME ZONE p.time_zone)::date > (common.now() AT TIME ZONE p.time_zone)::date
				- CASE p.auto_rounds WHEN 'daily' THEN 1 ELSE 7 END))
	AND EXISTS (SELECT FROM matching.mentee_waiting w
		WHERE w.programme_id = p.id AND w.kind IN ('late_joiner', 'no_list'));

GRANT SELECT ON matching.auto_round_due TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.is_working_time(text), matching.next_round_after(uuid) TO upward_matching;
