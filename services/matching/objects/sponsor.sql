-- A sponsor as the person or a coordinator sees them.
CREATE OR REPLACE FUNCTION matching.sponsor_json(s matching.sponsor, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', s.id, 'programme', matching.programme_reference(s.programme_id),
	'person', profiles.card_json(s.person_id), 'answer', s.answer,
	'created_at', common.instant(s.created_at), 'version', s.version,
	'can', array_to_json(CASE WHEN s.person_id <> actor THEN '{delete}'::text[]
		WHEN s.answer = 'agreed' THEN '{sponsor_refusal}' WHEN s.answer = 'declined' THEN '{sponsor_consent}'
		ELSE '{sponsor_consent,sponsor_refusal}' END),
	'links', json_build_object('self', '/api/v1/programmes/' || s.programme_id || '/sponsors/' || s.id,
		'programme', '/api/v1/programmes/' || s.programme_id));

GRANT EXECUTE ON FUNCTION matching.sponsor_json(matching.sponsor, uuid) TO upward_matching;
