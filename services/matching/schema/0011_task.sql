-- What waits in matching, and for whom (kinds: api/tasks.yaml). person_id null: for the programme. Whoever reads the
-- views `task` asks for a person or for a programme; each branch finds its rows by an index of such rows alone.

-- May a pair that rests go on? What resumption would ask: its answer is still in time, the two are safe, both still
-- take part, programme and round stand.
CREATE FUNCTION matching.may_resume(p matching.pair) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN pair_now(p) = 'suspended'
		AND EXISTS (SELECT FROM programme g WHERE g.id = p.programme_id AND g.winding_down IS NULL
			AND (g.status IN ('matching', 'active') OR g.status = 'closing' AND p.came_from = 'active'))
		AND (p.shortlist_id IS NULL OR EXISTS (SELECT FROM shortlist s JOIN round r ON r.id = s.round_id
			WHERE s.id = p.shortlist_id AND r.status IN ('published', 'superseded')))
		AND 2 = (SELECT count(*) FROM enrolment e WHERE e.id IN (p.mentor_enrolment_id, p.mentee_enrolment_id)
			AND e.status IN ('enrolled', 'paused'))
		AND may_pair(p.mentor_id, p.mentee_id, p.min_gap, p.line_distance);
END $$;
GRANT EXECUTE ON FUNCTION matching.may_resume(matching.pair) TO upward_matching;

-- Mentees with a place to fill and nothing that would fill it: no open list, no live pair, no round at work. since:
-- when the last of these ended. kind: their last list ran out; they were in no round yet; or one left them without.
CREATE VIEW matching.mentee_waiting AS
SELECT e.id AS enrolment_id, e.person_id, e.programme_id, x.shortlist_id,
	CASE WHEN x.status = 'expired' THEN 'list_expired'
		WHEN x.shortlist_id IS NULL AND NOT EXISTS (SELECT FROM matching.round_unmatched u JOIN matching.round r ON r.id = u.round_id
			WHERE u.enrolment_id = e.id AND r.status IN ('published', 'superseded', 'rolled_back')) THEN 'late_joiner'
		ELSE 'no_list' END AS kind,
	CASE WHEN x.status = 'expired' THEN x.pick_by ELSE greatest(e.updated_at, x.updated_at,
		(SELECT max(q.ended_at) FROM matching.pair q WHERE q.mentee_enrolment_id = e.id)) END AS since
FROM matching.enrolment e JOIN matching.programme p ON p.id = e.programme_id AND p.status IN ('matching', 'active')
		AND p.winding_down IS NULL
	LEFT JOIN LATERAL (SELECT s.id AS shortlist_id, s.status, s.pick_by, s.updated_at FROM matching.shortlist s
		WHERE s.enrolment_id = e.id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
		ORDER BY s.pick_by - make_interval(days => p.pick_days) DESC, s.id DESC LIMIT 1) x ON true
WHERE e.status = 'enrolled' AND e.role = 'mentee' AND e.taken < e.capacity
	AND NOT EXISTS (SELECT FROM matching.shortlist o WHERE o.enrolment_id = e.id AND o.status = 'open')
	AND (x.status = 'expired' OR NOT EXISTS (SELECT FROM matching.pair q
			WHERE q.mentee_enrolment_id = e.id AND q.status IN ('proposed', 'active', 'suspended'))
		AND NOT EXISTS (SELECT FROM matching.round r
			WHERE r.programme_id = e.programme_id AND r.status IN ('queued', 'running') AND NOT r.what_if));

-- Programmes where people have enrolled and no round was published yet, and the last day of those that close.
CREATE VIEW matching.programme_waiting AS
SELECT p.id AS programme_id, 'first_round' AS kind, w.since, NULL::timestamptz AS due_at,
	json_build_object('mentors', w.mentors, 'mentees', w.mentees) AS numbers
FROM matching.programme p CROSS JOIN LATERAL (SELECT min(e.updated_at) AS since,
		count(*) FILTER (WHERE e.role = 'mentor') AS mentors, count(*) FILTER (WHERE e.role = 'mentee') AS mentees
	FROM matching.enrolment e
	WHERE e.programme_id = p.id AND e.status = 'enrolled' AND e.taken < e.capacity) w
