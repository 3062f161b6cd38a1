-- Statements of agreements and their plans. The life cycle and its effects are in objects/session.sql and
-- objects/agreement.sql.

-- agreement_list: those of the actor's pairs, or of a pair or programme that they coordinate; newest
-- version first.
-- unprepared
-- updated_since: a.updated_at
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

-- agreement_read: for the two partners and the coordinators.
SELECT agreement_json(a, :actor) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.side = 'mentor'
WHERE a.id = :agreement_id
	AND (:actor IN (m.person_id, m.partner_id) OR coordinates(m.programme_id, :actor, :roles));

-- agreement_create: a proposal, or the next version; agreement_one_proposed allows one at a time.
WITH new AS (INSERT INTO agreement (id, pair_id, step, number, cadence, duration_minutes, channels,
	touchpoint_cadence,
			touchpoint_channel, expectations, confidentiality, time_zone, starts_on, proposed_by)
		SELECT :id, m.pair_id, 'creation',
			coalesce((SELECT max(a.number) FROM agreement a WHERE a.pair_id = m.pair_id), 0) + 1, :cadence,
			:duration_minutes, :channels, :touchpoint_cadence, :touchpoint_channel, :expectations,
			:confidentiality, :time_zone, :starts_on, :actor
		FROM matching.pair_member m WHERE m.pair_id = :pair_id AND m.person_id = :actor RETURNING starts_on)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT n.starts_on < common.today() FROM new n)
		THEN common.refuse('in_the_past', '{"pointer": "/starts_on"}') END;

-- agreement_patch: until both have signed; a change removes existing signatures.
WITH new AS (UPDATE agreement a SET (cadence, duration_minutes, channels, touchpoint_cadence,
	touchpoint_channel,
			expectations, confidentiality, time_zone, starts_on) = (SELECT n.cadence, n.duration_minutes,
			n.channels,
				n.touchpoint_cadence, n.touchpoint_channel, n.expectations, n.confidentiality, n.time_zone,
				n.starts_on
			FROM json_populate_record(a, :body) n),
			mentor_signed_at = NULL, mentee_signed_at = NULL, step = 'change'
		FROM matching.pair_member m
		WHERE a.id = :agreement_id AND m.pair_id = a.pair_id AND m.person_id = :actor
		RETURNING a.starts_on, a.version)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_found')
	WHEN (SELECT n.version <> :if_match + 1 FROM new n) THEN common.refuse('stale')
	WHEN (SELECT n.starts_on < common.today() FROM new n)
		THEN common.refuse('in_the_past', '{"pointer": "/starts_on"}') END;

-- agreement_signature: of one side; the second one creates the plan and supersedes an earlier version.
WITH new AS (UPDATE agreement a SET step = signing_step(a, m.side),
			mentor_signed_at = CASE m.side WHEN 'mentor' THEN common.now() ELSE a.mentor_signed_at END,
			mentee_signed_at = CASE m.side WHEN 'mentee' THEN common.now() ELSE a.mentee_signed_at END
		FROM matching.pair_member m
		WHERE a.id = :agreement_id AND m.pair_id = a.pair_id AND m.person_id = :actor RETURNING a.id)
SELECT common.found(count(*)) FROM new;

-- agreement_plan: expected sessions and what became of them; for the two partners and the coordinators who
-- lead neither.
SELECT plan_json(a) AS body, a.version
FROM agreement a JOIN matching.pair_member m ON m.pair_id = a.pair_id AND m.side = 'mentor'
WHERE a.id = :agreement_id
	AND (:actor IN (m.person_id, m.partner_id) OR coordinates(m.programme_id, :actor, :roles)
		AND NOT matching.above_pair(:actor, m.person_id, m.partner_id));
