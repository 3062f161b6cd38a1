-- Who may see which field of a person: api/visibility.yaml says it, and these functions are how SQL asks.

-- The fields that the caller sees of a person with these choices (person.visibility): one row. For FROM,
-- where the planner inlines it: FROM person p, profiles.sees(:actor, :roles, p.id, p.visibility) v; then
-- CASE WHEN 'bio' = ANY (v.fields) THEN p.bio END.
CREATE OR REPLACE FUNCTION profiles.sees(actor uuid, roles text[], person uuid, choices jsonb)
	RETURNS TABLE (fields text[]) LANGUAGE sql STABLE AS $$
SELECT CASE WHEN v.viewer = 'self' OR choices = '{}' THEN v.fields
		ELSE profiles.chosen_fields(v.viewer, choices) END
	|| CASE WHEN roles <> '{participant}' THEN profiles.role_fields(roles) ELSE '{}' END
FROM common.viewer v
WHERE v.viewer = CASE WHEN person = actor THEN 'self'
	WHEN EXISTS (SELECT FROM profiles.partner t WHERE t.viewer_id = actor AND t.person_id = person)
		THEN 'partners' ELSE 'colleagues' END
$$;

-- What an audience sees of a person who has chosen something. A choice that the table no longer offers does
-- not count.
CREATE OR REPLACE FUNCTION profiles.chosen_fields(viewer text, chosen jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT f.field FROM common.person_field f
		WHERE profiles.chosen_audience(f, chosen) = ANY (CASE viewer WHEN 'partners'
			THEN '{partners,colleagues}'::text[] ELSE '{colleagues}' END)
		ORDER BY f.place);
END $$;

-- The audience of one field.
CREATE OR REPLACE FUNCTION profiles.chosen_audience(f common.person_field, chosen jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN chosen ->> f.field = ANY (f.choices) THEN chosen ->> f.field ELSE f.audience END;

-- The fields that these roles see of everybody.
CREATE OR REPLACE FUNCTION profiles.role_fields(roles text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT DISTINCT u.field FROM common.viewer v, unnest(v.fields) u (field)
		WHERE v.viewer = ANY (roles) AND v.viewer NOT IN ('self', 'partners', 'colleagues'));
END $$;

-- The same for other services: the fields that somebody sees of a person; with roles null, as a person.
CREATE OR REPLACE FUNCTION profiles.seen_fields(viewer uuid, roles text[], person uuid) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT v.fields FROM profiles.person p,
			profiles.sees(viewer, coalesce(roles, '{participant}'), p.id, p.visibility) v
		WHERE p.id = person);
END $$;

-- Whether somebody sees this field of a person. A name that is no field is a defect of the statement.
CREATE OR REPLACE FUNCTION profiles.shows(viewer uuid, person uuid, field text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM common.person_field f WHERE f.field = shows.field) THEN
		RAISE EXCEPTION 'no field %', field;
	END IF;
	RETURN coalesce(field = ANY (profiles.seen_fields(viewer, NULL, person)), false);
END $$;

-- Every field of a person, and who sees it.
CREATE OR REPLACE FUNCTION profiles.visibility_json(p profiles.person) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('person_id', p.id,
	'fields', (SELECT json_agg(json_build_object('field', f.field,
			'audience', profiles.chosen_audience(f, p.visibility), 'default', f.audience,
			'choices', CASE WHEN cardinality(f.choices) > 1 THEN array_to_json(f.choices) ELSE '[]' END,
			'roles', array_to_json(f.roles), 'purpose', f.purpose, 'text', f.text) ORDER BY f.place)
		FROM common.person_field f),
	'version', p.version,
	'links', json_build_object('self', '/api/v1/people/' || p.id || '/visibility',
		'person', '/api/v1/people/' || p.id));

GRANT EXECUTE ON FUNCTION profiles.sees(uuid, text[], uuid, jsonb), profiles.chosen_fields(text, jsonb),
	profiles.chosen_audience(common.person_field, jsonb), profiles.role_fields(text[]),
	profiles.visibility_json(profiles.person) TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.seen_fields(uuid, text[], uuid), profiles.shows(uuid, uuid, text)
	TO upward_profiles, upward_matching, upward_scheduling, upward_evaluation;
