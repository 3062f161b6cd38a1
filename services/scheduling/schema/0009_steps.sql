-- The lives of agreements and sessions: what must stand where one takes a step, and what follows in the same
-- transaction. Locks are taken in this order: session or agreement, agreement in force, people, dates of the plan.

-- The agreement in force of a pair, locked: of two bookings at once the second sees which dates the first took.
-- Null where none is signed. One that is superseded while it is waited for is looked for once more.
CREATE FUNCTION scheduling.hold_agreement(pair uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	held uuid;
BEGIN
	FOR try IN 1..2 LOOP
		SELECT a.id INTO held FROM scheduling.agreement a WHERE a.pair_id = pair AND a.status = 'signed'
		FOR NO KEY UPDATE;
		EXIT WHEN FOUND;
	END LOOP;
	RETURN held;
END $$;

-- Refuses what only an active pair does.
CREATE FUNCTION scheduling.pair_is_active(pair uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	now_ text := (SELECT m.status FROM matching.pair_member m WHERE m.pair_id = pair AND m.side = 'mentor');
BEGIN
	IF now_ <> 'active' THEN
		PERFORM common.refuse('pair_not_active', json_build_object('current_status', now_));
	END IF;
END $$;

-- A signature's step: the second of the two concludes. Nobody signs twice.
CREATE FUNCTION scheduling.signing_step(a scheduling.agreement, side text) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (CASE side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END) IS NOT NULL THEN
		PERFORM common.refuse_step('agreement', 'signature', a.status);
	END IF;
	RETURN CASE WHEN CASE side WHEN 'mentor' THEN a.mentee_signed_at ELSE a.mentor_signed_at END IS NULL
		THEN 'signature' ELSE 'conclusion' END;
END $$;

-- A version that both have signed takes the place of the earlier one.
CREATE FUNCTION scheduling.agreement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step <> 'supersession' THEN
		PERFORM scheduling.pair_is_active(new.pair_id);
	END IF;
	IF new.step = 'conclusion' THEN
		UPDATE scheduling.agreement a SET step = 'supersession' WHERE a.pair_id = new.pair_id AND a.status = 'signed';
		new.signed_at := common.now();
	END IF;
	RETURN new;
END $$;

-- Its plan, and the event.
CREATE FUNCTION scheduling.agreement_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'conclusion' THEN
		INSERT INTO scheduling.plan (agreement_id, number, due_on)
		SELECT new.id, d.number, d.due_on
		FROM scheduling.cadence_dates(new.cadence, new.starts_on) WITH ORDINALITY AS d (due_on, number);
	END IF;
	PERFORM common.tell_step('agreement', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id,
		json_build_object('pair_id', new.pair_id, 'by', common.actor()));
	RETURN NULL;
END $$;

-- Before a session is booked or takes a step. Whoever moves one has proposed it.
CREATE FUNCTION scheduling.session_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		new.proposed_by := new.booked_by;
		RETURN new;
	END IF;
	IF new.step IN ('report_held', 'report_missed', 'silence') THEN
		IF new.starts_at > common.now() THEN
			PERFORM common.refuse('session_not_started');
		END IF;
		RETURN new;
	END IF;
	IF new.step = 'confirmation' AND old.proposed_by = common.actor() THEN
		PERFORM common.refuse_step('session', new.step, old.status);
	END IF;
	IF old.starts_at <= common.now() THEN
		PERFORM common.refuse('session_started');
	END IF;
	IF new.step IN ('confirmation', 'move') THEN
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
	new.sequence := old.sequence + 1;
	RETURN new;
END $$;

-- Binds both people to the session's time, or frees them. Their advisory locks are taken in one order first: two
-- inserts of the same slot would each see the other half-done and deadlock. 23P01 participant_free: somebody is
-- taken.
CREATE FUNCTION scheduling.session_bind(s scheduling.session, fresh boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	binds boolean := s.status NOT IN ('cancelled', 'missed');
	slot tstzrange := tstzrange(s.starts_at, s.ends_at);
	key int;
BEGIN
	FOR key IN SELECT hashtext(m.person_id::text) FROM matching.pair_member m WHERE m.pair_id = s.pair_id ORDER BY 1 LOOP
		PERFORM pg_advisory_xact_lock(8, key);
	END LOOP;
	IF NOT fresh THEN
		UPDATE scheduling.participant SET during = slot, live = binds
		WHERE session_id = s.id AND (during, live) IS DISTINCT FROM (slot, binds);
		RETURN;
	END IF;
	INSERT INTO scheduling.participant (session_id, person_id, during, live)
	SELECT s.id, m.person_id, slot, binds FROM matching.pair_member m WHERE m.pair_id = s.pair_id ORDER BY m.person_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such pair' USING ERRCODE = '23503', SCHEMA = 'scheduling',
			TABLE = 'session', CONSTRAINT = 'session_pair_known';
	END IF;
END $$;

-- A new meeting takes the date of the plan that a series booked it for, or else the nearest that is open.
CREATE FUNCTION scheduling.take_date(s scheduling.session, agreement uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	UPDATE scheduling.plan SET session_id = s.id, result = 'booked'
	WHERE agreement_id = agreement AND session_id IS NULL AND number = (SELECT p.number FROM scheduling.plan p
		WHERE p.agreement_id = agreement AND p.session_id IS NULL AND p.number = coalesce(s.planned, p.number)
		ORDER BY abs(p.due_on - (s.starts_at AT TIME ZONE 'UTC')::date), p.number LIMIT 1);
END;

-- After a session was booked or took a step: the people, the date of the plan, its history, the event.
CREATE FUNCTION scheduling.session_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was text := CASE tg_op WHEN 'UPDATE' THEN old.status END;
	fresh boolean := tg_op = 'INSERT';
	moved boolean := tg_op = 'UPDATE' AND (old.starts_at, old.ends_at) IS DISTINCT FROM (new.starts_at, new.ends_at);
	said text := CASE WHEN tg_op = 'INSERT' THEN 'booked' WHEN new.step = 'move' THEN 'rescheduled'
		WHEN new.status <> old.status THEN new.status END;
	agreement uuid;
BEGIN
	IF fresh AND new.kind = 'regular' THEN
		agreement := scheduling.hold_agreement(new.pair_id);
	END IF;
	IF fresh OR moved OR was IN ('cancelled', 'missed') <> (new.status IN ('cancelled', 'missed')) THEN
		PERFORM scheduling.session_bind(new, fresh);
	END IF;
	IF agreement IS NOT NULL THEN
		PERFORM scheduling.take_date(new, agreement);
	ELSIF new.status = 'cancelled' THEN
		UPDATE scheduling.plan SET session_id = NULL, result = NULL WHERE session_id = new.id;
	END IF;
	IF said IS NOT NULL THEN
		INSERT INTO scheduling.session_history (session_id, number, change, was_starts_at, was_ends_at, reason, actor)
		SELECT new.id, coalesce(max(h.number), 0) + 1, said, CASE WHEN NOT fresh THEN old.starts_at END,
			CASE WHEN NOT fresh THEN old.ends_at END, new.reason, common.actor()
		FROM scheduling.session_history h WHERE h.session_id = new.id;
	END IF;
	PERFORM common.tell_step('session', new.step, was, new.id, CASE WHEN new.step LIKE 'report%' THEN '{}'
		ELSE json_strip_nulls(json_build_object('pair_id', new.pair_id, 'by', common.actor(),
			'series', CASE WHEN new.planned IS NOT NULL THEN agreement END,
			'reason', CASE new.step WHEN 'pair_end' THEN new.reason END)) END);
	RETURN NULL;
END $$;

-- How a booking would begin, as one of the pair asks for it: its kind and its step. Refuses what may not be booked;
-- locks the agreement.
CREATE FUNCTION scheduling.bookable(pair uuid, actor uuid, wanted text, starts timestamptz, minutes int, proposes boolean,
	OUT kind text, OUT step text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	agreement uuid;
BEGIN
	IF NOT EXISTS (SELECT FROM matching.pair_member m WHERE m.pair_id = pair AND m.person_id = actor) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/pair_id"}');
	END IF;
	PERFORM scheduling.pair_is_active(pair);
	agreement := scheduling.hold_agreement(pair);
	kind := coalesce(wanted, CASE WHEN agreement IS NULL AND minutes <= 30 THEN 'get_to_know' ELSE 'regular' END);
	IF kind = 'regular' AND agreement IS NULL THEN
		PERFORM common.refuse('agreement_missing');
	ELSIF kind = 'get_to_know' AND minutes > 30 THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/duration_minutes"}');
	ELSIF starts <= common.now() THEN
		PERFORM common.refuse('in_the_past', '{"pointer": "/starts_at"}');
	END IF;
	step := CASE WHEN proposes THEN 'proposal' ELSE 'booking' END;
END $$;

-- Books dates of a plan at once. A date that cannot be booked keeps its reason and does not undo the
-- others. starts: null where the clocks jump over the time of that day.
CREATE FUNCTION scheduling.book_series(agreement uuid, actor uuid, ids uuid[], numbers int[], starts timestamptz[],
	zone text, channel text, room text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = scheduling, pg_catalog, pg_temp AS $$
DECLARE
	a agreement;
	one record;
	why text;
	booked int := 0;
BEGIN
	SELECT * INTO a FROM agreement x WHERE x.id = book_series.agreement;
	FOR one IN
		SELECT d.id, d.number, d.at, d.at + make_interval(mins => a.duration_minutes) AS ends
		FROM unnest(ids, numbers, starts) AS d (id, number, at)
			JOIN plan p ON p.agreement_id = a.id AND p.number = d.number
		WHERE p.session_id IS NULL
		ORDER BY d.number
	LOOP
		why := CASE WHEN one.at IS NULL THEN 'local_time_nonexistent' WHEN one.at <= common.now() THEN 'in_the_past' END;
		IF why IS NULL THEN
			BEGIN
				INSERT INTO session (id, pair_id, step, starts_at, ends_at, time_zone, mode, place, booked_by, planned)
				VALUES (one.id, a.pair_id, 'booking', one.at, one.ends, zone, channel, room, actor, one.number);
				booked := booked + 1;
			EXCEPTION WHEN exclusion_violation THEN
				UPDATE plan SET result = 'overlap' WHERE agreement_id = a.id AND number = one.number;
			END;
		END IF;
		UPDATE plan SET result = why WHERE agreement_id = a.id AND number = one.number AND why IS NOT NULL;
	END LOOP;
	IF booked > 0 THEN
		INSERT INTO common.outbox (type, subject_id, data)
		VALUES ('agreement.booked', a.id, json_build_object('pair_id', a.pair_id, 'by', actor, 'sessions', booked));
	END IF;
END $$;

SELECT common.attach_lifecycle('scheduling.agreement', 'agreement'), common.attach_lifecycle('scheduling.session', 'session');

CREATE TRIGGER agreement_guard BEFORE INSERT OR UPDATE OF step ON scheduling.agreement
	FOR EACH ROW EXECUTE FUNCTION scheduling.agreement_guard();
CREATE TRIGGER agreement_follow AFTER INSERT OR UPDATE OF step ON scheduling.agreement
	FOR EACH ROW EXECUTE FUNCTION scheduling.agreement_follow();
CREATE TRIGGER session_guard BEFORE INSERT OR UPDATE OF step ON scheduling.session
	FOR EACH ROW EXECUTE FUNCTION scheduling.session_guard();
-- Another time is a move, which counts the sequence on: people are bound by the step alone.
CREATE TRIGGER session_time AFTER UPDATE OF starts_at, ends_at ON scheduling.session
	FOR EACH ROW WHEN (new.sequence = old.sequence
		AND (old.starts_at, old.ends_at) IS DISTINCT FROM (new.starts_at, new.ends_at))
	EXECUTE FUNCTION common.refuse_status();
CREATE TRIGGER session_follow AFTER INSERT OR UPDATE OF step ON scheduling.session
	FOR EACH ROW EXECUTE FUNCTION scheduling.session_follow();

GRANT EXECUTE ON FUNCTION scheduling.hold_agreement(uuid), scheduling.pair_is_active(uuid),
	scheduling.signing_step(scheduling.agreement, text),
	scheduling.bookable(uuid, uuid, text, timestamptz, int, boolean),
	scheduling.book_series(uuid, uuid, uuid[], int[], timestamptz[], text, text, text) TO upward_scheduling;
