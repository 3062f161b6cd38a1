-- Completed training, and what tests have found.

CREATE OR REPLACE FUNCTION profiles.training_record_json(t profiles.training_record, roles text[])
	RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', t.id, 'person_id', t.person_id, 'topic', t.topic, 'title', t.title,
	'completed_on', t.completed_on, 'expires_on', t.expires_on,
	'valid', t.expires_on IS NULL OR t.expires_on >= common.now()::date,
	'created_at', common.instant(t.created_at), 'version', 1,
	'can', CASE WHEN 'hris' = ANY (roles) THEN json_build_array('delete') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/people/' || t.person_id || '/training-records/' || t.id,
		'person', '/api/v1/people/' || t.person_id));

CREATE OR REPLACE FUNCTION profiles.skill_check_json(c profiles.skill_check) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', c.id, 'person_id', c.person_id, 'instrument', c.instrument,
	'taken_on', c.taken_on,
	'findings', (SELECT coalesce(json_agg(json_build_object('skill_id', f.skill_id, 'name', s.name,
			'finding', f.finding, 'level', f.level) ORDER BY s.name, s.id), '[]')
		FROM profiles.skill_finding f JOIN profiles.skill s ON s.id = f.skill_id WHERE f.check_id = c.id),
	'created_at', common.instant(c.created_at), 'version', 1, 'can', json_build_array('delete'),
	'links', json_build_object('self', '/api/v1/people/' || c.person_id || '/skill-checks/' || c.id,
		'person', '/api/v1/people/' || c.person_id));

-- The first fault among the findings of a new check: (code, pointer), or no row.
CREATE OR REPLACE FUNCTION profiles.skill_check_fault(findings json)
RETURNS TABLE (code text, pointer text) LANGUAGE sql STABLE SET search_path = profiles, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH given AS (SELECT * FROM ROWS FROM (json_to_recordset(findings) AS (skill_id uuid))
			WITH ORDINALITY AS g(skill_id, place))
	SELECT CASE WHEN s.id IS NULL THEN 'unknown_reference' WHEN s.retired THEN 'skill_retired'
			ELSE 'duplicate_items' END,
		'/findings/' || g.place - 1 || '/skill_id'
	FROM given g LEFT JOIN profiles.skill s ON s.id = g.skill_id
	WHERE s.id IS NULL OR s.retired
		OR EXISTS (SELECT FROM given h WHERE h.skill_id = g.skill_id AND h.place < g.place)
	ORDER BY g.place LIMIT 1;
END;

-- The latest finding on each skill of a person.
CREATE OR REPLACE VIEW profiles.candidate_finding AS
SELECT DISTINCT ON (c.person_id, f.skill_id) c.person_id, f.skill_id, f.finding, f.level
FROM profiles.skill_check c JOIN profiles.skill_finding f ON f.check_id = c.id
ORDER BY c.person_id, f.skill_id, c.taken_on DESC, c.id DESC;

-- What people want to learn: what they say themselves, and (checked) what their latest skill checks have
-- found to be a weakness, of skills that they say nothing about.
CREATE OR REPLACE VIEW profiles.candidate_want AS
SELECT s.person_id, s.skill_id, s.current, s.target, false AS checked
FROM profiles.person_skill s WHERE s.target > s.current
UNION ALL
SELECT f.person_id, f.skill_id, coalesce(f.level, 0::smallint),
	least(coalesce(f.level, 0) + 2, 5)::smallint, true
FROM profiles.candidate_finding f
WHERE f.finding = 'weakness' AND coalesce(f.level, 0) < 5
	AND NOT EXISTS (SELECT FROM profiles.person_skill s
		WHERE s.person_id = f.person_id AND s.skill_id = f.skill_id);

-- What the latest skill checks have found people to be good at, of skills that they say nothing about;
-- without a level as far as can be.
CREATE OR REPLACE VIEW profiles.candidate_strength AS
SELECT f.person_id, f.skill_id, coalesce(f.level, 5::smallint) AS level FROM profiles.candidate_finding f
WHERE f.finding = 'strength' AND NOT EXISTS (SELECT FROM profiles.person_skill s
	WHERE s.person_id = f.person_id AND s.skill_id = f.skill_id);

-- Training that is valid today.
CREATE OR REPLACE VIEW profiles.candidate_training AS
SELECT DISTINCT t.person_id, t.topic FROM profiles.training_record t
WHERE t.expires_on IS NULL OR t.expires_on >= common.now()::date;

GRANT SELECT ON profiles.candidate_want, profiles.candidate_strength, profiles.candidate_training
	TO upward_matching;
GRANT EXECUTE ON FUNCTION profiles.training_record_json(profiles.training_record, text[]),
	profiles.skill_check_json(profiles.skill_check), profiles.skill_check_fault(json) TO upward_profiles;
