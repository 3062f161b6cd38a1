-- What the two took away from a session. Row security decides which of the two rows a caller sees.
CREATE OR REPLACE FUNCTION scheduling.takeaway_json(t scheduling.takeaway, actor uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', t.id, 'session_id', t.session_id, 'author', profiles.card_json(t.author_id),
	'own', t.author_id = actor, 'learned', t.learned, 'visibility', t.visibility,
	'created_at', common.instant(t.created_at), 'updated_at', common.instant(t.updated_at),
	'version', t.version,
	'can', CASE WHEN t.author_id = actor THEN json_build_array('patch', 'delete') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/sessions/' || t.session_id || '/takeaways/' || t.id,
		'session', '/api/v1/sessions/' || t.session_id));

-- Stores one, of a session of the author's that has begun and was not cancelled.
CREATE OR REPLACE FUNCTION scheduling.add_takeaway(takeaway uuid, session uuid, author uuid, learned text,
	visibility text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	s scheduling.session;
BEGIN
	SELECT x.* INTO s FROM scheduling.session x JOIN scheduling.participant p ON p.session_id = x.id
		AND p.person_id = author
	WHERE x.id = add_takeaway.session;
	IF NOT FOUND THEN
		PERFORM common.refuse('not_found');
	ELSIF s.status = 'cancelled' THEN
		PERFORM common.refuse('session_closed', json_build_object('current_status', s.status));
	ELSIF s.starts_at > common.now() THEN
		PERFORM common.refuse('session_not_started');
	END IF;
	INSERT INTO scheduling.takeaway (id, session_id, author_id, learned, visibility)
	VALUES (takeaway, s.id, author, learned, coalesce(add_takeaway.visibility, 'private'));
END $$;

GRANT EXECUTE ON FUNCTION scheduling.takeaway_json(scheduling.takeaway, uuid),
	scheduling.add_takeaway(uuid, uuid, uuid, text, text) TO upward_scheduling;
