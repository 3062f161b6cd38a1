-- Statements of objections to automated matching.

-- enrolment_objection: from now on a human decides.
WITH target AS (SELECT e.id, e.programme_id, e.person_id, e.status,
			EXISTS (SELECT FROM objecting o WHERE o.enrolment_id = e.id) AS again
		FROM enrolment e WHERE e.id = :enrolment_id AND e.person_id = :actor FOR NO KEY UPDATE OF e),
	new AS (INSERT INTO objection (id, enrolment_id, programme_id, person_id, reason)
		SELECT common.new_id(), t.id, t.programme_id, t.person_id, :reason FROM target t
		WHERE NOT t.again AND t.status IN ('invited', 'interested', 'enrolled', 'paused')
		RETURNING enrolment_id),
	shown AS (UPDATE enrolment e SET version = e.version + 1, updated_at = common.now() FROM new n
		WHERE e.id = n.enrolment_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.again FROM target t) THEN common.refuse('already_given')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state',
			(SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- objection_read: the one in force, or else the last; for the person and the coordinators.
SELECT objection_json(o, :actor) AS body, o.version
FROM objection o
WHERE o.enrolment_id = :enrolment_id AND (o.person_id = :actor OR coordinates(o.programme_id, :actor, :roles))
ORDER BY o.id DESC LIMIT 1;

-- objection_delete: the person is matched in rounds again.
WITH target AS (SELECT e.id FROM enrolment e
		WHERE e.id = :enrolment_id AND e.person_id = :actor FOR NO KEY UPDATE OF e),
	gone AS (DELETE FROM objection o USING target t
		WHERE o.enrolment_id = t.id AND o.decision IS DISTINCT FROM 'rounds' RETURNING o.enrolment_id),
	shown AS (UPDATE enrolment e SET version = e.version + 1, updated_at = common.now() FROM gone g
		WHERE e.id = g.enrolment_id)
SELECT common.found(count(*)) FROM gone;

-- objection_decision: a coordinator matches the person by hand, or takes them into rounds again; the person
-- is told.
WITH target AS (SELECT e.id FROM enrolment e
		WHERE e.id = :enrolment_id AND coordinates(e.programme_id, :actor, :roles)
			AND EXISTS (SELECT FROM objecting o WHERE o.enrolment_id = e.id) FOR NO KEY UPDATE OF e),
	new AS (UPDATE objection o SET decision = :decision, note = :note, decided_by = :actor,
			decided_at = common.now(), version = o.version + 1, updated_at = common.now()
		FROM target t WHERE o.enrolment_id = t.id AND o.decision IS NULL RETURNING o.enrolment_id),
	shown AS (UPDATE enrolment e SET version = e.version + 1, updated_at = common.now() FROM new n
		WHERE e.id = n.enrolment_id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'objection.decided', n.enrolment_id
		FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state', '{"current_status": "by_hand"}') END;
