-- The life cycles of agreements and sessions: the conditions for their steps, and what follows in the same
-- transaction. Locks are taken in this order: session or agreement, agreement in force, people, dates of
-- the plan.

-- What scheduling publishes about them.
CREATE OR REPLACE VIEW scheduling.session_view AS
SELECT s.id AS session_id, s.pair_id, s.kind, s.starts_at, s.ends_at, s.status, s.proposed_by, s.created_at
FROM scheduling.session s;

-- How many sessions of a programme are ahead, were held, were missed, or have not been reported: from the
-- stored counts, adjusted for sessions that are over but have not yet been marked.
CREATE OR REPLACE VIEW scheduling.programme_sessions AS
SELECT c.programme_id, c.held, c.missed, c.unreported, c.open - (SELECT count(*)
		FROM scheduling.session s JOIN scheduling.session_count o ON o.pair_id = s.pair_id AND o.kind = s.kind
		WHERE s.status IN ('proposed', 'confirmed') AND s.ends_at <= common.now()
			AND o.programme_id = c.programme_id) AS ahead
FROM (SELECT v.about AS programme_id,
		coalesce(sum(v.value) FILTER (WHERE v.name = 'session held'), 0)::bigint AS held,
		coalesce(sum(v.value) FILTER (WHERE v.name = 'session missed'), 0)::bigint AS missed,
		coalesce(sum(v.value) FILTER (WHERE v.name = 'session unreported'), 0)::bigint AS unreported,
		coalesce(sum(v.value) FILTER (WHERE v.name = 'session open'), 0)::bigint AS open
	FROM common.counter v WHERE v.name LIKE 'session %' GROUP BY v.about) c;

CREATE OR REPLACE VIEW scheduling.count_view AS
SELECT c.pair_id, c.kind, c.programme_id, c.open, c.missed, c.held + c.missed + c.unreported > 0 AS begun,
	c.open_on, c.held
FROM scheduling.session_count c;

-- The sessions that a pair has missed since the last one that was held.
CREATE OR REPLACE VIEW scheduling.missed_in_a_row AS
SELECT s.pair_id, s.starts_at FROM scheduling.session s
WHERE s.status = 'missed' AND s.starts_at > coalesce((SELECT max(h.starts_at) FROM scheduling.session h
	WHERE h.pair_id = s.pair_id AND h.status = 'held'), '-infinity');

-- Whether the time that both had agreed on is still ahead while a move of it waits for an answer.
CREATE OR REPLACE FUNCTION scheduling.is_kept(s scheduling.session) RETURNS boolean
LANGUAGE sql STABLE
RETURN s.status = 'proposed' AND coalesce(s.kept_starts_at > common.now(), false);

-- What a partner may do with a session now. Until it begins it can be confirmed, changed or cancelled,
-- afterwards reported; a pair that is not active can neither confirm nor move one.
CREATE OR REPLACE FUNCTION scheduling.session_can(s scheduling.session, actor uuid, pair_status text)
	RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	steps text[] := common.actions('session', s.status, '{pair_member}');
BEGIN
	IF common.delegate() IS NOT NULL THEN -- a report is the partner's own word
		steps := array_remove(steps, 'report');
	END IF;
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
	IF pair_status <> 'active' OR NOT scheduling.is_kept(s) THEN
		steps := array_remove(steps, 'reversion');
	END IF;
	RETURN array_to_json(steps);
END $$;

-- A delegate opens the session alone.
CREATE OR REPLACE FUNCTION scheduling.session_links(s scheduling.session) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN common.delegate() IS NULL
	THEN json_build_object('self', '/api/v1/sessions/' || s.id, 'pair', '/api/v1/pairs/' || s.pair_id,
		'history', '/api/v1/sessions/' || s.id || '/history')
	ELSE json_build_object('self', '/api/v1/sessions/' || s.id) END;

