-- Statements of disclosures. Row security alone shows the words themselves.

-- disclosure_list: those that the actor may see; by id, which is random.
-- unprepared
SELECT disclosure_json(d, :actor, :roles) AS body, d.id
FROM disclosure d
WHERE disclosure_seen(d, :actor, :roles) AND (:status IS NULL OR d.status = ANY (:status::text[]))
	AND (:after_id IS NULL OR d.id > :after_id)
ORDER BY d.id
LIMIT :limit + 1;

-- disclosure_read: one of these.
SELECT disclosure_json(d, :actor, :roles) AS body, d.version FROM disclosure d
WHERE d.id = :disclosure_id AND disclosure_seen(d, :actor, :roles);

-- disclosure_create: somebody who is impartial, and can be named, asks.
WITH target AS (SELECT m.pair_id, m.programme_id, m.person_id, m.partner_id FROM matching.pair_member m
		WHERE m.pair_id = :pair_id AND m.side = :author AND m.status NOT IN ('proposed', 'declined')
			AND (:actor IS NULL OR impartial(:actor, m.person_id, m.partner_id))),
	new AS (INSERT INTO disclosure (id, step, what, pair_id, programme_id, author_id, partner_id, reason,
			requested_by)
		SELECT :id, 'request', :what, t.pair_id, t.programme_id, t.person_id, t.partner_id, :reason, :actor
		FROM target t WHERE :actor IS NOT NULL RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('person_needed') END;

-- disclosure_approval: the first, or the second, which opens it.
WITH target AS (SELECT d.id, d.status FROM disclosure d
		WHERE d.id = :disclosure_id AND disclosure_seen(d, :actor, :roles) AND :roles && '{admin,auditor}'
			AND d.author_id IS DISTINCT FROM :actor FOR NO KEY UPDATE OF d),
	new AS (UPDATE disclosure d SET step = CASE t.status WHEN 'requested' THEN 'first_approval'
			ELSE 'approval' END FROM target t WHERE d.id = t.id AND :actor IS NOT NULL RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('person_needed') END;

-- disclosure_refusal: by whoever could approve it.
WITH target AS (SELECT d.id FROM disclosure d
		WHERE d.id = :disclosure_id AND disclosure_seen(d, :actor, :roles) AND :roles && '{admin,auditor}'
			AND d.author_id IS DISTINCT FROM :actor FOR NO KEY UPDATE OF d),
	new AS (UPDATE disclosure d SET step = 'refusal' FROM target t WHERE d.id = t.id AND :actor IS NOT NULL
		RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('person_needed') END;

-- disclosure_reading: by whoever asked and is still impartial, within the hour. Each is logged where no
-- service can change it.
WITH target AS (SELECT d.id, d.status, d.requested_by = :actor AS own,
			d.opened_at <= common.now() - interval '1 hour' AS over
		FROM disclosure d WHERE d.id = :disclosure_id AND (:actor IS NULL OR d.requested_by = :actor
				AND impartial(:actor, d.author_id, d.partner_id))
		FOR NO KEY UPDATE OF d),
	new AS (UPDATE disclosure d SET step = 'reading', readings = d.readings + 1
		FROM target t WHERE d.id = t.id AND t.own AND t.over IS NOT TRUE RETURNING d.id),
	logged AS (INSERT INTO common.access_log (object, object_id) SELECT 'disclosure', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN :actor IS NULL THEN common.refuse('person_needed')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state', '{"current_status": "closed"}') END;

-- disclosure_text_read: what row security lets the actor read of it.
SELECT json_build_object('disclosure_id', d.id, 'what', d.what,
	'open_until', common.instant(d.opened_at + interval '1 hour'),
	'items', coalesce((SELECT json_agg(json_build_object('about', t.about, 'text', t.words))
		FROM disclosed_texts(d) t), '[]')) AS body, d.version
FROM disclosure d WHERE d.id = :disclosure_id AND d.requested_by = :actor AND d.status = 'open'
	AND impartial(:actor, d.author_id, d.partner_id);

-- disclosure_closure: whoever asked has read enough.
WITH target AS (SELECT d.id FROM disclosure d
		WHERE d.id = :disclosure_id AND (:actor IS NULL OR d.requested_by = :actor) FOR NO KEY UPDATE OF d),
	new AS (UPDATE disclosure d SET step = 'closure' FROM target t WHERE d.id = t.id AND :actor IS NOT NULL
		RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('person_needed') END;

-- disclosure_withdrawal: whoever asked no longer needs it.
WITH target AS (SELECT d.id FROM disclosure d
		WHERE d.id = :disclosure_id AND (:actor IS NULL OR d.requested_by = :actor) FOR NO KEY UPDATE OF d),
	new AS (UPDATE disclosure d SET step = 'withdrawal' FROM target t WHERE d.id = t.id AND :actor IS NOT NULL
		RETURNING d.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('person_needed') END;

-- disclosure_end(): closes what has been open for an hour, and drops what nobody approved within a week.
UPDATE disclosure d SET step = CASE d.status WHEN 'open' THEN 'closure' ELSE 'lapse' END
FROM (SELECT o.id FROM disclosure o
	WHERE o.status = 'open' AND o.opened_at <= common.now() - interval '1 hour'
		OR o.status IN ('requested', 'half_approved') AND o.created_at <= common.now() - interval '7 days'
	ORDER BY o.created_at LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED) due
WHERE d.id = due.id
RETURNING d.id;
