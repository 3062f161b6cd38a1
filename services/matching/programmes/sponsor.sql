-- Statements of sponsors, for their programme's coordinators and for the person.

-- sponsor_list: in the order in which they were asked.
-- unprepared
-- updated_since: s.updated_at
SELECT l.body, l.id
FROM (SELECT CASE WHEN NOT coordinates(:programme_id, :actor, :roles) AND NOT EXISTS (SELECT FROM sponsor s
			WHERE s.programme_id = :programme_id AND s.person_id = :actor)
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT sponsor_json(s, :actor) AS body, s.id
		FROM sponsor s
		WHERE t.missing IS NULL AND s.programme_id = :programme_id AND (:after_id IS NULL OR s.id > :after_id)
			AND (s.person_id = :actor OR coordinates(s.programme_id, :actor, :roles))
		ORDER BY s.id
		LIMIT :limit + 1) l
ORDER BY l.id;

-- sponsor_read: one sponsor.
SELECT sponsor_json(s, :actor) AS body, s.version FROM sponsor s
WHERE s.id = :sponsor_id AND s.programme_id = :programme_id
	AND (s.person_id = :actor OR coordinates(s.programme_id, :actor, :roles));

-- sponsor_create: the person is asked, while the programme runs.
WITH target AS (SELECT p.id, p.status, p.winding_down IS NULL AND p.status IN ('recruiting', 'matching',
			'active') AS runs
		FROM programme p WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR SHARE OF p),
	new AS (INSERT INTO sponsor (id, programme_id, person_id)
		SELECT :id, t.id, k.person_id FROM target t, profiles.card k
		WHERE t.runs AND k.person_id = :person_id AND k.status <> 'inactive'
		RETURNING programme_id, person_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'sponsor.asked', n.programme_id, json_build_object('person_id', n.person_id) FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT (SELECT t.runs FROM target t) THEN common.refuse('wrong_state',
		(SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN NOT EXISTS (SELECT FROM new)
		THEN common.refuse('unknown_reference', '{"pointer": "/person_id"}') END;

-- sponsor_consent: from now on the person is named.
WITH new AS (UPDATE sponsor s SET answer = 'agreed', version = s.version + 1
		WHERE s.id = :sponsor_id AND s.programme_id = :programme_id AND s.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- sponsor_refusal: also later.
WITH new AS (UPDATE sponsor s SET answer = 'declined', version = s.version + 1
		WHERE s.id = :sponsor_id AND s.programme_id = :programme_id AND s.person_id = :actor RETURNING s.id)
SELECT common.found(count(*)) FROM new;

-- sponsor_delete: by a coordinator.
WITH target AS (SELECT s.id, s.version FROM sponsor s
		WHERE s.id = :sponsor_id AND s.programme_id = :programme_id
			AND coordinates(s.programme_id, :actor, :roles) FOR UPDATE),
	gone AS (DELETE FROM sponsor s USING target t WHERE s.id = t.id AND t.version = :if_match RETURNING s.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
