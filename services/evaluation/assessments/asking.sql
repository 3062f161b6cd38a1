-- Statements of the job `asking`: one event per person for what has become due. The notifications are made
-- from these events.

-- asking_make(): some of what nobody has been asked about yet. Whom it has asked is left out before what
-- costs most is looked at: in a programme of ten thousand pairs these are nearly all.
WITH near AS MATERIALIZED (SELECT n.* FROM assessment_near n WHERE NOT EXISTS (SELECT FROM asked a
		WHERE a.subject_id = n.assessment_id AND a.person_id = n.person_id
			AND a.what = 'assessment ' || n.phase)),
	open AS MATERIALIZED (SELECT * FROM feedback_asked),
	due AS (
		SELECT 'assessment.due' AS type, d.assessment_id AS subject_id, d.person_id,
			'assessment ' || d.phase AS what,
			json_build_object('person_id', d.person_id, 'phase', d.phase, 'due_at', d.due_at) AS data
		FROM near n, LATERAL (SELECT * FROM assessment_due x WHERE x.person_id = n.person_id
			AND x.assessment_id = n.assessment_id AND x.phase = n.phase OFFSET 0) d
		UNION ALL
		SELECT 'feedback.due', m.pair_id, m.person_id, 'feedback ' || o.wave,
			json_build_object('pair_id', m.pair_id, 'person_id', m.person_id,
				'due_at', (o.closes_on + 1)::timestamp AT TIME ZONE 'UTC')
		FROM open o JOIN matching.pair_member m ON m.programme_id = o.programme_id AND m.side = 'mentor'
			AND m.status IN ('active', 'completed')
		UNION ALL
		SELECT 'goal.due', g.goal_id, m.person_id,
			'goal', json_build_object('pair_id', g.pair_id, 'person_id', m.person_id)
		FROM goal_state g JOIN matching.pair_member m ON m.pair_id = g.pair_id AND m.status = 'active'
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

-- asking_look(): a survey whose turn it is: people whom it asks and who have not been told, two hundred at a
-- time, then not before an hour has passed. A clock that was set back makes none wait longer.
WITH target AS (SELECT k.survey_id FROM survey_look k
		WHERE k.look_at <= common.now() OR k.look_at > common.now() + interval '1 hour'
		ORDER BY k.look_at LIMIT 1 FOR UPDATE SKIP LOCKED),
	fresh AS (SELECT d.survey_id, d.person_id, 'survey ' || d.wave AS what, d.closes_on FROM survey_due d
		WHERE d.survey_id = (SELECT t.survey_id FROM target t) AND NOT EXISTS (SELECT FROM asked a
			WHERE a.subject_id = d.survey_id AND a.person_id = d.person_id AND a.what = 'survey ' || d.wave)
		LIMIT 200),
	new AS (INSERT INTO asked (subject_id, person_id, what)
		SELECT f.survey_id, f.person_id, f.what FROM fresh f
		ON CONFLICT (subject_id, person_id, what) DO NOTHING RETURNING subject_id, person_id, what),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'survey.due', f.survey_id, survey_asks(f.person_id, f.closes_on)
		FROM new n JOIN fresh f ON f.person_id = n.person_id AND f.what = n.what),
	over AS (DELETE FROM survey_look k USING target t JOIN survey s ON s.id = t.survey_id
		WHERE k.survey_id = t.survey_id AND s.closes_on < common.today() - 14),
	moved AS (UPDATE survey_look k SET look_at = common.now() + interval '1 hour'
		FROM target t JOIN survey s ON s.id = t.survey_id
		WHERE k.survey_id = t.survey_id AND s.closes_on >= common.today() - 14
			AND (SELECT count(*) FROM fresh) < 200)
SELECT t.survey_id FROM target t;

-- asking_session(event_id bigint, type text, subject_id uuid, data json): a session has been held; the
-- surveys that ask about it.
WITH due AS (SELECT x.survey_id, x.person_id, 'survey ' || x.session_id AS what, x.closes_on
		FROM survey_session x WHERE x.session_id = :subject_id AND :type = 'session.held'
			AND :data IS NOT NULL AND :event_id IS NOT NULL
			AND common.today() BETWEEN x.closes_on - 13 AND x.closes_on),
	new AS (INSERT INTO asked (subject_id, person_id, what) SELECT d.survey_id, d.person_id, d.what FROM due d
		ON CONFLICT (subject_id, person_id, what) DO NOTHING RETURNING subject_id, person_id, what)
INSERT INTO common.outbox (type, subject_id, data)
SELECT 'survey.due', d.survey_id, survey_asks(d.person_id, d.closes_on)
FROM new n JOIN due d ON d.survey_id = n.subject_id AND d.person_id = n.person_id AND d.what = n.what;
