-- Statements of pairs. Capacity and safety are held by the triggers on pair (schema, 0004).

-- pair_list: one's own, or a programme's for its coordinator.
-- unprepared
SELECT pair_json(p, :actor) AS body, p.id
FROM pair p
WHERE (p.mentor_id = :actor OR p.mentee_id = :actor
		OR :programme_id IS NOT NULL AND coordinates(:programme_id, :actor, :roles))
	AND (:programme_id IS NULL OR p.programme_id = :programme_id)
	AND (:status IS NULL OR p.status = ANY (:status))
	AND (:after_id IS NULL OR p.id > :after_id)
ORDER BY p.id
LIMIT :limit + 1;

-- pair_read: for the two and the coordinators.
SELECT pair_json(p, :actor) AS body, p.version
FROM pair p
WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles));

-- pair_why: the factors, which sum to the score.
SELECT json_build_object('pair_id', p.id, 'policy_version', coalesce(r.policy_number, 1), 'score', p.score,
		'parts', p.reasons -> 'parts') AS body,
	p.version
FROM pair p LEFT JOIN shortlist s ON s.id = p.shortlist_id LEFT JOIN round r ON r.id = s.round_id
WHERE p.id = :pair_id AND p.score IS NOT NULL
	AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles));

-- pair_patch: a coordinator gives the mentor more time to answer.
WITH target AS (SELECT p.id, p.version, coalesce(:answer_by, p.answer_by) AS answer_by, p.status, p.answer_by > common.now() AS in_time FROM pair p
		WHERE p.id = :pair_id AND coordinates(p.programme_id, :actor, :roles) FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET answer_by = t.answer_by, version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.version = :if_match AND t.status = 'proposed' AND t.in_time
			AND t.answer_by > common.now() AND t.answer_by <= common.now() + interval '60 days' RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.extended', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status <> 'proposed' OR NOT t.in_time FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', CASE t.status WHEN 'proposed' THEN 'expired' ELSE t.status END)
			FROM target t))
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN (SELECT t.answer_by <= common.now() FROM target t) THEN common.refuse('in_the_past', '{"pointer": "/answer_by"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unprocessable', '{"pointer": "/answer_by"}') END;

-- pair_acceptance: the mentor says yes in time; safety is judged once more.
WITH target AS (SELECT p.id, p.status, p.answer_by > common.now() AS in_time FROM standing(), pair p
		WHERE p.id = :pair_id AND p.mentor_id = :actor FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'active', accepted_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'proposed' AND t.in_time RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.active', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state', (SELECT json_build_object('current_status',
		CASE WHEN t.status = 'proposed' THEN 'expired' ELSE t.status END) FROM target t)) END;

-- pair_decline: the mentor says no; the reason is counted, never shown.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND p.mentor_id = :actor FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'declined', reason = :reason, ended_at = common.now(),
			version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'proposed' RETURNING p.*),
	never AS (INSERT INTO declined (programme_id, mentee_id, mentor_id, reason)
		SELECT n.programme_id, n.mentee_id, n.mentor_id, 'declined' FROM new n
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.declined', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- pair_withdrawal: the mentee takes an unanswered pick back.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND p.mentee_id = :actor FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'withdrawn', ended_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'proposed' RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.withdrawn', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- pair_fresh(pair_id uuid, fresh uuid): the mentee's next three after a pick that came to nothing.
SELECT fresh_shortlist(p.shortlist_id, :fresh) FROM pair p WHERE p.id = :pair_id AND p.shortlist_id IS NOT NULL;

-- pair_expire(): one proposed pair whose mentor did not answer in time.
WITH due AS (SELECT p.id FROM standing(), pair p WHERE p.status = 'proposed' AND p.answer_by <= common.now()
		ORDER BY p.answer_by LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED),
	new AS (UPDATE pair p SET status = 'expired', ended_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM due WHERE p.id = due.id RETURNING p.*),
	never AS (INSERT INTO declined (programme_id, mentee_id, mentor_id, reason)
		SELECT n.programme_id, n.mentee_id, n.mentor_id, 'expired' FROM new n
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING)
INSERT INTO common.outbox (type, subject_id) SELECT 'pair.expired', id FROM new RETURNING subject_id;

-- pair_suspension_end(): one suspended pair whose time has passed ends by itself.
WITH due AS (SELECT p.id FROM standing(), pair p WHERE p.status = 'suspended' AND p.suspended_until < common.today()
		ORDER BY p.suspended_until LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED),
	new AS (UPDATE pair p SET status = 'ended', reason = 'suspension_over', ended_at = common.now(),
			version = p.version + 1, updated_at = common.now()
		FROM due WHERE p.id = due.id RETURNING p.id)
INSERT INTO common.outbox (type, subject_id) SELECT 'pair.ended', id FROM new RETURNING subject_id;

-- pair_suspension: an active pair rests.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles))
		FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'suspended', reason = coalesce(:reason, 'other'),
			suspended_until = coalesce(:until, common.today() + 30), version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'active' AND (:until IS NULL OR :until > common.today()) RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data) SELECT 'pair.suspended', id, '{"reason": "asked"}' FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) <> 'active' THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/until"}') END;

