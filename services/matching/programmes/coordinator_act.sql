-- Statements of what coordinators did for others.

-- coordinator_act_list: in the order in which it was done; who and why is for coordinators.
-- unprepared
-- updated_since: a.at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM enrolment e
			WHERE e.id = :enrolment_id AND acts_for(e, :actor, :roles))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('id', a.id, 'act', a.act, 'done_by', 'coordinator',
			'pair_id', a.pair_id, 'at', common.instant(a.at),
			'coordinator', CASE WHEN a.person_id <> :actor THEN profiles.card_json(a.coordinator_id) END,
			'note', CASE WHEN a.person_id <> :actor AND NOT EXISTS (SELECT FROM pair p WHERE p.id = a.pair_id
				AND (:actor IN (p.mentor_id, p.mentee_id) OR above_pair(:actor, p.mentor_id, p.mentee_id)))
				THEN a.note END) AS body, a.id
		FROM coordinator_act a
		WHERE t.missing IS NULL AND a.enrolment_id = :enrolment_id
			AND (:after_id IS NULL OR a.id > :after_id)
		ORDER BY a.id
		LIMIT :limit + 1) l
ORDER BY l.id;
