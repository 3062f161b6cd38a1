-- Statements of feedback. Row security lets only the author through, whatever stands here; ids are
-- random and listed in their order; the event is internal and names the programme, not the author.

-- feedback_list: what the actor wrote.
-- unprepared
SELECT feedback_json(f) AS body, f.id
FROM feedback f
WHERE f.author_id = :actor AND (:pair_id IS NULL OR f.pair_id = :pair_id)
	AND (:after_id IS NULL OR f.id > :after_id)
ORDER BY f.id
LIMIT :limit + 1;

-- feedback_read: one that the actor wrote.
SELECT feedback_json(f) AS body, 1 AS version FROM feedback f WHERE f.id = :feedback_id AND f.author_id = :actor;

-- feedback_create: by a member of the pair; nothing that others see changes.
WITH target AS (SELECT m.pair_id, m.partner_id, m.programme_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	meeting AS (SELECT s.status FROM scheduling.session_view s WHERE s.session_id = :session_id AND s.pair_id = :pair_id),
	new AS (INSERT INTO feedback (id, pair_id, programme_id, session_id, author_id, subject_id, visibility, rating, comment)
		SELECT :id, t.pair_id, t.programme_id, :session_id, :actor, t.partner_id, :visibility, :rating, :comment
		FROM target t
		WHERE t.status IN ('active', 'suspended', 'completed', 'ended')
			AND (:session_id IS NULL OR EXISTS (SELECT FROM meeting WHERE meeting.status = 'held'))
		RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) NOT IN ('active', 'suspended', 'completed', 'ended')
		THEN common.refuse('pair_not_active')
	WHEN :session_id IS NOT NULL AND NOT EXISTS (SELECT FROM meeting)
		THEN common.refuse('unknown_reference', '{"pointer": "/session_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('session_not_held', '{"pointer": "/session_id"}') END;
