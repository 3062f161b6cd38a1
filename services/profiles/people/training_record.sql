-- Statements of completed training. The person, HR and programme admins see it.

-- training_record_list: the latest first.
-- unprepared
-- updated_since: r.updated_at
SELECT l.body, l.completed_on, l.id
FROM (SELECT CASE WHEN NOT EXISTS (SELECT FROM person p WHERE p.id = :person_id
		AND (p.id = :actor OR :roles && '{hris,programme_admin}'))
		THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT training_record_json(r, :roles) AS body, r.completed_on, r.id
		FROM training_record r
		WHERE t.missing IS NULL AND r.person_id = :person_id
			AND (:after_id IS NULL OR (r.completed_on, r.id) < (:after_completed_on, :after_id))
		ORDER BY r.completed_on DESC, r.id DESC
		LIMIT :limit + 1) l
ORDER BY l.completed_on DESC, l.id DESC;

-- training_record_read: one record.
SELECT training_record_json(r, :roles) AS body, 1 AS version
FROM training_record r
WHERE r.id = :training_record_id AND r.person_id = :person_id
	AND (r.person_id = :actor OR :roles && '{hris,programme_admin}');

-- training_record_create: by the HR system or a programme admin.
WITH target AS (SELECT p.id FROM person p WHERE p.id = :person_id AND p.status <> 'inactive'
		AND :roles && '{hris,programme_admin}'),
	new AS (INSERT INTO training_record (id, person_id, topic, title, completed_on, expires_on)
		SELECT :id, t.id, :topic, :title, :completed_on, :expires_on FROM target t
		WHERE :completed_on <= common.now()::date + 1 RETURNING person_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', n.person_id, '{"changed": ["training_records"]}' FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('in_the_future', '{"pointer": "/completed_on"}') END;

-- training_record_delete: a record that was wrong, by the HR system.
WITH target AS (SELECT r.id FROM training_record r WHERE r.id = :training_record_id
		AND r.person_id = :person_id AND 'hris' = ANY (:roles)),
	gone AS (DELETE FROM training_record r USING target t WHERE r.id = t.id AND :if_match = 1
		RETURNING r.person_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', g.person_id, '{"changed": ["training_records"]}' FROM gone g)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
