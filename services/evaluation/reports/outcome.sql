-- What C needs for the reports on retention, attitudes and the network.

-- retention_read(programme uuid, landmark date, until date): the people to compare.
-- unprepared
SELECT r.level, r.department, r.tenure_days, r.participant::int, r.days, r.gone::int
FROM retention_people(:programme, :landmark, :until) r;

-- attitude_read(programme uuid): each construct, with its answers where there are enough.
-- unprepared
SELECT c.title, c.side, c.construct, a.items, a.people, array_to_string(a.before, ' ') AS before,
	array_to_string(a.after, ' ') AS after
FROM attitude_construct c LEFT JOIN attitude_answers(:programme) a ON a.survey_id = c.survey_id
	AND a.construct = c.construct
WHERE c.programme_id = :programme ORDER BY c.side, c.title, c.construct, c.survey_id;

-- network_read(programme uuid): what SQL counts, and the ties between the people.
-- unprepared
SELECT m.n, m.sentence, m.rows, m.figures #>> '{totals,pairs}' AS pairs,
	m.figures #>> '{totals,cross_department}' AS cross_department,
	m.figures #>> '{totals,cross_department_share}' AS cross_department_share,
	m.figures #>> '{totals,new_ties}' AS new_ties, t.people, t.before, t.made
FROM made_network(:programme) m, network_ties(:programme) t;

-- cohorts_read(programme uuid): each cohort and the one before it, by measure.
-- unprepared
WITH figure AS MATERIALIZED (SELECT * FROM compared_groups(:programme, true)),
	cohort AS (SELECT c.*, lag(c.cohort_id) OVER w AS earlier_id, lag(c.title) OVER w AS earlier
		FROM matching.cohort_view c WHERE c.programme_id = :programme WINDOW w AS (ORDER BY c.number))
SELECT v.measure, c.title AS later, c.earlier, l.people AS later_people, l.yes AS later_yes,
	l.no AS later_no, l.mean AS later_mean, l.deviation AS later_deviation, e.people AS earlier_people,
	e.yes AS earlier_yes, e.no AS earlier_no, e.mean AS earlier_mean, e.deviation AS earlier_deviation
FROM cohort c CROSS JOIN compared_measure v
	LEFT JOIN figure l ON l.cohort_id = c.cohort_id AND l.measure = v.measure
	LEFT JOIN figure e ON e.cohort_id = c.earlier_id AND e.measure = v.measure
WHERE c.earlier_id IS NOT NULL ORDER BY c.number, v.place;

-- years_read(programme uuid): the programme and the one of which it is a copy, by measure.
-- unprepared
WITH year AS (SELECT y.programme_id, y.copy_of,
		y.title || ' (' || extract(year FROM y.starts_on) || ')' AS title FROM matching.programme_view y),
	this AS MATERIALIZED (SELECT g.* FROM year y, compared_groups(y.programme_id, false) g
		WHERE y.programme_id = :programme AND y.copy_of IS NOT NULL),
	last AS MATERIALIZED (SELECT g.* FROM year y, compared_groups(y.copy_of, false) g
		WHERE y.programme_id = :programme AND y.copy_of IS NOT NULL)
SELECT v.measure, y.title AS later, b.title AS earlier, l.people AS later_people, l.yes AS later_yes,
	l.no AS later_no, l.mean AS later_mean, l.deviation AS later_deviation, e.people AS earlier_people,
	e.yes AS earlier_yes, e.no AS earlier_no, e.mean AS earlier_mean, e.deviation AS earlier_deviation
FROM year y JOIN year b ON b.programme_id = y.copy_of CROSS JOIN compared_measure v
	LEFT JOIN this l ON l.measure = v.measure
	LEFT JOIN last e ON e.measure = v.measure
WHERE y.programme_id = :programme ORDER BY v.place;

-- departure_note(event_id bigint, type text, subject_id uuid, data json): somebody has left, or has come
-- back.
WITH back AS (DELETE FROM departure d WHERE d.person_id = :subject_id AND :type = 'person.reactivated'
	AND :data IS NOT NULL)
INSERT INTO departure (person_id, left_on)
SELECT :subject_id, (o.occurred_at AT TIME ZONE 'UTC')::date FROM common.outbox o
WHERE o.id = :event_id AND :type = 'person.deactivated'
ON CONFLICT (person_id) DO UPDATE SET left_on = excluded.left_on;
