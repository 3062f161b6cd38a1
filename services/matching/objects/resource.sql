-- Whether a programme may still change its resources.
CREATE OR REPLACE FUNCTION matching.resources_change(programme uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM matching.programme p WHERE p.id = programme
	AND p.status NOT IN ('closed', 'cancelled'));

CREATE OR REPLACE FUNCTION matching.resource_json(r matching.resource, coordinates boolean) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'programme', matching.programme_reference(r.programme_id),
	'title', r.title, 'url', r.url, 'text', r.text, 'role', r.role, 'phase', r.phase, 'place', r.place,
	'created_at', common.instant(r.created_at), 'updated_at', common.instant(r.updated_at),
	'version', r.version, 'can', CASE WHEN coordinates AND matching.resources_change(r.programme_id)
		THEN json_build_array('patch', 'delete') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/programmes/' || r.programme_id || '/resources/' || r.id,
		'programme', '/api/v1/programmes/' || r.programme_id));

-- The roles in which a person takes part, or took part to the end: they read the resources of these roles.
CREATE OR REPLACE VIEW matching.reader AS
SELECT e.id AS enrolment_id, e.programme_id, e.person_id, e.role
FROM matching.enrolment e WHERE e.status IN ('enrolled', 'paused', 'completed');

-- Whether a resource is open to somebody.
CREATE OR REPLACE FUNCTION matching.reads_resource(r matching.resource, actor uuid, roles text[])
	RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN matching.coordinates(r.programme_id, actor, roles) OR EXISTS (SELECT FROM matching.reader x
	WHERE x.programme_id = r.programme_id AND x.person_id = actor AND x.role = coalesce(r.role, x.role));

-- The resources for one enrolment, in order: what its dashboard shows.
CREATE OR REPLACE FUNCTION matching.enrolment_resources(enrolment_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(json_agg(matching.resource_json(r, false) ORDER BY r.place, r.id), '[]')
		FROM matching.reader x JOIN matching.resource r ON r.programme_id = x.programme_id
			AND x.role = coalesce(r.role, x.role)
		WHERE x.enrolment_id = $1);
END $$;

GRANT SELECT ON matching.reader TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.resources_change(uuid), matching.resource_json(matching.resource, boolean),
	matching.reads_resource(matching.resource, uuid, text[]) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.enrolment_resources(uuid) TO upward_evaluation;
