-- Statements of listings. Everybody sees those that are open; their authors see all of their own.

-- listing_list: newest first; q matches the beginnings of words of the title, the text and the skill.
-- unprepared
-- updated_since: l.updated_at
SELECT listing_json(l, :actor) AS body, l.created_at, l.id
FROM listing l
WHERE (l.person_id = :actor OR listing_open(l))
	AND (:person_id IS NULL OR l.person_id = :person_id)
	AND (:kind IS NULL OR l.kind = :kind)
	AND (:skill_id IS NULL OR l.skill_id = :skill_id)
	AND (:ids IS NULL OR l.id = ANY (:ids))
	AND (:q IS NULL OR l.find LIKE '%' || nullif(common.words(:q), ' ') || '%'
		OR l.skill_id IN (SELECT s.id FROM skill s
			WHERE s.find LIKE '%' || nullif(common.words(:q), ' ') || '%'))
	AND (:after_id IS NULL OR (l.created_at, l.id) < (:after_created_at, :after_id))
ORDER BY l.created_at DESC, l.id DESC
LIMIT :limit + 1;

-- listing_read: one listing.
SELECT listing_json(l, :actor) AS body, l.version
FROM listing l WHERE l.id = :listing_id AND (l.person_id = :actor OR listing_open(l));

-- listing_create: open for 180 days, unless the author sets another day.
WITH fault AS (SELECT 'in_the_past' AS code, '/open_until' AS pointer WHERE :open_until < common.now()::date
		UNION ALL
		SELECT CASE WHEN s.id IS NULL THEN 'unknown_reference' ELSE 'skill_retired' END, '/skill_id'
		FROM (VALUES (:skill_id)) v (id) LEFT JOIN skill s ON s.id = v.id
		WHERE v.id IS NOT NULL AND (s.id IS NULL OR s.retired) LIMIT 1),
	new AS (INSERT INTO listing (id, person_id, kind, skill_id, title, description, open_until)
		SELECT :id, :actor, :kind, :skill_id, :title, :description,
			coalesce(:open_until, common.now()::date + 180)
		WHERE NOT EXISTS (SELECT FROM fault) RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'listing.created', id FROM new)
SELECT common.refuse(f.code, json_build_object('pointer', f.pointer)) FROM fault f;

-- listing_patch: merge patch, by its author; a day in the past closes it.
WITH target AS (SELECT l AS was, l.id, l.version FROM listing l
		WHERE l.id = :listing_id AND l.person_id = :actor FOR NO KEY UPDATE),
	wanted AS (SELECT t.id, t.version, n.skill_id, n.title, n.description, n.open_until,
			n.skill_id IS DISTINCT FROM (t.was).skill_id AS other_skill
		FROM target t, LATERAL json_populate_record(t.was, :body) n),
	fault AS (SELECT CASE WHEN s.id IS NULL THEN 'unknown_reference' ELSE 'skill_retired' END AS code
		FROM wanted w LEFT JOIN skill s ON s.id = w.skill_id
		WHERE w.skill_id IS NOT NULL AND w.other_skill AND (s.id IS NULL OR s.retired)),
	new AS (UPDATE listing l SET skill_id = w.skill_id, title = w.title, description = w.description,
			open_until = w.open_until, version = l.version + 1, updated_at = common.now()
		FROM wanted w WHERE l.id = w.id AND w.version = :if_match AND NOT EXISTS (SELECT FROM fault)
		RETURNING l.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'listing.updated', id FROM new)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM fault)
		THEN (SELECT common.refuse(f.code, '{"pointer": "/skill_id"}') FROM fault f)
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;

-- listing_delete: by its author; the replies go too.
WITH target AS (SELECT l.id, l.version FROM listing l
		WHERE l.id = :listing_id AND l.person_id = :actor FOR UPDATE),
	gone AS (DELETE FROM listing l USING target t WHERE l.id = t.id AND t.version = :if_match RETURNING l.id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'listing.deleted', id FROM gone)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- reply_list: for the author of the listing.
-- unprepared
-- updated_since: r.updated_at
SELECT r.body, r.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM listing l WHERE l.id = :listing_id AND l.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT reply_json(r) AS body, r.id
		FROM listing_reply r
		WHERE t.missing IS NULL AND r.listing_id = :listing_id AND (:after_id IS NULL OR r.id > :after_id)
		ORDER BY r.id
		LIMIT :limit + 1) r
ORDER BY r.id;

-- reply_read: for the two people.
SELECT reply_json(r) AS body, 1 AS version
FROM listing_reply r JOIN listing l ON l.id = r.listing_id
WHERE r.id = :reply_id AND r.listing_id = :listing_id AND :actor IN (l.person_id, r.person_id);

-- reply_create: once, to an open listing of someone else.
WITH target AS (SELECT l.id, l.person_id, listing_open(l) AS open FROM listing l
		WHERE l.id = :listing_id AND (l.person_id = :actor OR listing_open(l)) FOR SHARE),
	new AS (INSERT INTO listing_reply (id, listing_id, person_id, message)
		SELECT :id, t.id, :actor, :message FROM target t WHERE t.person_id <> :actor RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'listing.replied', t.id, json_build_object('person_id', t.person_id, 'by', :actor)
		FROM new, target t)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('own_listing') END;
