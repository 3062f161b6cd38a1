-- Statements of what people say about themselves: skills, interests, languages, weekly hours. Each is a set
-- that is replaced as a whole; its version is the person's.

-- person_skills_read: those of which the caller sees something.
SELECT json_build_object('person_id', p.id,
		'skills', coalesce((SELECT json_agg(json_build_object('skill_id', s.skill_id, 'name', k.name,
				'current', CASE WHEN s.offered AND 'skills_offered' = ANY (v.fields)
					OR NOT s.offered AND 'skills_known' = ANY (v.fields) THEN s.current END,
				'target', CASE WHEN 'skills_wanted' = ANY (v.fields) THEN nullif(s.target, 0) END,
				'offered', s.offered AND 'skills_offered' = ANY (v.fields)) ORDER BY k.name, s.skill_id)
			FROM person_skill s JOIN skill k ON k.id = s.skill_id
			WHERE s.person_id = p.id AND (s.offered AND 'skills_offered' = ANY (v.fields)
				OR s.target > 0 AND 'skills_wanted' = ANY (v.fields)
				OR NOT s.offered AND 'skills_known' = ANY (v.fields))), '[]'),
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/skills',
			'person', '/api/v1/people/' || p.id)) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id AND (p.status <> 'inactive' OR p.id = :actor);

-- person_skills_put: the whole set. A retired skill can be kept, not added.
WITH given AS (SELECT * FROM ROWS FROM (json_to_recordset(:skills)
			AS (skill_id uuid, current smallint, target smallint, offered boolean))
			WITH ORDINALITY AS g(skill_id, current, target, offered, place)),
	target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	fault AS (
		SELECT 'duplicate_items' AS code, g.place, 'skill_id' AS member FROM given g
			WHERE EXISTS (SELECT FROM given h WHERE h.skill_id = g.skill_id AND h.place < g.place)
		UNION ALL
		SELECT CASE WHEN k.id IS NULL THEN 'unknown_reference' ELSE 'skill_retired' END, g.place, 'skill_id'
			FROM given g LEFT JOIN skill k ON k.id = g.skill_id
			WHERE k.id IS NULL OR k.retired AND NOT EXISTS (SELECT FROM person_skill s
				WHERE s.person_id = :actor AND s.skill_id = g.skill_id)
		UNION ALL
		SELECT 'target_not_above_current', g.place, 'target' FROM given g WHERE g.target <= g.current
		UNION ALL
		SELECT 'offered_without_skill', g.place, 'offered' FROM given g WHERE g.offered AND g.current = 0
		ORDER BY place LIMIT 1),
	gone AS (DELETE FROM person_skill s USING fresh f
		WHERE s.person_id = f.id AND NOT EXISTS (SELECT FROM fault)
			AND NOT EXISTS (SELECT FROM given g WHERE g.skill_id = s.skill_id)),
	kept AS (INSERT INTO person_skill AS s (person_id, skill_id, current, target, offered)
		SELECT f.id, g.skill_id, g.current, coalesce(g.target, 0), coalesce(g.offered, false)
		FROM fresh f, given g WHERE NOT EXISTS (SELECT FROM fault)
		ON CONFLICT (person_id, skill_id) DO UPDATE
			SET current = excluded.current, target = excluded.target, offered = excluded.offered),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now(),
			own_sets = own_set(p.own_sets, 'skills')
		FROM fresh f WHERE p.id = f.id AND NOT EXISTS (SELECT FROM fault)),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["skills"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale')
	WHEN EXISTS (SELECT FROM fault) THEN (SELECT common.refuse(f.code,
		json_build_object('pointer', '/skills/' || f.place - 1 || '/' || f.member)) FROM fault f) END;

-- person_interests_read: personal interests.
SELECT json_build_object('person_id', p.id,
		'interests', array_to_json(ARRAY(SELECT i.interest FROM person_interest i
			WHERE i.person_id = p.id AND 'interests' = ANY (v.fields) ORDER BY i.interest)),
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/interests',
			'person', '/api/v1/people/' || p.id)) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id AND (p.status <> 'inactive' OR p.id = :actor);

