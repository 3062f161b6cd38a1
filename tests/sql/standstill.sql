-- Random lives in two programmes, and the question whether anybody has fallen out of them. The statements of
-- the services stand in this schema as functions of their names (test_nobody_falls_out.c). What is refused is
-- refused as it would be to people, and passed over.

CREATE TABLE lives.passed (event bigint NOT NULL);
INSERT INTO lives.passed VALUES (0);

INSERT INTO profiles.person (id, user_name, given_name, level, manager_id)
SELECT lives.one(n), 'p' || n, 'P' || n, CASE WHEN n = 1 THEN 8 WHEN n <= 4 THEN 6
	WHEN n <= 6 OR n > 14 THEN 4 ELSE 1 END,
	CASE WHEN n = 1 THEN NULL WHEN n <= 4 OR n > 14 THEN lives.one(1) WHEN n <= 6 THEN lives.one(n - 3)
		ELSE lives.one(4 + n % 3) END
FROM generate_series(1, 16) n;

CREATE FUNCTION lives.any(query text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
	found uuid;
BEGIN
	EXECUTE 'SELECT x.id FROM (' || query || ') x (id) ORDER BY random() LIMIT 1' INTO found;
	RETURN found;
END $$;

CREATE FUNCTION lives.new_programme() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	fresh uuid := gen_random_uuid();
BEGIN
	INSERT INTO matching.programme (id, title, purpose, starts_on, ends_on)
	VALUES (fresh, 'P', 'inclusion', common.today(), common.today() + 200);
	INSERT INTO matching.policy (programme_id, number, rules) VALUES (fresh, 1, '{}');
	INSERT INTO matching.coordinator (programme_id, person_id) VALUES (fresh, lives.one(15));
	UPDATE matching.programme SET step = 'recruitment', enrolment_open = true WHERE id = fresh;
END $$;

-- What the engine would bring: lists of those who can be had, and some mentees without one.
CREATE FUNCTION lives.round_result(round uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r matching.round;
	e record;
	list uuid;
BEGIN
	SELECT * INTO r FROM matching.round x WHERE x.id = round;
	FOR e IN SELECT x.* FROM matching.enrolment x WHERE x.programme_id = r.programme_id AND x.role = 'mentee'
			AND x.status = 'enrolled' AND x.taken < x.capacity
			AND NOT EXISTS (SELECT FROM matching.shortlist s
				WHERE s.enrolment_id = x.id AND s.status = 'open')
	LOOP
		INSERT INTO matching.round_candidate (round_id, enrolment_id, mentor_enrolment_id, mentor_id, rank,
			score, reasons)
		SELECT r.id, e.id, m.id, m.person_id, row_number() OVER (), 1, '{}'
		FROM (SELECT x.id, x.person_id FROM matching.enrolment x WHERE x.programme_id = r.programme_id
			AND x.role = 'mentor'
				AND x.person_id <> e.person_id AND matching.obtainable(x.id, e.person_id, NULL)
					ORDER BY random() LIMIT 5) m
		WHERE random() < 0.9;
		IF NOT EXISTS (SELECT FROM matching.round_candidate c
			WHERE c.round_id = r.id AND c.enrolment_id = e.id) THEN
			INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, reason)
			VALUES (r.id, e.id, e.person_id, 'no_candidate');
			CONTINUE;
		END IF;
		list := gen_random_uuid();
		INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id)
		VALUES (list, r.id, r.programme_id, e.id, e.person_id);
		PERFORM matching.fill_shortlist(list);
	END LOOP;
	UPDATE matching.round x SET step = 'result', finished_at = common.now() WHERE x.id = r.id
		RETURNING x.* INTO r;
	PERFORM matching.supersede_rounds(r);
END $$;

-- ---- what people do ----------------------------------------------------------------

