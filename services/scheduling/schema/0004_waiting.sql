-- How agreements, plans, sessions and notifications are shown.

-- What one of the two may do with an agreement of their active pair.
CREATE FUNCTION scheduling.agreement_can(a scheduling.agreement, side text) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	steps text[] := common.actions('agreement', a.status, '{pair_member}');
BEGIN
	IF (CASE side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END) IS NOT NULL THEN
		steps := array_remove(steps, 'signature');
	END IF;
	RETURN array_to_json(CASE a.status WHEN 'signed' THEN steps || 'session_series'::text ELSE steps END);
END $$;

-- For one of the two; to anybody else (a coordinator: the caller asks) without what they wrote in their own words.
CREATE FUNCTION scheduling.agreement_json(a scheduling.agreement, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', a.id, 'pair_id', a.pair_id, 'partner', profiles.card_json(m.partner_id),
			'number', a.number, 'status', a.status, 'cadence', a.cadence,
			'expected_sessions', (SELECT count(*) FROM scheduling.cadence_dates(a.cadence, a.starts_on)),
			'duration_minutes', a.duration_minutes, 'channels', array_to_json(a.channels),
			'touchpoint_cadence', a.touchpoint_cadence, 'touchpoint_channel', a.touchpoint_channel,
			'expectations', CASE WHEN m.side IS NOT NULL THEN a.expectations END,
			'confidentiality', CASE WHEN m.side IS NOT NULL THEN a.confidentiality END,
			'time_zone', a.time_zone, 'starts_on', a.starts_on,
			'signatures', json_build_object('mentor', common.instant(a.mentor_signed_at),
				'mentee', common.instant(a.mentee_signed_at)),
			'signed_at', common.instant(a.signed_at),
			'created_at', common.instant(a.created_at), 'updated_at', common.instant(a.updated_at),
			'version', a.version,
			'can', CASE WHEN m.side IS NULL OR m.status <> 'active' THEN '[]' ELSE scheduling.agreement_can(a, m.side) END,
			'links', json_build_object('self', '/api/v1/agreements/' || a.id, 'pair', '/api/v1/pairs/' || a.pair_id,
				'plan', '/api/v1/agreements/' || a.id || '/plan'))
		FROM (SELECT p.status, CASE actor WHEN p.person_id THEN 'mentor' WHEN p.partner_id THEN 'mentee' END AS side,
				CASE actor WHEN p.person_id THEN p.partner_id WHEN p.partner_id THEN p.person_id END AS partner_id
			FROM matching.pair_member p WHERE p.pair_id = a.pair_id AND p.side = 'mentor') m);
END $$;

-- The expected sessions of one version against what became of them.
CREATE FUNCTION scheduling.plan_json(a scheduling.agreement) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('agreement_id', a.id, 'pair_id', a.pair_id, 'status', a.status,
			'expected', count(*), 'booked', count(*) FILTER (WHERE d.status = 'booked'),
			'held', count(*) FILTER (WHERE d.status = 'held'),
			'dates', coalesce(json_agg(json_build_object('number', d.number, 'due_on', d.due_on, 'status', d.status,
				'session_id', d.session_id, 'starts_at', common.instant(d.starts_at), 'result', d.result)
				ORDER BY d.number), '[]'),
			'links', json_build_object('self', '/api/v1/agreements/' || a.id || '/plan',
				'agreement', '/api/v1/agreements/' || a.id, 'sessions', '/api/v1/sessions?pair_id=' || a.pair_id))
		FROM (SELECT p.number, p.due_on, p.result, s.id AS session_id, s.starts_at,
				CASE WHEN s.status IN ('held', 'missed', 'unreported') THEN s.status WHEN s.id IS NOT NULL THEN 'booked'
					WHEN p.due_on < common.today() THEN 'overdue' ELSE 'open' END AS status
			FROM scheduling.plan p LEFT JOIN scheduling.session s ON s.id = p.session_id
			WHERE p.agreement_id = a.id) d);
END $$;

-- What one of the two may do with a session now. Until it begins it is confirmed, changed or called off, then
-- reported; a pair that is not active confirms and moves nothing.
CREATE FUNCTION scheduling.session_can(s scheduling.session, actor uuid, pair_status text) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	steps text[] := common.actions('session', s.status, '{pair_member}');
BEGIN
	IF s.starts_at <= common.now() THEN
		RETURN CASE WHEN 'report' = ANY (steps) THEN '["report"]' ELSE '[]' END;
	END IF;
	steps := array_remove(steps, 'report');
	IF s.proposed_by = actor OR pair_status <> 'active' THEN
		steps := array_remove(steps, 'confirmation');
	END IF;
	IF pair_status <> 'active' THEN
		steps := array_remove(steps, 'patch');
	END IF;
	RETURN array_to_json(steps);
END $$;

