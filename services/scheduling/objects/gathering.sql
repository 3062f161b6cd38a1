-- Gatherings: who may see and attend them, who has a place, and what follows from their steps. What is asked
-- for every row is in PL/pgSQL, which keeps its plans.

-- Whether somebody is, or once was, a mentee of a programme: for them its mentor circles do not exist.
CREATE OR REPLACE FUNCTION scheduling.is_mentee(programme uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM matching.enrolment_view e WHERE e.programme_id = programme
		AND e.person_id = person AND e.role = 'mentee' AND e.status NOT IN ('declined', 'ineligible'));
END $$;

-- Whether a gathering is open to somebody, by its kind.
CREATE OR REPLACE FUNCTION scheduling.may_attend(g scheduling.gathering, person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE g.kind
		WHEN 'information_session' THEN EXISTS (SELECT FROM matching.programme_view p
			WHERE p.programme_id = g.programme_id AND p.status <> 'draft')
		WHEN 'advisory_board' THEN EXISTS (SELECT FROM scheduling.registration r
			WHERE r.gathering_id = g.id AND r.person_id = person)
		ELSE EXISTS (SELECT FROM matching.enrolment_view e WHERE e.programme_id = g.programme_id
				AND e.person_id = person AND e.status IN ('enrolled', 'paused')
				AND (e.role = 'mentor' OR g.kind = 'innovation_day'))
			AND (g.kind = 'innovation_day' OR NOT scheduling.is_mentee(g.programme_id, person)) END;
END $$;

-- The enrolled people to whom a gathering is open, once each.
CREATE OR REPLACE FUNCTION scheduling.open_to(g scheduling.gathering) RETURNS TABLE (person_id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT DISTINCT e.person_id FROM matching.enrolment_view e
		JOIN profiles.card c ON c.person_id = e.person_id AND c.status <> 'inactive'
	WHERE e.programme_id = g.programme_id AND e.status = 'enrolled' AND scheduling.may_attend(g, e.person_id);
END $$;

-- What the caller is to a gathering: somebody who may attend it, a coordinator; nothing: it does not exist
-- for them.
CREATE OR REPLACE FUNCTION scheduling.gathering_parties(g scheduling.gathering, actor uuid, roles text[])
	RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN array_remove(ARRAY[CASE WHEN scheduling.may_attend(g, actor) THEN 'invited' END,
		CASE WHEN scheduling.coordinates(g.programme_id, actor, roles)
			AND (g.kind <> 'mentor_circle' OR NOT scheduling.is_mentee(g.programme_id, actor))
			THEN 'programme_admin' END], NULL);
END $$;

-- The registrations that count, in order: of people in the company to whom the gathering is open.
CREATE OR REPLACE VIEW scheduling.attendance AS
SELECT r.id, r.gathering_id, r.person_id, r.number,
	row_number() OVER (PARTITION BY r.gathering_id ORDER BY r.number) AS turn, g.capacity
FROM scheduling.registration r JOIN scheduling.gathering g ON g.id = r.gathering_id
	JOIN profiles.card c ON c.person_id = r.person_id AND c.status <> 'inactive'
WHERE scheduling.may_attend(g, r.person_id);

-- The place of one registration: the turn of its person, and how far they are back in line (null: they have
-- a place). No row: it does not count.
CREATE OR REPLACE FUNCTION scheduling.turn_of(r scheduling.registration, OUT turn bigint, OUT in_line bigint)
	RETURNS SETOF record
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT a.turn, CASE WHEN a.turn > a.capacity THEN a.turn - a.capacity END
	FROM scheduling.attendance a WHERE a.gathering_id = r.gathering_id AND a.id = r.id;
END;

-- The gatherings at which somebody has a place.
CREATE OR REPLACE FUNCTION scheduling.places_of(person uuid) RETURNS SETOF scheduling.gathering
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT g.* FROM scheduling.registration r
		JOIN scheduling.gathering g ON g.id = r.gathering_id, LATERAL scheduling.turn_of(r) t
	WHERE r.person_id = person AND t.in_line IS NULL;
END $$;

-- Whether the teams last asked for have been made; null: nobody has asked.
CREATE OR REPLACE FUNCTION scheduling.teams_json(g scheduling.gathering) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE WHEN g.teams_asked_at IS NOT NULL THEN json_build_object('status', CASE WHEN EXISTS (
		SELECT FROM matching.team_view t WHERE t.gathering_id = g.id AND t.asked_at = g.teams_asked_at)
		THEN 'made' ELSE 'making' END) END;
END $$;

-- Asks matching for teams of everybody who has a place.
CREATE OR REPLACE FUNCTION scheduling.ask_teams(g scheduling.gathering, size int) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	now_ timestamptz := common.now();
BEGIN
	IF g.kind <> 'innovation_day' OR g.status <> 'planned' THEN
		PERFORM common.refuse('no_teams', json_build_object('current_status', g.status));
	END IF;
	UPDATE scheduling.gathering x SET teams_asked_at = now_ WHERE x.id = g.id;
	INSERT INTO common.outbox (type, subject_id, data)
	SELECT 'gathering.teams_asked', g.id, json_build_object('programme_id', g.programme_id,
		'people', coalesce(json_agg(a.person_id ORDER BY a.turn), '[]'), 'team_size', size, 'asked_at', now_)
	FROM scheduling.attendance a WHERE a.gathering_id = g.id AND a.turn <= coalesce(a.capacity, a.turn);
END $$;

-- Whether somebody may record what came of it: they have a place, or coordinate.
CREATE OR REPLACE FUNCTION scheduling.records_outcomes(g scheduling.gathering, actor uuid, parties text[])
	RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN g.kind = 'innovation_day' AND g.status <> 'cancelled' AND ('programme_admin' = ANY (parties)
		OR EXISTS (SELECT FROM scheduling.attendance a WHERE a.gathering_id = g.id AND a.person_id = actor
			AND a.turn <= coalesce(a.capacity, a.turn)));
END $$;

CREATE OR REPLACE FUNCTION scheduling.add_outcome(o scheduling.outcome, roles text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	g scheduling.gathering;
	parties text[];
BEGIN
	SELECT * INTO g FROM scheduling.gathering x WHERE x.id = o.gathering_id;
	parties := scheduling.gathering_parties(g, o.author_id, roles);
	IF coalesce(cardinality(parties), 0) = 0 THEN
		PERFORM common.refuse('not_found');
	ELSIF NOT scheduling.records_outcomes(g, o.author_id, parties) THEN
		PERFORM common.refuse('no_teams', json_build_object('current_status', g.status));
	END IF;
	INSERT INTO scheduling.outcome (id, gathering_id, team, title, description, author_id)
	SELECT o.id, g.id, (SELECT t.team FROM matching.team_view t
		WHERE t.gathering_id = g.id AND t.person_id = o.author_id), o.title, o.description, o.author_id;
END $$;

CREATE OR REPLACE FUNCTION scheduling.outcome_json(o scheduling.outcome) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('id', o.id, 'gathering_id', o.gathering_id, 'team', o.team, 'title', o.title,
	'description', o.description, 'created_at', common.instant(o.created_at), 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/gatherings/' || o.gathering_id || '/outcomes/' || o.id,
		'gathering', '/api/v1/gatherings/' || o.gathering_id));

-- What evaluation may know: which programme an outcome belongs to.
CREATE OR REPLACE VIEW scheduling.outcome_view AS
SELECT o.id AS outcome_id, o.gathering_id, g.programme_id
FROM scheduling.outcome o JOIN scheduling.gathering g ON g.id = o.gathering_id;

CREATE OR REPLACE FUNCTION scheduling.gathering_can(g scheduling.gathering, actor uuid, parties text[],
	registered boolean) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN array_to_json(common.actions('gathering', g.status, parties)
		|| CASE WHEN g.status = 'planned' AND g.starts_at > common.now() AND CASE g.kind WHEN 'advisory_board'
			THEN 'programme_admin' = ANY (parties) ELSE 'invited' = ANY (parties) AND NOT registered END
			THEN '{registration_create}' ELSE '{}'::text[] END
		|| CASE WHEN g.kind = 'mentor_circle' AND 'invited' = ANY (parties) THEN '{issue_put}'
			ELSE '{}'::text[] END
		|| CASE WHEN g.kind = 'innovation_day' AND g.status = 'planned' AND 'programme_admin' = ANY (parties)
			THEN '{teams}' ELSE '{}'::text[] END
		|| CASE WHEN scheduling.records_outcomes(g, actor, parties) THEN '{outcome_create}'
			ELSE '{}'::text[] END);
END $$;

CREATE OR REPLACE FUNCTION scheduling.gathering_json(g scheduling.gathering, actor uuid, roles text[])
	RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', g.id,
			'programme', (SELECT json_build_object('id', p.programme_id, 'title', p.title)
				FROM matching.programme_view p WHERE p.programme_id = g.programme_id),
			'kind', g.kind, 'title', g.title, 'description', g.description, 'agenda', g.agenda,
			'status', g.status,
			'starts_at', common.instant(g.starts_at), 'ends_at', common.instant(g.ends_at),
			'time_zone', g.time_zone, 'mode', g.mode, 'place', g.place, 'link', g.link,
			'capacity', g.capacity,
			'series', json_build_object('id', g.series_id, 'number', g.number,
				'count', (SELECT count(*) FROM scheduling.gathering s WHERE s.series_id = g.series_id)),
			'going', a.going, 'waiting', a.waiting, 'registration', a.own,
			'teams', scheduling.teams_json(g), 'sequence', g.sequence,
			'created_at', common.instant(g.created_at), 'updated_at', common.instant(g.updated_at),
			'version', g.version, 'can', scheduling.gathering_can(g, actor, x.parties, a.own IS NOT NULL),
			'links', json_strip_nulls(json_build_object('self', x.self,
				'programme', '/api/v1/programmes/' || g.programme_id,
				'registration', x.self || '/registrations/' || (a.own ->> 'id'),
				'registrations', CASE WHEN 'programme_admin' = ANY (x.parties)
					THEN x.self || '/registrations' END)))
		FROM (SELECT scheduling.gathering_parties(g, actor, roles) AS parties,
				'/api/v1/gatherings/' || g.id AS self) x,
			(SELECT count(*) FILTER (WHERE t.in_line IS NULL) AS going,
				count(t.in_line) AS waiting,
				(json_agg(json_build_object('id', t.id, 'has_place', t.in_line IS NULL, 'in_line', t.in_line))
					FILTER (WHERE t.person_id = actor)) -> 0 AS own
			FROM (SELECT t.*, CASE WHEN t.turn > t.capacity THEN t.turn - t.capacity END AS in_line
				FROM scheduling.attendance t WHERE t.gathering_id = g.id) t) a);
