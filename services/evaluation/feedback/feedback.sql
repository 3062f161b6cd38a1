-- Statements of feedback. Whatever the statements say, row security lets only the author read a row and,
-- after the release, the partner. Ids are random, and lists are ordered by them.

-- feedback_list: the actor's own feedback.
-- unprepared
SELECT feedback_json(f) AS body, f.id
FROM feedback f
WHERE f.author_id = :actor AND (:pair_id IS NULL OR f.pair_id = :pair_id)
	AND (:after_id IS NULL OR f.id > :after_id)
ORDER BY f.id
LIMIT :limit + 1;

-- feedback_read: one feedback by the actor.
SELECT feedback_json(f) AS body, 1 AS version FROM feedback f
	WHERE f.id = :feedback_id AND f.author_id = :actor;

-- feedback_create: by a member of the pair; nothing that others see changes.
WITH target AS (SELECT m.pair_id, m.partner_id, m.programme_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	open AS (SELECT CASE WHEN :visibility <> 'private' THEN feedback_wave(t.programme_id) END AS wave
		FROM target t),
	meeting AS (SELECT s.status FROM scheduling.session_view s
		WHERE s.session_id = :session_id AND s.pair_id = :pair_id),
	new AS (INSERT INTO feedback (id, pair_id, programme_id, session_id, author_id, subject_id, visibility,
		wave, rating, comment)
		SELECT :id, t.pair_id, t.programme_id, :session_id, :actor, t.partner_id, :visibility, o.wave,
			:rating, :comment
		FROM target t, open o
		WHERE t.status IN ('active', 'suspended', 'completed', 'ended')
			AND (:visibility = 'private' OR o.wave IS NOT NULL)
			AND (:session_id IS NULL OR EXISTS (SELECT FROM meeting WHERE meeting.status = 'held'))
		RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) NOT IN ('active', 'suspended', 'completed', 'ended')
		THEN common.refuse('pair_not_active', (SELECT json_build_object('current_status', t.status)
			FROM target t))
	WHEN :visibility <> 'private' AND (SELECT o.wave FROM open o) IS NULL
		THEN common.refuse('window_closed', '{"pointer": "/visibility"}')
	WHEN :session_id IS NOT NULL AND NOT EXISTS (SELECT FROM meeting)
		THEN common.refuse('unknown_reference', '{"pointer": "/session_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('session_not_held',
		'{"pointer": "/session_id"}') END;

-- feedback_released: feedback from partners to the actor, from released batches. Shuffled for each reader,
-- so that the order says nothing either.
SELECT json_build_object('items', coalesce(json_agg(json_build_object('pair_id', f.pair_id, 'window', f.wave,
			'rating', f.rating, 'comment', f.comment,
			'links', json_build_object('pair', '/api/v1/pairs/' || f.pair_id))
		ORDER BY sha256((f.id::text || :actor::text)::bytea)), '[]')) AS body, 1 AS version
FROM feedback f JOIN release r ON r.programme_id = f.programme_id AND r.wave = f.wave
WHERE f.subject_id = :actor AND f.visibility = 'partner' AND (:pair_id IS NULL OR f.pair_id = :pair_id);

-- feedback_release(): one batch whose window ended an hour ago or more (last day, UTC); in that hour writes
-- still under way finish. Every pair is notified, whether or not anything was written.
WITH due AS (SELECT p.programme_id, w.wave
		FROM matching.programme_view p, feedback_windows(p.starts_on, p.ends_on) w
		WHERE p.status IN ('matching', 'active', 'closing', 'closed')
			AND w.closes_on < (common.now() - interval '1 hour') AT TIME ZONE 'UTC' - interval '1 day'
			AND NOT EXISTS (SELECT FROM release r WHERE r.programme_id = p.programme_id AND r.wave = w.wave)
		ORDER BY w.closes_on, p.programme_id LIMIT 1),
	new AS (INSERT INTO release (programme_id, wave) SELECT d.programme_id, d.wave FROM due d
		ON CONFLICT (programme_id, wave) DO NOTHING RETURNING programme_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'feedback.released', m.pair_id, json_build_object('pair_id', m.pair_id)
		FROM new n JOIN matching.pair_member m ON m.programme_id = n.programme_id AND m.side = 'mentor'
			AND m.status IN ('active', 'suspended', 'completed', 'ended'))
SELECT n.programme_id FROM new n;
