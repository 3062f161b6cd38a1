-- Shortlists over their life, and what follows from the steps of programmes, rounds and enrolments.

-- The state of a list as everybody sees it: one whose time has passed has expired, also before the job that says so.
CREATE FUNCTION matching.shortlist_now(s matching.shortlist) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN s.status = 'open' AND s.pick_by <= common.now() THEN 'expired' ELSE s.status END;

-- Why a mentee cannot take another mentor now: a code of api/problems.yaml, null where nothing stands against it.
-- A list that replaces a suspended pair frees that pair's place with the pick.
CREATE FUNCTION matching.mentee_refusal(part uuid, replaces uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
	freed int := (SELECT count(*) FROM pair q WHERE q.id = replaces AND q.status = 'suspended');
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = part;
	RETURN CASE WHEN e.status <> 'enrolled' THEN 'not_enrolled' WHEN e.taken - freed >= e.capacity THEN 'no_place'
		WHEN room_of(e.person_id, 'mentee') + freed <= 0 THEN 'person_limit' END;
END $$;

-- A pick is in time, and the mentee has a place for it: otherwise nothing is lost, and nobody else is blamed.
CREATE FUNCTION matching.shortlist_in_time() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	refusal text;
BEGIN
	IF new.step IN ('pick', 'refresh') AND matching.shortlist_now(old) = 'expired' THEN
		PERFORM common.refuse_step('shortlist', new.step, 'expired');
	END IF;
	IF new.step = 'pick' AND old.status = 'open' THEN
		refusal := mentee_refusal(old.enrolment_id, old.replaces_pair);
		IF refusal IS NOT NULL THEN
			PERFORM common.refuse(refusal, '{"side": "mentee"}');
		END IF;
	END IF;
	RETURN new;
END $$;

-- Can this mentor be had by this mentee, in this programme, now? Exposure is asked apart.
CREATE FUNCTION matching.obtainable(mentor_part uuid, mentee uuid, distance smallint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
	p programme;
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = mentor_part;
	IF e.status <> 'enrolled' OR e.taken >= e.capacity OR room_of(e.person_id, 'mentor') <= 0
			OR EXISTS (SELECT FROM declined d WHERE d.programme_id = e.programme_id
				AND d.mentee_id = mentee AND d.mentor_id = e.person_id)
			OR EXISTS (SELECT FROM pair q WHERE least(q.mentor_id, q.mentee_id) = least(e.person_id, mentee)
				AND greatest(q.mentor_id, q.mentee_id) = greatest(e.person_id, mentee)
				AND q.status IN ('proposed', 'active', 'suspended', 'completed', 'ended')) THEN
		RETURN false;
	END IF;
	SELECT * INTO p FROM programme x WHERE x.id = e.programme_id;
	RETURN may_pair(e.person_id, mentee, p.min_level_gap, distance);
END $$;

-- Fills a list up to three from its round's candidates, best first and those of the mentee's own line last: whoever
-- can be had and stands on fewer lists than the cap, the third from a second department where that can be. Gives how many the list has then.
CREATE FUNCTION matching.fill_shortlist(list uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	s shortlist;
	p programme;
	c round_candidate;
	spare round_candidate;
	departments text[];
	n int;
BEGIN
	SELECT * INTO s FROM shortlist x WHERE x.id = list;
	SELECT * INTO p FROM programme x WHERE x.id = s.programme_id;
	SELECT count(*), coalesce(array_agg(DISTINCT k.department), '{}') INTO n, departments
	FROM shortlist_entry x JOIN profiles.card k ON k.person_id = x.mentor_id WHERE x.shortlist_id = list;
	FOR c IN SELECT x.* FROM round_candidate x WHERE x.round_id = s.round_id AND x.enrolment_id = s.enrolment_id
			AND NOT EXISTS (SELECT FROM shortlist_entry y WHERE y.shortlist_id = list AND y.mentor_id = x.mentor_id)
		ORDER BY x.line_distance IS NOT NULL, x.rank
	LOOP
		EXIT WHEN n >= 3 OR spare.mentor_id IS NOT NULL AND c.line_distance IS NOT NULL;
		CONTINUE WHEN mentor_lists(c.mentor_id, s.round_id) >= p.exposure_cap
			OR NOT obtainable(c.mentor_enrolment_id, s.mentee_id, coalesce(p.line_distance, c.line_distance));
		IF n = 2 AND departments = ARRAY[c.department] THEN
			IF spare.mentor_id IS NULL THEN
				spare := c; -- taken only where no other department has anybody
			END IF;
			CONTINUE;
		END IF;
		PERFORM add_entry(list, c);
		departments := departments || CASE WHEN c.department = ANY (departments) THEN '{}' ELSE ARRAY[c.department] END;
		n := n + 1;
	END LOOP;
	IF n = 2 AND spare.mentor_id IS NOT NULL THEN
		PERFORM add_entry(list, spare);
		n := 3;
	END IF;
	UPDATE shortlist SET reason = CASE WHEN n < 3 THEN coalesce(reason, 'candidates_exhausted') END,
		line_rule = CASE WHEN EXISTS (SELECT FROM shortlist_entry x WHERE x.shortlist_id = list AND x.line_distance IS NOT NULL)
			THEN 'head_of_tree' WHEN line_rule = 'head_of_tree' THEN 'any' ELSE line_rule END
	WHERE id = list;
	RETURN n;
END $$;

-- On how many lists a mentor stands: open ones, and drafts of one round.
CREATE FUNCTION matching.mentor_lists(mentor uuid, round uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT count(*) FROM shortlist_entry x JOIN shortlist s ON s.id = x.shortlist_id
		WHERE x.mentor_id = mentor AND (s.status = 'open' OR s.status = 'draft' AND s.round_id = round));
END $$;

-- A candidate comes onto a list, at the first rank that is free.
CREATE FUNCTION matching.add_entry(list uuid, c matching.round_candidate) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score, reasons, line_distance)
	SELECT list, c.mentor_id, c.mentor_enrolment_id, r.rank, c.score, c.reasons, c.line_distance
	FROM generate_series(1, 3) r (rank)
	WHERE NOT EXISTS (SELECT FROM shortlist_entry x WHERE x.shortlist_id = list AND x.rank = r.rank)
	ORDER BY r.rank LIMIT 1;
END $$;

-- A new open shortlist in place of an earlier one, where its mentee has a place to fill. For a mentee whose pair is
-- suspended the list replaces that pair. Gives how many mentors it has; with none it makes nothing.
CREATE FUNCTION matching.replacement_shortlist(earlier uuid, fresh uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	was shortlist;
	p programme;
	resting uuid;
	n int;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(7, 1);
	SELECT * INTO was FROM shortlist WHERE id = earlier;
	SELECT * INTO p FROM programme WHERE id = was.programme_id;
	IF mentee_refusal(was.enrolment_id, NULL) IN ('no_place', 'person_limit') THEN
		SELECT q.id INTO resting FROM pair q WHERE q.mentee_enrolment_id = was.enrolment_id AND q.status = 'suspended'
		ORDER BY q.id LIMIT 1;
	END IF;
	IF p.status NOT IN ('matching', 'active') OR p.winding_down IS NOT NULL
			OR mentee_refusal(was.enrolment_id, resting) IS NOT NULL
			OR EXISTS (SELECT FROM round r WHERE r.id = was.round_id AND r.status = 'rolled_back') THEN
		RETURN 0;
	END IF;
	INSERT INTO shortlist (id, round_id, programme_id, enrolment_id, mentee_id, step, pick_by, line_rule, refresh_of,
		replaces_pair)
	VALUES (fresh, was.round_id, was.programme_id, was.enrolment_id, was.mentee_id, 'replacement',
		common.now() + make_interval(days => p.pick_days), was.line_rule, was.id, resting)
	ON CONFLICT (enrolment_id) WHERE status = 'open' DO NOTHING; -- another end of a pair was faster
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	n := fill_shortlist(fresh);
	IF n = 0 THEN
		DELETE FROM shortlist WHERE id = fresh;
	ELSE
		INSERT INTO common.outbox (type, subject_id) VALUES ('shortlist.opened', fresh);
	END IF;
	RETURN n;
END $$;

-- The drafts of a round that is being published, as things stand now: whose mentee has no place any more, or has an
-- open list, gets none; a mentor who cannot be had is replaced.
CREATE FUNCTION matching.open_drafts(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	p programme;
	list uuid;
BEGIN
	SELECT g.* INTO p FROM programme g JOIN round r ON r.programme_id = g.id WHERE r.id = round;
	UPDATE shortlist s SET step = 'withdrawal'
	WHERE s.round_id = round AND s.status = 'draft' AND (mentee_refusal(s.enrolment_id, NULL) IS NOT NULL
		OR EXISTS (SELECT FROM shortlist o WHERE o.enrolment_id = s.enrolment_id AND o.status = 'open'));
	FOR list IN WITH gone AS (DELETE FROM shortlist_entry x USING shortlist s
				WHERE s.id = x.shortlist_id AND s.round_id = round AND s.status = 'draft'
					AND NOT obtainable(x.enrolment_id, s.mentee_id, coalesce(p.line_distance, x.line_distance)) RETURNING x.shortlist_id)
			SELECT DISTINCT g.shortlist_id FROM gone g ORDER BY 1
	LOOP
		IF fill_shortlist(list) = 0 THEN
			UPDATE shortlist SET step = 'withdrawal' WHERE id = list;
		END IF;
	END LOOP;
	UPDATE shortlist s SET step = 'publication', pick_by = common.now() + make_interval(days => p.pick_days)
	WHERE s.round_id = round AND s.status = 'draft';
END $$;

-- Publishes a round. Earlier rounds without an open list, and others that are ready, are superseded.
CREATE FUNCTION matching.publish_round(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	r round;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	UPDATE round x SET step = 'publication', published_at = common.now() WHERE x.id = publish_round.round RETURNING * INTO r;
	UPDATE programme p SET step = 'first_round' WHERE p.id = r.programme_id AND p.status = 'recruiting';
	PERFORM open_drafts(r.id);
	PERFORM supersede_rounds(r);
END $$;

-- A round that is ready or published takes the place of others that nobody waits for.
CREATE FUNCTION matching.supersede_rounds(r matching.round) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	UPDATE round o SET step = 'supersession'
	WHERE o.programme_id = r.programme_id AND o.id <> r.id AND NOT o.what_if AND (o.status = 'ready'
		OR r.status = 'published' AND o.status = 'published'
			AND NOT EXISTS (SELECT FROM shortlist s WHERE s.round_id = o.id AND s.status = 'open'));
	UPDATE shortlist s SET step = 'withdrawal' FROM round o
	WHERE o.id = s.round_id AND o.programme_id = r.programme_id AND o.status = 'superseded' AND s.status = 'draft';
END $$;

-- Takes a published round back, while no pick of it was accepted.
CREATE FUNCTION matching.take_back_round(round uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	IF EXISTS (SELECT FROM pair q JOIN shortlist s ON s.id = q.shortlist_id JOIN round r ON r.id = s.round_id
			WHERE r.id = take_back_round.round AND r.status = 'published' AND q.accepted_at IS NOT NULL) THEN
		PERFORM common.refuse('round_accepted');
	END IF;
	UPDATE pair q SET step = 'retraction' FROM shortlist s
	WHERE s.id = q.shortlist_id AND s.round_id = take_back_round.round AND q.status IN ('proposed', 'suspended');
	UPDATE shortlist s SET step = 'withdrawal'
	WHERE s.round_id = take_back_round.round AND s.status IN ('draft', 'open', 'picked');
	UPDATE round r SET step = 'rollback' WHERE r.id = take_back_round.round;
END $$;

-- Ends what hangs on a programme that closes, is closed or is cancelled: at most `most` lists, pairs and enrolments,
-- so that no transaction is long. When nothing is left the programme takes the step, and the answer is true.
CREATE FUNCTION matching.wind_down(programme uuid, most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	g programme;
	n int;
	done int;
BEGIN
	PERFORM pg_advisory_xact_lock(7, 1);
	SELECT * INTO g FROM programme p WHERE p.id = wind_down.programme AND p.winding_down IS NOT NULL FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN true;
	END IF;
	UPDATE round r SET step = CASE r.status WHEN 'ready' THEN 'discard' ELSE 'cancellation' END, leased_until = NULL,
		finished_at = coalesce(r.finished_at, common.now())
	WHERE r.programme_id = g.id AND r.status IN ('queued', 'running', 'ready');
	UPDATE shortlist s SET step = 'withdrawal' WHERE s.status IN ('draft', 'open') AND s.id IN (SELECT x.id FROM shortlist x
		WHERE x.programme_id = g.id AND x.status IN ('draft', 'open') LIMIT most);
	GET DIAGNOSTICS done = ROW_COUNT;
	UPDATE pair q SET step = ending_step(q, g.winding_down), reason = CASE g.winding_down WHEN 'closure' THEN 'programme_ended'
			WHEN 'cancellation' THEN 'programme_cancelled' END
	WHERE q.id IN (SELECT x.id FROM pair x WHERE x.programme_id = g.id AND ending_step(x, g.winding_down) IS NOT NULL
		ORDER BY x.id LIMIT most - done);
	GET DIAGNOSTICS n = ROW_COUNT;
	done := done + n;
	IF g.winding_down <> 'closing' THEN
		UPDATE enrolment e SET step = CASE WHEN g.winding_down = 'closure' AND e.status IN ('enrolled', 'paused')
				THEN 'completion' ELSE 'lapse' END,
			reason = CASE g.winding_down WHEN 'cancellation' THEN 'programme_cancelled' ELSE e.reason END
		WHERE e.id IN (SELECT x.id FROM enrolment x WHERE x.programme_id = g.id
			AND x.status IN ('invited', 'interested', 'enrolled', 'paused') LIMIT most - done);
		GET DIAGNOSTICS n = ROW_COUNT;
		done := done + n;
	END IF;
	IF done < most THEN
		UPDATE programme p SET step = g.winding_down, winding_down = NULL WHERE p.id = g.id;
	END IF;
	RETURN done < most;
END $$;

-- How a live pair ends while its programme winds down; null: it goes on.
CREATE FUNCTION matching.ending_step(q matching.pair, winding_down text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN q.status NOT IN ('proposed', 'active', 'suspended') THEN NULL
	WHEN q.status = 'proposed' OR q.status = 'suspended' AND q.came_from = 'proposed' THEN
		CASE winding_down WHEN 'cancellation' THEN 'programme_end' ELSE 'retraction' END
	WHEN winding_down = 'closure' AND q.status = 'active' THEN 'completion'
	WHEN winding_down IN ('closure', 'cancellation') THEN 'programme_end' END;

-- What stands against a closure, as a checklist.
CREATE FUNCTION matching.closure_checklist(p matching.programme) RETURNS text[]
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN array_remove(ARRAY[CASE WHEN p.ends_on > common.today() THEN 'ends_on_not_reached' END,
	CASE WHEN EXISTS (SELECT FROM matching.pair q WHERE q.programme_id = p.id AND q.status = 'suspended')
		THEN 'suspended_pairs' END], NULL);

-- ---- what follows from a step -------------------------------------------------------------------------------

-- A programme that winds down takes no other step, and only begins what its state allows.
CREATE FUNCTION matching.programme_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF old.winding_down IS NULL AND new.winding_down IS NOT NULL THEN
		IF NOT EXISTS (SELECT FROM common.step s WHERE s.noun = 'programme' AND s.name = new.winding_down
				AND s.from_status = old.status) THEN
			PERFORM common.refuse_step('programme', new.winding_down, old.status);
		END IF;
		new.enrolment_open := false;
		new.version := old.version + 1;
		new.updated_at := common.now();
	ELSIF old.winding_down IS NOT NULL AND new.winding_down IS NOT NULL THEN
		PERFORM common.refuse_step('programme', CASE WHEN new.winding_down <> old.winding_down THEN new.winding_down
			ELSE new.step END, old.status);
	END IF;
	RETURN new;
END $$;

-- No pair lives in a programme that does not run.
CREATE FUNCTION matching.programme_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status IN ('closing', 'closed', 'cancelled') AND EXISTS (SELECT FROM pair q WHERE q.programme_id = new.id
			AND q.status IN ('proposed', 'active', 'suspended')
			AND (new.status <> 'closing' OR q.status = 'proposed' OR q.came_from = 'proposed' AND q.status = 'suspended')) THEN
		RAISE EXCEPTION 'live pairs' USING ERRCODE = '23514', SCHEMA = 'matching', TABLE = 'programme',
			CONSTRAINT = 'programme_pairs_over';
	END IF;
	PERFORM common.tell_step('programme', new.step, old.status, new.id);
	IF new.step = 'recruitment' THEN
		INSERT INTO common.outbox (type, subject_id)
		SELECT 'enrolment.invited', e.id FROM enrolment e WHERE e.programme_id = new.id AND e.status = 'invited';
	END IF;
	RETURN NULL;
END $$;

-- Rounds are for programmes that run, and no pair lives in one that was taken back.
CREATE FUNCTION matching.round_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.step IN ('creation', 'publication') AND NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('recruiting', 'matching', 'active') AND p.winding_down IS NULL) THEN
		PERFORM common.refuse('programme_not_open');
	END IF;
	IF new.status = 'rolled_back' AND EXISTS (SELECT FROM shortlist s JOIN pair q ON q.shortlist_id = s.id
			WHERE s.round_id = new.id AND q.status IN ('proposed', 'active', 'suspended')) THEN
		RAISE EXCEPTION 'live pairs' USING ERRCODE = '23514', SCHEMA = 'matching', TABLE = 'round',
			CONSTRAINT = 'round_pairs_over';
	END IF;
	IF tg_op = 'UPDATE' THEN
		PERFORM common.tell_step('round', new.step, old.status, new.id);
	END IF;
	RETURN NULL;
END $$;

-- A list that opens, or opens again, is of a programme that runs.
CREATE FUNCTION matching.shortlist_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status = 'open' AND old.status <> 'open' AND NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('matching', 'active') AND p.winding_down IS NULL) THEN
		PERFORM common.refuse('programme_not_open');
	END IF;
	PERFORM common.tell_step('shortlist', new.step, old.status, new.id);
	RETURN NULL;
END $$;

-- Who comes back from outside joins what still runs.
CREATE FUNCTION matching.enrolment_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.step <> 'resumption' OR old.status NOT IN ('paused', 'left_company') THEN
		RETURN new; -- or refused by the life cycle
	END IF;
	IF NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('recruiting', 'matching', 'active', 'closing') AND p.winding_down IS DISTINCT FROM 'closure') THEN
		PERFORM common.refuse('programme_not_open');
	ELSIF NOT EXISTS (SELECT FROM profiles.card k
			WHERE k.person_id = new.person_id AND k.status <> 'inactive') THEN
		PERFORM common.refuse('person_inactive');
	END IF;
	RETURN new;
END $$;

-- Who takes part no longer has no open list. An invitation to a draft is told when it opens (programme_follow).
CREATE FUNCTION matching.enrolment_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status <> 'enrolled' AND tg_op = 'UPDATE' THEN
		UPDATE shortlist s SET step = 'withdrawal' WHERE s.enrolment_id = new.id AND s.status = 'open';
	END IF;
	IF new.status <> 'invited' OR NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id AND p.status = 'draft') THEN
		PERFORM common.tell_step('enrolment', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id);
	END IF;
	RETURN NULL;
END $$;

-- A capacity that the pairs have used up leaves no list open but one that replaces a suspended pair.
CREATE FUNCTION matching.enrolment_shrunk() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	UPDATE shortlist s SET step = 'withdrawal'
	WHERE s.enrolment_id = new.id AND s.status = 'open' AND s.replaces_pair IS NULL;
	RETURN NULL;
END $$;

SELECT common.attach_lifecycle('matching.programme', 'programme'), common.attach_lifecycle('matching.enrolment', 'enrolment'),
	common.attach_lifecycle('matching.round', 'round'), common.attach_lifecycle('matching.shortlist', 'shortlist');

CREATE TRIGGER programme_wall BEFORE UPDATE OF step, winding_down ON matching.programme
	FOR EACH STATEMENT EXECUTE FUNCTION profiles.standing_wall();
CREATE TRIGGER _guard BEFORE UPDATE OF step, winding_down ON matching.programme
	FOR EACH ROW EXECUTE FUNCTION matching.programme_guard();
CREATE TRIGGER programme_follow AFTER UPDATE OF step ON matching.programme
	FOR EACH ROW EXECUTE FUNCTION matching.programme_follow();
CREATE TRIGGER round_follow AFTER INSERT OR UPDATE OF step ON matching.round
	FOR EACH ROW EXECUTE FUNCTION matching.round_follow();
CREATE TRIGGER _guard BEFORE UPDATE OF step ON matching.shortlist
	FOR EACH ROW EXECUTE FUNCTION matching.shortlist_in_time();
CREATE TRIGGER shortlist_share BEFORE UPDATE OF step ON matching.shortlist
	FOR EACH STATEMENT EXECUTE FUNCTION matching.pair_share();
CREATE TRIGGER shortlist_follow AFTER UPDATE OF step ON matching.shortlist
	FOR EACH ROW EXECUTE FUNCTION matching.shortlist_follow();
CREATE TRIGGER _guard BEFORE UPDATE OF step ON matching.enrolment
	FOR EACH ROW EXECUTE FUNCTION matching.enrolment_guard();
CREATE TRIGGER enrolment_share BEFORE UPDATE OF step, capacity ON matching.enrolment
	FOR EACH STATEMENT EXECUTE FUNCTION matching.pair_share();
CREATE TRIGGER enrolment_follow AFTER INSERT OR UPDATE OF step ON matching.enrolment
	FOR EACH ROW EXECUTE FUNCTION matching.enrolment_follow();
CREATE TRIGGER enrolment_shrunk AFTER UPDATE OF capacity ON matching.enrolment
	FOR EACH ROW WHEN (new.taken >= new.capacity AND new.capacity < old.capacity)
	EXECUTE FUNCTION matching.enrolment_shrunk();

GRANT EXECUTE ON FUNCTION matching.shortlist_now(matching.shortlist) TO guard;
GRANT EXECUTE ON FUNCTION matching.shortlist_now(matching.shortlist), matching.mentee_refusal(uuid, uuid),
	matching.obtainable(uuid, uuid, smallint), matching.fill_shortlist(uuid), matching.mentor_lists(uuid, uuid),
	matching.add_entry(uuid, matching.round_candidate), matching.replacement_shortlist(uuid, uuid), matching.open_drafts(uuid),
	matching.publish_round(uuid), matching.supersede_rounds(matching.round), matching.take_back_round(uuid),
	matching.wind_down(uuid, int), matching.ending_step(matching.pair, text),
	matching.closure_checklist(matching.programme) TO upward_matching;
