-- Open tasks in matching, and who has to do them (kinds: api/tasks.yaml). person_id null: for the
-- programme. Readers of the views `task` filter by person or by programme; each SELECT finds its rows with
-- an index of only such rows.

-- Whether a suspended pair may continue, by the same conditions as a resumption: the deadline for an answer
-- has not passed, the two are safe, both still take part, and neither programme nor round has ended.
CREATE OR REPLACE FUNCTION matching.may_resume(p matching.pair) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN pair_now(p) = 'suspended'
		AND EXISTS (SELECT FROM programme g WHERE g.id = p.programme_id AND g.winding_down IS NULL
			AND (g.status IN ('matching', 'active') OR g.status = 'closing' AND p.came_from = 'active'))
		AND (p.shortlist_id IS NULL OR EXISTS (SELECT FROM shortlist s JOIN round r ON r.id = s.round_id
			WHERE s.id = p.shortlist_id AND r.status IN ('publishing', 'published', 'superseded')))
		AND 2 = (SELECT count(*) FROM enrolment e WHERE e.id IN (p.mentor_enrolment_id, p.mentee_enrolment_id)
			AND e.status IN ('enrolled', 'paused'))
		AND NOT kept_apart(p.programme_id, p.mentor_id, p.mentee_id)
		AND may_pair(p.mentor_id, p.mentee_id, p.min_gap, p.line_distance);
END $$;

-- Mentees with a free place and nothing that would fill it: no open shortlist, no current pair, no running
-- round; without those whom their programme keeps out of rounds and those who lack training. since: when the
-- last of these ended. kind: their last shortlist expired; they have not been in a round yet; or a round left
-- them without one.
CREATE OR REPLACE VIEW matching.mentee_waiting AS
SELECT e.id AS enrolment_id, e.person_id, e.programme_id, x.shortlist_id,
	CASE WHEN x.status = 'expired' THEN 'list_expired'
		WHEN x.shortlist_id IS NULL AND NOT EXISTS (SELECT FROM matching.round_unmatched u
			JOIN matching.round r ON r.id = u.round_id
			WHERE u.enrolment_id = e.id AND r.status IN ('published', 'superseded', 'taking_back',
					'rolled_back'))
				THEN 'late_joiner'
		ELSE 'no_list' END AS kind,
	CASE WHEN x.status = 'expired' THEN x.pick_by ELSE greatest(e.updated_at, x.updated_at,
		(SELECT max(q.ended_at) FROM matching.pair q WHERE q.mentee_enrolment_id = e.id)) END AS since
FROM matching.enrolment e JOIN matching.programme p ON p.id = e.programme_id
	AND p.status IN ('matching', 'active')
		AND p.winding_down IS NULL
	LEFT JOIN LATERAL (SELECT s.id AS shortlist_id, s.status, s.pick_by, s.updated_at
		FROM matching.shortlist s
		WHERE s.enrolment_id = e.id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
		ORDER BY s.pick_by - make_interval(days => p.pick_days) DESC, s.id DESC LIMIT 1) x ON true
WHERE e.status = 'enrolled' AND e.role = 'mentee' AND e.taken < e.capacity
	AND (p.mentee_relations IS NULL OR e.taken < p.mentee_relations)
	AND NOT EXISTS (SELECT FROM matching.kept_out k
		WHERE k.programme_id = e.programme_id AND k.person_id = e.person_id)
	AND (matching.required_training(p, e.role) = '{}'
		OR NOT EXISTS (SELECT FROM matching.training_gap g WHERE g.enrolment_id = e.id))
	AND NOT EXISTS (SELECT FROM matching.objecting o WHERE o.enrolment_id = e.id AND o.open)
	AND NOT EXISTS (SELECT FROM matching.shortlist o WHERE o.enrolment_id = e.id AND o.status = 'open')
	AND (x.status = 'expired' OR NOT EXISTS (SELECT FROM matching.pair q
			WHERE q.mentee_enrolment_id = e.id AND q.status IN ('proposed', 'active', 'suspended'))
		AND NOT EXISTS (SELECT FROM matching.round r
			WHERE r.programme_id = e.programme_id AND NOT r.what_if
				AND r.status IN ('queued', 'running', 'publishing', 'taking_back')));

-- For one person: answer an invitation, resume a paused enrolment, complete training, agree to be a sponsor,
-- pick, answer a pick, resume a pair.
CREATE OR REPLACE VIEW matching.person_task AS
SELECT e.person_id, e.programme_id, CASE e.status WHEN 'invited' THEN 'answer_invitation'
	ELSE 'resume_enrolment' END AS kind,
	e.updated_at AS since, CASE e.status
		WHEN 'paused' THEN e.paused_until::timestamp AT TIME ZONE 'UTC' END AS due_at,
	NULL::uuid AS pair_id, NULL::uuid AS partner_id, NULL::uuid AS mentee_id, NULL::uuid AS mentor_id,
	e.id AS object_id, NULL::text AS reason, NULL::json AS numbers
FROM matching.enrolment e JOIN matching.programme p ON p.id = e.programme_id
WHERE e.status IN ('invited', 'paused') AND p.status NOT IN ('draft', 'closed', 'cancelled')
UNION ALL
SELECT g.person_id, g.programme_id, 'complete_training', g.since, NULL, NULL, NULL, NULL, NULL,
	g.enrolment_id, NULL, NULL
