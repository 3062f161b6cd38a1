-- Statements of common free slots and of public holidays. The search itself is services/scheduling/calendar.

-- slot_facts(pair_id uuid, actor uuid, begins timestamptz, days int): what the search needs, a row each: 0 a
-- person's zone; 1 working hours (weekday, minutes); 2 a holiday (days since 1970); 3 a busy time and 4 the
-- window (Unix seconds); 5 the length of the agreement's meetings. No row: no such pair.
WITH two AS (SELECT m.person_id, (m.person_id <> :actor)::int AS who, coalesce(c.time_zone, 'UTC') AS zone, c.country
		FROM matching.pair_member me JOIN matching.pair_member m ON m.pair_id = me.pair_id
			LEFT JOIN profiles.candidate c ON c.person_id = m.person_id
		WHERE me.pair_id = :pair_id AND me.person_id = :actor),
	span AS (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins),
	frame AS (SELECT s.begins, s.begins + make_interval(days => :days) AS ends FROM span s WHERE EXISTS (SELECT FROM two))
SELECT 0 AS fact, t.who, 0::bigint AS a, 0::bigint AS b, 0::bigint AS c, t.zone AS said FROM two t
UNION ALL
SELECT 1, t.who, h.weekday, (extract(epoch FROM h.starts) / 60)::bigint, (extract(epoch FROM h.ends) / 60)::bigint, NULL
FROM two t JOIN profiles.candidate_hours h ON h.person_id = t.person_id
UNION ALL
SELECT 2, t.who, h.day - date '1970-01-01', 0, 0, NULL
FROM frame f, two t JOIN holiday h ON h.place = t.country
WHERE h.day BETWEEN f.begins::date - 1 AND f.ends::date + 1
UNION ALL
SELECT 3, 0, extract(epoch FROM lower(p.during))::bigint, extract(epoch FROM upper(p.during))::bigint, 0, NULL
FROM frame f, two t JOIN participant p ON p.person_id = t.person_id AND p.live
WHERE p.during && tstzrange(f.begins, f.ends)
UNION ALL
SELECT 4, 0, ceil(extract(epoch FROM f.begins))::bigint, extract(epoch FROM f.ends)::bigint, 0, NULL FROM frame f
UNION ALL
SELECT 5, 0, a.duration_minutes, 0, 0, NULL FROM agreement a, frame WHERE a.pair_id = :pair_id AND a.status = 'signed'
ORDER BY 1, 2, 3;

-- holiday_read: of a country or region; empty where nobody has said any.
SELECT json_build_object('place', p.place, 'days', (SELECT coalesce(json_agg(json_build_object('day', h.day,
		'name', h.name) ORDER BY h.day), '[]') FROM holiday h WHERE h.place = p.place)) AS body, 1 AS version
FROM (SELECT :country_or_region AS place) p WHERE p.place ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$';

-- holiday_put: the whole calendar of a place.
WITH said AS (SELECT DISTINCT ON (d.day) d.day, d.name FROM json_to_recordset(:days) AS d (day date, name text)),
	gone AS (DELETE FROM holiday h WHERE h.place = :country_or_region AND h.day NOT IN (SELECT s.day FROM said s))
INSERT INTO holiday (place, day, name) SELECT :country_or_region, s.day, s.name FROM said s
ON CONFLICT (place, day) DO UPDATE SET name = excluded.name;
