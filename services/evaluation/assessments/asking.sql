-- Statements of the job `asking`: one event per person for what has become due. The notifications are made
-- from these events.

-- asking_make(): some of what nobody has been asked about yet.
WITH due AS (
		SELECT 'assessment.due' AS type, d.assessment_id AS subject_id, d.person_id,
			'assessment ' || d.phase AS what,
			json_build_object('person_id', d.person_id, 'phase', d.phase, 'due_at', d.due_at) AS data
		FROM assessment_due d
		UNION ALL
		SELECT 'feedback.due', d.pair_id, d.person_id, 'feedback ' || d.wave,
			json_build_object('pair_id', d.pair_id, 'person_id', d.person_id, 'due_at', d.due_at)
		FROM feedback_due d
		UNION ALL
		SELECT 'survey.due', d.survey_id, d.person_id, 'survey ' || d.wave,
			json_build_object('person_id', d.person_id,
				'due_at', (d.closes_on + 1)::timestamp AT TIME ZONE 'UTC')
		FROM survey_due d
		UNION ALL
		SELECT 'goal.due', g.id, m.person_id,
			'goal', json_build_object('pair_id', g.pair_id, 'person_id', m.person_id)
		FROM goal g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.status = 'active'
		WHERE g.status = 'agreed' AND g.due_on < common.today()),
	fresh AS (SELECT d.* FROM due d WHERE NOT EXISTS (SELECT FROM asked a
		WHERE a.subject_id = d.subject_id AND a.person_id = d.person_id AND a.what = d.what) LIMIT 200),
	new AS (INSERT INTO asked (subject_id, person_id, what) SELECT f.subject_id, f.person_id, f.what
		FROM fresh f
		ON CONFLICT (subject_id, person_id, what) DO NOTHING RETURNING subject_id, person_id, what)
INSERT INTO common.outbox (type, subject_id, data)
SELECT f.type, f.subject_id, f.data
FROM new n JOIN fresh f ON f.subject_id = n.subject_id AND f.person_id = n.person_id AND f.what = n.what
RETURNING subject_id;
