-- Statements of reviews: the conversation before a pair is ended. A coordinator who is above one of the two
-- cannot read it.

-- review_list: those of one pair, in the order in which they were recorded.
-- unprepared
-- updated_since: r.created_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM pair p
	WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles)
			AND NOT above_pair(:actor, p.mentor_id, p.mentee_id)))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT review_json(r) AS body, r.id
		FROM review r
		WHERE t.missing IS NULL AND r.pair_id = :pair_id AND (:after_id IS NULL OR r.id > :after_id)
		ORDER BY r.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- review_read: one review.
SELECT review_json(r) AS body, r.version
FROM review r JOIN pair p ON p.id = r.pair_id
WHERE r.id = :review_id AND r.pair_id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
	OR coordinates(p.programme_id, :actor, :roles) AND NOT above_pair(:actor, p.mentor_id, p.mentee_id));

-- review_create: by one of the two, or by a coordinator who is above neither.
WITH target AS (SELECT p.id, p.status FROM pair p
		WHERE p.id = :pair_id AND (:actor IN (p.mentor_id, p.mentee_id)
			OR coordinates(p.programme_id, :actor, :roles)
			AND NOT above_pair(:actor, p.mentor_id, p.mentee_id))),
	new AS (INSERT INTO review (id, pair_id, author_id, outcome, agreed)
		SELECT :id, t.id, :actor, :outcome, :agreed FROM target t WHERE t.status IN ('active', 'suspended')
			RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'review.recorded', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('pair_not_active',
		(SELECT json_build_object('current_status', t.status) FROM target t)) END;
