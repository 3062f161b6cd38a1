-- What waits in scheduling, and for whom (kinds: api/tasks.yaml; form: matching.task).

-- Were meetings cancelled because the pair rested, and none booked since? With the owner's rights, for the view is
-- read by others, and what it calls runs with theirs.
CREATE OR REPLACE FUNCTION scheduling.lost_meetings(pair uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(max(x.updated_at) FILTER (WHERE x.status = 'cancelled' AND x.reason = 'pair_suspended')
		> coalesce(max(x.created_at) FILTER (WHERE x.status <> 'cancelled'), '-infinity'), false)
	FROM scheduling.session x WHERE x.pair_id = pair AND x.kind = 'regular');

CREATE OR REPLACE VIEW scheduling.task AS
SELECT m.person_id, m.programme_id, v.kind, v.since, v.due_on::timestamp AT TIME ZONE 'UTC' AS due_at, m.pair_id,
	m.partner_id, CASE m.side WHEN 'mentee' THEN m.person_id ELSE m.partner_id END AS mentee_id,
	CASE m.side WHEN 'mentor' THEN m.person_id ELSE m.partner_id END AS mentor_id, v.object_id,
	NULL::uuid AS part_id, NULL::text AS reason, NULL::json AS numbers
FROM matching.pair_member m
	LEFT JOIN scheduling.agreement p ON p.pair_id = m.pair_id AND p.status = 'proposed'
	LEFT JOIN scheduling.plan_state s ON s.pair_id = m.pair_id
	CROSS JOIN LATERAL (
		SELECT 'propose_agreement' AS kind, m.accepted_at AS since, NULL::date AS due_on, m.pair_id AS object_id
		WHERE p.id IS NULL AND s.pair_id IS NULL
		UNION ALL
		SELECT 'book_get_to_know', m.accepted_at, NULL, m.pair_id
		WHERE p.id IS NULL AND s.pair_id IS NULL AND NOT EXISTS (SELECT FROM scheduling.session x
			WHERE x.pair_id = m.pair_id AND x.status NOT IN ('cancelled', 'missed'))
		UNION ALL
		SELECT CASE WHEN s.pair_id IS NULL THEN 'sign_agreement' ELSE 'sign_new_version' END,
			CASE WHEN s.pair_id IS NULL THEN m.accepted_at ELSE p.created_at END, NULL, p.id
		WHERE CASE m.side WHEN 'mentor' THEN p.mentor_signed_at ELSE p.mentee_signed_at END IS NULL AND p.id IS NOT NULL
		UNION ALL
		SELECT CASE WHEN s.ahead THEN 'fill_plan'
				WHEN m.resumed_at IS NOT NULL AND scheduling.lost_meetings(m.pair_id) THEN 'rebook_sessions'
				WHEN s.any THEN 'book_more_sessions' ELSE 'book_sessions' END,
			greatest(s.signed_at, m.resumed_at), s.open_on, s.agreement_id
		WHERE s.open_on IS NOT NULL
		UNION ALL
		SELECT 'plan_done', s.signed_at, NULL, m.pair_id
		WHERE s.pair_id IS NOT NULL AND s.open_on IS NULL AND NOT s.ahead AND NOT s.silent AND p.id IS NULL) v
WHERE m.status = 'active'
UNION ALL
SELECT m.person_id, m.programme_id, CASE x.status WHEN 'proposed' THEN 'confirm_session' ELSE 'report_session' END,
	CASE x.status WHEN 'proposed' THEN x.updated_at ELSE x.ends_at END,
	CASE x.status WHEN 'proposed' THEN x.starts_at ELSE x.ends_at END, m.pair_id, m.partner_id,
	CASE m.side WHEN 'mentee' THEN m.person_id ELSE m.partner_id END,
	CASE m.side WHEN 'mentor' THEN m.person_id ELSE m.partner_id END, x.id, NULL, NULL, NULL
FROM matching.pair_member m JOIN scheduling.session x ON x.pair_id = m.pair_id
WHERE m.status IN ('active', 'suspended') AND (x.status = 'unreported'
	OR x.status = 'proposed' AND m.status = 'active' AND x.starts_at > common.now() AND x.proposed_by IS DISTINCT FROM m.person_id);

-- What waits in matching and here. (Of what waits in evaluation, evaluation tells by event.)
CREATE OR REPLACE VIEW scheduling.waiting AS
SELECT * FROM matching.task UNION ALL SELECT * FROM scheduling.task;

GRANT EXECUTE ON FUNCTION scheduling.lost_meetings(uuid) TO upward_scheduling, upward_evaluation;
GRANT SELECT ON scheduling.waiting TO upward_scheduling;
GRANT SELECT ON scheduling.task TO upward_scheduling, upward_evaluation;
