-- Messages that leave the product: to whom, by which channel, when, and with what.

-- Whether a message waits for a sender: its time has come, and no other one is sending it.
CREATE OR REPLACE FUNCTION scheduling.is_due(d scheduling.delivery) RETURNS boolean
LANGUAGE sql STABLE
RETURN d.outcome IS NULL AND d.next_attempt_at <= common.now()
	AND (d.claimed_until IS NULL OR d.claimed_until <= common.real_now());

-- How a person wants to be told of a kind of notification: at_once, daily, weekly or off.
CREATE OR REPLACE FUNCTION scheduling.wanted(p scheduling.preference, kind text, channel text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF p.kinds IS NULL THEN -- no preferences
		RETURN 'at_once';
	END IF;
	RETURN coalesce((SELECT e.k ->> 'delivery' FROM json_array_elements(p.kinds) WITH ORDINALITY e (k, place)
		WHERE e.k ->> 'kind' = wanted.kind AND e.k ->> 'channel' = wanted.channel
		ORDER BY e.place DESC LIMIT 1), -- earlier releases stored several
		CASE channel WHEN 'mail' THEN p.mail ELSE p.chat END, 'at_once');
END $$;

-- The first moment from then on that is neither quiet for the person nor, if they want it so, outside their
-- weekly hours. Times are those where the person is; ours: the quiet hours of the organisation.
CREATE OR REPLACE FUNCTION scheduling.undisturbed(p scheduling.preference, person uuid, moment timestamp,
	ours json) RETURNS timestamp
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	starts time := coalesce(p.quiet_starts, (ours ->> 'starts')::time);
	ends time := CASE WHEN p.quiet_starts IS NULL THEN (ours ->> 'ends')::time ELSE p.quiet_ends END;
	clock time := moment::time;
BEGIN
	IF clock >= starts AND clock < ends OR starts >= ends AND (clock >= starts OR clock < ends) THEN
		moment := moment::date + ends + CASE WHEN clock >= ends THEN interval '1 day' ELSE interval '0' END;
	END IF;
	IF p.working_hours THEN
		moment := coalesce((SELECT min(greatest(moment, d.day + h.starts))
			FROM generate_series(moment::date::timestamp, moment::date + interval '7 days', '1 day') d (day)
				JOIN profiles.candidate_hours h ON h.person_id = person
					AND h.weekday = extract(isodow FROM d.day)
			WHERE d.day + h.ends > moment), moment);
	END IF;
	RETURN moment;
END $$;

-- When a person in a time zone is told of a kind of notification by a channel; null: never. Digests come at
-- eight in the morning, weekly ones on Mondays. ours: the quiet hours of the organisation, which a
-- statement that makes many looks up once.
CREATE OR REPLACE FUNCTION scheduling.deliver_at(p scheduling.preference, person uuid, kind text,
	channel text, zone text, ours json) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	how text := scheduling.wanted(p, kind, channel);
	here timestamp := common.now() AT TIME ZONE zone;
	moment timestamp := here;
BEGIN
	IF how = 'off' THEN
		RETURN NULL;
	ELSIF how = 'daily' THEN
		moment := (here - interval '8 hours')::date + interval '1 day 8 hours';
	ELSIF how = 'weekly' THEN
		moment := date_trunc('week', here - interval '8 hours') + interval '7 days 8 hours';
	END IF;
	moment := scheduling.undisturbed(p, person, moment, ours);
	RETURN CASE WHEN moment = here THEN common.now() ELSE moment AT TIME ZONE zone END;
END $$;

-- By which channels a person can be told of a notification. Who gets sessions as invitations needs no
-- other mail about them. No settings, as calendar_session() has none.
CREATE OR REPLACE FUNCTION scheduling.channels_for(n scheduling.notification, p scheduling.preference)
	RETURNS SETOF text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT c.channel FROM scheduling.channel c
	WHERE c.channel = 'mail' AND c.open
		AND EXISTS (SELECT FROM profiles.identity i WHERE i.person_id = n.person_id AND i.email IS NOT NULL
			AND NOT scheduling.is_held(n.person_id, i.email))
		AND NOT (coalesce(p.invitations, true) AND n.on_behalf_of IS NULL AND n.kind IN ('session_booked',
			'session_proposed', 'session_changed', 'session_confirmed', 'session_reverted',
			'session_cancelled', 'series_booked'))
	UNION ALL
	SELECT c.channel FROM scheduling.chat c
	WHERE c.person_id = n.person_id AND c.closed_at IS NULL AND NOT scheduling.is_confidence(n.kind);
END;

-- After notifications were created: their deliveries, in the same transaction. What has to wait joins what
-- the person gets at the same time.
CREATE OR REPLACE FUNCTION scheduling.notification_deliver() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	ours json := common.setting_value('quiet_hours');
BEGIN
	INSERT INTO scheduling.delivery AS d (person_id, channel, content, notifications, next_attempt_at)
	SELECT w.person_id, w.channel, w.content, array_agg(w.id), w.due
	FROM (SELECT n.id, n.person_id, c.channel, t.due,
			CASE WHEN t.due > common.now() THEN 'digest' ELSE 'notification' END AS content
		FROM fresh n LEFT JOIN scheduling.preference p ON p.person_id = n.person_id
			LEFT JOIN profiles.candidate h ON h.person_id = n.person_id,
			LATERAL scheduling.channels_for(n, p) c (channel),
			LATERAL scheduling.deliver_at(p, n.person_id, n.kind, c.channel, coalesce(h.time_zone, 'UTC'),
				ours) t (due)) w
	WHERE w.due IS NOT NULL
	GROUP BY w.person_id, w.channel, w.content, w.due, CASE w.content WHEN 'notification' THEN w.id END
	ON CONFLICT (person_id, channel, next_attempt_at)
		WHERE content = 'digest' AND attempts = 0 AND outcome IS NULL
		DO UPDATE SET notifications = d.notifications || excluded.notifications;
	RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER notification_deliver AFTER INSERT ON scheduling.notification
	REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION scheduling.notification_deliver();

-- Both calendars learn what became of a session, by mail: whoever has not been told of the last change yet is
-- told of both at once.
CREATE OR REPLACE FUNCTION scheduling.invite(s scheduling.session) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO scheduling.delivery (person_id, channel, content, session_id, next_attempt_at)
	SELECT m.person_id, c.channel, 'invitation', s.id, common.now()
	FROM scheduling.channel c JOIN matching.pair_member m ON m.pair_id = s.pair_id
		JOIN profiles.identity i ON i.person_id = m.person_id AND i.email IS NOT NULL
		LEFT JOIN scheduling.preference p ON p.person_id = m.person_id
	WHERE c.channel = 'mail' AND c.open AND s.step NOT LIKE 'report%' AND s.step <> 'silence'
		AND s.ends_at > common.now() AND coalesce(p.invitations, true)
		AND NOT scheduling.is_held(m.person_id, i.email)
	ON CONFLICT (person_id, session_id) WHERE content = 'invitation' AND attempts = 0 AND outcome IS NULL
		DO NOTHING;
END $$;

-- What a delivery says: the notifications that are still unread, still wanted and still true, or that there
-- is an invitation to a session that is not over. Names of people and times, no free text.
CREATE OR REPLACE FUNCTION scheduling.delivery_items(d scheduling.delivery, p scheduling.preference)
	RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF d.kind IS NOT NULL THEN
		RETURN scheduling.notice_items(d);
	ELSIF d.content = 'invitation' THEN
		RETURN (SELECT CASE WHEN s.ends_at > common.now() AND coalesce(p.invitations, true)
				THEN '[{}]' ELSE '[]' END::json
			FROM scheduling.session s WHERE s.id = d.session_id);
	END IF;
	RETURN (SELECT coalesce(json_agg(json_build_object('kind', n.kind,
			'due', extract(epoch FROM n.due_at)::bigint,
			'pair', CASE n.kind WHEN 'rhythm_nudge' THEN n.subject_id END,
			'message', CASE n.kind WHEN 'announcement' THEN scheduling.announced(n) END,
			'partner', k.display_name, 'on_behalf_of', b.display_name,
			'link', scheduling.portal_link(n.subject, n.subject_id)) ORDER BY n.created_at, n.id), '[]')
		FROM scheduling.notification n
			LEFT JOIN profiles.card k ON k.person_id = (n.data ->> 'partner_id')::uuid
				AND n.kind NOT IN ('feedback_due', 'feedback_released', 'assessment_due')
			LEFT JOIN profiles.card b ON b.person_id = n.on_behalf_of
		WHERE n.id = ANY (d.notifications) AND n.person_id = d.person_id AND n.read_at IS NULL
			AND scheduling.wanted(p, n.kind, d.channel) <> 'off' AND scheduling.still_holds(n));
END $$;

CREATE OR REPLACE FUNCTION scheduling.delivery_json(d scheduling.delivery) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', d.id, 'person', profiles.card_json(d.person_id),
	'programme_id', d.programme_id, 'channel', d.channel, 'content', d.content,
	'status', coalesce(d.outcome, 'waiting'), 'attempts', d.attempts,
	'last_error', d.last_error, 'bounce_status', d.bounce_status,
	'next_attempt_at', common.instant(d.next_attempt_at),
	'created_at', common.instant(d.created_at), 'ended_at', common.instant(d.ended_at), 'version', d.version,
	'can', CASE WHEN d.outcome IN ('dead', 'bounced') THEN json_build_array('retries') ELSE '[]' END,
	'links', json_build_object('self', '/api/v1/notifications/deliveries/' || d.id));

GRANT EXECUTE ON FUNCTION scheduling.is_due(scheduling.delivery),
	scheduling.wanted(scheduling.preference, text, text),
	scheduling.undisturbed(scheduling.preference, uuid, timestamp, json),
	scheduling.deliver_at(scheduling.preference, uuid, text, text, text, json),
	scheduling.channels_for(scheduling.notification, scheduling.preference),
	scheduling.delivery_items(scheduling.delivery, scheduling.preference),
	scheduling.delivery_json(scheduling.delivery) TO upward_scheduling;
