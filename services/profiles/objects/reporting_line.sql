-- Reporting lines, as people read them.

-- Everybody above somebody, the nearest first. A vacant post has an id that is nobody's.
CREATE OR REPLACE FUNCTION profiles.managers_above(person uuid) RETURNS TABLE (steps int, person_id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY WITH RECURSIVE line AS MATERIALIZED (
			SELECT l.person_id, l.manager_id FROM profiles.lines_above(ARRAY[person]) l),
		above (steps, id) AS (
			SELECT 1, l.manager_id FROM line l WHERE l.person_id = person
			UNION ALL
			SELECT a.steps + 1, l.manager_id FROM above a JOIN line l ON l.person_id = a.id)
		SELECT a.steps, a.id FROM above a WHERE a.id IS NOT NULL;
END $$;

-- The line of a person upward; down: also the first 200 of those who report to them.
CREATE OR REPLACE FUNCTION profiles.reporting_line_json(p profiles.person, down boolean) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	above json := (SELECT json_agg(json_build_object('steps', a.steps, 'vacant', c.person_id IS NULL,
			'person', c.card) ORDER BY a.steps)
		FROM profiles.managers_above(p.id) a LEFT JOIN profiles.card c ON c.person_id = a.person_id);
BEGIN
	RETURN json_build_object('person_id', p.id, 'above', coalesce(above, '[]'),
		'reports', CASE WHEN down THEN coalesce((SELECT json_agg(profiles.card_json(r.id)
				ORDER BY r.display_name, r.id)
			FROM (SELECT n.id, n.display_name FROM profiles.person n
				WHERE n.manager_id = p.id AND n.status <> 'inactive'
				ORDER BY n.display_name, n.id LIMIT 200) r), '[]') END,
		'reports_total', CASE WHEN down THEN (SELECT count(*) FROM profiles.person n
			WHERE n.manager_id = p.id AND n.status <> 'inactive') END,
		'version', p.version,
		'links', json_build_object('self', '/api/v1/people/' || p.id || '/reporting-line',
			'person', '/api/v1/people/' || p.id));
END $$;

GRANT EXECUTE ON FUNCTION profiles.managers_above(uuid),
	profiles.reporting_line_json(profiles.person, boolean), profiles.lines_above(uuid[]) TO upward_profiles;
