-- Statements of certificates.

-- certificate_list: the actor's own, newest first.
-- unprepared
-- updated_since: c.updated_at
SELECT certificate_json(c) AS body, c.created_at, c.id
FROM certificate c
WHERE c.person_id = :actor AND (:after_id IS NULL OR (c.created_at, c.id) < (:after_created_at, :after_id))
ORDER BY c.created_at DESC, c.id DESC
LIMIT :limit + 1;

-- certificate_read: one of the actor's.
SELECT certificate_json(c) AS body, c.version FROM certificate c
WHERE c.id = :certificate_id AND c.person_id = :actor;

-- certificate_ready(id uuid, actor uuid, pair_id uuid): what would be signed; null before completion.
SELECT certificate_facts(:id, :actor, :pair_id);

-- certificate_issue(id uuid, actor uuid, pair_id uuid, facts text, signature text): keeps what was signed.
WITH target AS (SELECT m.pair_id, m.programme_id, m.status FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO certificate (id, step, person_id, pair_id, programme_id, facts, signature)
		SELECT :id, 'issue', :actor, t.pair_id, t.programme_id, :facts::json, :signature FROM target t
		WHERE t.status = 'completed' AND :facts IS NOT NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('not_completed', (SELECT json_build_object(
		'current_status', t.status) FROM target t)) END;

-- certificate_patch: whether the page shows the name.
WITH target AS (SELECT c.id, c.version FROM certificate c
		WHERE c.id = :certificate_id AND c.person_id = :actor FOR NO KEY UPDATE OF c),
	new AS (UPDATE certificate c SET step = 'editing', show_name = coalesce(:show_name, c.show_name)
		FROM target t WHERE c.id = t.id AND t.version = :if_match RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- certificate_revocation: its holder no longer wants it; its URL is as if it had never been.
WITH new AS (UPDATE certificate c SET step = 'revocation'
		WHERE c.id = :certificate_id AND c.person_id = :actor RETURNING c.id)
SELECT common.found(count(*)) FROM new;

-- certificate_open(id uuid): what the page shows, and the text that its signature must be of.
SELECT c.facts::text AS facts, c.signature, CASE WHEN c.show_name THEN c.facts ->> 'name' END AS name,
	c.facts ->> 'role' AS role, c.facts ->> 'programme' AS programme,
	c.facts ->> 'from' AS starts_on, c.facts ->> 'to' AS ends_on,
	c.facts ->> 'sessions' AS sessions, c.facts ->> 'issued_on' AS issued_on
FROM certificate c WHERE c.id = :id AND c.status = 'issued';