WHERE p.status = 'recruiting' AND p.winding_down IS NULL AND w.since IS NOT NULL
	AND NOT EXISTS (SELECT FROM matching.round r
		WHERE r.programme_id = p.id AND r.status IN ('queued', 'running', 'ready') AND NOT r.what_if)
UNION ALL
SELECT p.id, 'spare_mentors', w.since, NULL, json_build_object('mentors', w.mentors)
FROM matching.programme p CROSS JOIN LATERAL (SELECT min(e.updated_at) AS since, count(*) AS mentors
	FROM matching.enrolment e
	WHERE e.programme_id = p.id AND e.role = 'mentor' AND e.status = 'enrolled' AND e.taken < e.capacity AND e.taken = 0
		AND NOT EXISTS (SELECT FROM matching.shortlist_entry x JOIN matching.shortlist s ON s.id = x.shortlist_id
			WHERE x.mentor_id = e.person_id AND s.programme_id = e.programme_id AND s.status = 'open')) w
WHERE p.status IN ('matching', 'active') AND p.winding_down IS NULL AND w.since IS NOT NULL
UNION ALL
SELECT p.id, 'close_programme', (p.ends_on + 1)::timestamp AT TIME ZONE 'UTC', NULL, NULL
FROM matching.programme p
WHERE p.status = 'closing' AND p.winding_down IS NULL AND p.ends_on < common.today()
UNION ALL
SELECT p.id, 'take_over', p.updated_at, NULL, NULL
FROM matching.programme p
WHERE p.status NOT IN ('closed', 'cancelled') AND NOT EXISTS (SELECT FROM matching.coordinator c
	JOIN profiles.card k ON k.person_id = c.person_id WHERE c.programme_id = p.id AND k.status <> 'inactive');

CREATE FUNCTION matching.coordinator_json(c matching.coordinator, actor uuid, roles text[]) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', c.id, 'programme', matching.programme_reference(c.programme_id), 'person', k.card,
		'here', k.status <> 'inactive', 'created_at', common.instant(c.created_at), 'version', 1,
		'can', CASE WHEN matching.coordinates(c.programme_id, actor, roles) AND (k.status = 'inactive' OR EXISTS (SELECT
			FROM matching.coordinator o JOIN profiles.card p ON p.person_id = o.person_id
			WHERE o.programme_id = c.programme_id AND o.person_id <> c.person_id AND p.status <> 'inactive'))
			THEN '["delete"]'::json ELSE '[]' END,
		'links', json_build_object('self', '/api/v1/programmes/' || c.programme_id || '/coordinators/' || c.id,
			'programme', '/api/v1/programmes/' || c.programme_id))
	FROM profiles.card k WHERE k.person_id = c.person_id);

