-- The objects as the API shows them.

CREATE FUNCTION matching.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.coordinator c
		WHERE c.programme_id = programme AND c.person_id = actor);
END $$;

CREATE FUNCTION matching.programme_reference(programme uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', p.id, 'title', p.title) FROM matching.programme p WHERE p.id = programme);
END $$;

-- Has a programme a coordinator who is still there?
CREATE FUNCTION matching.is_led(programme uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM coordinator c JOIN profiles.card k ON k.person_id = c.person_id
		WHERE c.programme_id = is_led.programme AND k.status <> 'inactive');
END $$;

-- May somebody of these roles take a programme over?
CREATE FUNCTION matching.takes_over(programme uuid, roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN 'programme_admin' = ANY (roles) AND NOT matching.is_led(programme);
END $$;

-- What one may do with a programme now. One that winds down takes nothing more.
CREATE FUNCTION matching.programme_can(p matching.programme, actor uuid, roles text[]) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	runs boolean := p.status IN ('recruiting', 'matching', 'active');
	steps text[] := '{}';
BEGIN
	IF p.winding_down IS NOT NULL THEN
		RETURN '[]';
	END IF;
	IF matching.coordinates(p.id, actor, roles) THEN
		steps := common.actions('programme', p.status, '{programme_admin}');
		IF 'activation' = ANY (steps) AND NOT EXISTS (SELECT FROM round r WHERE r.programme_id = p.id AND r.status = 'published') THEN
			steps := array_remove(steps, 'activation');
		END IF;
		steps := steps || array_remove(ARRAY[CASE WHEN runs OR p.status = 'draft' THEN 'patch' END,
			CASE WHEN runs OR p.status = 'draft' THEN 'invitation_create' END, CASE WHEN runs THEN 'round_create' END], NULL);
	END IF;
	IF matching.coordinates(p.id, actor, roles) OR matching.takes_over(p.id, roles) THEN
		steps := steps || 'coordinator_create'::text;
	END IF;
	IF runs AND p.enrolment_open THEN
		steps := steps || 'enrolment_create'::text;
	END IF;
	RETURN array_to_json(steps);
END $$;

CREATE FUNCTION matching.programme_json(p matching.programme, actor uuid, roles text[]) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN json_build_object('id', p.id, 'title', p.title, 'purpose', p.purpose, 'status', p.status,
		'starts_on', p.starts_on, 'ends_on', p.ends_on, 'enrolment_open', p.enrolment_open,
		'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name) ORDER BY s.name)
			FROM profiles.skill_view s WHERE s.skill_id = ANY (p.focus_skills)), '[]'),
		'rules', json_build_object('min_level_gap', coalesce(p.min_level_gap, 0),
			'line_distance', coalesce(p.line_distance::text, 'any'),
			'skills_only', p.min_level_gap IS NULL, 'exposure_cap', p.exposure_cap),
		'policy_version', p.policy_number, 'pick_days', p.pick_days, 'answer_days', p.answer_days,
		'coordinators', coalesce((SELECT json_agg(k.card ORDER BY k.display_name)
			FROM matching.coordinator c JOIN profiles.card k ON k.person_id = c.person_id
			WHERE c.programme_id = p.id), '[]'),
		'my_enrolments', coalesce((SELECT json_agg(json_build_object('id', e.id, 'role', e.role, 'status', e.status) ORDER BY e.role)
			FROM matching.enrolment e WHERE e.programme_id = p.id AND e.person_id = actor), '[]'),
		'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
		'version', p.version,
		'can', matching.programme_can(p, actor, roles),
		'links', json_build_object('self', '/api/v1/programmes/' || p.id,
			'enrolments', '/api/v1/enrolments?programme_id=' || p.id, 'forms', '/api/v1/programmes/' || p.id || '/forms',
			'eligibility', '/api/v1/programmes/' || p.id || '/eligibility',
			'coordinators', '/api/v1/programmes/' || p.id || '/coordinators'));
END $$;

-- What its person may do with an enrolment now: nothing leaves while a place is held, nobody joins what is not open.
CREATE FUNCTION matching.enrolment_can(e matching.enrolment) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	p programme;
	steps text[] := common.actions('enrolment', e.status, '{self}');
BEGIN
	SELECT * INTO p FROM programme x WHERE x.id = e.programme_id;
	IF e.taken > 0 THEN
		steps := array_remove(steps, 'withdrawal');
	END IF;
	IF NOT p.enrolment_open OR p.winding_down IS NOT NULL OR p.status NOT IN ('recruiting', 'matching', 'active') THEN
		steps := array_remove(steps, 'acceptance');
	END IF;
	IF p.status IN ('closed', 'cancelled') OR p.winding_down IN ('closure', 'cancellation') THEN
		steps := array_remove(steps, 'resumption');
	END IF;
	RETURN array_to_json(CASE WHEN e.status IN ('enrolled', 'paused') THEN 'patch'::text || steps ELSE steps END);
