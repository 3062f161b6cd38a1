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

-- departure_note(event_id bigint, type text, subject_id uuid, data json): somebody has left, or has come
-- back.
WITH back AS (DELETE FROM departure d WHERE d.person_id = :subject_id AND :type = 'person.reactivated'
	AND :data IS NOT NULL)
INSERT INTO departure (person_id, left_on)
SELECT :subject_id, (o.occurred_at AT TIME ZONE 'UTC')::date FROM common.outbox o
WHERE o.id = :event_id AND :type = 'person.deactivated'
ON CONFLICT (person_id) DO UPDATE SET left_on = excluded.left_on;
