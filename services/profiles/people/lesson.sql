-- Statements of lessons; the texts are in objects/lesson.sql.

-- lesson_list: all of them, for oneself.
-- unprepared
SELECT lesson_json(:person_id, e.code) AS body, e.code
FROM lesson e
WHERE e.language = 'en' AND CASE WHEN :person_id <> :actor THEN common.refuse('not_found') END IS NULL
	AND (:after_code IS NULL OR e.code > :after_code)
ORDER BY e.code
LIMIT :limit + 1;

-- lesson_read: one.
SELECT lesson_json(:person_id, e.code) AS body, 1 AS version FROM lesson e
WHERE e.language = 'en' AND e.code = :lesson_id AND :person_id = :actor;

-- lesson_completion: a training record of today; a second one of the same day changes nothing.
WITH target AS (SELECT e.* FROM lesson e
		WHERE e.language = 'en' AND e.code = :lesson_id AND :person_id = :actor),
	new AS (INSERT INTO training_record (id, person_id, topic, title, completed_on)
		SELECT gen_random_uuid(), :actor, t.topic, t.title, common.today() FROM target t
		ON CONFLICT (person_id, topic, title, completed_on) DO NOTHING RETURNING person_id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', n.person_id, '{"changed": ["training_records"]}' FROM new n)
SELECT common.found(count(*)) FROM target;
