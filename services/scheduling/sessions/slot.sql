-- Statements of common free slots and of public holidays. The search itself is services/scheduling/calendar.

-- slot_facts(pair_id uuid, shortlist_id uuid, actor uuid, begins timestamptz, days int, moving uuid): what
-- the search needs, a fact a row (calendar_facts), for the partner of a pair or for each mentor of an open
-- shortlist of the actor's, by place. A meeting of the pair that is to be moved binds nobody and says the
-- length. who: 0 the actor, 1 the other one. number: the minutes of length, and of buffer, which are to be
-- free before and after. Of window and full (weeks without room) begins and ends are Unix seconds. No row:
-- no such pair, list or meeting. Partners who no longer meet are refused: neither sees when the other is
-- free.
WITH partner AS (SELECT 0 AS place, m.partner_id AS person_id FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor AND meets(m)
			AND (:moving IS NULL OR m.pair_id = (SELECT s.pair_id FROM session s WHERE s.id = :moving))
		UNION ALL
		SELECT s.place, s.mentor_id FROM matching.shortlist_mentor s
		WHERE s.shortlist_id = :shortlist_id AND s.mentee_id = :actor AND :moving IS NULL),
	frame AS (SELECT s.begins, least(s.begins + make_interval(days => :days), upper(common.years())) AS ends
		FROM (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins) s),
	length AS (SELECT extract(epoch FROM s.ends_at - s.starts_at)::int / 60 AS minutes, s.mode
		FROM session s WHERE s.id = :moving
		UNION ALL SELECT a.duration_minutes, a.channels[1] FROM agreement a
		WHERE a.pair_id = :pair_id AND a.status = 'signed' AND :moving IS NULL),
	member AS (SELECT p.place, 0 AS who, :actor AS person_id FROM partner p
		UNION ALL SELECT p.place, 1, p.person_id FROM partner p)
SELECT t.place, c.fact, t.who, c.number, c.begins, c.ends, c.said
FROM member t, frame f, calendar_facts(t.person_id, f.begins, f.ends, :moving) c
UNION ALL
SELECT t.place, 'full', t.who, 0, w.begins, w.ends, NULL
FROM member t, frame f, full_weeks(t.person_id, f.begins, f.ends, :moving) w
UNION ALL
SELECT p.place, 'buffer', 0, coalesce((common.setting_value('meeting_limits') ->> 'buffer_minutes')::int, 0),
	0, 0, NULL
FROM partner p
UNION ALL
SELECT p.place, 'window', 0, 0, ceil(extract(epoch FROM f.begins))::bigint,
	extract(epoch FROM f.ends)::bigint, NULL
FROM partner p, frame f
UNION ALL
SELECT p.place, 'length', 0, l.minutes, 0, 0, l.mode FROM partner p, length l
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
