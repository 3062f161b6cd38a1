-- Statements of pairs. The triggers on matching.pair enforce the life cycle, capacity and safety.

-- pair_list: the actor's pairs, or those of a programme for its coordinator.
-- unprepared
-- updated_since: p.updated_at
SELECT pair_json(p, :actor) AS body, p.id
FROM pair p
WHERE (p.mentor_id = :actor OR p.mentee_id = :actor
		OR :programme_id IS NOT NULL AND coordinates(:programme_id, :actor, :roles))
	AND (:programme_id IS NULL OR p.programme_id = :programme_id)
	AND (:status IS NULL OR p.status = ANY (:status))
	AND (:after_id IS NULL OR CASE :order WHEN 'newest' THEN p.id < :after_id ELSE p.id > :after_id END)
ORDER BY CASE :order WHEN 'newest' THEN p.id END DESC, p.id
LIMIT :limit + 1;

-- pair_read: for the two partners and the coordinators, with what the two can learn from each other.
SELECT (pair_json(p, :actor)::jsonb || pair_learning(p, :actor))::json AS body, p.version
FROM pair p
WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
	OR coordinates(p.programme_id, :actor, :roles));

-- pair_why: the factors that the actor may see, which add up to the score shown.
SELECT json_build_object('pair_id', p.id, 'policy_version', v.number, 'score', d.score,
		'parts', d.parts_shown, 'factors', (SELECT coalesce(json_agg(json_build_object('part', c.part,
				'points', c.points::int, 'most', (points_most(y.rules) ->> c.part)::int, 'weight',
					(coalesce(y.rules -> 'points', y.rules -> 'weights') ->> c.part)::int, 'text', m.text)
				ORDER BY c.points::int DESC, c.part), '[]')
			FROM json_each_text(d.parts_shown) c (part, points)
				JOIN common.message m ON m.key = 'score_part.' || c.part)) AS body,
	p.version
FROM pair p CROSS JOIN LATERAL scored_by(p) v (number)
	LEFT JOIN policy y ON y.programme_id = p.programme_id AND y.number = v.number
	CROSS JOIN LATERAL withheld_parts(y.rules, :actor, CASE WHEN :actor NOT IN (p.mentor_id, p.mentee_id)
		THEN '{programme_admin}'::text[] END, p.mentor_id, p.mentee_id) w (withheld)
	CROSS JOIN LATERAL shown_score(p.reasons -> 'parts', w.withheld) d
WHERE p.id = :pair_id AND p.score IS NOT NULL
	AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles));

-- pair_patch: a coordinator gives the mentor more time to answer.
WITH target AS (SELECT p.id, p.version, coalesce(:answer_by, p.answer_by) AS answer_by
		FROM lock_reporting_lines_shared(), pair p
		WHERE p.id = :pair_id AND coordinates(p.programme_id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET step = 'extension', answer_by = t.answer_by
		FROM target t WHERE p.id = t.id AND t.version = :if_match RETURNING p.id, p.answer_by)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale')
	WHEN (SELECT n.answer_by <= common.now() FROM new n)
		THEN common.refuse('in_the_past', '{"pointer": "/answer_by"}')
	WHEN (SELECT n.answer_by > common.now() + interval '60 days' FROM new n)
		THEN common.refuse('unprocessable', '{"pointer": "/answer_by"}') END;

-- pair_acceptance: the mentor, or a coordinator for them, accepts in time; safety is checked again.
WITH new AS (UPDATE pair p SET step = 'acceptance'
		WHERE p.id = :pair_id AND answers_for(p, :actor, :roles) RETURNING p.id, p.mentor_enrolment_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	ELSE (SELECT act_for(n.mentor_enrolment_id, :actor, 'pair_acceptance', :note, n.id) FROM new n) END;

-- pair_decline: the mentor, or a coordinator for them, declines; reasons are counted but never shown.
WITH new AS (UPDATE pair p SET step = 'decline', reason = :reason
		WHERE p.id = :pair_id AND answers_for(p, :actor, :roles) RETURNING p.id, p.mentor_enrolment_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	ELSE (SELECT act_for(n.mentor_enrolment_id, :actor, 'pair_decline', :note, n.id) FROM new n) END;

-- pair_withdrawal: the mentee takes back an unanswered pick.
WITH new AS (UPDATE pair p SET step = 'withdrawal' WHERE p.id = :pair_id AND p.mentee_id = :actor
	RETURNING p.id)
SELECT common.found(count(*)) FROM new;

-- pair_replace(pair_id uuid, new_id uuid): the mentee's next shortlist after a pick or a request that failed.
SELECT replacement_shortlist(l.id, :new_id) FROM pair p CROSS JOIN LATERAL list_before(p) l (id)
	WHERE p.id = :pair_id AND l.id IS NOT NULL;

-- pair_expire(): one pair whose mentor did not answer in time; one that was suspended meanwhile already has
-- its replacement shortlist.
UPDATE pair p SET step = 'expiry'
WHERE p.id = (SELECT q.id FROM lock_reporting_lines_shared(), pair q
	WHERE (q.status = 'proposed' OR q.status = 'suspended' AND q.came_from = 'proposed')
		AND q.answer_by <= common.now()
	ORDER BY q.answer_by LIMIT 1 FOR NO KEY UPDATE OF q SKIP LOCKED)
RETURNING p.id;

-- pair_suspension_end(): one suspended pair whose time is up ends automatically.
UPDATE pair p SET step = 'suspension_end', reason = 'suspension_over'
WHERE p.id = (SELECT q.id FROM lock_reporting_lines_shared(), pair q
	WHERE q.status = 'suspended' AND q.suspended_until < common.today()
	ORDER BY q.suspended_until LIMIT 1 FOR NO KEY UPDATE OF q SKIP LOCKED)
RETURNING p.id;

-- pair_resumable(): suspended pairs that may now continue, or no longer may. Both partners are notified
-- when they may.
WITH due AS (SELECT q.id, q.safe_since IS NULL AS safe FROM pair q
		WHERE q.status = 'suspended' AND (q.safe_since IS NOT NULL)
			<> may_resume(q) FOR NO KEY UPDATE SKIP LOCKED),
	new AS (UPDATE pair p SET safe_since = CASE WHEN d.safe THEN common.now() END FROM due d WHERE p.id = d.id
		RETURNING p.id, d.safe)
INSERT INTO common.outbox (type, subject_id) SELECT 'pair.resumable', n.id FROM new n WHERE n.safe
	RETURNING subject_id;

-- pair_suspension: puts an active pair on hold.
WITH new AS (UPDATE pair p SET step = 'suspension', reason = coalesce(:reason, 'other'),
			suspended_until = coalesce(:until, common.today() + 30)
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles))
		RETURNING p.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN :until <= common.today() THEN common.refuse('in_the_past', '{"pointer": "/until"}') END;

-- pair_resumption: back to the previous state, if that is still safe; a shortlist that would have replaced
-- the pair is closed.
WITH new AS (UPDATE pair p SET step = 'resumption', reason = NULL
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles))
		RETURNING p.id)
