-- Statements of skill checks: only the person sees them. Matching may use the latest findings where a
-- programme's policy says so.

-- skill_check_list: the latest first.
-- unprepared
-- updated_since: c.updated_at
SELECT l.body, l.taken_on, l.id
FROM (SELECT CASE WHEN :person_id IS DISTINCT FROM :actor THEN common.refuse('not_found') END AS missing) t,
	LATERAL (SELECT skill_check_json(c) AS body, c.taken_on, c.id
		FROM skill_check c
		WHERE t.missing IS NULL AND c.person_id = :person_id
			AND (:after_id IS NULL OR (c.taken_on, c.id) < (:after_taken_on, :after_id))
		ORDER BY c.taken_on DESC, c.id DESC
		LIMIT :limit + 1) l
ORDER BY l.taken_on DESC, l.id DESC;

-- skill_check_read: one check.
SELECT skill_check_json(c) AS body, 1 AS version
FROM skill_check c WHERE c.id = :skill_check_id AND c.person_id = :person_id AND c.person_id = :actor;

-- skill_check_create: what a test has found.
WITH target AS (SELECT p.id FROM person p WHERE p.id = :person_id AND p.id = :actor),
	fault AS (SELECT f.* FROM target, skill_check_fault(:findings) f
		UNION ALL SELECT 'in_the_future', '/taken_on' WHERE :taken_on > common.now()::date + 1 LIMIT 1),
	new AS (INSERT INTO skill_check (id, person_id, instrument, taken_on)
		SELECT :id, t.id, :instrument, :taken_on FROM target t WHERE NOT EXISTS (SELECT FROM fault)
		RETURNING id, person_id),
	found AS (INSERT INTO skill_finding (check_id, skill_id, finding, level)
		SELECT n.id, f.skill_id, f.finding, f.level
		FROM new n, json_to_recordset(:findings) f (skill_id uuid, finding text, level smallint)),
	told AS (INSERT INTO common.outbox (type, subject_id)
		SELECT 'skill_check.recorded', n.person_id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN EXISTS (SELECT FROM fault)
		THEN (SELECT common.refuse(f.code, json_build_object('pointer', f.pointer)) FROM fault f) END;

-- skill_check_delete: the person no longer wants it to be known.
WITH target AS (SELECT c.id FROM skill_check c WHERE c.id = :skill_check_id AND c.person_id = :person_id
		AND c.person_id = :actor),
	gone AS (DELETE FROM skill_check c USING target t WHERE c.id = t.id AND :if_match = 1 RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;
