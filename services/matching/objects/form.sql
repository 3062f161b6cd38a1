CREATE OR REPLACE FUNCTION matching.form_json(f matching.form) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'programme', matching.programme_reference(f.programme_id),
	'role', f.role,
	'number', f.number, 'questions', (SELECT json_agg(matching.question_json(q))
		FROM json_array_elements(f.questions) q),
	'created_at', common.instant(f.created_at), 'version', f.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || f.programme_id || '/forms/' || f.id,
		'programme', '/api/v1/programmes/' || f.programme_id));

GRANT EXECUTE ON FUNCTION matching.form_json(matching.form) TO upward_matching;