CREATE FUNCTION scheduling.session_json(s scheduling.session, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
	m record;
BEGIN
	SELECT p.partner_id, p.status INTO m FROM matching.pair_member p WHERE p.pair_id = s.pair_id AND p.person_id = actor;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN json_build_object('id', s.id, 'pair_id', s.pair_id, 'partner', profiles.card_json(m.partner_id),
		'kind', s.kind, 'status', s.status,
		'starts_at', common.instant(s.starts_at), 'ends_at', common.instant(s.ends_at), 'time_zone', s.time_zone,
		'duration_minutes', (extract(epoch FROM s.ends_at - s.starts_at) / 60)::int,
		'mode', s.mode, 'place', s.place, 'agenda', s.agenda, 'sequence', s.sequence,
		'cancel_reason', CASE WHEN s.status = 'cancelled' THEN s.reason END,
		'created_at', common.instant(s.created_at), 'updated_at', common.instant(s.updated_at),
		'version', s.version,
		'can', scheduling.session_can(s, actor, m.status),
		'links', json_build_object('self', '/api/v1/sessions/' || s.id, 'pair', '/api/v1/pairs/' || s.pair_id,
			'history', '/api/v1/sessions/' || s.id || '/history'));
END $$;

CREATE FUNCTION scheduling.notification_json(n scheduling.notification) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', n.id, 'kind', n.kind, 'subject', n.subject, 'subject_id', n.subject_id,
	'data', n.data, 'due_at', common.instant(n.due_at), 'read', n.read_at IS NOT NULL,
	'created_at', common.instant(n.created_at), 'version', n.version,
	'can', CASE WHEN n.read_at IS NULL THEN json_build_array('acknowledgements') ELSE '[]' END,
	'links', json_build_object('subject', '/api/v1/' || n.subject || 's/' || n.subject_id,
		'portal', (SELECT replace(s.value::json ->> n.subject, '{id}', n.subject_id::text)
			FROM common.setting s WHERE s.name = 'portal_links')));

GRANT EXECUTE ON FUNCTION scheduling.session_can(scheduling.session, uuid, text),
	scheduling.agreement_can(scheduling.agreement, text), scheduling.session_json(scheduling.session, uuid),
	scheduling.agreement_json(scheduling.agreement, uuid),
	scheduling.plan_json(scheduling.agreement), scheduling.notification_json(scheduling.notification),
	scheduling.cadence_dates(text, date) TO upward_scheduling;

-- Who is told of an event, as which notification about what. Of a pair one side or both; a meeting that waits for a
-- confirmation is told as one that is proposed.
CREATE FUNCTION scheduling.receivers(e common.event, subject_id uuid, data json)
RETURNS TABLE (person_id uuid, kind text, subject text, object_id uuid, facts json, due_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
DECLARE
	met session;
	pair uuid := coalesce((data ->> 'pair_id')::uuid, subject_id);
	due timestamptz := (data ->> 'due_at')::timestamptz;
BEGIN
	IF e.told IN ('both', 'mentor', 'mentee') THEN
		SELECT * INTO met FROM session s WHERE s.id = subject_id;
		due := CASE WHEN e.notification IN ('pick_received', 'answer_extended')
			THEN (SELECT d.answer_by FROM matching.pick_deadline d WHERE d.pair_id = pair)
			ELSE coalesce(due, met.starts_at) END;
		RETURN QUERY SELECT m.person_id, CASE WHEN e.notification = 'session_booked' AND met.status = 'proposed'
				THEN 'session_proposed' ELSE e.notification END, e.subject,
			CASE e.subject WHEN 'pair' THEN pair ELSE subject_id END,
			json_build_object('pair_id', m.pair_id, 'partner_id', m.partner_id), due
		FROM matching.pair_member m WHERE m.pair_id = pair AND e.told IN ('both', m.side);
	ELSIF e.told = 'shortlist_mentee' THEN
		RETURN QUERY SELECT s.mentee_id, e.notification, e.subject, s.shortlist_id, '{}'::json, s.pick_by
		FROM matching.shortlist_deadline s WHERE s.shortlist_id = subject_id;
	ELSIF e.told = 'programme_admin' THEN
		RETURN QUERY SELECT c.person_id, e.notification, e.subject, r.round_id, '{}'::json, due
		FROM matching.round_view r JOIN matching.programme_coordinator c ON c.programme_id = r.programme_id
		WHERE r.round_id = subject_id AND NOT r.what_if;
	ELSIF e.subject = 'enrolment' THEN
		RETURN QUERY SELECT v.person_id, e.notification, e.subject, v.enrolment_id,
			json_build_object('role', v.role), due
		FROM matching.enrolment_view v WHERE v.enrolment_id = subject_id;
	ELSIF e.told = 'self' THEN
		RETURN QUERY SELECT (data ->> 'person_id')::uuid, e.notification, e.subject, subject_id,
			json_strip_nulls(json_build_object('phase', data ->> 'phase')), due;
	END IF;
END $$;
GRANT EXECUTE ON FUNCTION scheduling.receivers(common.event, uuid, json) TO upward_scheduling;
