-- How people want to be told.

CREATE OR REPLACE FUNCTION scheduling.preference_json(person uuid, p scheduling.preference) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object(
	'mail_available', (SELECT c.open FROM scheduling.channel c WHERE c.channel = 'mail') AND EXISTS (SELECT
		FROM profiles.identity i WHERE i.person_id = person AND i.email IS NOT NULL),
	'mail_held', (SELECT json_build_object('since', common.instant(h.held_at), 'status', h.status)
		FROM scheduling.held_mailbox h JOIN profiles.identity i ON i.person_id = h.person_id
		WHERE h.person_id = person AND scheduling.is_held(person, i.email)),
	'mail', coalesce(p.mail, 'at_once'), 'chat', coalesce(p.chat, 'at_once'),
	'invitations', coalesce(p.invitations, true),
	'session_reminder_minutes', coalesce(p.session_reminder_minutes, 1440),
	'kinds', coalesce(p.kinds, '[]'),
	'quiet_hours', CASE WHEN p.quiet_starts IS NOT NULL THEN json_build_object(
		'starts', to_char(p.quiet_starts, 'HH24:MI'), 'ends', to_char(p.quiet_ends, 'HH24:MI')) END,
	'working_hours', coalesce(p.working_hours, false), 'locale', p.locale, 'version', coalesce(p.version, 1),
	'can', json_build_array('put'), 'links', json_build_object('self', '/api/v1/notifications/preferences'));

-- Refuses preferences that contradict themselves: two ways for one kind and channel, or quiet hours that end
-- when they begin.
CREATE OR REPLACE FUNCTION scheduling.refuse_preference(kinds json, quiet json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	second int := (SELECT min(d.place) FROM (SELECT e.place - 1 AS place, row_number() OVER (PARTITION BY
			e.k ->> 'kind', e.k ->> 'channel' ORDER BY e.place) AS turn
		FROM json_array_elements(kinds) WITH ORDINALITY e (k, place)) d WHERE d.turn > 1);
BEGIN
	IF second IS NOT NULL THEN
		PERFORM common.refuse('unprocessable', json_build_object('pointer', '/kinds/' || second));
	ELSIF quiet ->> 'starts' = quiet ->> 'ends' THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/quiet_hours/ends"}');
	END IF;
END $$;

-- No more mails of a kind of notification, or, for `all`, of any.
CREATE OR REPLACE FUNCTION scheduling.unsubscribe(person uuid, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	kept jsonb := coalesce((SELECT jsonb_agg(k) FROM scheduling.preference p, json_array_elements(p.kinds) k
		WHERE p.person_id = person AND (k ->> 'channel' <> 'mail' OR kind <> 'all'
			AND k ->> 'kind' <> unsubscribe.kind)), '[]');
BEGIN
	IF kind <> 'all' THEN
		kept := kept || jsonb_build_object('kind', kind, 'channel', 'mail', 'delivery', 'off');
	END IF;
	INSERT INTO scheduling.preference AS p (person_id, mail, kinds, version)
	SELECT c.person_id, CASE kind WHEN 'all' THEN 'off' ELSE 'at_once' END, kept::json, 2
	FROM profiles.card c WHERE c.person_id = person
	ON CONFLICT (person_id) DO UPDATE SET version = p.version + 1, kinds = excluded.kinds,
		mail = CASE kind WHEN 'all' THEN 'off' ELSE p.mail END;
END $$;

GRANT EXECUTE ON FUNCTION scheduling.preference_json(uuid, scheduling.preference),
	scheduling.refuse_preference(json, json), scheduling.unsubscribe(uuid, text) TO upward_scheduling;
