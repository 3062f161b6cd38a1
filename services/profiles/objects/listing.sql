-- Listings: what people offer to teach and want to learn.

CREATE OR REPLACE FUNCTION profiles.listing_open(l profiles.listing) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN l.open_until >= common.now()::date
	AND EXISTS (SELECT FROM profiles.person p WHERE p.id = l.person_id AND p.status <> 'inactive');

CREATE OR REPLACE FUNCTION profiles.listing_json(l profiles.listing, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', l.id, 'kind', l.kind, 'person', profiles.card_json(l.person_id),
	'skill', (SELECT json_build_object('id', s.id, 'name', s.name) FROM profiles.skill s
		WHERE s.id = l.skill_id),
	'title', l.title, 'description', l.description, 'open', profiles.listing_open(l),
	'open_until', l.open_until,
	'created_at', common.instant(l.created_at), 'updated_at', common.instant(l.updated_at),
	'version', l.version,
	'can', CASE WHEN l.person_id = actor THEN json_build_array('patch', 'delete')
		WHEN profiles.listing_open(l) AND NOT EXISTS (SELECT FROM profiles.listing_reply r
			WHERE r.listing_id = l.id AND r.person_id = actor) THEN json_build_array('reply_create')
		ELSE '[]' END,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/listings/' || l.id,
		'person', '/api/v1/people/' || l.person_id,
		'replies', CASE WHEN l.person_id = actor THEN '/api/v1/listings/' || l.id || '/replies' END,
		'my_reply', (SELECT '/api/v1/listings/' || l.id || '/replies/' || r.id
			FROM profiles.listing_reply r WHERE r.listing_id = l.id AND r.person_id = actor))));

CREATE OR REPLACE FUNCTION profiles.reply_json(r profiles.listing_reply) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'listing_id', r.listing_id, 'person', profiles.card_json(r.person_id),
	'message', r.message, 'created_at', common.instant(r.created_at), 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/listings/' || r.listing_id || '/replies/' || r.id,
		'listing', '/api/v1/listings/' || r.listing_id, 'person', '/api/v1/people/' || r.person_id));

GRANT EXECUTE ON FUNCTION profiles.listing_open(profiles.listing),
	profiles.listing_json(profiles.listing, uuid), profiles.reply_json(profiles.listing_reply)
	TO upward_profiles;