-- Where a session takes place online: as somebody has set it, or for video by the template of its programme,
-- or else of the organisation. Part of the query that asks.
CREATE OR REPLACE FUNCTION scheduling.link_by(s scheduling.session, programmes text, ours text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN coalesce(s.link, CASE s.mode WHEN 'video' THEN coalesce(replace(replace(programmes,
	'{session_id}', s.id::text), '{pair_id}', s.pair_id::text), replace(ours, '{id}', s.id::text)) END);

CREATE OR REPLACE VIEW scheduling.meeting_template AS
SELECT s.value::json ->> 'meeting' AS template FROM common.setting s WHERE s.name = 'portal_links';

-- The same of one session alone.
CREATE OR REPLACE FUNCTION scheduling.session_link(s scheduling.session) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF s.link IS NOT NULL OR s.mode <> 'video' THEN
		RETURN s.link;
	END IF;
	RETURN scheduling.link_by(s, (SELECT g.meeting_link FROM matching.pair_member m
			JOIN matching.programme_view g ON g.programme_id = m.programme_id
			WHERE m.pair_id = s.pair_id AND m.side = 'mentor'),
		(SELECT t.template FROM scheduling.meeting_template t));
END $$;

-- What a session has to provide for, whoever of the two needs it.
CREATE OR REPLACE FUNCTION scheduling.provided_for(s scheduling.session) RETURNS TABLE (arrangement text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT DISTINCT a.arrangement FROM matching.pair_member m
		JOIN profiles.arrangement a ON a.person_id = m.person_id
	WHERE m.pair_id = s.pair_id AND s.mode = ANY (a.modes) ORDER BY a.arrangement;
END;

CREATE OR REPLACE FUNCTION scheduling.session_arrangements(s scheduling.session) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT a.arrangement FROM scheduling.provided_for(s) a);
END $$;

CREATE OR REPLACE FUNCTION scheduling.session_json(s scheduling.session, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
	m record;
BEGIN
	SELECT p.partner_id, p.status INTO m FROM matching.pair_member p
		WHERE p.pair_id = s.pair_id AND p.person_id = actor;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN json_build_object('id', s.id, 'pair_id', s.pair_id, 'partner', profiles.card_json(m.partner_id),
		'kind', s.kind, 'status', s.status,
		'starts_at', common.instant(s.starts_at), 'ends_at', common.instant(s.ends_at),
		'kept_starts_at', CASE WHEN scheduling.is_kept(s) THEN common.instant(s.kept_starts_at) END,
		'kept_ends_at', CASE WHEN scheduling.is_kept(s) THEN common.instant(s.kept_ends_at) END,
		'time_zone', s.time_zone, 'duration_minutes', (extract(epoch FROM s.ends_at - s.starts_at) / 60)::int,
		'mode', s.mode, 'arrangements', array_to_json(scheduling.session_arrangements(s)),
		'place', s.place, 'link', scheduling.session_link(s), 'agenda', s.agenda, 'sequence', s.sequence,
		'cancel_reason', CASE WHEN s.status = 'cancelled' THEN s.reason END,
		'move_reason', CASE WHEN s.status = 'proposed' THEN s.reason END,
		'missed_reason', CASE WHEN s.status = 'missed' THEN s.reason END,
		'created_at', common.instant(s.created_at), 'updated_at', common.instant(s.updated_at),
		'version', s.version,
		'can', scheduling.session_can(s, actor, m.status),
		'links', scheduling.session_links(s));
END $$;

CREATE OR REPLACE FUNCTION scheduling.session_json(session_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.session_json(s, $2) FROM scheduling.session s WHERE s.id = $1);
END $$;

-- Refuses what only an active pair may do.
CREATE OR REPLACE FUNCTION scheduling.pair_is_active(pair uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	now_ text := (SELECT m.status FROM matching.pair_member m WHERE m.pair_id = pair AND m.side = 'mentor');
BEGIN
	IF now_ <> 'active' THEN
		PERFORM common.refuse('pair_not_active', json_build_object('current_status', now_));
	END IF;
END $$;

-- Whether the two of a pair meet, or may soon; refuses those who no longer do.
CREATE OR REPLACE FUNCTION scheduling.meets(m matching.pair_member) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF m.status NOT IN ('proposed', 'active') THEN
		PERFORM common.refuse('pair_not_active', json_build_object('current_status', m.status));
	END IF;
	RETURN true;
END $$;

-- What a step does to the time that both had agreed on: the first move of a confirmed session keeps it, and a
-- move that is declined, withdrawn or never answered leads back to it. Any other answer gives it up.
CREATE OR REPLACE FUNCTION scheduling.keep_time(was scheduling.session, becomes scheduling.session)
	RETURNS scheduling.session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF becomes.step IN ('reversion', 'lapse') THEN
		IF NOT scheduling.is_kept(was) THEN
			PERFORM common.refuse('wrong_state', json_build_object('current_status', was.status));
		END IF;
		becomes.starts_at := was.kept_starts_at;
		becomes.ends_at := was.kept_ends_at;
		becomes.time_zone := was.kept_time_zone;
		becomes.utc_offset := was.kept_utc_offset;
	ELSIF becomes.step = 'move' AND was.status = 'confirmed' THEN
		becomes.kept_starts_at := was.starts_at;
		becomes.kept_ends_at := was.ends_at;
		becomes.kept_time_zone := was.time_zone;
		becomes.kept_utc_offset := was.utc_offset;
	END IF;
	IF becomes.status <> 'proposed' THEN
		becomes.kept_starts_at := NULL;
		becomes.kept_ends_at := NULL;
		becomes.kept_time_zone := NULL;
		becomes.kept_utc_offset := NULL;
	END IF;
	RETURN becomes;
END $$;

-- Why a session takes a step. Moves, reports that it was missed and cancellations may have a reason, which an
-- amendment leaves as it is; any other step ends it.
CREATE OR REPLACE FUNCTION scheduling.reason_of(was scheduling.session, becomes scheduling.session)
	RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF becomes.step IN ('move', 'report_missed', 'cancellation', 'pair_end') THEN
		RETURN becomes.reason;
	ELSIF becomes.step IN ('amendment', 'report_held') AND becomes.reason IS DISTINCT FROM was.reason
		AND becomes.reason IS NOT NULL THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/reason"}');
	END IF;
	RETURN CASE becomes.step WHEN 'amendment' THEN was.reason END;
END $$;

-- Before a session is booked or takes a step. A move is a proposal by whoever makes it.
CREATE OR REPLACE FUNCTION scheduling.session_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		new.proposed_by := new.booked_by;
		RETURN new;
	END IF;
	new := scheduling.keep_time(old, new);
	new.reason := scheduling.reason_of(old, new);
	IF new.step IN ('report_held', 'report_missed', 'silence') THEN
		IF new.starts_at > common.now() THEN
			PERFORM common.refuse('session_not_started');
		END IF;
		RETURN new;
	END IF;
	IF new.step = 'confirmation' AND old.proposed_by = common.actor() THEN
		PERFORM common.refuse('wrong_state', json_build_object('current_status', old.status, 'waits_for',
			(SELECT profiles.card_json(m.partner_id) FROM matching.pair_member m
			WHERE m.pair_id = old.pair_id AND m.person_id = old.proposed_by)));
	END IF;
	IF old.starts_at <= common.now() AND new.step <> 'lapse' THEN
		PERFORM common.refuse('session_started');
	END IF;
	IF new.step IN ('confirmation', 'move', 'reversion') THEN
		PERFORM scheduling.pair_is_active(new.pair_id);
	END IF;
	IF new.step = 'move' THEN
		IF new.kind = 'get_to_know' AND new.ends_at > new.starts_at + interval '30 minutes' THEN
			PERFORM common.refuse('unprocessable', '{"pointer": "/duration_minutes"}');
		ELSIF new.starts_at <= common.now() THEN
			PERFORM common.refuse('in_the_past', '{"pointer": "/starts_at"}');
		END IF;
		new.proposed_by := coalesce(common.actor(), old.proposed_by);
	END IF;
	-- RFC 5545 section 3.8.7.4: calendars count when and where, and whether at all.
	IF new.step <> 'amendment' OR (new.place, new.link) IS DISTINCT FROM (old.place, old.link) THEN
		new.sequence := old.sequence + 1;
	END IF;
	RETURN new;
END $$;

-- Reserves the session's time for both people, or frees it, and with it the agreed time that is kept. Their
-- advisory locks are first taken in a fixed order: two inserts of the same slot would each see the other half
-- done and deadlock. 23P01 participant_free: someone is busy.
CREATE OR REPLACE FUNCTION scheduling.session_bind(s scheduling.session, fresh boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	binds boolean := s.status NOT IN ('cancelled', 'missed');
	slot tstzrange := tstzrange(s.starts_at, s.ends_at);
	key int;
BEGIN
	FOR key IN SELECT hashtext(m.person_id::text) FROM matching.pair_member m
		WHERE m.pair_id = s.pair_id ORDER BY 1 LOOP
		PERFORM pg_advisory_xact_lock(8, key);
	END LOOP;
	IF NOT fresh THEN
		DELETE FROM scheduling.participant WHERE session_id = s.id AND part > 0;
		UPDATE scheduling.participant SET during = slot, live = binds
		WHERE session_id = s.id AND part = 0 AND (during, live) IS DISTINCT FROM (slot, binds);
		INSERT INTO scheduling.participant (session_id, person_id, part, during, live)
		SELECT s.id, p.person_id, k.part, k.during, true
		FROM scheduling.participant p, unnest(tstzmultirange(tstzrange(s.kept_starts_at, s.kept_ends_at))
			- tstzmultirange(slot)) WITH ORDINALITY k (during, part)
		WHERE p.session_id = s.id AND p.part = 0 AND s.kept_starts_at IS NOT NULL;
		RETURN;
	END IF;
	INSERT INTO scheduling.participant (session_id, person_id, during, live)
	SELECT s.id, m.person_id, slot, binds FROM matching.pair_member m
		WHERE m.pair_id = s.pair_id ORDER BY m.person_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such pair' USING ERRCODE = '23503', SCHEMA = 'scheduling',
			TABLE = 'session', CONSTRAINT = 'session_pair_known';
	END IF;
END $$;

-- The counts of a pair's sessions of one kind, all zero if there are none yet. Runs with the owner's
-- rights: a role that writes agreements has no access to the counts.
CREATE OR REPLACE FUNCTION scheduling.start_count(pair uuid, kind text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	INSERT INTO scheduling.session_count (pair_id, kind, programme_id)
	SELECT m.pair_id, start_count.kind, m.programme_id FROM matching.pair_member m
	WHERE m.pair_id = start_count.pair AND m.side = 'mentor'
	ON CONFLICT (pair_id, kind) DO NOTHING;
END $$;

-- Moves one session from one count to another; from null: it is new. Cancelled sessions are in no count.
CREATE OR REPLACE FUNCTION scheduling.count_session(s scheduling.session, was text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	becomes text := s.status;
BEGIN
	IF was IS NULL THEN
		PERFORM scheduling.start_count(s.pair_id, s.kind);
	END IF;
	UPDATE scheduling.session_count c SET
		open = c.open + (becomes IN ('proposed', 'confirmed'))::int - coalesce(was IN ('proposed',
			'confirmed'), false)::int,
		held = c.held + (becomes = 'held')::int - coalesce(was = 'held', false)::int,
		missed = c.missed + (becomes = 'missed')::int - coalesce(was = 'missed', false)::int,
		unreported = c.unreported + (becomes = 'unreported')::int - coalesce(was = 'unreported', false)::int
	WHERE c.pair_id = s.pair_id AND c.kind = s.kind;
END $$;

-- What the history of a session says of its last step; an amendment is not in it.
CREATE OR REPLACE FUNCTION scheduling.note_session(was scheduling.session, s scheduling.session) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	said text := CASE WHEN was.id IS NULL THEN 'booked'
		WHEN s.step IN ('move', 'clock_move', 'clock_clash') THEN 'rescheduled'
		WHEN s.step IN ('reversion', 'lapse') THEN 'reverted'
		WHEN s.status <> was.status THEN s.status END;
BEGIN
	INSERT INTO scheduling.session_history (session_id, number, change, was_starts_at, was_ends_at, reason,
		actor)
	SELECT s.id, coalesce(max(h.number), 0) + 1, said, was.starts_at, was.ends_at, s.reason, common.actor()
	FROM scheduling.session_history h WHERE h.session_id = s.id HAVING said IS NOT NULL;
END $$;

-- After a session was booked or took a step: the people, their week, the date of the plan, its history, the
-- event.
CREATE OR REPLACE FUNCTION scheduling.session_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was text := CASE tg_op WHEN 'UPDATE' THEN old.status END;
	fresh boolean := tg_op = 'INSERT';
	timed boolean := (old.starts_at, old.ends_at) IS DISTINCT FROM (new.starts_at, new.ends_at);
	kept boolean := old.kept_starts_at IS DISTINCT FROM new.kept_starts_at;
	agreement uuid;
BEGIN
	IF fresh AND new.kind = 'regular' THEN
		agreement := scheduling.hold_agreement(new.pair_id);
	END IF;
	IF timed OR kept OR was IN ('cancelled', 'missed') <> (new.status IN ('cancelled', 'missed')) THEN
		PERFORM scheduling.session_bind(new, fresh);
		PERFORM scheduling.plan_reminders(new);
	END IF;
	IF NOT fresh THEN
		PERFORM scheduling.settle_reminders(new);
	END IF;
	PERFORM scheduling.refuse_full_week(new) WHERE timed AND new.step NOT IN ('reversion', 'lapse');
	IF agreement IS NOT NULL THEN
		PERFORM scheduling.take_date(new, agreement);
	ELSIF new.status = 'cancelled' THEN
		UPDATE scheduling.plan SET session_id = NULL, result = NULL WHERE session_id = new.id;
	END IF;
	IF was IS DISTINCT FROM new.status THEN
		PERFORM scheduling.count_session(new, was);
	END IF;
	PERFORM scheduling.note_session(old, new);
	PERFORM scheduling.invite(new);
	PERFORM common.tell_step('session', new.step, was, new.id, json_strip_nulls(CASE
		WHEN new.step LIKE 'report%' THEN json_build_object('pair_id', new.pair_id)
		ELSE json_build_object('pair_id', new.pair_id, 'by', common.actor(), 'delegate', common.delegate(),
			'series', CASE WHEN new.planned IS NOT NULL THEN agreement END,
			'reason', CASE new.step WHEN 'pair_end' THEN new.reason END) END));
	RETURN NULL;
END $$;

-- How a booking begins, as a partner requests it: its kind and its step. Outside the other partner's hours
-- it is a proposal, whatever was requested. Refuses what may not be booked; locks the agreement.
CREATE OR REPLACE FUNCTION scheduling.bookable(pair uuid, actor uuid, wanted text, starts timestamptz,
	minutes int, proposes boolean,
	OUT kind text, OUT step text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	agreement uuid;
	partner uuid := (SELECT m.partner_id FROM matching.pair_member m
		WHERE m.pair_id = pair AND m.person_id = actor);
BEGIN
	IF partner IS NULL THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/pair_id"}');
	END IF;
	PERFORM scheduling.pair_is_active(pair);
	agreement := scheduling.hold_agreement(pair);
	kind := coalesce(wanted, CASE WHEN agreement IS NULL AND minutes <= 30 THEN 'get_to_know'
		ELSE 'regular' END);
	IF kind = 'regular' AND agreement IS NULL THEN
		PERFORM common.refuse('agreement_missing');
	ELSIF kind = 'get_to_know' AND minutes > 30 THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/duration_minutes"}');
	ELSIF starts <= common.now() THEN
		PERFORM common.refuse('in_the_past', '{"pointer": "/starts_at"}');
	END IF;
	IF kind = 'regular' THEN
		PERFORM scheduling.refuse_beyond_plan(pair, agreement);
	END IF;
	step := CASE WHEN proposes OR NOT scheduling.in_hours(partner, starts,
		starts + make_interval(mins => minutes))
		THEN 'proposal' ELSE 'booking' END;
END $$;

GRANT SELECT ON scheduling.meeting_template TO upward_scheduling;
GRANT SELECT ON scheduling.session_view, scheduling.programme_sessions
	TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.is_kept(scheduling.session),
	scheduling.keep_time(scheduling.session, scheduling.session),
	scheduling.reason_of(scheduling.session, scheduling.session),
	scheduling.session_can(scheduling.session, uuid, text),
	scheduling.session_json(scheduling.session, uuid), scheduling.session_links(scheduling.session),
	scheduling.session_arrangements(scheduling.session), scheduling.session_link(scheduling.session),
	scheduling.link_by(scheduling.session, text, text), scheduling.provided_for(scheduling.session),
	scheduling.meets(matching.pair_member),
	scheduling.pair_is_active(uuid), scheduling.start_count(uuid, text),
	scheduling.bookable(uuid, uuid, text, timestamptz, int, boolean) TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.session_json(uuid, uuid) TO upward_evaluation;

CREATE OR REPLACE TRIGGER session_guard BEFORE INSERT OR UPDATE OF step ON scheduling.session
	FOR EACH ROW EXECUTE FUNCTION scheduling.session_guard();
-- A change of time is a move, which increases the sequence; only the step reserves people's time.
CREATE OR REPLACE TRIGGER session_time AFTER UPDATE OF starts_at, ends_at ON scheduling.session
	FOR EACH ROW WHEN (new.sequence = old.sequence
		AND (old.starts_at, old.ends_at) IS DISTINCT FROM (new.starts_at, new.ends_at))
	EXECUTE FUNCTION common.refuse_status();
CREATE OR REPLACE TRIGGER session_follow AFTER INSERT OR UPDATE OF step ON scheduling.session
	FOR EACH ROW EXECUTE FUNCTION scheduling.session_follow();
