-- How agreements, plans, sessions and notifications are shown; a series in one go; who is told what.

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
			'can', array_to_json(array_remove(ARRAY[
				CASE WHEN a.status = 'proposed' AND m.status = 'active' AND m.side IS NOT NULL THEN 'patch' END,
				CASE WHEN a.status = 'proposed' AND m.status = 'active' AND (m.side = 'mentor' AND a.mentor_signed_at IS NULL
					OR m.side = 'mentee' AND a.mentee_signed_at IS NULL) THEN 'signature' END,
				CASE WHEN a.status = 'signed' AND m.status = 'active' AND m.side IS NOT NULL THEN 'session_series' END], NULL)),
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
			FROM scheduling.plan p LEFT JOIN scheduling.session s ON s.id = p.session_id AND s.status <> 'cancelled'
			WHERE p.agreement_id = a.id) d);
END $$;

CREATE FUNCTION scheduling.session_json(s scheduling.session, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
	at timestamptz := common.now();
	partner uuid;
BEGIN
	SELECT m.partner_id INTO partner FROM matching.pair_member m WHERE m.pair_id = s.pair_id AND m.person_id = actor;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN json_build_object('id', s.id, 'pair_id', s.pair_id, 'partner', profiles.card_json(partner),
		'kind', s.kind, 'status', s.status,
		'starts_at', common.instant(s.starts_at), 'ends_at', common.instant(s.ends_at), 'time_zone', s.time_zone,
		'duration_minutes', (extract(epoch FROM s.ends_at - s.starts_at) / 60)::int,
		'mode', s.mode, 'place', s.place, 'agenda', s.agenda, 'sequence', s.sequence,
		'cancel_reason', CASE WHEN s.status = 'cancelled' THEN s.reason END,
		'created_at', common.instant(s.created_at), 'updated_at', common.instant(s.updated_at),
		'version', s.version,
		'can', array_to_json(array_remove(ARRAY[
			CASE WHEN s.status = 'proposed' AND s.starts_at > at AND s.booked_by IS DISTINCT FROM actor
				THEN 'confirmation' END,
			CASE WHEN s.status IN ('proposed', 'confirmed') AND s.starts_at > at THEN 'patch' END,
			CASE WHEN s.status IN ('proposed', 'confirmed') AND s.starts_at > at THEN 'cancellation' END,
			CASE WHEN s.status IN ('confirmed', 'unreported', 'missed') AND s.starts_at <= at THEN 'report' END], NULL)),
		'links', json_build_object('self', '/api/v1/sessions/' || s.id, 'pair', '/api/v1/pairs/' || s.pair_id,
			'history', '/api/v1/sessions/' || s.id || '/history'));
END $$;

-- Books dates of a plan at once. A date that cannot be booked keeps its reason and does not undo the
-- others. starts: null where the clocks jump over the time of that day.
CREATE FUNCTION scheduling.book_series(agreement uuid, actor uuid, ids uuid[], numbers int[], starts timestamptz[],
	zone text, channel text, room text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = scheduling, pg_catalog, pg_temp AS $$
DECLARE
	a agreement;
	one record;
	booked int := 0;
BEGIN
	SELECT * INTO a FROM agreement x WHERE x.id = book_series.agreement;
	FOR one IN
		SELECT d.id, d.number, d.at FROM unnest(ids, numbers, starts) AS d (id, number, at)
			JOIN plan p ON p.agreement_id = a.id AND p.number = d.number
		WHERE NOT EXISTS (SELECT FROM session s WHERE s.id = p.session_id AND s.status <> 'cancelled')
		ORDER BY d.number
	LOOP
		IF one.at IS NULL OR one.at <= common.now() THEN
			UPDATE plan SET result = CASE WHEN one.at IS NULL THEN 'local_time_nonexistent' ELSE 'in_the_past' END
			WHERE agreement_id = a.id AND number = one.number;
			CONTINUE;
		END IF;
		BEGIN
			INSERT INTO session (id, pair_id, starts_at, ends_at, time_zone, mode, place, booked_by)
			VALUES (one.id, a.pair_id, one.at, one.at + make_interval(mins => a.duration_minutes), zone, channel, room, actor);
			UPDATE plan SET session_id = one.id, result = 'booked' WHERE agreement_id = a.id AND number = one.number;
			INSERT INTO common.outbox (type, subject_id, data)
			VALUES ('session.booked', one.id, json_build_object('pair_id', a.pair_id, 'by', actor, 'series', a.id));
			booked := booked + 1;
		EXCEPTION WHEN exclusion_violation THEN
			UPDATE plan SET result = 'overlap' WHERE agreement_id = a.id AND number = one.number;
		END;
	END LOOP;
	IF booked > 0 THEN
		INSERT INTO common.outbox (type, subject_id, data)
		VALUES ('agreement.booked', a.id, json_build_object('pair_id', a.pair_id, 'by', actor, 'sessions', booked));
	END IF;
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

GRANT EXECUTE ON FUNCTION scheduling.session_json(scheduling.session, uuid),
	scheduling.agreement_json(scheduling.agreement, uuid),
	scheduling.plan_json(scheduling.agreement), scheduling.notification_json(scheduling.notification),
	scheduling.cadence_dates(text, date),
	scheduling.book_series(uuid, uuid, uuid[], int[], timestamptz[], text, text, text) TO upward_scheduling;
