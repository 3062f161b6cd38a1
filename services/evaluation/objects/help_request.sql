-- Requests for help. Row security decides who sees them; everything here runs with the caller's rights.

-- Whether anybody may help the two.
CREATE OR REPLACE FUNCTION evaluation.has_helper(pair uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN EXISTS (SELECT FROM matching.pair_member m
	JOIN matching.programme_coordinator c ON c.programme_id = m.programme_id
	WHERE m.pair_id = pair AND m.side = 'mentor' AND evaluation.may_help(c.person_id, pair));

CREATE OR REPLACE FUNCTION evaluation.help_request_json(h evaluation.help_request, viewer uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', h.id, 'pair_id', h.pair_id, 'topic', h.topic, 'message', h.message,
	'author', profiles.card_json(h.author_id), 'status', h.status, 'answer', h.answer,
	'answered_by', CASE WHEN h.answered_by IS NOT NULL THEN profiles.card_json(h.answered_by) END,
	'created_at', common.instant(h.created_at), 'version', h.version,
	'can', array_to_json(common.actions('help_request', h.status,
		ARRAY[CASE WHEN h.author_id = viewer THEN 'self' ELSE 'programme_admin' END])),
	'links', json_build_object('self', '/api/v1/help-requests/' || h.id,
		'pair', '/api/v1/pairs/' || h.pair_id));

GRANT EXECUTE ON FUNCTION evaluation.has_helper(uuid),
	evaluation.help_request_json(evaluation.help_request, uuid) TO upward_evaluation;
