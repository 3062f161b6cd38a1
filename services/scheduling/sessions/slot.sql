-- Statements of common free slots and of public holidays. The search itself is services/scheduling/calendar.

-- slot_facts(pair_id uuid, shortlist_id uuid, actor uuid, begins timestamptz, days int, moving uuid): what
-- the search needs, a fact a row, for the partner of a pair or for each mentor of an open shortlist of the
-- actor's, by place. A meeting of the pair that is to be moved binds nobody and says the length. who: 0 the
-- actor, 1 the other one. number: the weekday of hours (begins and ends in minutes), the day of a holiday
-- since 1970, the minutes of length. Of busy and window begins and ends are Unix seconds. No row: no such
-- pair, list or meeting.
WITH partner AS (SELECT 0 AS place, m.partner_id AS person_id FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor
			AND (:moving IS NULL OR m.pair_id = (SELECT s.pair_id FROM session s WHERE s.id = :moving))
		UNION ALL
		SELECT s.place, s.mentor_id FROM matching.shortlist_mentor s
		WHERE s.shortlist_id = :shortlist_id AND s.mentee_id = :actor AND :moving IS NULL),
	two AS (SELECT t.place, t.who, t.person_id, coalesce(c.time_zone, 'UTC') AS zone, c.country
		FROM (SELECT p.place, 0 AS who, :actor AS person_id FROM partner p
				UNION ALL SELECT p.place, 1, p.person_id FROM partner p) t
			LEFT JOIN profiles.candidate c ON c.person_id = t.person_id),
	frame AS (SELECT p.place, s.begins,
			least(s.begins + make_interval(days => :days), upper(common.years())) AS ends
		FROM partner p, (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins) s),
	length AS (SELECT extract(epoch FROM s.ends_at - s.starts_at)::int / 60 AS minutes
		FROM session s WHERE s.id = :moving
		UNION ALL SELECT a.duration_minutes FROM agreement a
		WHERE a.pair_id = :pair_id AND a.status = 'signed' AND :moving IS NULL)
SELECT t.place, 'zone' AS fact, t.who, 0 AS number, 0 AS begins, 0 AS ends, t.zone AS said FROM two t
UNION ALL
SELECT t.place, 'hours', t.who, h.weekday, extract(epoch FROM h.starts)::bigint / 60,
	extract(epoch FROM h.ends)::bigint / 60, NULL
FROM two t JOIN profiles.candidate_hours h ON h.person_id = t.person_id
UNION ALL
SELECT t.place, 'holiday', t.who, h.day - date '1970-01-01', 0, 0, NULL
FROM two t JOIN frame f ON f.place = t.place
	JOIN holiday h ON h.place = t.country AND h.day BETWEEN f.begins::date - 1 AND f.ends::date + 1
UNION ALL
SELECT t.place, 'busy', 0, 0, extract(epoch FROM lower(p.during))::bigint,
	extract(epoch FROM upper(p.during))::bigint, NULL
FROM two t JOIN frame f ON f.place = t.place JOIN participant p ON p.person_id = t.person_id AND p.live
	AND upper(p.during) > f.begins AND lower(p.during) < f.ends AND p.session_id IS DISTINCT FROM :moving
UNION ALL
SELECT f.place, 'window', 0, 0, ceil(extract(epoch FROM f.begins))::bigint,
	extract(epoch FROM f.ends)::bigint, NULL
FROM frame f
UNION ALL
SELECT f.place, 'length', 0, l.minutes, 0, 0, NULL FROM frame f, length l
UNION ALL
SELECT p.place, 'card', 1, 0, 0, 0, profiles.card_json(p.person_id)::text FROM partner p
ORDER BY place, fact, who, number, begins;

-- holiday_read: for a country or region; empty if none are known.
SELECT json_build_object('place', p.place, 'days', (SELECT coalesce(json_agg(json_build_object('day', h.day,
		'name', h.name) ORDER BY h.day), '[]') FROM holiday h WHERE h.place = p.place)) AS body, 1 AS version
FROM (SELECT :country_or_region AS place) p WHERE p.place ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$';

-- holiday_put: replaces the whole calendar of a place.
WITH said AS (SELECT DISTINCT ON (d.day) d.day, d.name
	FROM json_to_recordset(:days) AS d (day date, name text)),
	gone AS (DELETE FROM holiday h WHERE h.place = :country_or_region
		AND h.day NOT IN (SELECT s.day FROM said s))
INSERT INTO holiday (place, day, name) SELECT :country_or_region, s.day, s.name FROM said s
ON CONFLICT (place, day) DO UPDATE SET name = excluded.name;