-- Adds a coordinator. Where none is left, whoever asks takes the programme over; the lock is on the programme, so
-- that each request sees what the one before it did.
CREATE FUNCTION matching.add_coordinator(fresh uuid, programme uuid, actor uuid, roles text[], person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM programme p WHERE p.id = add_coordinator.programme FOR NO KEY UPDATE;
	IF NOT FOUND OR NOT coordinates(programme, actor, roles) AND NOT takes_over(programme, roles) THEN
		PERFORM common.refuse('not_found');
	ELSIF NOT coordinates(programme, actor, roles) AND person <> actor OR NOT EXISTS (SELECT FROM profiles.card k
			WHERE k.person_id = person AND k.status <> 'inactive') THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/person_id"}');
	END IF;
	INSERT INTO coordinator (id, programme_id, person_id) VALUES (fresh, programme, person);
	UPDATE programme p SET version = p.version + 1, updated_at = common.now() WHERE p.id = add_coordinator.programme;
	INSERT INTO common.outbox (type, subject_id) VALUES ('programme.updated', programme);
END $$;

-- Removes one, never the last who is still there.
CREATE FUNCTION matching.remove_coordinator(one uuid, programme uuid, actor uuid, roles text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM FROM programme p WHERE p.id = remove_coordinator.programme FOR NO KEY UPDATE;
	IF NOT FOUND OR NOT coordinates(programme, actor, roles) THEN
		PERFORM common.refuse('not_found');
	END IF;
	DELETE FROM coordinator c WHERE c.id = one AND c.programme_id = remove_coordinator.programme;
	IF NOT FOUND THEN
		PERFORM common.refuse('not_found');
	ELSIF NOT is_led(programme) THEN
		PERFORM common.refuse('last_coordinator');
	END IF;
	UPDATE programme p SET version = p.version + 1, updated_at = common.now() WHERE p.id = remove_coordinator.programme;
	INSERT INTO common.outbox (type, subject_id) VALUES ('programme.updated', programme);
END $$;
GRANT EXECUTE ON FUNCTION matching.add_coordinator(uuid, uuid, uuid, text[], uuid),
	matching.remove_coordinator(uuid, uuid, uuid, text[]), matching.coordinator_json(matching.coordinator, uuid, text[]) TO upward_matching;

CREATE VIEW matching.task AS
SELECT e.person_id, e.programme_id, CASE e.status WHEN 'invited' THEN 'answer_invitation' ELSE 'resume_enrolment' END AS kind,
	e.updated_at AS since, CASE e.status WHEN 'paused' THEN e.paused_until::timestamp AT TIME ZONE 'UTC' END AS due_at,
	NULL::uuid AS pair_id, NULL::uuid AS partner_id, NULL::uuid AS mentee_id, NULL::uuid AS mentor_id, e.id AS object_id,
	NULL::uuid AS part_id, NULL::text AS reason, NULL::json AS numbers
FROM matching.enrolment e JOIN matching.programme p ON p.id = e.programme_id
WHERE e.status IN ('invited', 'paused') AND p.status NOT IN ('draft', 'closed', 'cancelled')
UNION ALL
SELECT s.mentee_id, s.programme_id, 'pick', s.opened_at, s.pick_by, NULL, NULL, s.mentee_id, NULL, s.shortlist_id, NULL,
	NULL, NULL
FROM matching.shortlist_deadline s
WHERE s.status = 'open' AND s.pick_by > common.now()
UNION ALL
SELECT d.mentor_id, d.programme_id, 'answer_pick', d.asked_at, d.answer_by, d.pair_id, d.mentee_id, d.mentee_id, d.mentor_id,
	d.pair_id, NULL, NULL, NULL
FROM matching.pick_deadline d
WHERE d.answer_by > common.now()
UNION ALL
SELECT v.person_id, q.programme_id, 'resume_pair', q.safe_since, (q.suspended_until + 1)::timestamp AT TIME ZONE 'UTC',
	q.id, v.partner_id, q.mentee_id, q.mentor_id, q.id, NULL, NULL, NULL
FROM matching.pair q
	CROSS JOIN LATERAL (VALUES (q.mentor_id, q.mentee_id), (q.mentee_id, q.mentor_id)) v (person_id, partner_id)
WHERE q.status = 'suspended' AND q.safe_since IS NOT NULL
UNION ALL
SELECT NULL, q.programme_id, CASE WHEN q.safe_since IS NULL THEN 'suspended_pair' ELSE 'safe_pair' END, q.updated_at,
	(q.suspended_until + 1)::timestamp AT TIME ZONE 'UTC', q.id, NULL, q.mentee_id, q.mentor_id, q.id, NULL, q.reason, NULL
FROM matching.pair q
WHERE q.status = 'suspended'
UNION ALL
SELECT NULL, w.programme_id, w.kind, w.since, NULL, NULL, NULL, w.person_id, NULL,
	CASE w.kind WHEN 'list_expired' THEN w.shortlist_id ELSE w.enrolment_id END, NULL, NULL, NULL
FROM matching.mentee_waiting w
UNION ALL
SELECT NULL, r.programme_id, 'publish_round', r.updated_at, NULL, NULL, NULL, NULL, NULL, r.id, NULL, NULL, NULL
FROM matching.round r
WHERE r.status = 'ready' AND NOT r.what_if
UNION ALL
SELECT NULL, w.programme_id, w.kind, w.since, w.due_at, NULL, NULL, NULL, NULL, w.programme_id, NULL, NULL, w.numbers
FROM matching.programme_waiting w;

GRANT SELECT ON matching.task TO upward_matching, upward_scheduling, upward_evaluation;
