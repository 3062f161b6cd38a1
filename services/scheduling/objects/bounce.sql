-- Mails that came back. After three within a month, a person's mailbox is held: no mail is queued for it
-- until their address changes, or somebody says that it works again. They and HR see why.

-- Whether no mail is sent to this address of a person.
CREATE OR REPLACE FUNCTION scheduling.is_held(person uuid, email text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM scheduling.held_mailbox h WHERE h.person_id = person AND h.address = email
		AND h.held_at IS NOT NULL);
END $$;

-- How many mails to a person have come back within a month, and since their mailbox was last released.
CREATE OR REPLACE FUNCTION scheduling.bounces_of(person uuid) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT count(*) FROM scheduling.delivery d WHERE d.person_id = person AND d.outcome = 'bounced'
	AND d.bounced_at > common.now() - interval '30 days'
	AND d.bounced_at > coalesce((SELECT h.released_at FROM scheduling.held_mailbox h
		WHERE h.person_id = person), '-infinity'));

CREATE OR REPLACE FUNCTION scheduling.held_mailbox_json(h scheduling.held_mailbox) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('person', profiles.card_json(h.person_id), 'status', h.status,
	'held_at', common.instant(h.held_at), 'can', json_build_array('release'),
	'links', json_build_object('release',
		'/api/v1/notifications/held-mailboxes/' || h.person_id || '/release'));

-- Takes what a mail server said about a mail of ours. A notification that comes twice changes nothing; one
-- that the server goes on trying is noted alone.
CREATE OR REPLACE FUNCTION scheduling.take_bounce(message uuid, final boolean, said text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	d scheduling.delivery;
BEGIN
	SELECT * INTO d FROM scheduling.delivery x WHERE x.id = message AND x.channel = 'mail' AND x.attempts > 0
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		PERFORM common.refuse('unknown_reference');
	ELSIF d.outcome IN ('bounced', 'dropped') OR d.outcome IS NULL AND NOT final THEN
		RETURN;
	END IF;
	UPDATE scheduling.delivery x SET bounce_status = said, bounced_at = common.now(), version = x.version + 1,
		outcome = CASE WHEN final THEN 'bounced' ELSE x.outcome END,
		last_error = CASE WHEN final THEN 'bounced' ELSE x.last_error END,
		next_attempt_at = CASE WHEN NOT final THEN x.next_attempt_at END,
		ended_at = coalesce(x.ended_at, common.now())
	WHERE x.id = message;
	IF final AND scheduling.bounces_of(d.person_id) >= 3 THEN
		INSERT INTO scheduling.held_mailbox AS h (person_id, address, status, held_at)
		SELECT i.person_id, i.email, said, common.now() FROM profiles.identity i
		WHERE i.person_id = d.person_id AND i.email IS NOT NULL
		ON CONFLICT (person_id) DO UPDATE SET address = excluded.address, status = excluded.status,
			held_at = excluded.held_at, version = h.version + 1;
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION scheduling.is_held(uuid, text), scheduling.bounces_of(uuid),
	scheduling.held_mailbox_json(scheduling.held_mailbox), scheduling.take_bounce(uuid, boolean, text)
	TO upward_scheduling;