END $$;

CREATE OR REPLACE FUNCTION scheduling.registration_json(r scheduling.registration) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', r.id, 'gathering_id', r.gathering_id,
		'person', profiles.card_json(r.person_id), 'has_place', t.turn IS NOT NULL AND t.in_line IS NULL,
		'in_line', t.in_line, 'created_at', common.instant(r.created_at), 'version', 1,
		'can', CASE WHEN scheduling.registrable(g) THEN json_build_array('delete') ELSE '[]' END,
		'links', json_build_object('self', '/api/v1/gatherings/' || g.id || '/registrations/' || r.id,
			'gathering', '/api/v1/gatherings/' || g.id))
	FROM scheduling.gathering g LEFT JOIN LATERAL scheduling.turn_of(r) t ON true
	WHERE g.id = r.gathering_id);

-- People may sign up and leave until it begins.
CREATE OR REPLACE FUNCTION scheduling.registrable(g scheduling.gathering) RETURNS boolean
LANGUAGE sql STABLE
RETURN g.status = 'planned' AND g.starts_at > common.now();

-- The gathering and, of a series, the later ones if wished; locked in order.
CREATE OR REPLACE FUNCTION scheduling.hold_series(g scheduling.gathering, series boolean)
	RETURNS SETOF scheduling.gathering
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT o.* FROM scheduling.gathering o
	WHERE o.id = g.id OR series AND o.series_id = g.series_id AND o.number > g.number AND o.status = 'planned'
	ORDER BY o.number FOR NO KEY UPDATE;
