-- Storing what the engine has found for a round: one transaction, which locks the round's row at its very
-- end. Until then the round can be cancelled, and loses what it stored.

-- The shortlists with their mentors, as drafts.
CREATE OR REPLACE FUNCTION matching.store_shortlists(r matching.round, lists json, entries json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.shortlist (id, round_id, programme_id, enrolment_id, mentee_id, reason, line_rule,
		worth)
	SELECT l.id, r.id, r.programme_id, l.enrolment_id, l.mentee_id, l.reason, l.line_rule, l.worth
	FROM json_to_recordset(lists) AS l(id uuid, enrolment_id uuid, mentee_id uuid, reason text,
		line_rule text, worth bigint);
	INSERT INTO matching.shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score, reasons,
		line_distance, lifts, criteria, choice, backgrounds)
	SELECT e.shortlist_id, e.mentor_id, e.enrolment_id, e.rank, e.score, e.reasons, e.line_distance, e.lifts,
		e.criteria, e.choice, coalesce(e.backgrounds, '{}')
	FROM json_to_recordset(entries) AS e(shortlist_id uuid, mentor_id uuid, enrolment_id uuid,
		rank smallint, score int, reasons json, line_distance smallint, lifts smallint[], criteria json,
		choice int, backgrounds smallint[]);
END $$;

-- Whom a round would show each mentee next: the first few make a list, as do the next few.
CREATE OR REPLACE FUNCTION matching.store_candidates(round uuid, candidates json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.round_candidate (round_id, enrolment_id, mentor_enrolment_id, mentor_id, department,
		rank, score, reasons, line_distance, lifts, backgrounds)
	SELECT round, c.mentee_enrolment_id, c.mentor_enrolment_id, c.mentor_id, c.department, c.rank, c.score,
		c.reasons, c.line_distance, c.lifts, coalesce(c.backgrounds, '{}')
	FROM json_to_recordset(candidates) AS c(mentee_enrolment_id uuid, mentor_enrolment_id uuid,
		mentor_id uuid, department text, rank smallint, score int, reasons json, line_distance smallint,
		lifts smallint[], backgrounds smallint[]);
END $$;

-- What the mentees of a round want to learn, and who could teach it. Skills that were deleted meanwhile are
-- left out.
CREATE OR REPLACE FUNCTION matching.store_wants(round uuid, wants json) RETURNS void
LANGUAGE sql VOLATILE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	WITH held AS MATERIALIZED (SELECT s.id FROM profiles.skills_held(ARRAY(SELECT DISTINCT
		(w ->> 'skill_id')::uuid FROM json_array_elements(wants) w)) s (id))
	INSERT INTO matching.round_want (round_id, enrolment_id, place, skill_id, share, allowed, open, refused,
		relaxation)
	SELECT round, w.enrolment_id, w.place, w.skill_id, w.share, w.allowed, w.open, w.refused, w.relaxation
	FROM json_to_recordset(wants) AS w(enrolment_id uuid, place smallint, skill_id uuid, share smallint,
		allowed int, open text, refused json, relaxation json) JOIN held h ON h.id = w.skill_id;
END;

-- Mentees with fewer mentors than places, and why.
CREATE OR REPLACE FUNCTION matching.store_unmatched(round uuid, unmatched json) RETURNS void
LANGUAGE sql VOLATILE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, found, reason, counts,
		relaxation)
	SELECT round, u.enrolment_id, u.person_id, u.found, u.reason, u.counts, u.relaxation
	FROM json_to_recordset(unmatched) AS u(enrolment_id uuid, person_id uuid, found smallint, reason text,
		counts json, relaxation json);
END;

-- All its mentors.
CREATE OR REPLACE FUNCTION matching.store_mentors(round uuid, mentors json) RETURNS void
LANGUAGE sql VOLATILE SET search_path = matching, pg_catalog, pg_temp
BEGIN ATOMIC
	INSERT INTO matching.round_mentor (round_id, enrolment_id, person_id, lists, allowed, refused, relaxation)
	SELECT round, m.enrolment_id, m.person_id, m.lists, m.allowed, m.refused, m.relaxation
	FROM json_to_recordset(mentors) AS m(enrolment_id uuid, person_id uuid, lists int, allowed int,
		refused json, relaxation json);
END;

