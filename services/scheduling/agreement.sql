-- Statements of agreements and their plans. Superseding and the plan itself are triggers (schema, 0003).

-- agreement_list: of the actor's pairs, or of a pair or programme that they coordinate; newest version first.
-- unprepared
SELECT agreement_json(a, :actor) AS body, a.created_at, a.id
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.side = 'mentor'
WHERE (m.person_id = :actor OR m.partner_id = :actor
		OR coalesce(:pair_id, :programme_id) IS NOT NULL AND coordinates(m.programme_id, :actor, :roles))
	AND (:pair_id IS NULL OR a.pair_id = :pair_id)
	AND (:programme_id IS NULL OR m.programme_id = :programme_id)
	AND (:status IS NULL OR a.status = ANY (:status))
	AND (:after_id IS NULL OR (a.created_at, a.id) < (:after_created_at, :after_id))
ORDER BY a.created_at DESC, a.id DESC
LIMIT :limit + 1;

-- agreement_read: for the two of the pair, and the coordinators.
SELECT agreement_json(a, :actor) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.side = 'mentor'
WHERE a.id = :agreement_id
	AND (:actor IN (m.person_id, m.partner_id) OR coordinates(m.programme_id, :actor, :roles));

-- agreement_create: a proposal, or the next version; agreement_one_proposed allows one at a time.
WITH target AS (SELECT m.pair_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO agreement (id, pair_id, number, cadence, duration_minutes, channels, touchpoint_cadence,
			touchpoint_channel, expectations, confidentiality, time_zone, starts_on, proposed_by)
		SELECT :id, t.pair_id, coalesce((SELECT max(a.number) FROM agreement a WHERE a.pair_id = t.pair_id), 0) + 1,
			:cadence, :duration_minutes, :channels, :touchpoint_cadence, :touchpoint_channel, :expectations,
			:confidentiality, :time_zone, :starts_on, :actor
		FROM target t WHERE t.status = 'active' AND :starts_on >= common.today() RETURNING id, pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'agreement.proposed', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_on"}') END;

-- agreement_patch: while it is not signed by both; a change takes the signatures back.
WITH target AS (SELECT a AS was, a.id, a.version, a.status, m.status AS pair_status
		FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id
		WHERE a.id = :agreement_id AND m.person_id = :actor FOR NO KEY UPDATE OF a),
	new AS (UPDATE agreement a SET (cadence, duration_minutes, channels, touchpoint_cadence, touchpoint_channel,
			expectations, confidentiality, time_zone, starts_on) = (SELECT n.cadence, n.duration_minutes, n.channels,
				n.touchpoint_cadence, n.touchpoint_channel, n.expectations, n.confidentiality, n.time_zone, n.starts_on
			FROM json_populate_record(t.was, :body) n),
			mentor_signed_at = NULL, mentee_signed_at = NULL, version = a.version + 1, updated_at = common.now()
		FROM target t
		WHERE a.id = t.id AND t.version = :if_match AND t.status = 'proposed' AND t.pair_status = 'active'
			AND (SELECT n.starts_on FROM json_populate_record(t.was, :body) n) >= common.today()
		RETURNING a.id, a.pair_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'agreement.changed', n.id, json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) <> 'proposed' THEN common.refuse('already_signed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.pair_status FROM target t) <> 'active' THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.pair_status) FROM target t))
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_past', '{"pointer": "/starts_on"}') END;

-- agreement_signature: of one side; with the second the plan is made and an earlier version superseded.
WITH target AS (SELECT a.id, a.status, a.starts_on, m.side, m.status AS pair_status,
			CASE m.side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END AS mine,
			CASE m.side WHEN 'mentor' THEN a.mentee_signed_at ELSE a.mentor_signed_at END AS theirs
		FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id
		WHERE a.id = :agreement_id AND m.person_id = :actor FOR NO KEY UPDATE OF a),
	new AS (UPDATE agreement a SET
			mentor_signed_at = CASE t.side WHEN 'mentor' THEN common.now() ELSE a.mentor_signed_at END,
			mentee_signed_at = CASE t.side WHEN 'mentee' THEN common.now() ELSE a.mentee_signed_at END,
			signed_at = CASE WHEN t.theirs IS NOT NULL THEN common.now() END,
			status = CASE WHEN t.theirs IS NOT NULL THEN 'signed' ELSE 'proposed' END,
			version = a.version + 1, updated_at = common.now()
		FROM target t
		WHERE a.id = t.id AND t.status = 'proposed' AND t.mine IS NULL AND t.pair_status = 'active'
		RETURNING a.id, a.pair_id, a.status),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT CASE n.status WHEN 'signed' THEN 'agreement.signed' ELSE 'agreement.half_signed' END, n.id,
			json_build_object('pair_id', n.pair_id, 'by', :actor) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status <> 'proposed' OR t.mine IS NOT NULL FROM target t) THEN common.refuse('already_signed',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.pair_status) FROM target t)) END;

-- agreement_plan: expected sessions against what became of them; for the two and the coordinators.
SELECT plan_json(a) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.side = 'mentor'
WHERE a.id = :agreement_id
	AND (:actor IN (m.person_id, m.partner_id) OR coordinates(m.programme_id, :actor, :roles));
