-- How many counters (common.counter) differ from what is counted here, and how many marks of pairs
-- (session_count.open_on, unagreed) from what they mark.
WITH counted AS (
	SELECT e.programme_id AS about, e.role || ' ' || v.name AS name, count(*) AS value
	FROM matching.enrolment e, LATERAL (VALUES ('invited', e.ever_invited),
		('interested', e.status = 'interested'), ('declined', e.status = 'declined'),
		('enrolled', e.status IN ('enrolled', 'paused', 'completed')),
		('paired', EXISTS (SELECT FROM matching.pair p
			WHERE p.status IN ('active', 'suspended', 'completed', 'ended')
				AND e.id IN (p.mentor_enrolment_id, p.mentee_enrolment_id)))) v (name, holds)
	WHERE v.holds GROUP BY 1, 2
	UNION ALL SELECT p.programme_id, 'pair ' || p.status, count(*) FROM matching.pair p GROUP BY 1, 2
	UNION ALL
	SELECT p.programme_id, 'session ' || CASE WHEN s.status IN ('proposed', 'confirmed') THEN 'open'
		ELSE s.status END, count(*)
	FROM scheduling.session s JOIN matching.pair p ON p.id = s.pair_id
	WHERE s.status <> 'cancelled' GROUP BY 1, 2)
SELECT count(*) + (SELECT count(*) FROM scheduling.session_count m WHERE m.kind = 'regular'
		AND m.open_on IS DISTINCT FROM (SELECT min(d.due_on) FROM scheduling.open_date d
			WHERE d.pair_id = m.pair_id))
	+ (SELECT count(*) FROM (SELECT p.id FROM matching.pair p WHERE p.status IN ('active', 'suspended')
			AND (p.status = 'active' OR p.came_from = 'active')
			AND NOT EXISTS (SELECT FROM scheduling.agreement a WHERE a.pair_id = p.id)) p
		FULL JOIN scheduling.unagreed u ON u.pair_id = p.id WHERE p.id IS NULL OR u.pair_id IS NULL)
FROM counted c FULL JOIN (SELECT r.about, r.name, sum(r.value) AS value FROM common.counter r
	GROUP BY 1, 2) s USING (about, name)
WHERE coalesce(c.value, 0) <> coalesce(s.value, 0)