SELECT common.found(count(*)) FROM new;

-- pair_completion: the two have reached their aims.
WITH new AS (UPDATE pair p SET step = 'completion'
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles))
		RETURNING p.id)
SELECT common.found(count(*)) FROM new;

-- pair_dissolution: after a recorded review that recommends it.
WITH new AS (UPDATE pair p SET step = 'dissolution', reason = NULL
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles))
		RETURNING p.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM review r
		WHERE r.pair_id = :pair_id AND r.outcome IN ('change_partner', 'end'))
		THEN common.refuse('review_missing') END;

-- pair_safe_exit: at once; to everyone else the pair has simply ended.
WITH new AS (UPDATE pair p SET step = 'safe_exit', reason = NULL
		WHERE p.id = :pair_id AND :actor IN (p.mentor_id, p.mentee_id) RETURNING p.id),
	kept AS (INSERT INTO safe_exit (id, pair_id, author_id) SELECT gen_random_uuid(), n.id, :actor FROM new n)
SELECT common.found(count(*)) FROM new;

-- pair_history: every state with its time. Reasons and notes are not for one of the two, nor for who is above
-- one of them.
-- unprepared
-- updated_since: h.at
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM pair p WHERE p.id = :pair_id
			AND ('auditor' = ANY (:roles) OR coordinates(p.programme_id, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing,
		EXISTS (SELECT FROM pair p WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR above_pair(:actor, p.mentor_id, p.mentee_id))) AS close) t,
	LATERAL (SELECT json_build_object('number', h.number, 'status', h.status,
			'reason', CASE WHEN NOT t.close THEN h.reason END,
			'at', common.instant(h.at), 'by_coordinator', profiles.card_json(a.coordinator_id),
			'note', CASE WHEN NOT t.close THEN a.note END,
			'overrides', coalesce(array_to_json(a.overrides), '[]')) AS body, h.number
		FROM pair_history h LEFT JOIN LATERAL (SELECT c.coordinator_id, c.note, c.overrides
			FROM coordinator_act c WHERE c.pair_id = h.pair_id AND c.at = h.at
			ORDER BY c.id LIMIT 1) a ON true
		WHERE t.missing IS NULL AND h.pair_id = :pair_id
			AND (:after_number IS NULL OR h.number > :after_number)
		ORDER BY h.number
		LIMIT :limit + 1) l
ORDER BY l.number;

-- pair_suspended_effect(event_id bigint, type text, subject_id uuid, data json): offers a replacement
-- shortlist to the mentee of a pair that was suspended by a change in HR data; picking from it ends the
-- suspended pair.
SELECT replacement_shortlist(l.id, common.new_id())
FROM pair p JOIN profiles.card k ON k.person_id = p.mentee_id CROSS JOIN LATERAL list_before(p) l (id)
WHERE p.id = :subject_id AND p.status = 'suspended' AND l.id IS NOT NULL AND k.status <> 'inactive'
	AND :data ->> 'reason' IS DISTINCT FROM 'asked' AND :type = 'pair.suspended' AND :event_id > 0;
