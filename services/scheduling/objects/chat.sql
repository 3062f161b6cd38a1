-- Chat channels: whose they are, and what may be said in them.

-- Whether the caller looks after a chat channel: their own, or that of a programme they coordinate.
CREATE OR REPLACE FUNCTION scheduling.keeps_chat(c scheduling.chat, actor uuid, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(c.person_id = actor, scheduling.coordinates(c.programme_id, actor, roles));

-- The host says which service it is; the rest of the address is a secret.
CREATE OR REPLACE FUNCTION scheduling.chat_json(c scheduling.chat) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', c.id, 'channel', c.channel, 'programme_id', c.programme_id,
	'host', substring(c.url FROM '^[A-Za-z]+://([^/?#]+)'),
	'status', CASE WHEN c.closed_at IS NULL THEN 'open' ELSE 'closed' END,
	'last_sent_at', common.instant(c.last_sent_at), 'created_at', common.instant(c.created_at),
	'updated_at', common.instant(c.updated_at), 'version', c.version,
	'can', json_build_array('delete', 'tests'),
	'links', json_strip_nulls(json_build_object('self', '/api/v1/notifications/chats/' || c.id,
		'programme', '/api/v1/programmes/' || c.programme_id)));

-- A new chat channel; one of each service for a person or a programme.
CREATE OR REPLACE FUNCTION scheduling.add_chat(chat uuid, actor uuid, roles text[], channel text, url text,
	programme uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF programme IS NOT NULL AND NOT scheduling.coordinates(programme, actor, roles) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/programme_id"}');
	END IF;
	INSERT INTO scheduling.chat (id, person_id, programme_id, channel, url)
	VALUES (chat, CASE WHEN programme IS NULL THEN actor END, programme, channel, url);
END $$;

-- Whether a kind of notification is a confidence: that it exists tells something, so no chat channel, which
-- others may read too, has it.
CREATE OR REPLACE FUNCTION scheduling.is_confidence(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN kind IN ('assessment_due', 'feedback_due', 'feedback_released', 'survey_due', 'help_asked',
	'help_answered', 'disclosed', 'wish_received', 'wish_confirmed', 'objection_decided', 'sponsor_asked',
	'coordinator_acted', 'pick_declined', 'pick_expired', 'pick_withdrawn', 'pair_suspended',
	'pair_resumable', 'pair_resumed', 'pair_ended', 'rhythm_nudge', 'sessions_reminder');

-- Where the portal shows an object; null: it does not.
CREATE OR REPLACE FUNCTION scheduling.portal_link(noun text, object uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT replace(s.value::json ->> noun, '{id}', object::text) FROM common.setting s
		WHERE s.name = 'portal_links');
END $$;

-- What a message to a chat channel says that is about no notification: of an event of a programme, or a
-- test.
CREATE OR REPLACE FUNCTION scheduling.notice_items(d scheduling.delivery) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_array(json_build_object('kind', d.kind, 'link', (SELECT scheduling.portal_link(e.subject,
	d.object_id) FROM common.event e WHERE e.notification = d.kind LIMIT 1)));

-- The chat channels that learn of an event for those who run a programme, and by which kind.
CREATE OR REPLACE FUNCTION scheduling.notices(event text, object uuid)
	RETURNS TABLE (programme_id uuid, channel text, kind text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT c.programme_id, c.channel, e.notification
	FROM common.event e JOIN matching.round_view r ON r.round_id = notices.object AND NOT r.what_if
		JOIN scheduling.chat c ON c.programme_id = r.programme_id AND c.closed_at IS NULL
	WHERE e.type = notices.event AND e.recipients = 'programme_admin';
END $$;

GRANT EXECUTE ON FUNCTION scheduling.keeps_chat(scheduling.chat, uuid, text[]),
	scheduling.chat_json(scheduling.chat), scheduling.add_chat(uuid, uuid, text[], text, text, uuid),
	scheduling.is_confidence(text), scheduling.portal_link(text, uuid),
	scheduling.notice_items(scheduling.delivery), scheduling.notices(text, uuid) TO upward_scheduling;
