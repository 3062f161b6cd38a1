-- Tasks that have become due: pages show them as long as they are, and the job `asking` announces each
-- once, by event.

-- Assessments that are due for a mentee. The first attempt: from the second signature until the first
-- regular session has been held, and when a goal has been agreed; due when that session begins, or the
-- window ends. The second: when a goal or the pair is completed, or the programme is closing. attempt_id:
-- an attempt that was started and not submitted.
-- What costs most is asked last: the job looks at all mentees of a programme, of whom few are due.
CREATE OR REPLACE VIEW evaluation.assessment_due AS
SELECT e.person_id, e.programme_id, a.id AS assessment_id, f.phase, t.id AS attempt_id,
	CASE f.phase WHEN 'pre' THEN least((SELECT min(x.starts_at) FROM matching.pair_member m
			JOIN scheduling.session_view x ON x.pair_id = m.pair_id AND x.kind = 'regular'
				AND x.status IN ('proposed', 'confirmed')
			WHERE m.person_id = e.person_id AND m.programme_id = e.programme_id AND m.side = 'mentee'
				AND m.status IN ('active', 'suspended', 'completed', 'ended')),
			(a.closes_on + 1)::timestamp AT TIME ZONE 'UTC')
		ELSE (CASE p.status WHEN 'closing' THEN greatest(p.ends_on, a.closes_on)
			ELSE a.closes_on END + 1)::timestamp
			AT TIME ZONE 'UTC' END AS due_at
FROM matching.enrolment_view e JOIN matching.programme_view p ON p.programme_id = e.programme_id
	JOIN evaluation.assessment a ON a.programme_id = e.programme_id
	CROSS JOIN (VALUES ('pre'), ('post')) f (phase)
	LEFT JOIN evaluation.attempt t ON t.assessment_id = a.id AND t.person_id = e.person_id
		AND t.phase = f.phase
	CROSS JOIN LATERAL (SELECT bool_or(m.status = 'active' AND (g.agreed OR NOT EXISTS (SELECT
				FROM scheduling.count_view c
				WHERE c.pair_id = m.pair_id AND c.kind = 'regular' AND c.held > 0)
			AND EXISTS (SELECT FROM scheduling.agreement_view y
				WHERE y.pair_id = m.pair_id AND y.status = 'signed'))) AS before,
			bool_or(m.status = 'completed' OR g.completed OR p.status = 'closing') AS after
		FROM matching.pair_member m
			CROSS JOIN LATERAL (SELECT coalesce(bool_or(o.status = 'agreed'), false) AS agreed,
					coalesce(bool_or(o.status = 'completed'), false) AS completed
				FROM evaluation.goal o WHERE o.pair_id = m.pair_id) g
		WHERE m.person_id = e.person_id AND m.programme_id = e.programme_id AND m.side = 'mentee'
			AND m.status IN ('active', 'suspended', 'completed', 'ended')) w
WHERE e.role = 'mentee' AND t.status IS DISTINCT FROM 'submitted'
	AND p.status IN ('matching', 'active', 'closing')
	AND CASE WHEN CASE f.phase WHEN 'pre' THEN w.before ELSE w.after END
		THEN evaluation.attempt_refusal(a, e.person_id, f.phase) IS NULL ELSE false END;

-- Programmes with a window in its last fourteen days, in which mentors are asked for feedback.
CREATE OR REPLACE VIEW evaluation.feedback_asked AS
SELECT p.programme_id, w.wave, w.closes_on
FROM matching.programme_view p CROSS JOIN LATERAL evaluation.feedback_windows(p.starts_on, p.ends_on) w
WHERE p.status IN ('matching', 'active', 'closing')
	AND common.today() BETWEEN w.closes_on - 14 AND w.closes_on
	AND w.wave = evaluation.feedback_wave(p.programme_id);

-- Whom they ask. It does not depend on what was written. Mentees are not asked: they never learn that
-- feedback exists.
CREATE OR REPLACE VIEW evaluation.feedback_due AS
SELECT m.person_id, m.pair_id, m.partner_id, m.programme_id, w.wave, w.closes_on,
	(w.closes_on + 1)::timestamp AT TIME ZONE 'UTC' AS due_at
FROM matching.pair_member m JOIN evaluation.feedback_asked w ON w.programme_id = m.programme_id
WHERE m.side = 'mentor' AND m.status IN ('active', 'completed');

-- Who may be due for an assessment, by what costs little to know: for the job, which leaves out whom it has
-- asked before it looks at the rest.
CREATE OR REPLACE VIEW evaluation.assessment_near AS
SELECT m.person_id, a.id AS assessment_id, f.phase
FROM evaluation.assessment a JOIN matching.programme_view p ON p.programme_id = a.programme_id
		AND p.status IN ('matching', 'active', 'closing')
	CROSS JOIN (VALUES ('pre'), ('post')) f (phase)
	JOIN matching.pair_member m ON m.programme_id = a.programme_id AND m.side = 'mentee'
WHERE (common.today() BETWEEN a.opens_on AND a.closes_on OR f.phase = 'post' AND p.status = 'closing')
	AND CASE f.phase WHEN 'pre' THEN m.status = 'active'
		ELSE m.status = 'completed' OR p.status = 'closing'
			OR m.pair_id IN (SELECT g.pair_id FROM evaluation.goal g WHERE g.status = 'completed') END;

GRANT SELECT ON evaluation.assessment_due, evaluation.feedback_asked, evaluation.feedback_due,
	evaluation.assessment_near TO upward_evaluation;
