CREATE OR REPLACE FUNCTION matching.review_json(r matching.review) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'pair_id', r.pair_id, 'outcome', r.outcome, 'agreed', r.agreed,
	'author', profiles.card_json(r.author_id), 'created_at', common.instant(r.created_at),
	'version', r.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/pairs/' || r.pair_id || '/reviews/' || r.id,
		'pair', '/api/v1/pairs/' || r.pair_id));

GRANT EXECUTE ON FUNCTION matching.review_json(matching.review) TO upward_matching;