END $$;

CREATE FUNCTION matching.enrolment_json(e matching.enrolment, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN json_build_object('id', e.id, 'programme', matching.programme_reference(e.programme_id),
		'person', profiles.card_json(e.person_id), 'role', e.role, 'status', e.status,
		'capacity', e.capacity, 'taken', e.taken, 'answers', e.answers,
		'invitation', (SELECT i.message FROM matching.invitation i WHERE i.id = e.invitation_id),
		'paused_until', CASE WHEN e.status = 'paused' THEN e.paused_until END,
		'created_at', common.instant(e.created_at), 'updated_at', common.instant(e.updated_at),
		'version', e.version,
		'can', CASE WHEN e.person_id = actor THEN matching.enrolment_can(e) ELSE '[]' END,
		'links', json_build_object('self', '/api/v1/enrolments/' || e.id,
			'programme', '/api/v1/programmes/' || e.programme_id));
END $$;

CREATE FUNCTION matching.invitation_json(i matching.invitation) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', i.id, 'programme', matching.programme_reference(i.programme_id), 'role', i.role,
	'message', i.message, 'preview', i.preview, 'found', i.found, 'invited', i.invited, 'passed_over', i.found - i.invited,
	'created_at', common.instant(i.created_at), 'version', i.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || i.programme_id || '/invitations/' || i.id,
		'programme', '/api/v1/programmes/' || i.programme_id));

CREATE FUNCTION matching.form_json(f matching.form) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', f.id, 'programme', matching.programme_reference(f.programme_id), 'role', f.role,
	'number', f.number, 'questions', (SELECT json_agg(json_build_object('key', q ->> 'key', 'text', q ->> 'text',
		'required', coalesce((q ->> 'required')::boolean, false), 'options', coalesce(q -> 'options', '[]')))
		FROM json_array_elements(f.questions) q),
	'created_at', common.instant(f.created_at), 'version', f.version, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || f.programme_id || '/forms/' || f.id,
		'programme', '/api/v1/programmes/' || f.programme_id));

CREATE FUNCTION matching.policy_json(o matching.policy) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('number', o.number, 'programme', matching.programme_reference(o.programme_id),
	'purpose', o.rules ->> 'purpose',
	'rules', json_build_object('min_level_gap', coalesce((o.rules ->> 'min_level_gap')::int, 0),
		'line_distance', coalesce(o.rules ->> 'line_distance', 'any'),
		'skills_only', o.rules ->> 'min_level_gap' IS NULL, 'exposure_cap', (o.rules ->> 'exposure_cap')::int),
	'weights', o.rules -> 'weights', 'focus_weight', (o.rules ->> 'focus_weight')::int,
	'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name) ORDER BY s.name)
		FROM json_array_elements_text(o.rules -> 'focus_skills') f JOIN profiles.skill_view s ON s.skill_id = f::uuid), '[]'),
	'bounds', (SELECT json_object_agg(b.key, b.value ORDER BY b.key) FROM json_each(o.rules) b
		WHERE b.key NOT IN ('purpose', 'min_level_gap', 'line_distance', 'exposure_cap', 'weights', 'focus_weight',
			'focus_skills')),
	'created_at', common.instant(o.created_at), 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || o.programme_id || '/policies/' || o.number,
		'programme', '/api/v1/programmes/' || o.programme_id));

CREATE FUNCTION matching.round_json(r matching.round) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', r.id, 'programme', matching.programme_reference(r.programme_id),
	'status', r.status,
	'progress', json_build_object('done', r.done, 'total', CASE WHEN r.status <> 'queued' THEN r.mentees END),
	'policy_version', r.policy_number, 'seed', r.seed, 'input_hash', r.input_hash,
	'totals', CASE WHEN r.status IN ('ready', 'published', 'rolled_back', 'superseded', 'discarded') THEN
		json_build_object('mentees', r.mentees, 'mentors', r.mentors, 'shortlists', r.shortlists,
			'complete', r.complete, 'unmatched', r.unmatched) END,
	'failure', r.reason, 'created_at', common.instant(r.created_at), 'finished_at', common.instant(r.finished_at),
	'version', r.version,
	'can', array_to_json(CASE WHEN r.status = 'published' AND EXISTS (SELECT FROM matching.shortlist s
			JOIN matching.pair q ON q.shortlist_id = s.id WHERE s.round_id = r.id AND q.accepted_at IS NOT NULL) THEN '{}'
		ELSE common.actions('round', r.status, '{programme_admin}') END),
	'links', json_build_object('self', '/api/v1/rounds/' || r.id,
		'shortlists', '/api/v1/rounds/' || r.id || '/shortlists',
		'unmatched', '/api/v1/rounds/' || r.id || '/unmatched',
		'policy', '/api/v1/programmes/' || r.programme_id || '/policies/' || r.policy_number,
		'programme', '/api/v1/programmes/' || r.programme_id));

