-- Statements of consents and declarations. Row security shows the rows to their person alone, whatever these
-- statements say.

-- consent_list: the person's ledger, the last decision first; for everybody else it does not exist.
-- unprepared
-- updated_since: c.decided_at
SELECT l.body, l.number
FROM (SELECT CASE WHEN :person_id IS DISTINCT FROM :actor THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT profiles.consent_json(c) AS body, c.number FROM consent c
		WHERE t.missing IS NULL AND c.person_id = :person_id
			AND (:after_number IS NULL OR c.number < :after_number)
		ORDER BY c.number DESC
		LIMIT :limit + 1) l
ORDER BY l.number DESC;

-- consent_read: one decision.
SELECT profiles.consent_json(c) AS body, 1 AS version FROM consent c
WHERE c.id = :consent_id AND c.person_id = :person_id AND c.person_id = :actor;

-- consent_create: a decision. The person's row orders those of one person.
WITH target AS (SELECT p.id FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	new AS (INSERT INTO consent (id, person_id, number, attribute, purpose, given, notice_version)
		SELECT :id, t.id, (SELECT coalesce(max(c.number), 0) + 1 FROM consent c WHERE c.person_id = t.id),
			:attribute, :purpose, :decision = 'grant', :notice_version
		FROM target t WHERE :decision = 'withdraw' OR :notice_version = profiles.notice_version())
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN :decision = 'grant' AND :notice_version <> profiles.notice_version()
		THEN common.refuse('notice_outdated', '{"pointer": "/notice_version"}') END;

-- person_declarations_read: the person's own.
SELECT profiles.declarations_json(:person_id) AS body, 1 AS version WHERE :person_id = :actor;

-- person_declarations_put: the whole set; each kind needs a consent that holds.
WITH given AS (SELECT * FROM ROWS FROM (json_to_recordset(:declarations) AS (kind text, value text))
			WITH ORDINALITY AS g(kind, value, place)),
	target AS (SELECT p.id FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fault AS (
		SELECT 'duplicate_items' AS code, g.place, 'kind' AS member FROM given g
			WHERE EXISTS (SELECT FROM given h WHERE h.kind = g.kind AND h.place < g.place)
		UNION ALL
		SELECT 'consent_missing', g.place, 'kind' FROM given g, target t
			WHERE NOT profiles.consents(t.id, g.kind, 'matching')
				AND NOT profiles.consents(t.id, g.kind, 'aggregate_reporting')
		UNION ALL
		SELECT 'value_not_listed', g.place, 'value' FROM given g
			WHERE NOT coalesce(g.value = ANY (profiles.declaration_values(g.kind)), true)
		ORDER BY place LIMIT 1),
	gone AS (DELETE FROM declaration d USING target t
		WHERE d.person_id = t.id AND NOT EXISTS (SELECT FROM fault)
			AND d.kind NOT IN (SELECT g.kind FROM given g)),
	kept AS (INSERT INTO declaration (person_id, kind, value)
		SELECT t.id, g.kind, g.value FROM target t, given g WHERE NOT EXISTS (SELECT FROM fault)
		ON CONFLICT (person_id, kind) DO UPDATE SET value = excluded.value)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM fault) THEN (SELECT common.refuse(f.code,
		json_build_object('pointer', '/declarations/' || f.place - 1 || '/' || f.member)) FROM fault f) END;

-- person_declarations_delete: everything declared goes, and so does every consent that holds.
WITH target AS (SELECT p.id FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	gone AS (DELETE FROM declaration d USING target t WHERE d.person_id = t.id),
	held AS (SELECT c.attribute, c.purpose, row_number() OVER (ORDER BY c.number) AS place,
			(SELECT max(n.number) FROM consent n WHERE n.person_id = t.id) AS last
		FROM target t JOIN consent c ON c.person_id = t.id
		WHERE c.given AND NOT EXISTS (SELECT FROM consent l WHERE l.person_id = t.id
			AND l.attribute = c.attribute AND l.purpose = c.purpose AND l.number > c.number)),
	new AS (INSERT INTO consent (id, person_id, number, attribute, purpose, given, notice_version)
		SELECT gen_random_uuid(), t.id, h.last + h.place, h.attribute, h.purpose, false,
			profiles.notice_version()
		FROM target t, held h)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found') END;