FROM matching.training_gap g
UNION ALL
SELECT s.person_id, s.programme_id, 'agree_to_sponsor', s.created_at, NULL, NULL, NULL, NULL, NULL,
	s.programme_id, NULL, NULL
FROM matching.sponsor s JOIN matching.programme p ON p.id = s.programme_id
	AND p.status IN ('recruiting', 'matching', 'active') AND p.winding_down IS NULL
WHERE s.answer IS NULL
UNION ALL
SELECT s.mentee_id, s.programme_id, 'pick', s.opened_at, s.pick_by, NULL, NULL, s.mentee_id, NULL,
	s.shortlist_id, NULL, NULL
FROM matching.shortlist_deadline s
WHERE s.status = 'open' AND s.pick_by > common.now()
	AND coalesce((SELECT (l.value::json ->> 'mentee')::int FROM common.setting l
			WHERE l.name = 'person_limits'), 1000) -- as room_of() counts
		> (SELECT count(*) FROM matching.pair q WHERE q.mentee_id = s.mentee_id
			AND q.status IN ('proposed', 'active', 'suspended') AND q.id IS DISTINCT FROM s.replaces_pair)
UNION ALL
SELECT d.mentor_id, d.programme_id, 'answer_pick', d.asked_at, d.answer_by, d.pair_id, d.mentee_id,
	d.mentee_id, d.mentor_id, d.pair_id, NULL, NULL
FROM matching.pick_deadline d
WHERE d.answer_by > common.now()
UNION ALL
SELECT m.person_id, m.programme_id, 'resume_pair', q.safe_since,
	(q.suspended_until + 1)::timestamp AT TIME ZONE 'UTC', m.pair_id, m.partner_id, m.mentee_id, m.mentor_id,
	m.pair_id, NULL, NULL
FROM matching.pair_member m JOIN matching.pair q ON q.id = m.pair_id AND q.safe_since IS NOT NULL
WHERE m.status = 'suspended';

-- For a programme.
CREATE OR REPLACE VIEW matching.programme_task AS
SELECT NULL::uuid AS person_id, q.programme_id, CASE WHEN q.safe_since IS NULL THEN 'suspended_pair'
	ELSE 'safe_pair' END AS kind,
	q.updated_at AS since, (q.suspended_until + 1)::timestamp AT TIME ZONE 'UTC' AS due_at, q.id AS pair_id,
	NULL::uuid AS partner_id, q.mentee_id, q.mentor_id, q.id AS object_id, q.reason, NULL::json AS numbers
FROM matching.pair q
WHERE q.status = 'suspended'
UNION ALL
SELECT NULL, w.programme_id, w.kind, w.since, NULL, NULL, NULL, w.person_id, NULL,
	CASE w.kind WHEN 'list_expired' THEN w.shortlist_id ELSE w.enrolment_id END, NULL, NULL
FROM matching.mentee_waiting w
UNION ALL
SELECT NULL, o.programme_id, 'decide_objection', o.created_at, NULL, NULL, NULL,
	CASE e.role WHEN 'mentee' THEN o.person_id END, CASE e.role WHEN 'mentor' THEN o.person_id END,
	o.enrolment_id, NULL, NULL
FROM matching.objection o JOIN matching.enrolment e ON e.id = o.enrolment_id
WHERE o.decision IS NULL AND e.status IN ('invited', 'interested', 'enrolled', 'paused')
UNION ALL
SELECT NULL, r.programme_id, 'publish_round', r.updated_at, NULL, NULL, NULL, NULL, NULL, r.id, NULL, NULL
FROM matching.round r
WHERE r.status = 'ready' AND NOT r.what_if AND NOT matching.round_outdated(r)
UNION ALL
SELECT NULL, w.programme_id, w.kind, w.since, w.due_at, NULL, NULL, NULL, NULL, w.programme_id, NULL,
	w.numbers
FROM matching.programme_waiting w;

-- Enrolments that ended when their people left the company, of those who are back: nothing comes back by
-- itself, and their pairs can continue only when they have resumed.
CREATE OR REPLACE VIEW matching.returner_task AS
SELECT e.person_id, e.programme_id, 'resume_enrolment' AS kind, e.updated_at AS since,
	NULL::timestamptz AS due_at, NULL::uuid AS pair_id, NULL::uuid AS partner_id, NULL::uuid AS mentee_id,
	NULL::uuid AS mentor_id, e.id AS object_id, NULL::text AS reason, NULL::json AS numbers
FROM matching.enrolment e JOIN profiles.card c ON c.person_id = e.person_id AND c.status <> 'inactive'
	JOIN matching.programme p ON p.id = e.programme_id
WHERE e.status = 'left_company' AND p.status IN ('recruiting', 'matching', 'active');

CREATE OR REPLACE VIEW matching.task AS
SELECT * FROM matching.person_task UNION ALL SELECT * FROM matching.returner_task
UNION ALL SELECT * FROM matching.programme_task;

GRANT EXECUTE ON FUNCTION matching.may_resume(matching.pair) TO upward_matching;
GRANT SELECT ON matching.task TO upward_matching, upward_scheduling, upward_evaluation;
GRANT SELECT ON matching.programme_task TO upward_evaluation;