-- pair_resumption: active again, if it is still safe; a fresh list that would have replaced it closes.
WITH target AS (SELECT p.id, p.status, p.suspended_from FROM standing(), pair p
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles))
		FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = CASE WHEN t.suspended_from = 'proposed' AND p.answer_by > common.now() THEN 'proposed'
				WHEN t.suspended_from = 'proposed' THEN 'expired' ELSE 'active' END,
			reason = NULL, version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'suspended' RETURNING p.id, p.status),
	lists AS (UPDATE shortlist s SET status = 'withdrawn', version = s.version + 1, updated_at = common.now()
		FROM new n WHERE s.replaces_pair = n.id AND s.status = 'open'),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.' || status, id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- pair_completion: the two have reached what they wanted.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles))
		FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'completed', ended_at = common.now(), version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status = 'active' RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.completed', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- pair_dissolution: after a recorded talk that wants it.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id) OR coordinates(p.programme_id, :actor, :roles))
		FOR NO KEY UPDATE OF p),
	talk AS (SELECT FROM review r, target t WHERE r.pair_id = t.id AND r.outcome IN ('change_partner', 'end') LIMIT 1),
	new AS (UPDATE pair p SET status = 'ended', reason = NULL, ended_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status IN ('active', 'suspended') AND EXISTS (SELECT FROM talk) RETURNING p.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.ended', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) NOT IN ('active', 'suspended') THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('review_missing') END;

-- pair_safe_exit: at once; to everybody else the pair has simply ended.
WITH target AS (SELECT p.id, p.status FROM standing(), pair p
		WHERE p.id = :pair_id AND :actor IN (p.mentor_id, p.mentee_id) FOR NO KEY UPDATE OF p),
	new AS (UPDATE pair p SET status = 'ended', reason = NULL, ended_at = common.now(), version = p.version + 1,
			updated_at = common.now()
		FROM target t WHERE p.id = t.id AND t.status IN ('active', 'suspended') RETURNING p.id),
	kept AS (INSERT INTO safe_exit (id, pair_id, author_id) SELECT gen_random_uuid(), n.id, :actor FROM new n),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'pair.ended', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t)) END;

-- pair_history: every state with its time.
-- unprepared
SELECT l.body, l.number
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM pair p WHERE p.id = :pair_id
			AND ('auditor' = ANY (:roles) OR coordinates(p.programme_id, :actor, :roles)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT json_build_object('number', h.number, 'status', h.status, 'reason', h.reason,
			'at', common.instant(h.at)) AS body, h.number
		FROM pair_history h
		WHERE t.missing IS NULL AND h.pair_id = :pair_id AND (:after_number IS NULL OR h.number > :after_number)
		ORDER BY h.number
		LIMIT :limit + 1) l
ORDER BY l.number;

-- pair_suspended_effect(event_id bigint, type text, subject_id uuid, data json): the mentee of a pair
-- that HR's change suspended is offered a fresh three; picking one ends the pair that rests.
SELECT fresh_shortlist(p.shortlist_id, common.new_id())
FROM pair p JOIN profiles.card k ON k.person_id = p.mentee_id
WHERE p.id = :subject_id AND p.status = 'suspended' AND p.shortlist_id IS NOT NULL AND k.status <> 'inactive'
	AND :data ->> 'reason' IS DISTINCT FROM 'asked' AND :type = 'pair.suspended' AND :event_id > 0;
