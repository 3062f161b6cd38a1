-- Whether pick_by of a shortlist can be moved: if it is open, or if it has expired, has no successor and
-- its mentee has a free place; and its round has not been taken back.
CREATE OR REPLACE FUNCTION matching.shortlist_reopens(s matching.shortlist) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN NOT is_taken_back(s.round_id) AND (s.status = 'open' OR s.status = 'expired'
		AND EXISTS (SELECT FROM matching.enrolment e
			JOIN matching.programme p ON p.id = e.programme_id AND p.status IN ('matching', 'active')
			WHERE e.id = s.enrolment_id AND e.status = 'enrolled'
				AND e.taken < least(e.capacity, p.mentee_relations))
		AND NOT EXISTS (SELECT FROM matching.shortlist o
			WHERE o.enrolment_id = s.enrolment_id AND o.status <> 'draft' AND o.pick_by IS NOT NULL
				AND o.id > s.id));
END $$;

-- The interests shared in the round that both people still have: what somebody removes is gone with the
-- next request.
CREATE OR REPLACE FUNCTION matching.still_shared(interests json, one uuid, other uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT json_agg(i.interest ORDER BY i.place)
		FROM json_array_elements_text(interests) WITH ORDINALITY AS i (interest, place)
		WHERE 2 = (SELECT count(*) FROM profiles.candidate_interest c
			WHERE c.person_id IN (one, other) AND c.interest = i.interest)), '[]');
END $$;

-- Whether an enrolled mentor has a place for another pair now, in the programme and over all programmes.
CREATE OR REPLACE FUNCTION matching.mentor_has_place(part uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM enrolment e WHERE e.id = part AND e.status = 'enrolled'
		AND e.taken < places_of(e) AND room_of(e.person_id, 'mentor') > 0);
END $$;

-- The skills that a person says they want to learn: in the profile today or, with a programme, in its form,
-- which its coordinators read. What a test has found is for the person alone. (Planned for one person, it
-- takes twenty times as long.)
CREATE OR REPLACE FUNCTION matching.told_wants(person uuid, programme uuid) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN ARRAY(SELECT k.name FROM (SELECT w.skill_id FROM profiles.candidate_want w
			WHERE w.person_id = person AND NOT w.checked
			UNION SELECT i.skill_id FROM matching.intake_fact i
			WHERE i.programme_id = programme AND i.person_id = person AND i.role = 'mentee') t
		JOIN profiles.skill_view s ON s.skill_id = t.skill_id
		JOIN profiles.skill_view k ON k.current_id = s.current_id);
END $$;

