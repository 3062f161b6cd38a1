-- Reverse safety: in no committed state is a pair proposed or active that is too close, not strictly
-- junior, excluded or over capacity. Standing is the manager, level, age band and status of a person. A
-- transaction that reads standing to decide about a pair holds the advisory lock (7, 1) in shared mode, one
-- that changes standing holds it exclusively, both until the end of the transaction. The lock is taken in a
-- BEFORE trigger and the check made in an AFTER trigger, in functions whose queries all have a newer
-- snapshot than the lock; a single SQL statement cannot do both. A change of standing is never refused
-- because of a pair: it suspends the pair in the same transaction.
--
-- A statement that locks a row of pair, enrolment or shortlist before taking a step takes this lock first:
-- SELECT … FROM matching.lock_reporting_lines_shared(), pair p WHERE … FOR NO KEY UPDATE OF p. Steps of a
-- programme, and the publication and rollback of a round, take it exclusively before any row lock, so a pair
-- that is created, accepted or resumed sees their result in its AFTER trigger. Steps of enrolments and
-- shortlists take it shared too, so a programme that is ending sees them all. Nothing takes it shared first
-- and exclusively later.

-- The shared lock, for a FROM clause; one row.
CREATE OR REPLACE FUNCTION matching.lock_reporting_lines_shared() RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(7, 1);
	RETURN true;
END $$;

-- How many more pairs a person may be in on that side, across all programmes; negative if the limit has
-- since been lowered. For FROM, where the planner inlines it, which SET would prevent.
CREATE OR REPLACE FUNCTION matching.room(person uuid, side text) RETURNS TABLE (places int)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce((SELECT (s.value::json ->> side)::int FROM common.setting s
			WHERE s.name = 'person_limits'), 1000)
		- CASE side WHEN 'mentor' THEN (SELECT count(*) FROM matching.pair q
				WHERE q.mentor_id = person AND q.status IN ('proposed', 'active', 'suspended'))
			ELSE (SELECT count(*) FROM matching.pair q
				WHERE q.mentee_id = person AND q.status IN ('proposed', 'active', 'suspended')) END::int;
END;

CREATE OR REPLACE FUNCTION matching.room_of(person uuid, side text) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT r.places FROM matching.room(person, side) r);
END $$;

CREATE OR REPLACE FUNCTION matching.pair_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'isolation' USING ERRCODE = '25000'; -- an older snapshot would check the past
	END IF;
	PERFORM pg_advisory_xact_lock_shared(7, 1);
	RETURN NULL;
END $$;

-- The state of a pair as everyone sees it: an overdue answer counts as expired even before the job has
-- recorded that, and also while the pair is suspended.
CREATE OR REPLACE FUNCTION matching.pair_now(p matching.pair) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN p.answer_by <= common.now()
	AND (p.status = 'proposed' OR p.status = 'suspended' AND p.came_from = 'proposed')
	THEN 'expired' ELSE p.status END;

-- An answer, an extension or a resumption must come before the deadline.
CREATE OR REPLACE FUNCTION matching.pair_in_time() RETURNS trigger LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF new.step IN ('acceptance', 'extension', 'resumption') AND matching.pair_now(old) = 'expired' THEN
		PERFORM common.refuse_step('pair', new.step, 'expired');
	END IF;
	RETURN new;
END $$;

-- A pair is judged by its programme's policy at the time it is created; if that says any, by the distance
-- that the round allowed for the entry on the shortlist (head of the tree), or that holds for the mentee of a
-- pair that comes from no shortlist.
CREATE OR REPLACE FUNCTION matching.pair_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		SELECT p.min_level_gap, coalesce(p.line_distance,
			(SELECT x.line_distance FROM matching.shortlist_entry x
			WHERE x.shortlist_id = new.shortlist_id AND x.mentor_id = new.mentor_id),
			CASE WHEN new.origin <> 'pick' THEN matching.granted_distance(new.mentee_id) END)
		INTO new.min_gap, new.line_distance
		FROM matching.programme p WHERE p.id = new.programme_id;
	ELSIF new.step = 'acceptance' THEN
		new.accepted_at := common.now();
	ELSIF new.step = 'resumption' THEN
		new.resumed_at := common.now();
	END IF;
	IF new.status = 'suspended' THEN
		new.suspended_until := coalesce(new.suspended_until, common.today() + 30);
		new.safe_since := CASE new.step WHEN 'suspension' THEN common.now() END; -- others: pair_resumable
	ELSE
		new.suspended_until := NULL;
		new.safe_since := NULL;
	END IF;
	RETURN new;
