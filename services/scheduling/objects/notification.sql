-- Whether the caller coordinates the programme.
CREATE OR REPLACE FUNCTION scheduling.coordinates(programme uuid, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN 'programme_admin' = ANY (roles) AND EXISTS (SELECT FROM matching.programme_coordinator c
	WHERE c.programme_id = programme AND c.person_id = actor);

CREATE OR REPLACE VIEW scheduling.notification_view AS
SELECT n.id AS notification_id, n.person_id, n.kind, n.subject_id, n.due_at, n.created_at,
	n.read_at IS NOT NULL AS read
FROM scheduling.notification n;

-- What a message from a coordinator says, and whose it is.
CREATE OR REPLACE FUNCTION scheduling.announced(n scheduling.notification) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('message_id', m.id, 'title', m.title, 'text', m.text,
		'from', profiles.card_json(m.created_by))
	FROM scheduling.message m WHERE m.id = (n.data ->> 'message_id')::uuid);

CREATE OR REPLACE FUNCTION scheduling.notification_json(n scheduling.notification) RETURNS json
LANGUAGE sql STABLE SET search_path = scheduling, pg_catalog, pg_temp
RETURN json_build_object('id', n.id, 'kind', n.kind, 'subject', n.subject, 'subject_id', n.subject_id,
	'data', CASE n.kind WHEN 'announcement' THEN scheduling.announced(n) ELSE n.data END,
	'due_at', common.instant(n.due_at), 'read', n.read_at IS NOT NULL,
	'created_at', common.instant(n.created_at), 'version', n.version,
	'on_behalf_of', CASE WHEN n.on_behalf_of IS NOT NULL THEN profiles.card_json(n.on_behalf_of) END,
	'can', CASE WHEN n.read_at IS NULL THEN json_build_array('acknowledgements') ELSE '[]' END,
	'links', CASE n.kind WHEN 'rhythm_nudge'
		THEN jsonb_build_object('slots', '/api/v1/slots?count=3&pair_id=' || n.subject_id)
		ELSE '{}' END || jsonb_build_object(
		'subject', '/api/v1/' || replace(n.subject, '_', '-') || 's/' || n.subject_id,
		'portal', scheduling.portal_link(n.subject, n.subject_id)));

-- Who is notified of an event, with which kind of notification and about what. For a pair, one side or
-- both; a session that is waiting for confirmation is announced as proposed.
CREATE OR REPLACE FUNCTION scheduling.receivers(e common.event, subject_id uuid, data json)
RETURNS TABLE (person_id uuid, kind text, subject text, object_id uuid, facts json, due_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
DECLARE
	met session;
	pair uuid := coalesce((data ->> 'pair_id')::uuid, subject_id);
	due timestamptz := (data ->> 'due_at')::timestamptz;
BEGIN
	IF e.recipients IN ('both', 'mentor', 'mentee') THEN
		SELECT * INTO met FROM session s WHERE s.id = subject_id;
		due := CASE WHEN e.notification IN ('pick_received', 'answer_extended')
			THEN (SELECT d.answer_by FROM matching.pick_deadline d WHERE d.pair_id = pair)
			ELSE coalesce(due, met.starts_at) END;
		RETURN QUERY SELECT m.person_id, CASE WHEN e.notification = 'session_booked'
			AND met.status = 'proposed'
				THEN 'session_proposed' ELSE e.notification END, e.subject,
			CASE e.subject WHEN 'pair' THEN pair ELSE subject_id END,
			json_build_object('pair_id', m.pair_id, 'partner_id', m.partner_id), due
		FROM matching.pair_member m WHERE m.pair_id = pair AND e.recipients IN ('both', m.side);
	ELSIF e.recipients = 'shortlist_mentee' THEN
		RETURN QUERY SELECT s.mentee_id, e.notification, e.subject, s.shortlist_id, '{}'::json, s.pick_by
		FROM matching.shortlist_deadline s WHERE s.shortlist_id = subject_id;
	ELSIF e.recipients = 'programme_admin' THEN
		RETURN QUERY SELECT c.person_id, e.notification, e.subject, r.round_id, '{}'::json, due
		FROM matching.round_view r JOIN matching.programme_coordinator c ON c.programme_id = r.programme_id
		WHERE r.round_id = subject_id AND NOT r.what_if;
	ELSIF e.recipients = 'registered' THEN
		RETURN QUERY SELECT a.person_id, e.notification, e.subject, g.id, '{}'::json, g.starts_at
		FROM gathering g JOIN attendance a ON a.gathering_id = g.id
		WHERE g.id = subject_id AND a.turn <= coalesce(a.capacity, a.turn)
			AND (e.type <> 'gathering.changed' OR data ->> 'moved' IS NOT NULL);
	ELSIF e.subject = 'enrolment' THEN
		RETURN QUERY SELECT v.person_id, e.notification, e.subject, v.enrolment_id,
			json_build_object('role', v.role), due
		FROM matching.enrolment_view v WHERE v.enrolment_id = subject_id;
	ELSIF e.recipients = 'self' THEN
		RETURN QUERY SELECT (data ->> 'person_id')::uuid, e.notification, e.subject, subject_id,
			json_strip_nulls(json_build_object('phase', data ->> 'phase')), due;
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION scheduling.coordinates(uuid, uuid, text[]),
	scheduling.notification_json(scheduling.notification), scheduling.announced(scheduling.notification),
	scheduling.receivers(common.event, uuid, json) TO upward_scheduling;
GRANT SELECT ON scheduling.notification_view TO upward_scheduling, upward_evaluation;
