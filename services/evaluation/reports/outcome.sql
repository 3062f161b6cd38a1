-- Statements of the reports on retention and attitudes, which C computes.

-- report_retention: what the report is about: from the landmark to last Sunday.
SELECT json_build_object('id', p.programme_id, 'title', p.title) AS programme, r.method,
	common.instant(common.now()) AS as_of, p.starts_on + 28 AS landmark,
	date_trunc('week', common.today())::date - 1 AS until,
	p.starts_on + 28 < date_trunc('week', common.today())::date - 1 AS begun
FROM matching.programme_view p JOIN report_method r ON r.name = 'retention'
WHERE p.programme_id = :programme_id AND reported(p.programme_id, :actor, :roles);

-- retention_read(programme uuid, landmark date, until date): the people to compare.
-- unprepared
SELECT r.level, r.department, r.tenure_days, r.participant::int, r.days, r.gone::int
FROM retention_people(:programme, :landmark, :until) r;

-- report_attitudes: what the report is about.
SELECT json_build_object('id', p.programme_id, 'title', p.title) AS programme, r.method,
	common.instant(common.now()) AS as_of
FROM matching.programme_view p JOIN report_method r ON r.name = 'attitudes'
WHERE p.programme_id = :programme_id AND reported(p.programme_id, :actor, :roles);

-- attitude_read(programme uuid): each construct, with its answers where there are enough.
-- unprepared
SELECT c.title, c.side, c.construct, a.items, a.people, array_to_string(a.before, ' ') AS before,
	array_to_string(a.after, ' ') AS after
FROM attitude_construct c LEFT JOIN attitude_answers(:programme) a ON a.survey_id = c.survey_id
	AND a.construct = c.construct
WHERE c.programme_id = :programme ORDER BY c.side, c.title, c.construct, c.survey_id;

-- departure_note(event_id bigint, type text, subject_id uuid, data json): somebody has left, or has come
-- back.
WITH back AS (DELETE FROM departure d WHERE d.person_id = :subject_id AND :type = 'person.reactivated'
	AND :data IS NOT NULL)
INSERT INTO departure (person_id, left_on)
SELECT :subject_id, (o.occurred_at AT TIME ZONE 'UTC')::date FROM common.outbox o
WHERE o.id = :event_id AND :type = 'person.deactivated'
ON CONFLICT (person_id) DO UPDATE SET left_on = excluded.left_on;
