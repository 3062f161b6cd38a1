CREATE OR REPLACE FUNCTION matching.invitation_json(i matching.invitation) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'programme', matching.programme_reference(i.programme_id),
	'role', i.role,
	'message', i.message, 'preview', i.preview, 'found', i.found, 'invited', i.invited,
	'passed_over', i.found - i.invited, 'created_at', common.instant(i.created_at), 'version', i.version,
	'can', '[]'::json, 'links', json_build_object('self', '/api/v1/programmes/' || i.programme_id
		|| '/invitations/' || i.id,
		'programme', '/api/v1/programmes/' || i.programme_id));

GRANT EXECUTE ON FUNCTION matching.invitation_json(matching.invitation) TO upward_matching;
