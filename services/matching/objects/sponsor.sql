-- A sponsor as the person or a coordinator sees them.
CREATE OR REPLACE FUNCTION matching.sponsor_json(s matching.sponsor, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', s.id, 'programme', matching.programme_reference(s.programme_id),
	'person', profiles.card_json(s.person_id), 'agreed_at', common.instant(s.agreed_at),
	'created_at', common.instant(s.created_at), 'version', s.version,
	'can', CASE WHEN s.person_id = actor AND s.agreed_at IS NULL THEN '["sponsor_consent","delete"]'::json
		ELSE '["delete"]' END,
	'links', json_build_object('self', '/api/v1/programmes/' || s.programme_id || '/sponsors/' || s.id,
		'programme', '/api/v1/programmes/' || s.programme_id));

GRANT EXECUTE ON FUNCTION matching.sponsor_json(matching.sponsor, uuid) TO upward_matching;