CREATE FUNCTION lives.enrolment_step(g uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	who int := 1 + floor(random() * 14);
	part uuid;
BEGIN
	IF (SELECT p.status FROM profiles.person p WHERE p.id = lives.one(who)) = 'inactive' THEN
		RETURN; -- no token opens anything to them
	ELSIF random() < 0.5 THEN
		INSERT INTO matching.enrolment (id, programme_id, person_id, role, step, capacity)
		VALUES (gen_random_uuid(), g, lives.one(who), CASE WHEN who <= 6
			AND random() < 0.8 THEN 'mentee' ELSE 'mentor' END,
			CASE WHEN random() < 0.7 THEN 'creation' ELSE 'invitation' END, 1 + floor(random() * 2));
		RETURN;
	END IF;
	part := lives.any(format('SELECT id FROM matching.enrolment WHERE programme_id = %L AND person_id = %L',
		g, lives.one(who)));
	IF random() < 0.3 THEN
		UPDATE matching.enrolment SET capacity = floor(random() * 3) WHERE id = part;
	ELSE
		UPDATE matching.enrolment SET paused_until = CASE WHEN random() < 0.5 THEN common.today() + 9 END,
			step = CASE status WHEN 'invited' THEN CASE WHEN random() < 0.8 THEN 'acceptance'
				ELSE 'decline' END
				WHEN 'paused' THEN 'resumption' WHEN 'left_company' THEN 'resumption' ELSE
				CASE WHEN random() < 0.7 OR taken > 0 THEN 'pause' ELSE 'withdrawal' END END
		WHERE id = part;
	END IF;
END $$;

CREATE FUNCTION lives.round_step(g uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r matching.round;
BEGIN
	SELECT * INTO r FROM matching.round x
	WHERE x.programme_id = g AND x.status IN ('queued', 'running', 'ready', 'published')
		ORDER BY x.created_at DESC LIMIT 1;
	IF r.status IS NULL OR r.status = 'published' AND random() < 0.9 THEN
		INSERT INTO matching.round (id, programme_id, policy_number) VALUES (gen_random_uuid(), g, 1);
	ELSIF r.status = 'published' THEN
		PERFORM matching.take_back_round(r.id);
	ELSIF r.status = 'queued' THEN
		UPDATE matching.round SET step = CASE WHEN random() < 0.9 THEN 'claim' ELSE 'cancellation' END
			WHERE id = r.id;
	ELSIF r.status = 'running' THEN
		IF random() < 0.9 THEN
			PERFORM lives.round_result(r.id);
		ELSE
			UPDATE matching.round SET step = 'failure', reason = 'conflict' WHERE id = r.id;
		END IF;
	ELSIF random() < 0.9 THEN
		PERFORM matching.publish_round(r.id);
	ELSE
		UPDATE matching.round SET step = 'discard' WHERE id = r.id;
		UPDATE matching.shortlist SET step = 'withdrawal' WHERE round_id = r.id AND status = 'draft';
	END IF;
END $$;

CREATE FUNCTION lives.list_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	list matching.shortlist;
BEGIN
	SELECT * INTO list FROM matching.shortlist s
	WHERE s.id = lives.any('SELECT id FROM matching.shortlist WHERE status = ''open''');
	IF random() < 0.2 THEN
		PERFORM lives.shortlist_refresh(p_shortlist_id => list.id, p_actor => list.mentee_id,
			p_reason => 'not_a_fit'),
			lives.shortlist_replace_or_refuse(p_shortlist_id => list.id, p_new_id => gen_random_uuid());
		RETURN;
	END IF;
	BEGIN
		PERFORM lives.shortlist_release(p_shortlist_id => list.id);
		PERFORM lives.shortlist_pick(p_id => gen_random_uuid(), p_actor => list.mentee_id,
			p_shortlist_id => list.id,
			p_mentor_id => lives.any(format('SELECT mentor_id FROM matching.shortlist_entry
				WHERE shortlist_id = %L', list.id)));
	EXCEPTION WHEN check_violation OR unique_violation THEN -- the mentor cannot be had
		PERFORM lives.shortlist_lost(p_shortlist_id => list.id),
			lives.shortlist_replace(p_shortlist_id => list.id, p_new_id => gen_random_uuid());
	END;
END $$;

CREATE FUNCTION lives.pair_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	q matching.pair;
	does text;
BEGIN
	SELECT * INTO q FROM matching.pair p
	WHERE p.id = lives.any('SELECT id FROM matching.pair
		WHERE status IN (''proposed'', ''active'', ''suspended'')');
	does := CASE q.status WHEN 'proposed' THEN (ARRAY['acceptance', 'acceptance', 'acceptance', 'decline',
		'withdrawal'])[1 + floor(random() * 5)]
		WHEN 'active' THEN (ARRAY['suspension', 'suspension', 'completion', 'safe_exit', 'none', 'none',
			'none'])[1 + floor(random() * 7)]
		ELSE (ARRAY['resumption', 'resumption', 'resumption', 'safe_exit',
			'none'])[1 + floor(random() * 5)] END;
	IF does <> 'none' THEN
		UPDATE matching.pair SET step = does, reason = 'other',
			suspended_until = CASE WHEN does = 'suspension'
				THEN common.today() + 1 + floor(random() * 20)::int END
		WHERE id = q.id;
		IF does IN ('decline', 'withdrawal', 'safe_exit') THEN
			PERFORM lives.pair_replace(p_pair_id => q.id, p_new_id => gen_random_uuid());
		END IF;
	END IF;
END $$;

CREATE FUNCTION lives.plan_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	q matching.pair;
	a scheduling.agreement;
	me uuid;
BEGIN
	SELECT * INTO q FROM matching.pair p
		WHERE p.id = lives.any('SELECT id FROM matching.pair WHERE status = ''active''');
	me := CASE WHEN random() < 0.5 THEN q.mentor_id ELSE q.mentee_id END;
	SELECT * INTO a FROM scheduling.agreement x WHERE x.pair_id = q.id AND x.status IN ('proposed', 'signed')
	ORDER BY x.status LIMIT 1;
	IF a.status = 'proposed' THEN
		PERFORM lives.agreement_signature(p_agreement_id => a.id, p_actor => me);
	ELSIF a.id IS NULL OR random() < 0.05 THEN
		PERFORM lives.agreement_create(p_id => gen_random_uuid(), p_actor => me, p_pair_id => q.id,
			p_duration_minutes => 45,
			p_cadence => (ARRAY['six_weeks', 'every_second_month'])[1 + floor(random() * 2)],
			p_channels => '{video}', p_time_zone => 'UTC', p_starts_on => common.today() + 2);
	ELSE
		PERFORM scheduling.book_series(a.id, me, array_agg(gen_random_uuid()), array_agg(p.number),
			array_agg(p.due_on::timestamp AT TIME ZONE 'UTC' + make_interval(hours
				=> 6 + floor(random() * 12)::int)), 'UTC',
			'video', NULL)
		FROM scheduling.plan p WHERE p.agreement_id = a.id AND random() < 0.6;
	END IF;
END $$;

CREATE FUNCTION lives.session_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s scheduling.session;
	me uuid;
BEGIN
	SELECT * INTO s FROM scheduling.session x
	WHERE x.id = lives.any('SELECT id FROM scheduling.session
		WHERE status IN (''proposed'', ''confirmed'', ''unreported'')');
	SELECT m.person_id INTO me FROM matching.pair_member m WHERE m.pair_id = s.pair_id ORDER BY random()
		LIMIT 1;
	IF s.starts_at > common.now() THEN
		IF random() < 0.3 THEN
			PERFORM lives.session_cancellation(p_session_id => s.id, p_actor => me, p_reason => 'workload');
		END IF;
	ELSE
		PERFORM lives.session_report(p_session_id => s.id, p_actor => me,
			p_outcome => CASE WHEN random() < 0.8 THEN 'held' ELSE 'missed' END);
	END IF;
END $$;

CREATE FUNCTION lives.hr_step() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	who int := 2 + floor(random() * 15);
BEGIN
	UPDATE profiles.person p SET
		status = CASE WHEN p.status = 'inactive' THEN 'active' WHEN random() < 0.3 THEN 'inactive'
			ELSE p.status END,
		level = CASE WHEN random() < 0.3 THEN 1 + floor(random() * 7) ELSE p.level END,
		manager_id = CASE WHEN random() < 0.4 THEN lives.one(1 + floor(random() * (who - 1))::int)
			ELSE p.manager_id END
	WHERE p.id = lives.one(who);
END $$;

CREATE FUNCTION lives.programme_step(g uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	admin uuid := lives.one(15 + floor(random() * 2)::int);
	p matching.programme;
BEGIN
	SELECT * INTO p FROM matching.programme x WHERE x.id = g;
	IF random() < 0.7 THEN
		PERFORM lives.coordinator_create(p_id => gen_random_uuid(), p_programme_id => g, p_actor => admin,
			p_roles => '{programme_admin}', p_person_id => lives.one(15 + floor(random() * 2)::int));
	ELSIF p.status = 'matching' THEN
		UPDATE matching.programme SET step = 'activation' WHERE id = g;
	ELSIF p.status IN ('active', 'closing') AND random() < 0.2 THEN
		UPDATE matching.programme SET winding_down = CASE p.status
			WHEN 'active' THEN 'closing' ELSE 'closure' END WHERE id = g;
		PERFORM matching.wind_down(g, 500);
	END IF;
END $$;

-- ---- what happens by itself ----------------------------------------------------------------

CREATE FUNCTION lives.jobs() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	e common.outbox;
	said text;
	last bigint;
BEGIN
	LOOP
		said := lives.pair_expire();
		EXIT WHEN said IS NULL;
		PERFORM lives.pair_replace(p_pair_id => (said::json ->> 'id')::uuid, p_new_id => gen_random_uuid());
	END LOOP;
	WHILE lives.shortlist_expire() IS NOT NULL OR lives.enrolment_resume_due() IS NOT NULL
			OR lives.pair_suspension_end() IS NOT NULL OR lives.session_unreported() IS NOT NULL LOOP
	END LOOP;
	FOR e IN SELECT o.* FROM common.outbox o, lives.passed c WHERE o.id > c.event ORDER BY o.id LOOP
		last := e.id;
		IF e.type = 'pair.suspended' THEN
			PERFORM lives.pair_suspended_effect(p_event_id => e.id, p_type => e.type,
				p_subject_id => e.subject_id, p_data => e.data);
		END IF;
		IF e.type IN ('pair.suspended', 'pair.ended', 'pair.completed', 'session.booked') THEN
			PERFORM lives.pair_sessions_cancel(p_event_id => e.id, p_type => e.type,
				p_subject_id => e.subject_id, p_data => e.data);
		END IF;
	END LOOP;
	UPDATE lives.passed SET event = last WHERE last IS NOT NULL;
	PERFORM lives.pair_resumable();
END $$;

-- ---- the question ----------------------------------------------------------------

-- Who has fallen out: enrolled, or in a live pair, in a programme that runs, with nothing going on and no
-- task for them or, about them, for the programme, whose mailbox somebody reads. One row for each of the
-- kinds, which counts for nothing there; null is no kind. Tasks of evaluation do not count: a goal to set
-- keeps no pair together.
CREATE FUNCTION lives.fallen(kinds text[]) RETURNS TABLE (without text, who text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH w AS MATERIALIZED (SELECT * FROM scheduling.waiting)
	SELECT k.kind, f.who FROM unnest(kinds) k (kind), LATERAL (
	WITH t AS MATERIALIZED (SELECT w.* FROM w WHERE w.kind IS DISTINCT FROM k.kind),
		g AS (SELECT p.id, p.status, p.ends_on,
			EXISTS (SELECT FROM matching.coordinator c JOIN profiles.person k
				ON k.id = c.person_id WHERE c.programme_id = p.id AND k.status <> 'inactive')
				OR EXISTS (SELECT FROM t WHERE t.kind = 'take_over' AND t.programme_id = p.id) AS read,
			EXISTS (SELECT FROM matching.round r
				WHERE r.programme_id = p.id AND r.status IN ('queued', 'running')) AS at_work
			FROM matching.programme p WHERE p.status IN ('recruiting', 'matching', 'active', 'closing'))
	SELECT string_agg(x.what, '; ') AS who FROM (
		SELECT 'the programme ' || g.id || ' has nobody' AS what FROM g WHERE NOT g.read
		UNION ALL
		SELECT e.role || ' ' || e.person_id || ' in ' || g.status || ' ' || g.id || ', ' || e.status
		FROM g JOIN matching.enrolment e ON e.programme_id = g.id
		WHERE e.status IN ('enrolled', 'paused') AND e.capacity > 0 AND e.taken = 0 AND NOT g.at_work
			AND NOT (g.status = 'closing' AND g.ends_on >= common.today())
			AND NOT EXISTS (SELECT FROM t WHERE t.programme_id = g.id AND t.person_id = e.person_id
				AND (t.kind <> 'resume_enrolment' OR t.object_id = e.id) AND t.kind <> 'answer_invitation'
				AND (t.kind <> 'pick' OR e.role = 'mentee') AND t.pair_id IS NULL)
			AND NOT EXISTS (SELECT FROM t WHERE t.programme_id = g.id AND t.person_id IS NULL
				AND (t.object_id = e.id
				OR t.mentee_id = e.person_id AND e.role = 'mentee' AND t.pair_id IS NULL
				OR t.kind IN ('first_round', 'close_programme', 'publish_round') OR t.kind = 'spare_mentors'
				AND e.role = 'mentor'))
			AND NOT (e.role = 'mentor' AND EXISTS (SELECT FROM matching.shortlist_entry y
				JOIN matching.shortlist s
				ON s.id = y.shortlist_id WHERE y.enrolment_id = e.id AND s.status = 'open'))
		UNION ALL
		SELECT 'pair ' || q.id || ', ' || q.status FROM g JOIN matching.pair q ON q.programme_id = g.id
		WHERE q.status IN ('proposed', 'active', 'suspended')
			AND NOT EXISTS (SELECT FROM t WHERE t.pair_id = q.id)
			AND NOT EXISTS (SELECT FROM scheduling.session s
				WHERE s.pair_id = q.id AND s.status IN ('proposed', 'confirmed')
				AND s.ends_at > common.now() - interval '2 hours')) x) f;
END $$;

-- One life of some steps from a seed: what went wrong after which, or null; and which of the kinds of task
-- nobody missed: Something happens in a programme; what is refused has not.
CREATE FUNCTION lives.take(does text, g uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CASE does WHEN 'enrolment' THEN PERFORM lives.enrolment_step(g);
		WHEN 'round' THEN PERFORM lives.round_step(g);
		WHEN 'list' THEN PERFORM lives.list_step();
		WHEN 'pair' THEN PERFORM lives.pair_step();
		WHEN 'plan' THEN PERFORM lives.plan_step();
		WHEN 'session' THEN PERFORM lives.session_step();
		WHEN 'hr' THEN PERFORM lives.hr_step();
		WHEN 'programme' THEN PERFORM lives.programme_step(g);
		ELSE PERFORM setval('common.clock',
			pg_sequence_last_value('common.clock') + 3600 * (1 + floor(random() * 90))::bigint);
	END CASE;
EXCEPTION WHEN SQLSTATE 'UP001' OR check_violation OR unique_violation OR exclusion_violation THEN
	NULL; -- refused
END $$;

-- nobody would have fallen out without them. The caller rolls it back.
CREATE FUNCTION lives.run(seed double precision, steps int, kinds text[], OUT wrong text, OUT unmissed text[])
LANGUAGE plpgsql AS $$
DECLARE
	g uuid;
	does text;
BEGIN
	unmissed := kinds;
	PERFORM setseed(seed), setval('common.clock', 1);
	UPDATE lives.passed SET event = (SELECT coalesce(max(o.id), 0) FROM common.outbox o);
	PERFORM lives.new_programme(), lives.new_programme();
	FOR i IN 1..steps LOOP
		g := lives.any('SELECT id FROM matching.programme
			WHERE status IN (''recruiting'', ''matching'', ''active'', ''closing'')');
		does := (ARRAY['enrolment', 'enrolment', 'enrolment', 'round', 'round', 'list', 'list', 'pair',
			'pair', 'plan', 'plan',
			'plan', 'session', 'session', 'hr', 'programme', 'clock'])[1 + floor(random() * 17)];
		PERFORM lives.take(does, g);
		IF (SELECT count(*) FROM matching.programme p WHERE p.status NOT IN ('closed', 'cancelled')) < 2 THEN
			PERFORM lives.new_programme();
		END IF;
		PERFORM lives.jobs();
		SELECT max(f.who) FILTER (WHERE f.without IS NULL),
			coalesce(array_agg(f.without)
				FILTER (WHERE f.without IS NOT NULL AND f.who IS NULL), '{}')
		INTO wrong, unmissed FROM lives.fallen(array_append(unmissed, NULL)) f;
		IF wrong IS NOT NULL THEN
			wrong := format('seed %s, step %s (%s): %s', seed, i, does, wrong);
			RETURN;
		END IF;
	END LOOP;
END $$;
