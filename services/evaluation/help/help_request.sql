-- Statements of requests for help. Row security shows a request to its author and to those who may help,
-- whatever these say; here, who may help must also have the role.

-- help_request_list: the actor's own, and those that they may answer; by id, which is random.
-- unprepared
SELECT help_request_json(h, :actor) AS body, h.id
FROM help_request h
WHERE (h.author_id = :actor OR 'programme_admin' = ANY (:roles) AND may_help(:actor, h.pair_id))
	AND (:status IS NULL OR h.status = ANY (:status::text[])) AND (:after_id IS NULL OR h.id > :after_id)
ORDER BY h.id
LIMIT :limit + 1;

-- help_request_read: one of these.
SELECT help_request_json(h, :actor) AS body, h.version
FROM help_request h
WHERE h.id = :help_request_id
	AND (h.author_id = :actor OR 'programme_admin' = ANY (:roles) AND may_help(:actor, h.pair_id));

-- help_request_create: by a member of the pair, if somebody may help. Each who may is told, and nobody else.
WITH target AS (SELECT m.pair_id, m.programme_id, m.status, has_helper(m.pair_id) AS helped
		FROM matching.pair_member m WHERE m.pair_id = :pair_id AND m.person_id = :actor),
	new AS (INSERT INTO help_request (id, step, pair_id, programme_id, author_id, topic, message)
		SELECT :id, 'creation', t.pair_id, t.programme_id, :actor, coalesce(:topic, 'other'), :message
		FROM target t WHERE t.status IN ('active', 'suspended', 'completed', 'ended') AND t.helped
		RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'help_request.asked', n.id, json_build_object('person_id', c.person_id)
		FROM new n, target t JOIN matching.programme_coordinator c ON c.programme_id = t.programme_id
		WHERE may_help(c.person_id, t.pair_id))
SELECT CASE WHEN NOT EXISTS (SELECT FROM target)
	THEN common.refuse('unknown_reference', '{"pointer": "/pair_id"}')
	WHEN (SELECT t.status FROM target t) NOT IN ('active', 'suspended', 'completed', 'ended')
		THEN common.refuse('pair_not_active', (SELECT json_build_object('current_status', t.status)
			FROM target t))
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('no_helper') END;

-- help_request_answer: by who may help; a later answer takes the place of the one before.
WITH new AS (UPDATE help_request h SET step = 'answer', answer = :answer, answered_by = :actor
		WHERE h.id = :help_request_id AND 'programme_admin' = ANY (:roles) AND h.author_id <> :actor
			AND may_help(:actor, h.pair_id) RETURNING h.id, h.author_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'help_request.answered', n.id, json_build_object('person_id', n.author_id) FROM new n)
SELECT common.found(count(*)) FROM new;

-- help_request_closure: by its author, or by who may help.
WITH new AS (UPDATE help_request h SET step = 'closure'
		WHERE h.id = :help_request_id AND (h.author_id = :actor
			OR 'programme_admin' = ANY (:roles) AND may_help(:actor, h.pair_id)) RETURNING h.id)
SELECT common.found(count(*)) FROM new;
