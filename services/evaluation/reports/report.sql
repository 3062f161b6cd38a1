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

-- report_representation: who takes part, by level.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('representation', p, :snapshot) f;

-- report_network: pairs across departments, and new ties.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('network', p, :snapshot) f;

-- report_cost: what a participant costs.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('cost', p, :snapshot) f;

-- report_improvements: changes that came of it.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('improvements', p, :snapshot) f;

-- report_cohort_improvements: changes that came of each cohort.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('cohort-improvements', p, :snapshot) f;

-- report_recognition: mentors by sessions held.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('recognition', p, :snapshot) f;

-- report_losses: why pairs were lost.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('losses', p, :snapshot) f;

-- report_cohorts: each cohort against the one before it.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p, frozen('cohorts', p, :snapshot) f;

-- report_years: the programme against the one before it, for who may read the reports of both.
SELECT f.body, 1 AS version, f.rows
FROM readable(:programme_id, :actor, :roles) p JOIN matching.programme_view g ON g.programme_id = p,
	frozen('years', p, :snapshot) f
WHERE g.copy_of IS NULL OR EXISTS (SELECT FROM readable(g.copy_of, :actor, :roles));

-- report_comparisons: the last snapshots of several programmes side by side, in the order asked; or of the
-- twenty newest that the caller may read.
WITH asked AS (SELECT a.id, a.place, EXISTS (SELECT FROM readable(a.id, :actor, :roles)) AS open
		FROM unnest(:programme_ids::uuid[]) WITH ORDINALITY AS a (id, place)
		UNION ALL
		(SELECT p.programme_id, row_number() OVER (ORDER BY p.starts_on DESC, p.programme_id), true
			FROM matching.programme_view p
			WHERE :programme_ids IS NULL AND reported(p.programme_id, :actor, :roles) LIMIT 20)),
	shut AS (SELECT CASE WHEN NOT bool_and(a.open) THEN common.refuse('not_found') END AS refused
		FROM asked a),
	list AS (SELECT coalesce(json_agg(c.facts ORDER BY a.place), '[]') AS rows, count(*) AS n
		FROM asked a, LATERAL compared(a.id) c WHERE a.open)
SELECT json_build_object('method', 'Figures of the last snapshot of each programme, as its own reports show '
		'them. Programmes differ in more than what is compared.', 'minimum_cell', 5, 'n', l.n,
		'sentence', 'We cannot tell from these figures alone why programmes differ.',
		'programmes', l.rows, 'chart', chart('comparison', l.rows)) AS body, 1 AS version, l.rows
FROM list l, shut s WHERE s.refused IS NULL;

-- report_learning_culture: what people in the whole company offer and want to learn.
SELECT f.body, 1 AS version, f.rows FROM frozen('learning-culture', NULL, :snapshot) f
WHERE :roles && ARRAY['programme_admin', 'auditor'];
