-- Statements of enrolments.

-- enrolment_list: one's own; a coordinator sees all of a programme.
-- unprepared
SELECT enrolment_json(e, :actor) AS body, e.id
FROM enrolment e
WHERE (e.person_id = :actor OR :programme_id IS NOT NULL AND coordinates(:programme_id, :actor, :roles))
	AND (:programme_id IS NULL OR e.programme_id = :programme_id)
	AND (:role IS NULL OR e.role = :role)
	AND (:status IS NULL OR e.status = ANY (:status))
	AND (:after_id IS NULL OR e.id > :after_id)
ORDER BY e.id
LIMIT :limit + 1;

-- enrolment_read: one's own, or of a programme one coordinates.
SELECT enrolment_json(e, :actor) AS body, e.version
FROM enrolment e
WHERE e.id = :enrolment_id AND (e.person_id = :actor OR coordinates(e.programme_id, :actor, :roles));

-- enrolment_create: the caller takes part.
WITH target AS (SELECT p.id, p.enrolment_open AND p.status IN ('recruiting', 'matching', 'active') AS open
		FROM programme p
		WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles))
		FOR SHARE OF p),
	new AS (INSERT INTO enrolment (id, programme_id, person_id, role, capacity, enrolled_by)
		SELECT :id, t.id, :actor, :role, coalesce(:capacity, 1), :actor FROM target t WHERE t.open RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'enrolment.created', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('unknown_reference', '{"pointer": "/programme_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('programme_not_open') END;

-- enrolment_patch: capacity, never below the places taken (enrolment_capacity).
WITH target AS (SELECT e.id, e.version, e.status FROM enrolment e
		WHERE e.id = :enrolment_id AND e.person_id = :actor FOR NO KEY UPDATE),
	new AS (UPDATE enrolment e SET capacity = coalesce(:capacity, e.capacity), version = e.version + 1,
			updated_at = common.now()
		FROM target t WHERE e.id = t.id AND t.version = :if_match
			AND t.status NOT IN ('declined', 'withdrawn', 'completed', 'left_company') RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) IN ('declined', 'withdrawn', 'completed', 'left_company') THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- enrolment_withdrawal: while no place is held.
WITH target AS (SELECT e.id, e.status, e.taken FROM enrolment e
		WHERE e.id = :enrolment_id AND e.person_id = :actor FOR NO KEY UPDATE),
	new AS (UPDATE enrolment e SET status = 'withdrawn', version = e.version + 1, updated_at = common.now()
		FROM target t WHERE e.id = t.id AND t.taken = 0
			AND t.status IN ('invited', 'interested', 'enrolled', 'waitlisted', 'paused') RETURNING e.id),
	lists AS (UPDATE shortlist s SET status = 'withdrawn', version = s.version + 1, updated_at = common.now()
		FROM new n WHERE s.enrolment_id = n.id AND s.status IN ('draft', 'open')),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'enrolment.withdrawn', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.taken FROM target t) > 0 THEN common.refuse('in_use')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;
