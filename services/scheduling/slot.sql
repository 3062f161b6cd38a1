-- Statements of common free slots and of public holidays. The search itself is services/scheduling/calendar.

-- slot_facts(pair_id uuid, shortlist_id uuid, actor uuid, begins timestamptz, days int, moving uuid): what the search
-- needs, for the partner of a pair or for each mentor of an open shortlist of the actor's, by place. A meeting of the
-- pair that is to be moved binds nobody and says the length. A row each: 0 a
-- person's zone; 1 working hours (weekday, minutes); 2 a holiday (days since 1970); 3 a busy time and 4 the
-- window (Unix seconds); 5 the length of a
-- meeting; 6 the mentor's card. No row: no such pair, list or meeting.
WITH partner AS (SELECT 0 AS place, m.partner_id AS person_id FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor
			AND (:moving IS NULL OR EXISTS (SELECT FROM session s WHERE s.id = :moving AND s.pair_id = m.pair_id))
		UNION ALL
		SELECT s.place, s.mentor_id FROM matching.shortlist_mentor s
		WHERE s.shortlist_id = :shortlist_id AND s.mentee_id = :actor AND :moving IS NULL),
	two AS (SELECT t.place, t.who, t.person_id, coalesce(c.time_zone, 'UTC') AS zone, c.country
		FROM (SELECT p.place, 0 AS who, :actor AS person_id FROM partner p
				UNION ALL SELECT p.place, 1, p.person_id FROM partner p) t
			LEFT JOIN profiles.candidate c ON c.person_id = t.person_id),
	span AS (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins),
	frame AS (SELECT p.place, s.begins,
			least(s.begins + make_interval(days => :days), upper(common.years())) AS ends FROM span s, partner p)
SELECT t.place, 0 AS fact, t.who, 0::bigint AS a, 0::bigint AS b, 0::bigint AS c, t.zone AS said FROM two t
UNION ALL
SELECT t.place, 1, t.who, h.weekday, (extract(epoch FROM h.starts) / 60)::bigint, (extract(epoch FROM h.ends) / 60)::bigint,
	NULL
FROM two t JOIN profiles.candidate_hours h ON h.person_id = t.person_id
UNION ALL
SELECT t.place, 2, t.who, h.day - date '1970-01-01', 0, 0, NULL
FROM two t JOIN frame f ON f.place = t.place JOIN holiday h ON h.place = t.country
WHERE h.day BETWEEN f.begins::date - 1 AND f.ends::date + 1
UNION ALL
SELECT t.place, 3, 0, extract(epoch FROM lower(p.during))::bigint, extract(epoch FROM upper(p.during))::bigint, 0, NULL
FROM two t JOIN frame f ON f.place = t.place JOIN participant p ON p.person_id = t.person_id AND p.live
WHERE upper(p.during) > f.begins AND lower(p.during) < f.ends AND p.session_id IS DISTINCT FROM :moving
UNION ALL
SELECT f.place, 4, 0, ceil(extract(epoch FROM f.begins))::bigint, extract(epoch FROM f.ends)::bigint, 0, NULL FROM frame f
UNION ALL
SELECT f.place, 5, 0, l.minutes, 0, 0, NULL
FROM frame f, LATERAL (SELECT (extract(epoch FROM s.ends_at - s.starts_at) / 60)::int AS minutes FROM session s
	WHERE s.id = :moving
	UNION ALL
	SELECT a.duration_minutes FROM agreement a WHERE a.pair_id = :pair_id AND a.status = 'signed' AND :moving IS NULL) l
UNION ALL
SELECT p.place, 6, 1, 0, 0, 0, profiles.card_json(p.person_id)::text FROM partner p
ORDER BY 1, 2, 3, 4;

-- holiday_read: of a country or region; empty where nobody has said any.
SELECT json_build_object('place', p.place, 'days', (SELECT coalesce(json_agg(json_build_object('day', h.day,
		'name', h.name) ORDER BY h.day), '[]') FROM holiday h WHERE h.place = p.place)) AS body, 1 AS version
FROM (SELECT :country_or_region AS place) p WHERE p.place ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$';

-- holiday_put: the whole calendar of a place.
WITH said AS (SELECT DISTINCT ON (d.day) d.day, d.name FROM json_to_recordset(:days) AS d (day date, name text)),
	gone AS (DELETE FROM holiday h WHERE h.place = :country_or_region AND h.day NOT IN (SELECT s.day FROM said s))
INSERT INTO holiday (place, day, name) SELECT :country_or_region, s.day, s.name FROM said s
ON CONFLICT (place, day) DO UPDATE SET name = excluded.name;