-- person_interests_put: the whole set, stored with ASCII letters in lower case.
WITH given AS (SELECT DISTINCT lower(btrim(i) COLLATE "C") AS interest FROM unnest(:interests) i
	WHERE btrim(i) <> ''),
	target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	gone AS (DELETE FROM person_interest i USING fresh f
		WHERE i.person_id = f.id AND i.interest NOT IN (SELECT g.interest FROM given g)),
	kept AS (INSERT INTO person_interest (person_id, interest)
		SELECT f.id, g.interest FROM fresh f, given g ON CONFLICT (person_id, interest) DO NOTHING),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now(),
			own_sets = own_set(p.own_sets, 'interests')
		FROM fresh f WHERE p.id = f.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["interests"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale')
	WHEN EXISTS (SELECT FROM unnest(:interests) i WHERE btrim(i) = '')
		THEN common.refuse('unprocessable', '{"pointer": "/interests"}') END;

-- person_languages_read: languages by tag.
SELECT json_build_object('person_id', p.id,
		'languages', array_to_json(ARRAY(SELECT l.language FROM person_language l
			WHERE l.person_id = p.id AND 'languages' = ANY (v.fields) ORDER BY l.language)),
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/languages',
			'person', '/api/v1/people/' || p.id)) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id AND (p.status <> 'inactive' OR p.id = :actor);

-- person_languages_put: the whole set.
WITH given AS (SELECT DISTINCT l AS language FROM unnest(:languages) l),
	target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	gone AS (DELETE FROM person_language l USING fresh f
		WHERE l.person_id = f.id AND l.language NOT IN (SELECT g.language FROM given g)),
	kept AS (INSERT INTO person_language (person_id, language)
		SELECT f.id, g.language FROM fresh f, given g ON CONFLICT (person_id, language) DO NOTHING),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now(),
			own_sets = own_set(p.own_sets, 'languages')
		FROM fresh f WHERE p.id = f.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["languages"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale') END;

-- person_weekly_hours_read: windows of the week in the person's own zone.
SELECT json_build_object('person_id', p.id, 'time_zone', coalesce(p.time_zone_override, p.time_zone),
		'windows', coalesce((SELECT json_agg(json_build_object('weekday', h.weekday,
				'starts', to_char(h.starts, 'HH24:MI'),
				'ends', to_char(h.ends, 'HH24:MI'))
				ORDER BY h.weekday, h.starts)
			FROM person_hours h WHERE h.person_id = p.id AND 'weekly_hours' = ANY (v.fields)), '[]'),
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/weekly-hours',
			'person', '/api/v1/people/' || p.id)) AS body,
	p.version
FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v
WHERE p.id = :person_id AND (p.status <> 'inactive' OR p.id = :actor);

-- person_weekly_hours_put: the whole week. Removed windows are deleted by a separate statement (otherwise
-- they would violate the exclusion constraint), see weekly_hours_clear.
WITH given AS (SELECT * FROM ROWS FROM (json_to_recordset(:windows)
			AS (weekday smallint, starts time, ends time)) WITH
				ORDINALITY AS g(weekday, starts, ends, place)),
	target AS (SELECT p.id, p.version FROM person p
		WHERE p.id = :person_id AND p.id = :actor AND p.status <> 'inactive' FOR NO KEY UPDATE),
	fresh AS (SELECT t.id FROM target t WHERE :if_match IS NULL OR t.version = :if_match),
	fault AS (
		SELECT 'dates_reversed' AS code, g.place, 'ends' AS member FROM given g WHERE g.ends <= g.starts
		UNION ALL
		SELECT 'not_on_half_hour', g.place,
				CASE WHEN extract(minute FROM g.starts) NOT IN (0, 30) THEN 'starts' ELSE 'ends' END
			FROM given g
			WHERE extract(minute FROM g.starts) NOT IN (0, 30) OR extract(minute FROM g.ends) NOT IN (0, 30)
		UNION ALL
		SELECT 'duplicate_items', g.place, 'starts' FROM given g WHERE EXISTS (SELECT FROM given h
			WHERE h.weekday = g.weekday AND h.place < g.place AND h.starts < g.ends AND g.starts < h.ends)
		ORDER BY place LIMIT 1),
	kept AS (INSERT INTO person_hours (person_id, weekday, starts, ends)
		SELECT f.id, g.weekday, g.starts, g.ends FROM fresh f, given g WHERE NOT EXISTS (SELECT FROM fault)),
	new AS (UPDATE person p SET version = p.version + 1, updated_at = common.now()
		FROM fresh f WHERE p.id = f.id),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT 'person.updated', f.id, '{"changed": ["weekly_hours"]}' FROM fresh f)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM fresh) THEN common.refuse('stale')
	WHEN EXISTS (SELECT FROM fault) THEN (SELECT common.refuse(f.code,
		json_build_object('pointer', '/windows/' || f.place - 1 || '/' || f.member)) FROM fault f) END;

-- weekly_hours_clear(person_id uuid, actor uuid): the first step of a replacement.
WITH target AS (SELECT p.id FROM person p WHERE p.id = :person_id AND p.id = :actor FOR NO KEY UPDATE)
DELETE FROM person_hours h USING target t WHERE h.person_id = t.id;
