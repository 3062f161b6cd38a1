-- The date of each expected session: thirteen weeks; months 0, 2 and 4 of six; six weeks; six months.
CREATE OR REPLACE FUNCTION scheduling.cadence_dates(cadence text, starts_on date) RETURNS SETOF date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT CASE WHEN cadence IN ('weekly_3_months', 'six_weeks') THEN starts_on + 7 * n
		ELSE (starts_on + make_interval(months => n * CASE cadence
			WHEN 'monthly' THEN 1 ELSE 2 END))::date END
	FROM generate_series(0, CASE cadence WHEN 'weekly_3_months' THEN 12
		WHEN 'every_second_month' THEN 2 ELSE 5 END) n
	ORDER BY n
$$;

-- The views that scheduling publishes.
CREATE OR REPLACE VIEW scheduling.agreement_view AS
SELECT a.id AS agreement_id, a.pair_id, a.status, a.mentor_signed_at IS NOT NULL AS mentor_signed,
	a.mentee_signed_at IS NOT NULL AS mentee_signed, a.signed_at, a.cadence, a.duration_minutes, a.starts_on,
	(SELECT count(*) FROM scheduling.cadence_dates(a.cadence, a.starts_on))::int AS expected_sessions
FROM scheduling.agreement a;

-- What a partner may do with an agreement of their active pair.
CREATE OR REPLACE FUNCTION scheduling.agreement_can(a scheduling.agreement, side text) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	steps text[] := common.actions('agreement', a.status, '{pair_member}');
BEGIN
	IF (CASE side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END) IS NOT NULL THEN
		steps := array_remove(steps, 'signature');
	END IF;
	IF a.status = 'signed' THEN
		steps := steps || 'session_series'::text
			|| (CASE WHEN scheduling.is_restorable(a.pair_id) THEN '{session_restoration}'
				ELSE '{}' END)::text[];
	END IF;
	RETURN array_to_json(steps);
END $$;

-- The agreement for one of the two; for anyone else (a coordinator: the caller checks) without the
-- partners' own words.
CREATE OR REPLACE FUNCTION scheduling.agreement_json(a scheduling.agreement, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = scheduling, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', a.id, 'pair_id', a.pair_id,
		'partner', profiles.card_json(m.partner_id),
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
			'can', CASE WHEN m.side IS NULL OR m.status <> 'active' THEN '[]'
				ELSE scheduling.agreement_can(a, m.side) END,
			'links', json_build_object('self', '/api/v1/agreements/' || a.id,
				'pair', '/api/v1/pairs/' || a.pair_id,
				'plan', '/api/v1/agreements/' || a.id || '/plan'))
		FROM (SELECT p.status, CASE actor WHEN p.person_id THEN 'mentor'
			WHEN p.partner_id THEN 'mentee' END AS side,
				CASE actor WHEN p.person_id THEN p.partner_id
					WHEN p.partner_id THEN p.person_id END AS partner_id
			FROM matching.pair_member p WHERE p.pair_id = a.pair_id AND p.side = 'mentor') m);
END $$;

CREATE OR REPLACE FUNCTION scheduling.agreement_json(agreement_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT scheduling.agreement_json(a, $2) FROM scheduling.agreement a WHERE a.id = $1);
END $$;

-- The agreement in force for a pair, locked: of two concurrent bookings, the second sees which dates the
-- first has taken. Null if none is signed. If it is superseded while we wait for the lock, it is looked up
-- once more.
CREATE OR REPLACE FUNCTION scheduling.hold_agreement(pair uuid) RETURNS uuid
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

-- The step for a signature: the second one concludes the agreement. Nobody signs twice.
CREATE OR REPLACE FUNCTION scheduling.signing_step(a scheduling.agreement, side text) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF (CASE side WHEN 'mentor' THEN a.mentor_signed_at ELSE a.mentee_signed_at END) IS NOT NULL THEN
		PERFORM common.refuse_step('agreement', 'signature', a.status);
	END IF;
	RETURN CASE WHEN CASE side WHEN 'mentor' THEN a.mentee_signed_at ELSE a.mentor_signed_at END IS NULL
		THEN 'signature' ELSE 'conclusion' END;
END $$;

-- A version that both have signed replaces the earlier one. All its planned dates are within the permitted
-- years.
CREATE OR REPLACE FUNCTION scheduling.agreement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step <> 'supersession' THEN
		PERFORM scheduling.pair_is_active(new.pair_id);
	END IF;
	IF new.step IN ('creation', 'change')
		AND EXISTS (SELECT FROM scheduling.cadence_dates(new.cadence, new.starts_on) d
			WHERE NOT common.years() @> d::timestamp AT TIME ZONE 'UTC') THEN
		RAISE EXCEPTION 'a plan of other years' USING ERRCODE = '23514', SCHEMA = 'scheduling',
			TABLE = 'agreement', CONSTRAINT = 'agreement_years';
	END IF;
	IF new.step = 'conclusion' THEN
		UPDATE scheduling.agreement a SET step = 'supersession'
			WHERE a.pair_id = new.pair_id AND a.status = 'signed';
		new.signed_at := common.now();
	END IF;
	RETURN new;
