-- Statements of stories.

-- story_list: the published ones, and those that the actor has to do with; newest first.
-- unprepared
-- updated_since: s.updated_at
SELECT story_json(s, :actor, :roles) AS body, s.created_at, s.id
FROM story s
WHERE (:programme_id IS NULL OR s.programme_id = :programme_id)
	AND (:status IS NULL OR s.status = ANY (:status::text[])) AND story_seen(s, :actor, :roles)
	AND (:after_id IS NULL OR (s.created_at, s.id) < (:after_created_at, :after_id))
ORDER BY s.created_at DESC, s.id DESC
LIMIT :limit + 1;

-- story_read: one of these.
SELECT story_json(s, :actor, :roles) AS body, s.version FROM story s
WHERE s.id = :story_id AND story_seen(s, :actor, :roles);

-- story_create: one of a pair writes it, and consents by that. Whoever has left a pair is not asked again.
WITH target AS (SELECT m.pair_id, m.programme_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO story (id, step, programme_id, pair_id, kind, title, body, in_feed, written_by)
		SELECT :id, 'proposal', t.programme_id, t.pair_id, coalesce(:kind, 'success'), :title, :text,
			coalesce(:in_feed, false), :actor
		FROM target t WHERE t.status IN ('active', 'suspended', 'completed') RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('pair_not_active', (SELECT json_build_object(
		'current_status', t.status) FROM target t)) END;

-- story_patch: by either of the pair, until it is published.
WITH target AS (SELECT s.id, s.version FROM story s
		WHERE s.id = :story_id AND 'pair_member' = ANY (story_parties(s, :actor, :roles))
		FOR NO KEY UPDATE OF s),
	new AS (UPDATE story s SET step = 'editing', title = coalesce(:title, s.title),
			body = coalesce(:text, s.body), in_feed = coalesce(:in_feed, s.in_feed)
		FROM target t WHERE s.id = t.id AND t.version = :if_match RETURNING s.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- story_consent: by the other of the pair.
WITH new AS (UPDATE story s SET step = 'consent'
		WHERE s.id = :story_id AND 'pair_member' = ANY (story_parties(s, :actor, :roles)) RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- story_withdrawal: by either of the pair, at any time, without a reason.
WITH new AS (UPDATE story s SET step = 'withdrawal'
		WHERE s.id = :story_id AND 'pair_member' = ANY (story_parties(s, :actor, :roles)) RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- story_publication: by a coordinator.
WITH new AS (UPDATE story s SET step = 'publication'
		WHERE s.id = :story_id AND 'programme_admin' = ANY (story_parties(s, :actor, :roles)) RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- story_return: by a coordinator, with the reason.
WITH new AS (UPDATE story s SET step = 'return', note = :note
		WHERE s.id = :story_id AND 'programme_admin' = ANY (story_parties(s, :actor, :roles)) RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- story_atom(base text): the feed.
SELECT story_feed(:base);
