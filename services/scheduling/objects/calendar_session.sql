-- Sessions in calendar programs: feeds, invitations, and replies to these.

-- A session as a calendar of one of the two shows it; the columns are those of feeds/session_rows.h.
-- Without settings of its own it becomes part of the query that asks for many; with some, PostgreSQL plans it
-- again for each.
CREATE OR REPLACE FUNCTION scheduling.calendar_session(s scheduling.session, person uuid)
RETURNS TABLE (id uuid, starts bigint, ends bigint, status text, sequence int, changed bigint, agenda text,
	place text, partner text, mode text, link text, arrangements text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT s.id, extract(epoch FROM s.starts_at)::bigint, extract(epoch FROM s.ends_at)::bigint, s.status,
		s.sequence, extract(epoch FROM s.updated_at)::bigint, s.agenda, s.place, k.display_name, s.mode,
		scheduling.link_by(s, (SELECT g.meeting_link FROM matching.programme_view g
			WHERE g.programme_id = m.programme_id), (SELECT t.template FROM scheduling.meeting_template t)),
		replace(array_to_string(ARRAY(SELECT a.arrangement FROM scheduling.provided_for(s) a), ', '), '_',
			' ')
	FROM matching.pair_member m LEFT JOIN profiles.card k ON k.person_id = m.partner_id
	WHERE m.pair_id = s.pair_id AND m.person_id = person;
END;

-- The calendar address of a person: their e-mail address for whoever may see it, else their id.
CREATE OR REPLACE FUNCTION scheduling.calendar_address(viewer uuid, person uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce((SELECT 'mailto:' || i.email FROM profiles.identity i
	WHERE i.person_id = person AND (viewer = person OR profiles.shows(viewer, person, 'email'))),
	'urn:uuid:' || person);

-- Whether an address in a reply is the person's.
CREATE OR REPLACE FUNCTION scheduling.is_address_of(address text, person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN lower(address COLLATE "C") IN ('urn:uuid:' || person, (SELECT 'mailto:' || i.email
	FROM profiles.identity i WHERE i.person_id = person));

-- Who of the two of a session has this address; null: neither.
CREATE OR REPLACE FUNCTION scheduling.invited(session uuid, address text) RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT m.person_id FROM scheduling.session s JOIN matching.pair_member m ON m.pair_id = s.pair_id
	WHERE s.id = session AND scheduling.is_address_of(address, m.person_id));

-- Takes a reply to the invitation to a session: of the actor, or, as a mail gateway passes it on, of the one
-- whose address it has; the step is then theirs. Accepted confirms what waits for this person; declined
-- leads a moved session back to the agreed time, and cancels any other that has not begun; tentative
-- changes nothing. Whoever replies to an earlier invitation has not seen the current one, but for the last
-- step, which a repeated reply may have taken itself: it does nothing more.
CREATE OR REPLACE FUNCTION scheduling.take_reply(actor uuid, session uuid, address text, sequence int,
	answer text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	s scheduling.session;
	who uuid := coalesce(actor, scheduling.invited(session, address));
	done boolean;
BEGIN
	PERFORM set_config('app.actor', who::text, true) WHERE actor IS NULL AND who IS NOT NULL;
	SELECT x.* INTO s FROM scheduling.session x JOIN matching.pair_member m ON m.pair_id = x.pair_id
		AND m.person_id = who
	WHERE x.id = take_reply.session FOR NO KEY UPDATE OF x;
	IF NOT FOUND OR NOT scheduling.is_address_of(address, who) THEN
		PERFORM common.refuse('unknown_reference');
	END IF;
	done := CASE answer WHEN 'accepted' THEN s.status = 'confirmed' AND s.step <> 'reversion'
		WHEN 'declined' THEN s.status = 'cancelled' OR s.step = 'reversion' ELSE false END;
	IF s.sequence - take_reply.sequence NOT IN (0, done::int)
		OR answer = 'accepted' AND s.status NOT IN ('proposed', 'confirmed') THEN
		PERFORM common.refuse('invitation_outdated');
	ELSIF answer = 'accepted' AND s.status = 'proposed' AND s.proposed_by IS DISTINCT FROM who THEN
		UPDATE scheduling.session x SET step = 'confirmation' WHERE x.id = s.id;
	ELSIF answer = 'declined' AND scheduling.is_kept(s) AND s.starts_at > common.now() THEN
		UPDATE scheduling.session x SET step = 'reversion' WHERE x.id = s.id;
	ELSIF answer = 'declined' AND s.status <> 'cancelled' AND s.sequence = take_reply.sequence THEN
		UPDATE scheduling.session x SET step = 'cancellation', reason = 'other' WHERE x.id = s.id;
	END IF;
END $$;

GRANT EXECUTE ON FUNCTION scheduling.calendar_session(scheduling.session, uuid),
	scheduling.calendar_address(uuid, uuid), scheduling.is_address_of(text, uuid),
	scheduling.invited(uuid, text),
	scheduling.take_reply(uuid, uuid, text, int, text) TO upward_scheduling;
