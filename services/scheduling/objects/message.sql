CREATE OR REPLACE FUNCTION scheduling.message_json(m scheduling.message) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', m.id,
	'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
		FROM matching.programme_view p
		WHERE p.programme_id = m.programme_id),
	'about', m.about, 'title', m.title, 'text', m.text, 'audience', m.audience,
	'pair_id', m.pair_id, 'shortlist_id', m.shortlist_id, 'preview', m.preview,
	'found', m.found, 'reminded', m.reminded, 'passed_over', m.found - m.reminded,
	'created_at', common.instant(m.created_at), 'version', m.version, 'can', '[]'::json,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/messages/' || m.id,
		'programme', '/api/v1/programmes/' || m.programme_id, 'pair', '/api/v1/pairs/' || m.pair_id,
		'shortlist', '/api/v1/shortlists/' || m.shortlist_id)));

-- The people whom a segment reaches in a programme: for each pair and person, the task that has been open
-- longest. For discreet tasks, pairs with the actor in them or below the actor are left out; people who are
-- away always are. The kinds are known when the query is planned, so it reads no others.
CREATE OR REPLACE FUNCTION scheduling.waiting_for(about text, programme uuid, actor uuid)
RETURNS TABLE (person_id uuid, kind text, subject text, subject_id uuid, due_at timestamptz, data json,
	pair_id uuid,
	shortlist_id uuid)
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp
	SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	kinds text[] := ARRAY(SELECT k.kind FROM common.task_kind k WHERE k.segment = about);
	s common.segment;
BEGIN
	SELECT * INTO s FROM common.segment x WHERE x.segment = about;
	RETURN QUERY SELECT DISTINCT ON (w.person_id, coalesce(w.pair_id, w.object_id)) w.person_id, s.reminder,
		n.noun, w.object_id, CASE WHEN w.due_at > common.now() THEN w.due_at END,
		CASE WHEN w.partner_id IS NULL THEN '{}'::json
			ELSE json_build_object('pair_id', w.pair_id, 'partner_id', w.partner_id) END, w.pair_id,
		CASE n.noun WHEN 'shortlist' THEN w.object_id END
	FROM waiting w JOIN common.task_kind n ON n.kind = w.kind
		JOIN profiles.card k ON k.person_id = w.person_id AND k.status = 'active'
	WHERE w.kind = ANY (kinds) AND w.programme_id = programme
		AND NOT EXISTS (SELECT FROM matching.pair_member m
			WHERE m.pair_id = w.pair_id AND m.status = 'suspended')
		AND (NOT s.discreet OR actor NOT IN (w.mentor_id, w.mentee_id)
			AND NOT matching.above_pair(actor, w.mentor_id, w.mentee_id))
	ORDER BY w.person_id, coalesce(w.pair_id, w.object_id), w.since, w.object_id;
END $$;

-- The people of a programme whom a coordinator means, once each: of a role (null: both), in these states of
-- enrolment, with or without an active pair (null: either). People who are away or have left are not reached.
CREATE OR REPLACE FUNCTION scheduling.audience(programme uuid, role text, status text[], paired boolean)
	RETURNS TABLE (person_id uuid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT DISTINCT e.person_id
	FROM matching.enrolment_view e JOIN profiles.card k ON k.person_id = e.person_id AND k.status = 'active'
	WHERE e.programme_id = programme AND e.role = coalesce(audience.role, e.role)
		AND e.status = ANY (coalesce(audience.status, '{enrolled}'))
		AND (paired IS NULL OR paired = EXISTS (SELECT FROM matching.pair_member m
			WHERE m.person_id = e.person_id AND m.programme_id = programme AND m.side = e.role
				AND m.status = 'active'));
END;

GRANT EXECUTE ON FUNCTION scheduling.message_json(scheduling.message),
	scheduling.audience(uuid, text, text[], boolean),
	scheduling.waiting_for(text, uuid, uuid) TO upward_scheduling;
