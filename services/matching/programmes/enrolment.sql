-- Statements of enrolments.

-- enrolment_list: the actor's own, in programmes that are no longer drafts; a coordinator sees all of a
-- programme.
-- unprepared
-- updated_since: e.updated_at
SELECT enrolment_json(e, :actor) AS body, e.id
FROM enrolment e
WHERE (e.person_id = :actor AND NOT EXISTS (SELECT FROM programme p
	WHERE p.id = e.programme_id AND p.status = 'draft')
		OR :programme_id IS NOT NULL AND coordinates(:programme_id, :actor, :roles))
	AND (:programme_id IS NULL OR e.programme_id = :programme_id)
	AND (:role IS NULL OR e.role = :role)
	AND (:cohort_id IS NULL OR e.cohort_id = :cohort_id)
	AND (:status IS NULL OR e.status = ANY (:status))
	AND (:after_id IS NULL OR CASE :order WHEN 'newest' THEN e.id < :after_id ELSE e.id > :after_id END)
ORDER BY CASE :order WHEN 'newest' THEN e.id END DESC, e.id
LIMIT :limit + 1;

-- enrolment_read: the actor's own, or in a programme that they coordinate.
SELECT enrolment_json(e, :actor) AS body, e.version
FROM enrolment e
WHERE e.id = :enrolment_id AND (coordinates(e.programme_id, :actor, :roles)
	OR e.person_id = :actor AND NOT EXISTS (SELECT FROM programme p
		WHERE p.id = e.programme_id AND p.status = 'draft'));

-- enrolment_create: the caller, or for a coordinator somebody else, takes part or only expresses an interest.
WITH target AS (SELECT p.id, p.status, coalesce(:interest, false) AS interest,
			p.winding_down IS NULL AND p.status IN ('recruiting', 'matching', 'active') AS runs,
			p.enrolment_open AS open, coalesce(:person_id, :actor) AS person_id,
			coalesce(:person_id = :actor, true) OR coordinates(p.id, :actor, :roles) AND EXISTS (SELECT
				FROM profiles.card k WHERE k.person_id = :person_id AND k.status <> 'inactive') AS may
		FROM programme p
		WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled')
			OR coordinates(p.id, :actor, :roles))
		FOR SHARE OF p),
	said AS (SELECT x.* FROM target t, LATERAL read_intake(t.id, :role, :answers) x
		WHERE t.may AND t.runs AND t.open AND NOT t.interest),
	new AS (INSERT INTO enrolment (id, programme_id, person_id, role, step, capacity, answers, intake,
		form_id, enrolled_by)
		SELECT :id, t.id, t.person_id, :role, CASE WHEN t.interest THEN 'interest' ELSE 'creation' END,
			coalesce(:capacity, 1), coalesce(s.answers, '{}'), coalesce(s.intake, '[]'), s.form,
			:actor
		FROM target t LEFT JOIN said s ON true
		WHERE t.may AND t.runs AND (t.open OR t.interest) RETURNING id, step)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN NOT (SELECT t.may FROM target t) THEN common.refuse('unknown_reference', '{"pointer": "/person_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('programme_not_open')
	ELSE (SELECT act_for(n.id, :actor, CASE n.step WHEN 'interest' THEN 'interest' ELSE 'enrolment' END,
		:note) FROM new n) END;

-- enrolment_patch: capacity, never below the places taken (enrolment_capacity), and answers.
WITH target AS (SELECT e.id, e.version, e.status, e.programme_id, e.role
		FROM lock_reporting_lines_shared(), enrolment e
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) FOR NO KEY UPDATE OF e),
	said AS (SELECT x.* FROM target t, LATERAL read_intake(t.programme_id, t.role, :answers) x
		WHERE :answers IS NOT NULL),
	new AS (UPDATE enrolment e SET capacity = coalesce(:capacity, e.capacity),
			visible = coalesce(:visible, e.visible),
			answers = coalesce((SELECT answers FROM said), e.answers),
			intake = coalesce((SELECT intake FROM said), e.intake),
			form_id = coalesce((SELECT form FROM said), e.form_id), version = e.version + 1,
			updated_at = common.now()
		FROM target t WHERE e.id = t.id AND t.version = :if_match
			AND t.status NOT IN ('declined', 'withdrawn', 'completed', 'left_company') RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) IN ('declined', 'withdrawn', 'completed', 'left_company') THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale')
	ELSE act_for(:enrolment_id, :actor, 'change', :note) END;

-- enrolment_acceptance: an invited or interested person is enrolled, while enrolment is open.
WITH target AS (SELECT e.id, e.status, e.programme_id, e.role, p.winding_down IS NULL AND p.enrolment_open
				AND p.status IN ('recruiting', 'matching', 'active') AS open
		FROM lock_reporting_lines_shared(), enrolment e JOIN programme p ON p.id = e.programme_id
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) FOR NO KEY UPDATE OF e),
	said AS (SELECT x.* FROM target t, LATERAL read_intake(t.programme_id, t.role, :answers) x
		WHERE t.open AND t.status IN ('invited', 'interested')),
	new AS (UPDATE enrolment e SET step = 'acceptance', capacity = coalesce(:capacity, e.capacity),
			answers = coalesce(s.answers, e.answers), intake = coalesce(s.intake, e.intake), form_id = s.form
		FROM target t LEFT JOIN said s ON true WHERE e.id = t.id RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.open FROM target t) THEN common.refuse('programme_not_open')
	ELSE act_for(:enrolment_id, :actor, 'acceptance', :note) END;

-- enrolment_decline: reasons are counted but never shown.
WITH new AS (UPDATE enrolment e SET step = 'decline', reason = :reason
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	ELSE act_for(:enrolment_id, :actor, 'decline', :note) END;

-- enrolment_pause: in no round and no new pair until it resumes.
WITH new AS (UPDATE enrolment e SET step = 'pause', paused_until = :until, reason = :reason
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN :until <= common.today() THEN common.refuse('in_the_past', '{"pointer": "/until"}')
	ELSE act_for(:enrolment_id, :actor, 'pause', :note) END;

-- enrolment_resumption: of a paused enrolment, or of a person who has come back to the company.
WITH new AS (UPDATE enrolment e SET step = 'resumption', paused_until = NULL, reason = NULL
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	ELSE act_for(:enrolment_id, :actor, 'resumption', :note) END;

-- enrolment_resume_due(): one paused enrolment that is due to resume.
UPDATE enrolment e SET step = 'resumption', paused_until = NULL, reason = NULL
WHERE e.id = (SELECT x.id FROM enrolment x JOIN programme p ON p.id = x.programme_id
	WHERE x.status = 'paused' AND x.paused_until <= common.today() AND p.status NOT IN ('closed', 'cancelled')
		AND p.winding_down IS NULL
	ORDER BY x.paused_until LIMIT 1 FOR NO KEY UPDATE OF x SKIP LOCKED)
RETURNING e.id;

-- enrolment_withdrawal: while no place is taken.
WITH new AS (UPDATE enrolment e SET step = 'withdrawal'
		WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles) RETURNING e.taken)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT n.taken FROM new n) > 0 THEN common.refuse('in_use')
	ELSE act_for(:enrolment_id, :actor, 'withdrawal', :note) END;

