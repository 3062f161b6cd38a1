-- Statements of reports: each is read from a snapshot (objects/snapshot.sql), the last one unless another is
-- named.

-- report_list: all reports.
-- unprepared
SELECT json_build_object('name', r.name, 'title', r.title, 'method', r.method, 'minimum_cell', 5,
		'path', CASE r.name WHEN 'learning-culture' THEN '/api/v1/reports/learning-culture'
			ELSE '/api/v1/reports/programmes/{programme_id}/' || r.name END) AS body,
	r.name
FROM report_method r
WHERE :after_name IS NULL OR r.name > :after_name
ORDER BY r.name
LIMIT :limit + 1;

-- report_participation: enrolments, pairs and sessions.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('participation', p, :snapshot) f;

-- report_adherence: planned and held sessions.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('adherence', p, :snapshot) f;

-- report_satisfaction: feedback given for the programme's figures.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('satisfaction', p, :snapshot) f;

-- report_gain: score after minus score before.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('gain', p, :snapshot) f;

-- report_retention: who stays, against comparable colleagues.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('retention', p, :snapshot) f;

-- report_attitudes: constructs before and after.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('attitudes', p, :snapshot) f;

-- report_funnel: who was reached, enrolled and paired.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('funnel', p, :snapshot) f;

-- report_learning_culture: what people in the whole company offer and want to learn.
SELECT f.body, 1 AS version, f.rows FROM frozen('learning-culture', NULL, :snapshot) f
WHERE :roles && ARRAY['programme_admin', 'auditor'];