END;

-- Tells those who get a place because there are more than before: the turns from then to now.
CREATE OR REPLACE FUNCTION scheduling.tell_places(gathering uuid, was int, becomes int) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	INSERT INTO common.outbox (type, subject_id, data)
	SELECT 'gathering.place_free', gathering, json_build_object('person_id', a.person_id)
	FROM scheduling.attendance a
	WHERE a.gathering_id = gathering AND a.turn > was AND a.turn <= coalesce(becomes, a.turn);
END;

-- Registers somebody, who is the actor except for an advisory board.
CREATE OR REPLACE FUNCTION scheduling.register(registration uuid, gathering uuid, actor uuid, roles text[],
	appointed uuid, series boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	g scheduling.gathering;
	one scheduling.gathering;
	parties text[];
BEGIN
	SELECT * INTO g FROM scheduling.gathering x WHERE x.id = gathering;
	parties := scheduling.gathering_parties(g, actor, roles);
	IF coalesce(cardinality(parties), 0) = 0 THEN
		PERFORM common.refuse('not_found');
	ELSIF (g.kind = 'advisory_board') <> (appointed IS NOT NULL)
		OR appointed IS NOT NULL AND NOT 'programme_admin' = ANY (parties) THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/person_id"}');
	ELSIF appointed IS NULL AND NOT 'invited' = ANY (parties) THEN
		PERFORM common.refuse('not_invited');
	ELSIF appointed IS NOT NULL AND NOT EXISTS (SELECT FROM profiles.card c WHERE c.person_id = appointed
		AND c.status <> 'inactive') THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/person_id"}');
	END IF;
	FOR one IN SELECT * FROM scheduling.hold_series(g, series) LOOP
		IF one.id = g.id AND NOT scheduling.registrable(one) THEN
			PERFORM common.refuse('registration_closed', json_build_object('current_status', one.status));
		END IF;
		INSERT INTO scheduling.registration (id, gathering_id, person_id, number)
		SELECT CASE one.id WHEN g.id THEN registration ELSE gen_random_uuid() END, one.id,
			coalesce(appointed, actor), coalesce(max(r.number), 0) + 1
		FROM scheduling.registration r WHERE r.gathering_id = one.id
		HAVING one.id = g.id OR NOT coalesce(bool_or(r.person_id = coalesce(appointed, actor)), false);
	END LOOP;
	IF appointed IS NOT NULL THEN
		INSERT INTO common.outbox (type, subject_id, data) VALUES ('gathering.invited', g.id,
			json_build_object('person_id', appointed, 'by', actor));
	END IF;
END $$;

-- Takes a registration back; the first in line gets the place.
CREATE OR REPLACE FUNCTION scheduling.unregister(registration uuid, gathering uuid, actor uuid, roles text[],
	series boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	r scheduling.registration;
	g scheduling.gathering;
	one scheduling.gathering;
	gone bigint;
BEGIN
	SELECT * INTO r FROM scheduling.registration x WHERE x.id = registration AND x.gathering_id = gathering;
	SELECT * INTO g FROM scheduling.gathering x WHERE x.id = r.gathering_id;
	IF g.id IS NULL OR NOT (r.person_id = actor AND scheduling.may_attend(g, actor)
		OR 'programme_admin' = ANY (scheduling.gathering_parties(g, actor, roles))) THEN
		PERFORM common.refuse('not_found');
	END IF;
	FOR one IN SELECT * FROM scheduling.hold_series(g, series) LOOP
		IF one.id = g.id AND NOT scheduling.registrable(one) THEN
			PERFORM common.refuse('registration_closed', json_build_object('current_status', one.status));
		END IF;
		SELECT a.turn INTO gone FROM scheduling.attendance a
			WHERE a.gathering_id = one.id AND a.person_id = r.person_id;
		DELETE FROM scheduling.registration x WHERE x.gathering_id = one.id AND x.person_id = r.person_id;
		IF gone <= one.capacity THEN
			PERFORM scheduling.tell_places(one.id, one.capacity - 1, one.capacity);
		END IF;
	END LOOP;
END $$;

-- Before a gathering takes a step: there are not fewer places than are taken, and no time in the past.
CREATE OR REPLACE FUNCTION scheduling.gathering_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.starts_at <= common.now() AND new.starts_at IS DISTINCT FROM old.starts_at THEN
		PERFORM common.refuse('in_the_past', '{"pointer": "/starts_at"}');
	ELSIF tg_op = 'INSERT' THEN
		RETURN new;
	END IF;
	IF new.capacity < old.capacity OR old.capacity IS NULL AND new.capacity IS NOT NULL THEN
		IF new.capacity < (SELECT count(*) FROM scheduling.attendance a WHERE a.gathering_id = new.id
			AND a.turn <= coalesce(old.capacity, a.turn)) THEN
			PERFORM common.refuse('capacity_below_taken', '{"pointer": "/capacity"}');
		END IF;
	END IF;
	IF new.step <> 'editing' OR (new.starts_at, new.ends_at, new.place, new.link)
		IS DISTINCT FROM (old.starts_at, old.ends_at, old.place, old.link) THEN
		new.sequence := old.sequence + 1;
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE FUNCTION scheduling.gathering_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF old.capacity < coalesce(new.capacity, 2147483647) THEN
		PERFORM scheduling.tell_places(new.id, old.capacity, new.capacity);
	END IF;
	PERFORM common.tell_step('gathering', new.step, old.status, new.id,
		json_strip_nulls(json_build_object('by', common.actor(),
			'moved', nullif(new.step IN ('editing', 'clock_move') AND new.sequence > old.sequence,
				false))));
	RETURN NULL;
END $$;

GRANT SELECT ON scheduling.attendance TO upward_scheduling;
GRANT SELECT ON scheduling.outcome_view TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.is_mentee(uuid, uuid), scheduling.may_attend(scheduling.gathering, uuid),
	scheduling.open_to(scheduling.gathering),
	scheduling.gathering_parties(scheduling.gathering, uuid, text[]),
	scheduling.turn_of(scheduling.registration), scheduling.places_of(uuid),
	scheduling.gathering_can(scheduling.gathering, uuid, text[], boolean),
	scheduling.teams_json(scheduling.gathering), scheduling.ask_teams(scheduling.gathering, int),
	scheduling.records_outcomes(scheduling.gathering, uuid, text[]),
	scheduling.add_outcome(scheduling.outcome, text[]), scheduling.outcome_json(scheduling.outcome),
	scheduling.gathering_json(scheduling.gathering, uuid, text[]),
	scheduling.registration_json(scheduling.registration), scheduling.registrable(scheduling.gathering),
	scheduling.hold_series(scheduling.gathering, boolean), scheduling.tell_places(uuid, int, int),
	scheduling.register(uuid, uuid, uuid, text[], uuid, boolean),
	scheduling.unregister(uuid, uuid, uuid, text[], boolean) TO upward_scheduling;

CREATE OR REPLACE TRIGGER gathering_guard BEFORE INSERT OR UPDATE OF step ON scheduling.gathering
	FOR EACH ROW EXECUTE FUNCTION scheduling.gathering_guard();
CREATE OR REPLACE TRIGGER gathering_follow AFTER UPDATE OF step ON scheduling.gathering
	FOR EACH ROW EXECUTE FUNCTION scheduling.gathering_follow();