END $$;

GRANT EXECUTE ON FUNCTION matching.lock_reporting_lines_shared() TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.room(uuid, text), matching.room_of(uuid, text),
	matching.pair_now(matching.pair) TO guard, upward_matching;

SET LOCAL ROLE guard;

-- Who is above a vacant post: the only person without a manager who has reports. NULL if there are several;
-- then nobody knows.
CREATE OR REPLACE FUNCTION matching.only_head() RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
	heads uuid[];
BEGIN
	SELECT array_agg(h.id) INTO heads FROM (SELECT p.id FROM profiles.person p
		WHERE p.manager_id IS NULL AND p.manager_external_id IS NULL AND p.status <> 'inactive'
			AND EXISTS (SELECT FROM profiles.person r WHERE r.manager_id = p.id) LIMIT 2) h;
	RETURN CASE WHEN cardinality(heads) = 1 THEN heads[1] END;
END $$;

-- Whether upper is above lower, and by how many steps; NULL if not. There are no cycles
-- (profiles.line_changed). A vacant post stands directly under the head.
CREATE OR REPLACE FUNCTION matching.steps_above(upper uuid, lower uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
	at uuid := lower;
	steps int := 0;
	vacant boolean;
BEGIN
	LOOP
		SELECT p.manager_id, p.manager_external_id IS NOT NULL INTO at, vacant
		FROM profiles.person p WHERE p.id = at;
		IF at IS NULL AND vacant THEN
			at := matching.only_head();
			steps := steps + 1;
		END IF;
		IF at IS NULL THEN
			RETURN NULL;
		END IF;
		steps := steps + 1;
		IF at = upper THEN
			RETURN steps;
		END IF;
	END LOOP;
END $$;

-- The rule: NULL, or the name of what forbids the pair. gap NULL: level does not count. distance: steps
-- within which the mentee must not be above the mentor, NULL: at any distance. Two steps are always too
-- close. above: how many steps the mentor is above the mentee; below: how many the mentee is above the
-- mentor; NULL if not. Without SET, so that the planner inlines it.
CREATE OR REPLACE FUNCTION matching.pair_rule(active boolean, levels int, gap smallint, same_manager boolean,
	excluded boolean, above int, below int, distance smallint) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN NOT active THEN 'pair_person_active' WHEN levels < gap THEN 'pair_mentor_junior'
	WHEN same_manager THEN 'pair_same_manager' WHEN excluded THEN 'pair_excluded'
	WHEN above IS NOT NULL OR below <= greatest(distance, 2) OR below IS NOT NULL AND distance IS NULL
		THEN 'pair_same_line' END;

-- Why the two may not be a pair at present. Follows reporting lines only if nothing else forbids the pair.
CREATE OR REPLACE FUNCTION matching.unsafe(mentor uuid, mentee uuid, gap smallint, distance smallint,
	OUT why text)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
	junior record;
	senior record;
	active boolean;
	above int;
	below int;
BEGIN
	SELECT p.manager_id, lower(p.manager_external_id COLLATE "C") AS post, p.level INTO junior
		FROM profiles.person p WHERE p.id = mentor AND p.status <> 'inactive';
	active := FOUND;
	SELECT p.manager_id, lower(p.manager_external_id COLLATE "C") AS post, p.level INTO senior
		FROM profiles.person p WHERE p.id = mentee AND p.status <> 'inactive';
	active := active AND FOUND;
	why := matching.pair_rule(active, senior.level - junior.level, gap,
		junior.manager_id = senior.manager_id OR junior.post = senior.post,
		EXISTS (SELECT FROM matching.exclusion e
			WHERE e.author_id = mentor AND e.other_id = mentee OR e.author_id = mentee
				AND e.other_id = mentor),
		NULL, NULL, distance);
	IF why IS NULL THEN
		above := matching.steps_above(mentor, mentee);
		below := matching.steps_above(mentee, mentor);
		why := matching.pair_rule(active, NULL, gap, NULL, NULL, above, below, distance);
	END IF;
END $$;

-- How many current pairs a checked import would suspend. They are judged by the future lines, in one pass
-- and without a lock: information for people, not a decision.
CREATE OR REPLACE FUNCTION matching.suspended_by(import uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (WITH RECURSIVE
		after AS MATERIALIZED (SELECT a.* FROM profiles.standing_after a WHERE a.import_id = import),
		standing AS MATERIALIZED (
			SELECT a.person_id AS id, a.manager_id, a.level, a.stays FROM after a
			UNION ALL
			SELECT p.id, p.manager_id, p.level, p.status <> 'inactive' FROM profiles.person p
			WHERE NOT EXISTS (SELECT FROM after a WHERE a.person_id = p.id)),
		live AS MATERIALIZED (SELECT q.* FROM matching.pair q WHERE q.status IN ('proposed', 'active')),
		line (pair_id, side, at, steps) AS (
			SELECT l.id, e.side, s.manager_id, 1
			FROM live l CROSS JOIN LATERAL (VALUES ('mentor', l.mentor_id), ('mentee', l.mentee_id)) e(side,
				id)
				JOIN standing s ON s.id = e.id
			UNION ALL
			SELECT n.pair_id, n.side, s.manager_id, n.steps + 1 FROM line n JOIN standing s ON s.id = n.at),
		met AS (SELECT n.pair_id, min(n.steps) FILTER (WHERE n.side = 'mentee'
			AND n.at = l.mentor_id) AS above,
				min(n.steps) FILTER (WHERE n.side = 'mentor' AND n.at = l.mentee_id) AS below
			FROM line n JOIN live l ON l.id = n.pair_id GROUP BY n.pair_id)
		SELECT count(*)
		FROM live l JOIN met ON met.pair_id = l.id
			JOIN standing j ON j.id = l.mentor_id JOIN standing s ON s.id = l.mentee_id
		WHERE matching.pair_rule(j.stays AND s.stays, s.level - j.level, l.min_gap,
			j.manager_id = s.manager_id,
			NULL, met.above, met.below, l.line_distance) IS NOT NULL);
END $$;

-- Before an import waits for confirmation, on profiles.import: whoever confirms it knows the effect on
-- pairs.
CREATE OR REPLACE FUNCTION matching.import_checked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	new.pairs_suspended := matching.suspended_by(new.id);
	RETURN new;
END $$;

-- Suspends the current pairs that a change of these people's standing has made unsafe, and takes such mentors
-- off open shortlists. Only pairs with a partner among these people or their present ancestors can be
-- affected. Nothing reveals a conflict of interest: it looks like closeness in the line.
CREATE OR REPLACE FUNCTION matching.recheck(people uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
	one record;
	found_ record;
	said text;
	affected uuid[];
BEGIN
	WITH RECURSIVE line (id) AS (
		SELECT unnest(people)
		UNION
		SELECT p.manager_id FROM line l JOIN profiles.person p ON p.id = l.id
			WHERE p.manager_id IS NOT NULL)
	SELECT array_agg(l.id) INTO affected FROM line l;
	FOR one IN SELECT q.* FROM matching.pair q WHERE q.status IN ('proposed', 'active') AND q.id IN (
			SELECT a.id FROM unnest(affected) l (id) JOIN matching.pair a ON a.mentor_id = l.id
			UNION ALL SELECT b.id FROM unnest(affected) l (id) JOIN matching.pair b ON b.mentee_id = l.id)
		ORDER BY q.id
	LOOP
		SELECT * INTO found_ FROM matching.unsafe(one.mentor_id, one.mentee_id, one.min_gap,
			one.line_distance);
		IF found_.why IS NOT NULL THEN
			said := CASE found_.why WHEN 'pair_person_active' THEN 'person_left'
				WHEN 'pair_mentor_junior' THEN 'not_junior' ELSE 'too_close' END;
			UPDATE matching.pair SET step = 'safety_suspension', reason = said WHERE id = one.id;
		END IF;
	END LOOP;
	PERFORM matching.repair_lists_of(affected);
END $$;

-- Refuses a pair, by the name of the rule.
CREATE OR REPLACE FUNCTION matching.refuse_pair(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a pair that may not be' USING ERRCODE = '23514', SCHEMA = 'matching', TABLE = 'pair',
		CONSTRAINT = rule;
END $$;

-- Takes or frees one place of an enrolment. Taking a place requires that the person is enrolled and within
-- the limit across all programmes. Two programmes share no row for a person, hence the lock.
CREATE OR REPLACE FUNCTION matching.move_place(side text, enrolment uuid, programme uuid, person uuid,
	places int)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rules text[] := CASE side WHEN 'mentor' THEN '{pair_mentor_enrolled,pair_mentor_place,pair_mentor_limit,
			pair_mentor_paused,pair_mentor_asked}'
		ELSE '{pair_mentee_enrolled,pair_mentee_place,pair_mentee_limit,pair_mentee_paused,
			pair_mentee_asked}' END;
	state text;
BEGIN
	UPDATE matching.enrolment e SET taken = e.taken + places
	WHERE e.id = enrolment AND (places < 0 OR (e.programme_id = programme AND e.person_id = person
		AND e.role = side AND e.status = 'enrolled' AND e.taken < e.capacity));
	IF NOT FOUND THEN
		SELECT e.status INTO state FROM matching.enrolment e WHERE e.id = enrolment
			AND e.programme_id = programme AND e.person_id = person AND e.role = side;
		PERFORM matching.refuse_pair(CASE state WHEN 'enrolled' THEN rules[2]
			WHEN 'paused' THEN rules[4] WHEN 'invited' THEN rules[5] WHEN 'interested' THEN rules[5]
			ELSE rules[1] END);
	END IF;
	IF places > 0 THEN
		PERFORM pg_advisory_xact_lock(9, hashtext(person::text));
		IF matching.room_of(person, side) < 0 THEN
			PERFORM matching.refuse_pair(rules[3]);
		END IF;
	END IF;
END $$;

-- Further conditions for creating, accepting or resuming a pair: its programme is running (no new pairs
-- while it is closing) and does not keep the two apart, its round was not taken back, and both still take
-- part.
CREATE OR REPLACE FUNCTION matching.pair_stands(p matching.pair) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	gone text;
BEGIN
	IF NOT EXISTS (SELECT FROM matching.programme g
		WHERE g.id = p.programme_id AND (g.status IN ('matching', 'active')
				OR g.status = 'closing' AND p.step = 'resumption' AND p.status = 'active')
			AND (g.winding_down IS NULL OR g.winding_down = 'closing' AND p.step = 'resumption'
				AND p.status = 'active')) THEN
		PERFORM matching.refuse_pair('pair_programme_open');
	END IF;
	IF p.shortlist_id IS NOT NULL AND NOT EXISTS (SELECT FROM matching.shortlist s
		JOIN matching.round r ON r.id = s.round_id
			WHERE s.id = p.shortlist_id AND r.status IN ('publishing', 'published', 'superseded')) THEN
		PERFORM matching.refuse_pair('pair_round_stands');
	END IF;
	IF matching.kept_apart(p.programme_id, p.mentor_id, p.mentee_id) THEN
		PERFORM matching.refuse_pair('pair_kept_apart');
	END IF;
	SELECT e.role INTO gone FROM matching.enrolment e
	WHERE e.id IN (p.mentor_enrolment_id, p.mentee_enrolment_id) AND e.status NOT IN ('enrolled', 'paused')
	ORDER BY e.role LIMIT 1;
	IF FOUND THEN
		PERFORM matching.refuse_pair('pair_' || gone || '_enrolled');
	END IF;
END $$;

-- What follows from a step of a pair in the same transaction: mentors that the mentee is not offered again
-- (only if someone declined or let a deadline pass), the shortlist that would have replaced the pair, its
-- history and the event. The history does not say why somebody left.
CREATE OR REPLACE FUNCTION matching.pair_follow(p matching.pair, was text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF was = 'proposed' AND p.step IN ('decline', 'expiry') THEN
		INSERT INTO matching.declined (programme_id, mentee_id, mentor_id, reason)
		VALUES (p.programme_id, p.mentee_id, p.mentor_id, p.status)
		ON CONFLICT (programme_id, mentee_id, mentor_id) DO NOTHING;
	ELSIF p.step = 'resumption' THEN
		UPDATE matching.shortlist SET step = 'withdrawal' WHERE replaces_pair = p.id AND status = 'open';
	END IF;
	IF was IS DISTINCT FROM p.status THEN
		INSERT INTO matching.pair_history (pair_id, number, status, reason)
		SELECT p.id, coalesce(max(h.number), 0) + 1, p.status,
			CASE WHEN p.status = 'suspended' THEN p.reason END
		FROM matching.pair_history h WHERE h.pair_id = p.id;
	END IF;
	PERFORM common.tell_step('pair', p.step, was, p.id,
		CASE WHEN p.step = 'suspension' THEN '{"reason": "asked"}'
		WHEN p.step = 'safety_suspension' THEN json_build_object('reason', p.reason)
		WHEN p.step = 'programme_end' OR p.step = 'completion' AND p.reason = 'programme_ended'
			THEN '{"reason": "programme_ended"}' ELSE '{}' END);
END $$;

-- The two see what the other shows to partners while their pair is current.
CREATE OR REPLACE FUNCTION matching.pair_shows(p matching.pair, places int) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF places > 0 THEN
		INSERT INTO profiles.partner (viewer_id, person_id, through)
		VALUES (p.mentor_id, p.mentee_id, p.id), (p.mentee_id, p.mentor_id, p.id);
	ELSIF places < 0 THEN
		DELETE FROM profiles.partner t WHERE t.through = p.id;
	END IF;
END $$;

-- After a pair was created or took a step: places, conditions, safety, and what follows.
CREATE OR REPLACE FUNCTION matching.pair_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was text := CASE tg_op WHEN 'UPDATE' THEN old.status END;
	places int := (new.status IN ('proposed', 'active', 'suspended'))::int
		- coalesce(was IN ('proposed', 'active', 'suspended'), false)::int;
	found_ record;
BEGIN
	IF places <> 0 AND new.mentor_id < new.mentee_id THEN -- rows in the order of the persons' ids
		PERFORM matching.move_place('mentor', new.mentor_enrolment_id, new.programme_id, new.mentor_id,
			places);
		PERFORM matching.move_place('mentee', new.mentee_enrolment_id, new.programme_id, new.mentee_id,
			places);
	ELSIF places <> 0 THEN
		PERFORM matching.move_place('mentee', new.mentee_enrolment_id, new.programme_id, new.mentee_id,
			places);
		PERFORM matching.move_place('mentor', new.mentor_enrolment_id, new.programme_id, new.mentor_id,
			places);
	END IF;
	IF new.status IN ('proposed', 'active') AND (was IS DISTINCT FROM new.status) THEN
		PERFORM matching.pair_stands(new);
	END IF;
	IF new.status IN ('proposed', 'active') THEN
		SELECT * INTO found_ FROM matching.unsafe(new.mentor_id, new.mentee_id, new.min_gap,
			new.line_distance);
		IF found_.why IS NOT NULL THEN
			PERFORM matching.refuse_pair(found_.why);
		END IF;
	END IF;
	PERFORM matching.pair_shows(new, places);
	PERFORM matching.pair_follow(new, was);
	IF new.status = 'active' AND was IS DISTINCT FROM 'active' THEN
		PERFORM matching.spare_mentor(new.mentor_id);
	END IF;
	RETURN NULL;
END $$;

-- Whether the two may be paired at present. For shortlists: every mentor shown can be picked.
CREATE OR REPLACE FUNCTION matching.may_pair(mentor uuid, mentee uuid, gap smallint, distance smallint)
	RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT u.why IS NULL FROM matching.unsafe(mentor, mentee, gap, distance) u);
END $$;

-- A person who has left the company no longer takes part in anything.
CREATE OR REPLACE FUNCTION matching.depart(people uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE matching.enrolment e SET step = 'departure'
	WHERE e.person_id IN (SELECT p.id FROM profiles.person p
		WHERE p.id = ANY (people) AND p.status = 'inactive')
		AND e.status IN ('invited', 'interested', 'enrolled', 'paused');
END $$;

CREATE OR REPLACE FUNCTION matching.exclusion_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM matching.recheck(ARRAY[new.author_id, new.other_id]);
	RETURN NULL;
END $$;

-- After people changed and their lines were checked (profiles.line_changed). As there, for more than one
-- person the query over both transition tables is planned afresh (EXECUTE).
CREATE OR REPLACE FUNCTION matching.person_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	changed uuid[];
BEGIN
	IF (SELECT count(*) FROM new_rows) = 1 THEN
		SELECT ARRAY[n.id] INTO changed FROM new_rows n, old_rows o
		WHERE (n.manager_id, n.manager_external_id, n.level, n.status)
			IS DISTINCT FROM (o.manager_id, o.manager_external_id, o.level, o.status);
	ELSE
		EXECUTE 'SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o ON o.id = n.id
			WHERE (n.manager_id, n.manager_external_id, n.level, n.status)
				IS DISTINCT FROM (o.manager_id, o.manager_external_id, o.level, o.status)'
			INTO changed;
	END IF;
	IF changed IS NOT NULL THEN
		PERFORM matching.recheck(changed);
		PERFORM matching.depart(changed);
	END IF;
	RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION matching.may_pair(uuid, uuid, smallint, smallint) TO upward_matching, owner;
-- The role that creates a trigger needs the function; the role that fires it does not.
GRANT EXECUTE ON FUNCTION matching.pair_check(), matching.exclusion_check(), matching.person_changed(),
	matching.import_checked() TO owner;

SET LOCAL ROLE owner;
CREATE OR REPLACE TRIGGER _guard BEFORE UPDATE OF step
	ON matching.pair FOR EACH ROW EXECUTE FUNCTION matching.pair_in_time();
CREATE OR REPLACE TRIGGER pair_share BEFORE INSERT OR UPDATE OF step, mentor_id, mentee_id, min_gap,
	line_distance
	ON matching.pair FOR EACH STATEMENT EXECUTE FUNCTION matching.pair_share();
CREATE OR REPLACE TRIGGER pair_fill BEFORE INSERT OR UPDATE OF step ON matching.pair
	FOR EACH ROW EXECUTE FUNCTION matching.pair_fill();
CREATE OR REPLACE TRIGGER exclusion_check AFTER INSERT ON matching.exclusion
	FOR EACH ROW EXECUTE FUNCTION matching.exclusion_check();
CREATE OR REPLACE TRIGGER standing_changed AFTER UPDATE ON profiles.person
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION matching.person_changed();
CREATE OR REPLACE TRIGGER import_suspends BEFORE UPDATE OF step ON profiles.import
	FOR EACH ROW WHEN (new.status = 'checked') EXECUTE FUNCTION matching.import_checked();
CREATE OR REPLACE TRIGGER shortlist_share BEFORE UPDATE OF step ON matching.shortlist
	FOR EACH STATEMENT EXECUTE FUNCTION matching.pair_share();
