CREATE OR REPLACE FUNCTION evaluation.progress_json(p evaluation.progress) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', p.id, 'goal_id', p.goal_id, 'author', profiles.card_json(p.author_id),
	'value', trim_scale(p.value), 'note', p.note, 'session_id', p.session_id,
	'created_at', common.instant(p.created_at), 'version', p.version, 'can', '[]'::json,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/goals/' || p.goal_id || '/progress/' || p.id,
		'goal', '/api/v1/goals/' || p.goal_id, 'session', '/api/v1/sessions/' || p.session_id)));

GRANT EXECUTE ON FUNCTION evaluation.progress_json(evaluation.progress) TO upward_evaluation;
