-- Statements of improvements.

-- improvement_list: the published ones, and those that the actor has to do with; newest first.
-- unprepared
-- updated_since: i.updated_at
SELECT improvement_json(i, :actor, :roles) AS body, i.created_at, i.id
FROM improvement i
WHERE (:programme_id IS NULL OR i.programme_id = :programme_id)
	AND (:status IS NULL OR i.status = ANY (:status::text[]))
	AND (:outcome_id IS NULL OR i.outcome_id = :outcome_id)
	AND improvement_seen(i, :actor, :roles)
	AND (:after_id IS NULL OR (i.created_at, i.id) < (:after_created_at, :after_id))
ORDER BY i.created_at DESC, i.id DESC
LIMIT :limit + 1;

-- improvement_read: one of these.
SELECT improvement_json(i, :actor, :roles) AS body, i.version FROM improvement i
WHERE i.id = :improvement_id AND improvement_seen(i, :actor, :roles);

-- improvement_create: by one of a pair about their own, or by a coordinator.
WITH target AS (SELECT p.programme_id FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND (coordinates(p.programme_id, :actor, :roles)
			OR EXISTS (SELECT FROM matching.pair_member m WHERE m.pair_id = :pair_id
				AND m.programme_id = p.programme_id AND m.person_id = :actor
				AND m.status IN ('active', 'suspended', 'completed', 'ended')))),
	outcome AS (SELECT :outcome_id IS NULL OR EXISTS (SELECT FROM scheduling.outcome_view o
		JOIN target t ON t.programme_id = o.programme_id WHERE o.outcome_id = :outcome_id) AS known),
	pair AS (SELECT :pair_id IS NULL OR EXISTS (SELECT FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.programme_id = :programme_id
			AND m.status IN ('active', 'suspended', 'completed', 'ended')) AS known),
	new AS (INSERT INTO improvement (id, step, programme_id, pair_id, title, insight, reach, evidence,
			suggested_by, outcome_id)
		SELECT :id, 'suggestion', t.programme_id, :pair_id, :title, :insight, :reach, :evidence, :actor,
			:outcome_id
		FROM target t, pair x, outcome o WHERE x.known AND o.known RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', CASE WHEN :pair_id IS NULL THEN '{"pointer": "/programme_id"}'
		ELSE '{"pointer": "/pair_id"}' END::json)
	WHEN NOT (SELECT o.known FROM outcome o) THEN common.refuse('unknown_reference',
		'{"pointer": "/outcome_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}') END;

-- improvement_patch: words by the pair while it is a suggestion, and by the owner and coordinators until
-- it is closed; the owner by coordinators; each of the pair says whether they are named.
WITH target AS (SELECT i.id, i.version, i.status, i.pair_id, x.parties, n.text, n.owner, n.name
		FROM improvement i, LATERAL (SELECT improvement_parties(i, :actor, :roles) AS parties) x,
			LATERAL (SELECT num_nonnulls(:title, :insight, :reach, :evidence) > 0 AS text,
				:owner_id IS NOT NULL AS owner, :name_me IS NOT NULL AS name) n
		WHERE i.id = :improvement_id AND cardinality(x.parties) > 0 FOR NO KEY UPDATE OF i),
	checked AS (SELECT t.*, t.text AND t.parties = '{pair_member}' AND t.status <> 'suggested'
			OR t.owner AND NOT 'programme_admin' = ANY (t.parties)
			OR t.name AND NOT 'pair_member' = ANY (t.parties) AS foreign_,
			:owner_id IS NULL OR EXISTS (SELECT FROM profiles.card c WHERE c.person_id = :owner_id) AS known
		FROM target t),
	new AS (UPDATE improvement i SET step = 'editing', title = coalesce(:title, i.title),
			insight = coalesce(:insight, i.insight), reach = coalesce(:reach, i.reach),
			evidence = coalesce(:evidence, i.evidence), owner_id = coalesce(:owner_id, i.owner_id),
			mentor_named = CASE WHEN m.side = 'mentor' THEN coalesce(:name_me, i.mentor_named)
				ELSE i.mentor_named END,
			mentee_named = CASE WHEN m.side = 'mentee' THEN coalesce(:name_me, i.mentee_named)
				ELSE i.mentee_named END
		FROM checked c LEFT JOIN matching.pair_member m ON m.pair_id = c.pair_id AND m.person_id = :actor
		WHERE i.id = c.id AND c.version = :if_match AND NOT c.foreign_ AND c.known RETURNING i.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.version <> :if_match FROM target t) THEN common.refuse('stale')
	WHEN (SELECT c.foreign_ FROM checked c) THEN common.refuse('field_not_yours')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('unknown_reference', '{"pointer": "/owner_id"}') END;

-- improvement_naming: by either of the pair, about themselves, at any time.
WITH new AS (UPDATE improvement i SET step = 'naming',
			mentor_named = CASE m.side WHEN 'mentor' THEN :name_me ELSE i.mentor_named END,
			mentee_named = CASE m.side WHEN 'mentee' THEN :name_me ELSE i.mentee_named END
		FROM matching.pair_member m
		WHERE i.id = :improvement_id AND m.pair_id = i.pair_id AND m.person_id = :actor RETURNING i.id)
SELECT common.found(count(*)) FROM new;

-- improvement_planning: from then on anybody in the company sees it.
WITH new AS (UPDATE improvement i SET step = 'planning' WHERE i.id = :improvement_id
		AND coordinates(i.programme_id, :actor, :roles) RETURNING i.id)
SELECT common.found(count(*)) FROM new;

-- improvement_start: by its owner or a coordinator.
WITH new AS (UPDATE improvement i SET step = 'start' WHERE i.id = :improvement_id
		AND (i.owner_id = :actor OR coordinates(i.programme_id, :actor, :roles)) RETURNING i.id)
SELECT common.found(count(*)) FROM new;

-- improvement_adoption: by its owner or a coordinator.
WITH new AS (UPDATE improvement i SET step = 'adoption' WHERE i.id = :improvement_id
		AND (i.owner_id = :actor OR coordinates(i.programme_id, :actor, :roles)) RETURNING i.id)
SELECT common.found(count(*)) FROM new;

-- improvement_abandonment: by a coordinator.
WITH new AS (UPDATE improvement i SET step = 'abandonment' WHERE i.id = :improvement_id
		AND coordinates(i.programme_id, :actor, :roles) RETURNING i.id)
SELECT common.found(count(*)) FROM new;