-- Of the skills by which a round matched two, those that whoever learns them says in the profile today. What
-- a test has found or a form was answered is for the learner alone.
CREATE OR REPLACE FUNCTION matching.said_wants(skills json, learner uuid, viewer uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	told text[] := CASE WHEN learner <> viewer THEN matching.told_wants(learner, NULL) END;
BEGIN
	RETURN coalesce((SELECT json_agg(s.name ORDER BY s.place)
		FROM json_array_elements_text(skills) WITH ORDINALITY s (name, place)
		WHERE learner = viewer OR s.name = ANY (told)), '[]');
END $$;

-- What a mentor and a mentee have in common, and can teach each other, as far as both show it to the viewer.
CREATE OR REPLACE FUNCTION matching.shared_json(reasons json, viewer uuid, roles text[], mentor uuid,
	mentee uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	offering text[] := profiles.seen_fields(viewer, roles, mentor);
	wanting text[] := profiles.seen_fields(viewer, roles, mentee);
BEGIN
	RETURN json_build_object(
		'skills', CASE WHEN 'skills_offered' = ANY (offering) AND 'skills_wanted' = ANY (wanting)
			THEN matching.said_wants(reasons -> 'skills', mentee, viewer) ELSE '[]' END,
		'in_return', CASE WHEN 'skills_wanted' = ANY (offering) AND 'skills_offered' = ANY (wanting)
			THEN matching.said_wants(reasons -> 'in_return', mentor, viewer) ELSE '[]' END,
		'interests', CASE WHEN 'interests' = ANY (offering) AND 'interests' = ANY (wanting)
			THEN matching.still_shared(coalesce(reasons -> 'interests', '[]'), mentor, mentee) ELSE '[]' END,
		'languages', CASE WHEN 'languages' = ANY (offering) AND 'languages' = ANY (wanting)
			THEN coalesce(reasons -> 'languages', '[]') ELSE '[]' END);
END $$;

-- What the mentee of a shortlist wants to learn: which of its mentors is there for it (who teaches most of
-- it), or why nobody is. For FROM, where the planner inlines it, which SET would prevent.
CREATE OR REPLACE FUNCTION matching.shortlist_wants(list uuid) RETURNS TABLE (place smallint, name text,
	state text, mentor_id uuid, mentors bigint, lift smallint, share smallint, allowed int, refused json,
	text text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT w.place, k.name, t.state, b.mentor_id, coalesce(b.mentors, 0), coalesce(b.lift, 0::smallint),
		w.share, w.allowed, w.refused, m.text
	FROM matching.shortlist s JOIN matching.round_want w USING (round_id, enrolment_id)
		JOIN profiles.skill_view k ON k.skill_id = w.skill_id
		LEFT JOIN LATERAL (SELECT x.mentor_id, x.lifts[w.place] AS lift, count(*) OVER () AS mentors
			FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id AND x.lifts[w.place] > 0
			ORDER BY x.lifts[w.place] DESC, x.rank LIMIT 1) b ON true
		CROSS JOIN LATERAL (SELECT CASE WHEN b.mentor_id IS NULL THEN w.open ELSE 'covered' END AS state) t
		LEFT JOIN common.message m ON m.key = 'want.' || t.state
	WHERE s.id = list;
END;

-- The same as far as the mentee has said it (a test may have found it), and the mentee, and of each mentor
-- whoever is there for something, show it to the viewer. The shares are those of the wants that are shown:
-- less than the whole would tell that there are others.
CREATE OR REPLACE FUNCTION matching.seen_wants(list uuid, viewer uuid) RETURNS TABLE (place smallint,
	name text, state text, mentor_id uuid, mentors bigint, lift smallint, share smallint, allowed int,
	refused json, text text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	mentee uuid := (SELECT s.mentee_id FROM matching.shortlist s WHERE s.id = list);
	roles text[] := CASE WHEN mentee <> viewer THEN '{programme_admin}'::text[] END;
	told text[] := (SELECT matching.told_wants(mentee, s.programme_id) FROM matching.shortlist s
		WHERE s.id = list AND mentee <> viewer);
BEGIN
	IF NOT 'skills_wanted' = ANY (profiles.seen_fields(viewer, roles, mentee)) THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT w.place, w.name, w.state, CASE WHEN 'skills_offered'
			= ANY (profiles.seen_fields(viewer, roles, w.mentor_id)) THEN w.mentor_id END,
		w.mentors,
		CASE WHEN mentee = viewer THEN w.lift ELSE w.lift * 255 / sum(w.share) OVER () END::smallint,
		CASE WHEN mentee = viewer THEN w.share ELSE w.share * 255 / sum(w.share) OVER () END::smallint,
		w.allowed, w.refused, w.text FROM matching.shortlist_wants(list) w
	WHERE mentee = viewer OR w.name = ANY (told);
END $$;

-- What the caller may do with a shortlist now, as its mentee or as a coordinator. A pick is not offered if
-- the mentee or all of the mentors have no place for it; nor is a second refresh in a round, or one when no
-- other mentor has a place.
CREATE OR REPLACE FUNCTION matching.shortlist_can(s matching.shortlist, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	steps text[];
BEGIN
	steps := common.actions('shortlist', matching.shortlist_now(s), ARRAY[CASE WHEN s.mentee_id <> actor
		THEN 'programme_admin' ELSE 'shortlist_mentee' END]);
	IF NOT matching.shortlist_reopens(s) THEN
		steps := array_remove(steps, 'patch');
	END IF;
	IF steps && '{pick,refresh}' AND (is_taken_back(s.round_id)
			OR matching.mentee_refusal(s.enrolment_id, s.replaces_pair) IS NOT NULL) THEN
		steps := array_remove(array_remove(steps, 'pick'), 'refresh');
	END IF;
	IF 'pick' = ANY (steps) AND NOT EXISTS (SELECT FROM shortlist_entry x
			WHERE x.shortlist_id = s.id AND matching.mentor_has_place(x.enrolment_id)) THEN
		steps := array_remove(steps, 'pick');
	END IF;
	IF 'refresh' = ANY (steps) AND (EXISTS (SELECT FROM shortlist o
			WHERE o.round_id = s.round_id AND o.enrolment_id = s.enrolment_id AND o.step = 'refresh')
			OR NOT EXISTS (SELECT FROM round_candidate c
				WHERE c.round_id = s.round_id AND c.enrolment_id = s.enrolment_id
					AND matching.mentor_has_place(c.mentor_enrolment_id)
					AND NOT EXISTS (SELECT FROM shortlist_entry x
						WHERE x.shortlist_id = s.id AND x.mentor_id = c.mentor_id)
					AND NOT EXISTS (SELECT FROM declined d WHERE d.programme_id = s.programme_id
						AND d.mentee_id = s.mentee_id AND d.mentor_id = c.mentor_id))) THEN
		steps := array_remove(steps, 'refresh');
	END IF;
	RETURN array_to_json(steps);
END $$;

-- The mentee's view: no rank, no score, in a meaningless order.
CREATE OR REPLACE FUNCTION matching.shortlist_json(s matching.shortlist, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (WITH wants AS MATERIALIZED (SELECT * FROM seen_wants(s.id, actor))
		SELECT json_build_object('id', s.id, 'programme', matching.programme_reference(s.programme_id),
		'mentee', profiles.card_json(s.mentee_id), 'status', s.status, 'pick_by', common.instant(s.pick_by),
		'line_rule', s.line_rule, 'reason', s.reason,
		'mentors', coalesce((SELECT json_agg(json_build_object('mentor', profiles.card_json(x.mentor_id),
				'shared', matching.shared_json(x.reasons, actor, CASE WHEN s.mentee_id <> actor
					THEN '{programme_admin}'::text[] END, x.mentor_id, s.mentee_id),
				'there_for', (SELECT coalesce(json_agg(w.name ORDER BY w.name), '[]')
					FROM wants w WHERE w.mentor_id = x.mentor_id))
				ORDER BY md5(s.id::text || x.mentor_id::text))
			FROM matching.shortlist_entry x WHERE x.shortlist_id = s.id), '[]'),
		'wants', (SELECT coalesce(json_agg(json_build_object('skill', w.name,
			'covered', w.state = 'covered', 'text', w.text) ORDER BY w.name), '[]') FROM wants w),
		'created_at', common.instant(s.created_at), 'version', s.version,
		'can', matching.shortlist_can(s, actor),
		'links', json_build_object('self', '/api/v1/shortlists/' || s.id,
			'programme', '/api/v1/programmes/' || s.programme_id)));
END $$;

CREATE OR REPLACE FUNCTION matching.shortlist_json(shortlist_id uuid, actor uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT matching.shortlist_json(s, $2) FROM matching.shortlist s
		WHERE s.id = $1 AND s.status <> 'draft');
END $$;

-- The state of a shortlist as everyone sees it: an overdue one counts as expired even before the job has
-- recorded that. Without SET, so that the planner inlines it.
CREATE OR REPLACE FUNCTION matching.shortlist_now(s matching.shortlist) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN s.status = 'open' AND s.pick_by <= common.now() THEN 'expired' ELSE s.status END;

-- Why a mentee cannot take another mentor now: a code from api/problems.yaml, or null if nothing prevents
-- it. A pick from a shortlist that replaces a suspended pair frees that pair's place.
CREATE OR REPLACE FUNCTION matching.mentee_refusal(part uuid, replaces uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
	freed int := (SELECT count(*) FROM pair q WHERE q.id = replaces AND q.status = 'suspended');
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = part;
	RETURN CASE WHEN e.status <> 'enrolled' THEN 'not_enrolled'
		WHEN e.taken - freed >= places_of(e) THEN 'no_place'
		WHEN room_of(e.person_id, 'mentee') + freed <= 0 THEN 'person_limit' END;
END $$;

-- A pick must be in time, and the mentee must have a place for it: otherwise nothing is lost and no mentor
-- is involved.
CREATE OR REPLACE FUNCTION matching.shortlist_in_time() RETURNS trigger
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

-- Whether this mentor is available for this mentee in this programme now. Exposure and the policy (suits())
-- are checked separately.
CREATE OR REPLACE FUNCTION matching.obtainable(mentor_part uuid, mentee uuid, distance smallint)
	RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	e enrolment;
	p programme;
BEGIN
	SELECT * INTO e FROM enrolment x WHERE x.id = mentor_part;
	IF NOT mentor_has_place(mentor_part) OR kept_apart(e.programme_id, e.person_id, mentee)
			OR EXISTS (SELECT FROM objecting o WHERE o.enrolment_id = mentor_part)
			OR EXISTS (SELECT FROM declined d WHERE d.programme_id = e.programme_id
				AND d.mentee_id = mentee AND d.mentor_id = e.person_id)
			OR EXISTS (SELECT FROM pair q WHERE (q.mentor_id = e.person_id AND q.mentee_id = mentee
					OR q.mentor_id = mentee AND q.mentee_id = e.person_id)
				AND q.status IN ('proposed', 'active', 'suspended', 'ended')) THEN
		RETURN false;
	END IF;
	SELECT * INTO p FROM programme x WHERE x.id = e.programme_id;
	RETURN may_pair(e.person_id, mentee, p.min_level_gap, distance);
END $$;

-- What a mentor adds to a list by what they teach: the points of all wants, and hundredths of points as a
-- list counts them. again: hundredths that a want counts for its second and third teacher.
CREATE OR REPLACE FUNCTION matching.list_gain(list uuid, offered smallint[], again numeric[])
	RETURNS TABLE (lifts bigint, taught numeric)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(sum(u.lift), 0), coalesce(sum(100 * greatest(u.lift - t.most, 0)
			+ again[1] * greatest(least(u.lift, t.most) - t.second, 0)
			+ again[2] * greatest(least(u.lift, t.second) - t.third, 0)), 0)
	FROM unnest(offered) WITH ORDINALITY u (lift, want)
		CROSS JOIN LATERAL (SELECT coalesce(b.best[1], 0) AS most, coalesce(b.best[2], 0) AS second,
				coalesce(b.best[3], 0) AS third
			FROM (SELECT ARRAY(SELECT y.lifts[u.want] FROM matching.shortlist_entry y
				WHERE y.shortlist_id = list AND y.lifts[u.want] > 0
				ORDER BY 1 DESC LIMIT 3) AS best) b) t;
END;

-- How much of what a mentor counts for by their backgrounds is lost on a list, in hundredths of points, since
-- others on it are of the same. differing: the points of the pair for all of them.
CREATE OR REPLACE FUNCTION matching.list_repeats(list uuid, offered smallint[], again numeric[],
	differing int) RETURNS numeric
LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(100 - CASE t.before WHEN 0 THEN 100 WHEN 1 THEN again[1] WHEN 2 THEN again[2]
			ELSE 0 END) * differing / nullif(count(*), 0), 0)
	FROM unnest(offered) WITH ORDINALITY u (background, kind)
		CROSS JOIN LATERAL (SELECT count(*) AS before FROM matching.shortlist_entry y
			WHERE y.shortlist_id = list AND y.backgrounds[u.kind] = u.background) t
	WHERE u.background > 0);

-- A candidate of a round that goes by what people have declared, once somebody has taken such a fact back:
-- how much the two differ counts no more. It is one number of all that they differ in, so it is dropped for
-- everybody, which does not tell whose fact it was. Their place in the order of the engine was found with it.
CREATE OR REPLACE FUNCTION matching.candidate_now(c matching.round_candidate, outdated boolean)
	RETURNS matching.round_candidate
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF outdated THEN
		c.score := c.score - coalesce((c.reasons -> 'parts' ->> 'difference')::int, 0);
		c.reasons := (c.reasons::jsonb #- '{parts,difference}')::json;
		c.rank := 1;
	END IF;
	RETURN c;
END $$;

-- The round's candidates for a shortlist that is not full, whoever adds most to it first. A wish of both
-- comes first; those from the mentee's own line come last, and before them somebody who would make it a list
-- of one department. What somebody adds is counted as the engine counts it (engine/lists/lists.h): each want
-- in full for the mentor who teaches most of it, and by the policy's repeat_share for the next two, and so
-- each background in which they differ from the mentee.
CREATE OR REPLACE FUNCTION matching.ranked_candidates(s matching.shortlist, rules json)
	RETURNS SETOF matching.round_candidate
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	size int := list_size(s.round_id);
	need int := (coalesce(rules -> 'points', rules -> 'weights') ->> 'need')::int;
	again numeric[] := ARRAY[100 * coalesce((rules -> 'repeat_share' ->> 0)::numeric, 1),
		100 * coalesce((rules -> 'repeat_share' ->> 1)::numeric, 1)];
	wished uuid[] := wished_mentors(s.programme_id, s.mentee_id);
	outdated boolean := (SELECT round_outdated(r) FROM round r WHERE r.id = s.round_id);
	departments text[];
	n int;
BEGIN
	SELECT count(*), coalesce(array_agg(DISTINCT coalesce(k.department, '')), '{}') INTO n, departments
	FROM shortlist_entry x JOIN profiles.card k ON k.person_id = x.mentor_id WHERE x.shortlist_id = s.id;
	RETURN QUERY SELECT x.* FROM round_candidate y CROSS JOIN LATERAL candidate_now(y, outdated) x
		CROSS JOIN LATERAL list_gain(s.id, x.lifts, again) v
	WHERE y.round_id = s.round_id AND y.enrolment_id = s.enrolment_id
		AND NOT EXISTS (SELECT FROM shortlist_entry o
			WHERE o.shortlist_id = s.id AND o.mentor_id = y.mentor_id)
	ORDER BY x.mentor_id = ANY (wished) DESC, x.line_distance IS NOT NULL,
		(rules ->> 'two_departments')::boolean AND n = size - 1
		AND departments = ARRAY[coalesce(x.department, '')],
		100 * (x.score - need * least(255, v.lifts)) + need * v.taught
			- list_repeats(s.id, x.backgrounds, again, (x.reasons -> 'parts' ->> 'difference')::int)
			+ CASE WHEN NOT (rules ->> 'two_departments')::boolean
				OR coalesce(x.department, '') = ANY (departments) OR departments = '{}' THEN 0
				ELSE 100000 >> cardinality(departments) - 1 END DESC, x.rank, x.mentor_id;
END $$;

-- Whether a candidate may be put on a shortlist now: on fewer than the cap, within the policy and available.
CREATE OR REPLACE FUNCTION matching.can_show(c matching.round_candidate, s matching.shortlist, rules json)
	RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	p programme := (SELECT x FROM programme x WHERE x.id = s.programme_id);
BEGIN
	RETURN mentor_lists(c.mentor_id, s.round_id) < exposure_cap(s.round_id)
		AND suits(rules, c.mentor_id, s.mentee_id)
		AND obtainable(c.mentor_enrolment_id, s.mentee_id, coalesce(p.line_distance, c.line_distance));
END $$;

-- The first of them who may be put on the shortlist, and until the end of the transaction on no other list
-- of the programme. One whom somebody else is about to show is passed over, and waited for only if nobody is
-- left: lists that need the same mentors in another order would wait for each other.
CREATE OR REPLACE FUNCTION matching.next_candidate(s matching.shortlist) RETURNS matching.round_candidate
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	rules json := round_rules(s.round_id);
	c round_candidate;
	busy round_candidate[] := '{}';
BEGIN
	FOR c IN SELECT * FROM ranked_candidates(s, rules) LOOP
		CONTINUE WHEN NOT can_show(c, s, rules);
		IF NOT reserve_mentor(s.programme_id, c.mentor_id, false) THEN
			busy := busy || c;
		ELSIF can_show(c, s, rules) THEN -- still
			RETURN c;
		END IF;
	END LOOP;
	FOREACH c IN ARRAY busy LOOP
		PERFORM reserve_mentor(s.programme_id, c.mentor_id, true);
		IF can_show(c, s, rules) THEN
			RETURN c;
		END IF;
	END LOOP;
	RETURN NULL;
END $$;

-- Until the end of the transaction nobody else puts the mentor on a list of the programme; false if somebody
-- is about to, unless that is waited for.
CREATE OR REPLACE FUNCTION matching.reserve_mentor(programme uuid, mentor uuid, waits boolean)
	RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	key int := hashtext(programme::text || mentor::text);
BEGIN
	IF waits THEN
		PERFORM pg_advisory_xact_lock(10, key);
	END IF;
	RETURN waits OR pg_try_advisory_xact_lock(10, key);
END $$;

-- Fills a shortlist up to the size that its policy says, one mentor after the other. Returns the number of
-- mentors then on it.
CREATE OR REPLACE FUNCTION matching.fill_shortlist(list uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	s shortlist;
	c round_candidate;
	n int := (SELECT count(*) FROM shortlist_entry x WHERE x.shortlist_id = list);
	size int;
BEGIN
	SELECT * INTO s FROM shortlist x WHERE x.id = list;
	size := list_size(s.round_id);
	WHILE n < size LOOP
		c := next_candidate(s);
		EXIT WHEN c.mentor_id IS NULL;
		PERFORM add_entry(list, c);
		n := n + 1;
	END LOOP;
	PERFORM describe_shortlist(list, n);
	RETURN n;
END $$;

-- Why a shortlist has fewer mentors than places, and whether any is on it by the rule for heads of the tree.
CREATE OR REPLACE FUNCTION matching.describe_shortlist(list uuid, mentors int) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	granted boolean := EXISTS (SELECT FROM shortlist_entry x
		WHERE x.shortlist_id = list AND x.line_distance IS NOT NULL);
BEGIN
	UPDATE shortlist s SET reason = CASE WHEN mentors < list_size(s.round_id)
			THEN coalesce(s.reason, 'candidates_exhausted') END,
		line_rule = CASE WHEN granted THEN 'head_of_tree' WHEN s.line_rule = 'head_of_tree' THEN 'any'
			ELSE s.line_rule END
	WHERE s.id = list;
END $$;

-- The number of shortlists of a round's programme that show a mentor: open ones, and drafts of that round. As
-- in a round, the lists of other programmes do not count. Each list of the mentor is looked up by itself: the
-- statistics do not know how many lists a new programme has.
CREATE OR REPLACE FUNCTION matching.mentor_lists(mentor uuid, round uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	programme uuid := (SELECT r.programme_id FROM round r WHERE r.id = mentor_lists.round);
BEGIN
	RETURN (SELECT count(*) FILTER (WHERE (SELECT s.programme_id = programme
				AND (s.status = 'open' OR s.status = 'draft' AND s.round_id = mentor_lists.round)
			FROM shortlist s WHERE s.id = x.shortlist_id))
		FROM shortlist_entry x WHERE x.mentor_id = mentor_lists.mentor);
END $$;

-- On how many of these a mentor may be at once: as many as the programme says, or as the round needed so that
-- everybody has a full list.
CREATE OR REPLACE FUNCTION matching.exposure_cap(round uuid) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT greatest(p.exposure_cap, r.exposure_cap)
		FROM matching.round r JOIN matching.programme p ON p.id = r.programme_id
		WHERE r.id = round);
END $$;

-- Adds a candidate to a shortlist, at the first free rank.
CREATE OR REPLACE FUNCTION matching.add_entry(list uuid, c matching.round_candidate) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO shortlist_entry (shortlist_id, mentor_id, enrolment_id, rank, score, reasons, line_distance,
		lifts, backgrounds)
	SELECT list, c.mentor_id, c.mentor_enrolment_id, r.rank, c.score, c.reasons, c.line_distance, c.lifts,
		c.backgrounds
	FROM generate_series(1, 5) r (rank)
	WHERE NOT EXISTS (SELECT FROM shortlist_entry x WHERE x.shortlist_id = list AND x.rank = r.rank)
	ORDER BY r.rank LIMIT 1;
END $$;

-- The shortlist that the mentee's next one follows when a pair has failed: the one it was picked from or,
-- where the mentee asked the mentor or a coordinator made the pair, the latest that the mentee had; or null.
CREATE OR REPLACE FUNCTION matching.list_before(p matching.pair) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce(p.shortlist_id, (SELECT s.id FROM matching.shortlist s
		WHERE s.enrolment_id = p.mentee_enrolment_id AND s.status <> 'draft' AND s.pick_by IS NOT NULL
		ORDER BY s.id DESC LIMIT 1));
END $$;

-- A new open shortlist that replaces an earlier one, if its mentee has a free place. If the mentee's pair
-- is suspended, the shortlist replaces that pair. Returns the number of its mentors; if there are none, it
-- creates nothing.
CREATE OR REPLACE FUNCTION matching.replacement_shortlist(earlier uuid, new_id uuid) RETURNS int
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
		SELECT q.id INTO resting FROM pair q WHERE q.mentee_enrolment_id = was.enrolment_id
			AND q.status = 'suspended'
		ORDER BY q.id LIMIT 1;
	END IF;
	IF p.status NOT IN ('matching', 'active') OR p.winding_down IS NOT NULL
			OR mentee_refusal(was.enrolment_id, resting) IS NOT NULL
			OR EXISTS (SELECT FROM objecting o WHERE o.enrolment_id = was.enrolment_id)
			OR is_taken_back(was.round_id) THEN
		RETURN 0;
	END IF;
	INSERT INTO shortlist (id, round_id, programme_id, enrolment_id, mentee_id, step, pick_by, line_rule,
		refresh_of,
		replaces_pair)
	VALUES (new_id, was.round_id, was.programme_id, was.enrolment_id, was.mentee_id, 'replacement',
		common.now() + make_interval(days => p.pick_days), was.line_rule, was.id, resting)
	ON CONFLICT (enrolment_id) WHERE status = 'open' DO NOTHING; -- another end of a pair was faster
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	n := fill_shortlist(new_id);
	IF n = 0 THEN
		DELETE FROM shortlist WHERE id = new_id;
	ELSE
		PERFORM matching.shortlist_shows(new_id, true);
		INSERT INTO common.outbox (type, subject_id) VALUES ('shortlist.opened', new_id);
	END IF;
	RETURN n;
END $$;

-- The mentee of an open shortlist sees what its mentors show to partners.
CREATE OR REPLACE FUNCTION matching.shortlist_shows(list uuid, shown boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF shown THEN
		INSERT INTO profiles.partner (viewer_id, person_id, through)
		SELECT s.mentee_id, x.mentor_id, s.id
		FROM matching.shortlist s JOIN matching.shortlist_entry x ON x.shortlist_id = s.id
		WHERE s.id = list;
	ELSE
		DELETE FROM profiles.partner t WHERE t.through = list;
	END IF;
END $$;

-- A shortlist can be opened, or reopened, only if its programme is running.
CREATE OR REPLACE FUNCTION matching.shortlist_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	IF new.status = 'open' AND old.status <> 'open'
		AND NOT EXISTS (SELECT FROM programme p WHERE p.id = new.programme_id
			AND p.status IN ('matching', 'active') AND p.winding_down IS NULL) THEN
		PERFORM common.refuse('programme_not_open');
	END IF;
	IF (new.status = 'open') <> (old.status = 'open') THEN
		PERFORM matching.shortlist_shows(new.id, new.status = 'open');
	END IF;
	PERFORM common.tell_step('shortlist', new.step, old.status, new.id);
	IF new.step = 'reopening' THEN
		PERFORM renew_shortlist(new.id);
	END IF;
	RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION matching.shortlist_can(matching.shortlist, uuid),
	matching.shortlist_reopens(matching.shortlist), matching.still_shared(json, uuid, uuid),
	matching.shortlist_json(matching.shortlist, uuid), matching.shortlist_now(matching.shortlist),
	matching.mentee_refusal(uuid, uuid), matching.mentor_has_place(uuid),
	matching.obtainable(uuid, uuid, smallint),
	matching.shortlist_wants(uuid), matching.seen_wants(uuid, uuid),
	matching.list_gain(uuid, smallint[], numeric[]),
	matching.list_repeats(uuid, smallint[], numeric[], int), matching.next_candidate(matching.shortlist),
	matching.ranked_candidates(matching.shortlist, json),
	matching.candidate_now(matching.round_candidate, boolean),
	matching.can_show(matching.round_candidate, matching.shortlist, json),
	matching.reserve_mentor(uuid, uuid, boolean), matching.fill_shortlist(uuid),
	matching.describe_shortlist(uuid, int), matching.mentor_lists(uuid, uuid),
	matching.exposure_cap(uuid),
	matching.add_entry(uuid, matching.round_candidate), matching.list_before(matching.pair),
	matching.replacement_shortlist(uuid, uuid)
	TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.shortlist_json(uuid, uuid) TO upward_evaluation;
GRANT EXECUTE ON FUNCTION matching.shortlist_now(matching.shortlist) TO guard;
GRANT EXECUTE ON FUNCTION matching.shortlist_shows(uuid, boolean) TO guard, upward_matching;
GRANT EXECUTE ON FUNCTION matching.told_wants(uuid, uuid), matching.said_wants(json, uuid, uuid),
	matching.shared_json(json, uuid, text[], uuid, uuid) TO upward_matching;

CREATE OR REPLACE TRIGGER _guard BEFORE UPDATE OF step ON matching.shortlist
	FOR EACH ROW EXECUTE FUNCTION matching.shortlist_in_time();
CREATE OR REPLACE TRIGGER shortlist_follow AFTER UPDATE OF step ON matching.shortlist
	FOR EACH ROW EXECUTE FUNCTION matching.shortlist_follow();