-- Before a round is stored for good: refuses (UP002) unless everything it used of declarations is
-- still declared and consented to. The lock (7, 2) is held until the end of the transaction: a withdrawal
-- waits for that, or comes first and is seen here.
CREATE OR REPLACE FUNCTION matching.use_declared(used json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF json_array_length(used) = 0 THEN
		RETURN;
	END IF;
	PERFORM pg_advisory_xact_lock_shared(7, 2);
	IF EXISTS (SELECT FROM json_array_elements(used) u
			LEFT JOIN profiles.candidate_declaration d ON d.person_id = (u ->> 0)::uuid AND d.kind = u ->> 1
				AND lower(d.value COLLATE "und-x-icu") = u ->> 2
			WHERE d.person_id IS NULL) THEN
		RAISE EXCEPTION 'a consent was withdrawn' USING ERRCODE = 'UP002';
	END IF;
END $$;

-- The kinds of declarations that a round may use.
CREATE OR REPLACE FUNCTION matching.declared_kinds(r matching.round) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT jsonb_array_elements_text(
	matching.current_rules(matching.round_rules(r.id))::jsonb -> 'difference_of'));

-- Whether somebody has withdrawn a consent since a round that goes by declarations was stored. Who it was,
-- and whether the round had used it, is not told. (The work lists of the other services ask it too.)
CREATE OR REPLACE FUNCTION matching.round_outdated(r matching.round) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE WHEN r.withdrawn IS NULL THEN false
		ELSE r.withdrawn <> profiles.withdrawn_mark(matching.declared_kinds(r)) END;
END $$;

-- The round is ready, with its sums. Refuses (UP003) if it was cancelled or taken over meanwhile, so that
-- nothing of it stays.
CREATE OR REPLACE FUNCTION matching.finish_round(round uuid, lease uuid, result json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	UPDATE round r SET step = 'result', finished_at = common.now(), leased_until = NULL, done = t.mentees,
		mentees = t.mentees, mentors = t.mentors, shortlists = json_array_length(t.shortlists),
		complete = t.complete, unmatched = t.alone, total_score = t.total, input_hash = t.input_hash,
		worth = t.worth, bound = t.bound, gap = t.gap, wanted = t.wanted, covered = t.covered,
		coverable = t.coverable, withdrawn = CASE WHEN json_array_length(t.declared) > 0
			THEN profiles.withdrawn_mark(declared_kinds(r)) END, exposure_cap = t.exposure_cap
	FROM json_to_record(result) AS t(mentees int, mentors int, shortlists json, complete int, alone int,
		total bigint, input_hash text, worth bigint, bound bigint, gap int, wanted int, covered int,
		coverable int, declared json, exposure_cap int)
	WHERE r.id = finish_round.round AND r.status = 'running' AND r.leased_by = lease;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the round is not wanted any more' USING ERRCODE = 'UP003';
	END IF;
END $$;

-- All of it. Whatever may have to wait for others comes before the round's own row.
CREATE OR REPLACE FUNCTION matching.store_round(round uuid, lease uuid, result json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	r round;
	p record;
BEGIN
	SELECT * INTO r FROM round x
	WHERE x.id = store_round.round AND x.status = 'running' AND x.leased_by = lease;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT * INTO p FROM json_to_record(result) AS t(shortlists json, entries json, candidates json,
		wants json, unmatched json, outside json, people json, declared json);
	PERFORM store_shortlists(r, p.shortlists, p.entries);
	IF NOT r.what_if THEN -- nothing of it is ever replaced
		PERFORM store_candidates(r.id, p.candidates);
	END IF;
	PERFORM store_wants(r.id, p.wants);
	PERFORM store_unmatched(r.id, p.unmatched);
	PERFORM store_ways_in(r, p.outside);
	PERFORM store_outside(r);
	PERFORM store_mentors(r.id, p.people);
	PERFORM use_declared(p.declared);
	IF NOT r.what_if THEN
		PERFORM supersede_rounds(r);
	END IF;
	PERFORM finish_round(r.id, lease, result);
END $$;

GRANT EXECUTE ON FUNCTION matching.store_shortlists(matching.round, json, json),
	matching.store_candidates(uuid, json), matching.store_wants(uuid, json),
	matching.store_unmatched(uuid, json), matching.store_mentors(uuid, json), matching.use_declared(json),
	matching.declared_kinds(matching.round), matching.finish_round(uuid, uuid, json),
	matching.store_round(uuid, uuid, json) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.round_outdated(matching.round)
	TO upward_matching, upward_scheduling, upward_evaluation;