END $$;

-- Creates the plan, and the event.
CREATE OR REPLACE FUNCTION scheduling.agreement_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step = 'conclusion' THEN
		INSERT INTO scheduling.plan (agreement_id, number, due_on)
		SELECT new.id, d.number, d.due_on
		FROM scheduling.cadence_dates(new.cadence, new.starts_on) WITH ORDINALITY AS d (due_on, number);
		PERFORM scheduling.plan_touchpoints(new);
		PERFORM scheduling.start_count(new.pair_id, 'regular');
	END IF;
	PERFORM common.tell_step('agreement', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id,
		json_build_object('pair_id', new.pair_id, 'by', common.actor()));
	RETURN NULL;
END $$;

-- Books one date of a plan; outside the partner's hours, as a proposal. Returns why it cannot be booked, or
-- null. at: null if the clocks skip the time on that day.
CREATE OR REPLACE FUNCTION scheduling.book_date(a scheduling.agreement, date_number int, meeting uuid,
	at timestamptz,
	actor uuid, zone text, channel text, room text) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = scheduling, pg_catalog, pg_temp AS $$
DECLARE
	ends timestamptz := at + make_interval(mins => a.duration_minutes);
	partner uuid := (SELECT m.partner_id FROM matching.pair_member m
		WHERE m.pair_id = a.pair_id AND m.person_id = actor);
BEGIN
	IF at IS NULL THEN
		RETURN 'local_time_nonexistent';
	ELSIF at <= common.now() THEN
		RETURN 'in_the_past';
	END IF;
	INSERT INTO session (id, pair_id, step, starts_at, ends_at, time_zone, mode, place, booked_by, planned)
	VALUES (meeting, a.pair_id, CASE WHEN in_hours(partner, at, ends) THEN 'booking' ELSE 'proposal' END,
		at, ends, zone, channel, room, actor, date_number);
	RETURN NULL;
EXCEPTION
	WHEN exclusion_violation THEN
		RETURN 'overlap';
	WHEN SQLSTATE 'UP001' THEN
		IF sqlerrm <> 'week_full' THEN
			RAISE;
		END IF;
		RETURN 'week_full';
END $$;

-- Books several dates of a plan. A date that cannot be booked keeps its reason and does not undo the
-- others.
CREATE OR REPLACE FUNCTION scheduling.book_series(agreement uuid, actor uuid, ids uuid[], numbers int[],
	starts timestamptz[],
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
		SELECT d.id, d.number, d.at FROM unnest(ids, numbers, starts) AS d (id, number, at)
			JOIN plan p ON p.agreement_id = a.id AND p.number = d.number
		WHERE p.session_id IS NULL
		ORDER BY d.number
	LOOP
		why := book_date(a, one.number, one.id, one.at, actor, zone, channel, room);
		UPDATE plan SET result = why WHERE agreement_id = a.id AND number = one.number AND why IS NOT NULL;
		booked := booked + (why IS NULL)::int;
	END LOOP;
	IF booked > 0 THEN
		INSERT INTO common.outbox (type, subject_id, data)
		VALUES ('agreement.booked', a.id, json_build_object('pair_id', a.pair_id, 'by', actor,
			'sessions', booked));
	END IF;
END $$;

GRANT SELECT ON scheduling.agreement_view TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.agreement_can(scheduling.agreement, text),
	scheduling.agreement_json(scheduling.agreement, uuid), scheduling.cadence_dates(text, date),
	scheduling.hold_agreement(uuid), scheduling.signing_step(scheduling.agreement, text),
	scheduling.book_date(scheduling.agreement, int, uuid, timestamptz, uuid, text, text, text),
	scheduling.book_series(uuid, uuid, uuid[], int[], timestamptz[], text, text, text)
	TO upward_scheduling;
GRANT EXECUTE ON FUNCTION scheduling.agreement_json(uuid, uuid) TO upward_evaluation;

CREATE OR REPLACE TRIGGER agreement_guard BEFORE INSERT OR UPDATE OF step ON scheduling.agreement
	FOR EACH ROW EXECUTE FUNCTION scheduling.agreement_guard();
CREATE OR REPLACE TRIGGER agreement_follow AFTER INSERT OR UPDATE OF step ON scheduling.agreement
	FOR EACH ROW EXECUTE FUNCTION scheduling.agreement_follow();