-- Whether a list takes a later pick_by: an open one does; an expired one while nothing came after it and its mentee
-- has a place to fill.
CREATE FUNCTION matching.shortlist_reopens(s matching.shortlist) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN s.status = 'open' OR s.status = 'expired' AND EXISTS (SELECT FROM matching.enrolment e
			JOIN matching.programme p ON p.id = e.programme_id AND p.status IN ('matching', 'active')
			WHERE e.id = s.enrolment_id AND e.status = 'enrolled' AND e.taken < e.capacity)
		AND NOT EXISTS (SELECT FROM matching.shortlist o
			WHERE o.enrolment_id = s.enrolment_id AND o.status <> 'draft' AND o.pick_by IS NOT NULL AND o.id > s.id);
END $$;

-- Of the interests that two shared in the round those that both still have: what somebody takes back is gone with
-- the next request.
CREATE FUNCTION matching.still_shared(interests json, one uuid, other uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT json_agg(i.interest ORDER BY i.place)
		FROM json_array_elements_text(interests) WITH ORDINALITY AS i (interest, place)
		WHERE 2 = (SELECT count(*) FROM profiles.candidate_interest c
			WHERE c.person_id IN (one, other) AND c.interest = i.interest)), '[]');
END $$;

-- What one may do with a list now: its mentee, or a coordinator. A pick that every limit refuses is not offered; nor
-- is a refresh after the one of the round, or where nobody is left to be shown.
CREATE FUNCTION matching.shortlist_can(s matching.shortlist, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	steps text[];
BEGIN
	IF s.mentee_id <> actor THEN
		RETURN CASE WHEN matching.shortlist_reopens(s) THEN '["patch"]' ELSE '[]' END;
	END IF;
	steps := common.actions('shortlist', matching.shortlist_now(s), '{shortlist_mentee}');
	IF steps <> '{}' AND matching.mentee_refusal(s.enrolment_id, s.replaces_pair) IS NOT NULL THEN
		RETURN '[]';
	END IF;
	IF EXISTS (SELECT FROM shortlist o WHERE o.round_id = s.round_id AND o.enrolment_id = s.enrolment_id AND o.step = 'refresh')
			OR NOT EXISTS (SELECT FROM round_candidate c JOIN enrolment e ON e.id = c.mentor_enrolment_id
				WHERE c.round_id = s.round_id AND c.enrolment_id = s.enrolment_id AND e.status = 'enrolled' AND e.taken < e.capacity
					AND NOT EXISTS (SELECT FROM shortlist_entry x WHERE x.shortlist_id = s.id AND x.mentor_id = c.mentor_id)
					AND NOT EXISTS (SELECT FROM declined d WHERE d.programme_id = s.programme_id
						AND d.mentee_id = s.mentee_id AND d.mentor_id = c.mentor_id)) THEN
		steps := array_remove(steps, 'refresh');
	END IF;
	RETURN array_to_json(steps);
END $$;

-- The mentee's view: no rank, no score, in an order that says nothing.
CREATE FUNCTION matching.shortlist_json(s matching.shortlist, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN json_build_object('id', s.id, 'programme', matching.programme_reference(s.programme_id),
		'mentee', profiles.card_json(s.mentee_id), 'status', s.status, 'pick_by', common.instant(s.pick_by),
		'line_rule', s.line_rule, 'reason', s.reason,
		'mentors', coalesce((SELECT json_agg(json_build_object('mentor', profiles.card_json(x.mentor_id),
				'shared', json_build_object('skills', x.reasons -> 'skills', 'interests',
					matching.still_shared(coalesce(x.reasons -> 'interests', '[]'), x.mentor_id, s.mentee_id),
					'languages', x.reasons -> 'languages'))
				ORDER BY md5(s.id::text || x.mentor_id::text))
			FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id), '[]'),
		'created_at', common.instant(s.created_at), 'version', s.version,
		'can', matching.shortlist_can(s, actor),
		'links', json_build_object('self', '/api/v1/shortlists/' || s.id,
			'programme', '/api/v1/programmes/' || s.programme_id));
END $$;

-- What one may do with a pair now: one of the two, or a coordinator, for nobody else reads it. A talk is not
-- recorded by a coordinator who stands above one of the two, and comes before a dissolution.
CREATE FUNCTION matching.pair_can(p matching.pair, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	two boolean := actor IN (p.mentor_id, p.mentee_id);
	live boolean := p.status IN ('active', 'suspended');
	steps text[] := common.actions('pair', matching.pair_now(p), ARRAY[CASE actor WHEN p.mentor_id THEN 'mentor'
		WHEN p.mentee_id THEN 'mentee' ELSE 'programme_admin' END]);
BEGIN
	IF NOT live THEN
		RETURN array_to_json(CASE WHEN two AND p.status IN ('completed', 'ended') THEN steps || 'feedback_create'::text ELSE steps END);
	END IF;
	IF NOT EXISTS (SELECT FROM matching.review r WHERE r.pair_id = p.id AND r.outcome IN ('change_partner', 'end')) THEN
		steps := array_remove(steps, 'dissolution');
	END IF;
	IF p.status = 'suspended' AND EXISTS (SELECT FROM matching.enrolment e
			WHERE e.id IN (p.mentor_enrolment_id, p.mentee_enrolment_id) AND e.status NOT IN ('enrolled', 'paused')) THEN
		steps := array_remove(steps, 'resumption');
	END IF;
	IF two OR NOT EXISTS (SELECT FROM profiles.candidate c WHERE c.manager_id = actor)
			OR NOT matching.above_pair(actor, p.mentor_id, p.mentee_id) THEN
		steps := steps || 'review_create'::text;
	END IF;
	IF two THEN
		steps := steps || CASE WHEN p.status = 'active' THEN '{agreement_create,session_create,goal_create}'::text[] ELSE '{}' END
			|| 'feedback_create'::text;
	END IF;
	RETURN array_to_json(steps);
END $$;

CREATE FUNCTION matching.pair_json(p matching.pair, actor uuid) RETURNS json
LANGUAGE sql STABLE
RETURN json_build_object('id', p.id, 'programme', matching.programme_reference(p.programme_id),
	'mentor', profiles.card_json(p.mentor_id), 'mentee', profiles.card_json(p.mentee_id),
	'my_side', CASE actor WHEN p.mentor_id THEN 'mentor' WHEN p.mentee_id THEN 'mentee' END,
	'status', p.status, 'answer_by', common.instant(p.answer_by), 'suspended_until', p.suspended_until,
	'created_at', common.instant(p.created_at), 'updated_at', common.instant(p.updated_at),
	'version', p.version, 'can', matching.pair_can(p, actor),
	'links', json_strip_nulls(json_build_object('self', '/api/v1/pairs/' || p.id,
		'why', CASE WHEN p.score IS NOT NULL THEN '/api/v1/pairs/' || p.id || '/why' END,
		'agreements', '/api/v1/agreements?pair_id=' || p.id,
		'sessions', CASE WHEN actor IN (p.mentor_id, p.mentee_id) THEN '/api/v1/sessions?pair_id=' || p.id END,
		'goals', CASE WHEN actor IN (p.mentor_id, p.mentee_id) THEN '/api/v1/goals?pair_id=' || p.id END,
		'page', CASE WHEN actor IN (p.mentor_id, p.mentee_id) THEN '/api/v1/dashboards/pairs/' || p.id END,
		'reviews', '/api/v1/pairs/' || p.id || '/reviews',
		'history', CASE WHEN actor NOT IN (p.mentor_id, p.mentee_id) THEN '/api/v1/pairs/' || p.id || '/history' END,
		'programme', '/api/v1/programmes/' || p.programme_id)));

CREATE FUNCTION matching.review_json(r matching.review) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('id', r.id, 'pair_id', r.pair_id, 'outcome', r.outcome, 'agreed', r.agreed,
	'author', profiles.card_json(r.author_id), 'created_at', common.instant(r.created_at), 'version', r.version,
	'can', '[]'::json, 'links', json_build_object('self', '/api/v1/pairs/' || r.pair_id || '/reviews/' || r.id,
		'pair', '/api/v1/pairs/' || r.pair_id));

GRANT EXECUTE ON FUNCTION matching.is_led(uuid), matching.takes_over(uuid, text[]),
	matching.programme_can(matching.programme, uuid, text[]),
	matching.enrolment_can(matching.enrolment), matching.shortlist_can(matching.shortlist, uuid) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.coordinates(uuid, uuid, text[]), matching.programme_reference(uuid),
	matching.programme_json(matching.programme, uuid, text[]), matching.enrolment_json(matching.enrolment, uuid),
	matching.invitation_json(matching.invitation), matching.form_json(matching.form),
	matching.policy_json(matching.policy),
	matching.round_json(matching.round), matching.shortlist_reopens(matching.shortlist),
	matching.still_shared(json, uuid, uuid),
	matching.shortlist_json(matching.shortlist, uuid),
	matching.pair_can(matching.pair, uuid), matching.pair_json(matching.pair, uuid), matching.review_json(matching.review) TO upward_matching;
