-- The hard rules of a policy that are judged pair by pair or person by person outside of the engine: who is
-- in its scope, and whether two may be paired by hand or from a list. The safety of a pair is judged
-- separately (objects/safety.sql), and no policy relaxes it. A policy from before a rule existed does not
-- have it.

-- Whether somebody of this department and location is in the scope of one side of a policy. Without SET and
-- subqueries, so that the planner inlines it.
CREATE OR REPLACE FUNCTION matching.in_scope(scope json, department text, location text) RETURNS boolean
LANGUAGE sql STABLE
RETURN scope IS NULL
	OR (coalesce(json_array_length(scope -> 'departments_in'), 0) = 0
			OR (scope -> 'departments_in')::jsonb ? department)
		AND ((scope -> 'departments_out')::jsonb ? department) IS NOT TRUE
		AND (coalesce(json_array_length(scope -> 'locations'), 0) = 0
			OR (scope -> 'locations')::jsonb ? location);

-- Whether a person has every skill that a side must have in a programme: a mentor teaches it at that level
-- or above, a mentee says they want to reach it. What a test found never counts: coordinators see who takes
-- part, and would learn it.
CREATE OR REPLACE FUNCTION matching.has_skills(scope json, side text, programme uuid, person uuid)
	RETURNS boolean
LANGUAGE sql STABLE
RETURN coalesce(json_array_length(scope -> 'must_have_skills'), 0) = 0 OR NOT EXISTS (
	SELECT FROM json_to_recordset(scope -> 'must_have_skills') AS m(skill_id uuid, level int)
		JOIN profiles.skill_view k ON k.skill_id = m.skill_id
	WHERE NOT EXISTS (SELECT FROM json_array_elements(CASE side
			WHEN 'mentor' THEN matching.offers_in(programme, person)
			ELSE matching.wants_in(programme, person, false) END) h
		WHERE (h ->> 0)::uuid = k.current_id
			AND (h ->> CASE side WHEN 'mentor' THEN 1 ELSE 2 END)::int >= m.level));

-- Whether somebody fulfils what a policy asks of one side.
CREATE OR REPLACE FUNCTION matching.fulfils(scope json, side text, programme uuid, person uuid)
	RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM profiles.candidate c WHERE c.person_id = person
	AND matching.in_scope(scope, c.department, c.location)
	AND matching.has_skills(scope, side, programme, person));

-- Whether a policy lets a person take part on one side. Most policies ask nothing. Without SET and
-- subqueries, so that the planner inlines it.
CREATE OR REPLACE FUNCTION matching.admits(rules json, side text, programme uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN rules -> (side || 's') IS NULL OR matching.fulfils(rules -> (side || 's'), side, programme, person);

-- The rule of a policy that forbids a pair by what HR says of the two: null, or a code of api/messages.yaml
-- (rule). As it is called row by row, it is in PL/pgSQL, which keeps plans; so are the other two below.
CREATE OR REPLACE FUNCTION matching.policy_refusal(rules json, mentor uuid, mentee uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT CASE
		WHEN NOT matching.in_scope(rules -> 'mentors', t.department, t.location) THEN 'mentor_scope'
		WHEN NOT matching.in_scope(rules -> 'mentees', m.department, m.location) THEN 'mentee_scope'
		WHEN (rules ->> 'other_department')::boolean AND t.department IS NOT DISTINCT FROM m.department
			THEN 'department'
		WHEN (rules ->> 'same_country')::boolean AND (t.country = m.country) IS NOT TRUE THEN 'country'
		WHEN rules ->> 'min_level_gap' IS NOT NULL AND m.level - t.level > (rules ->> 'max_level_gap')::int
			THEN 'junior' END
		FROM profiles.candidate t, profiles.candidate m WHERE t.person_id = mentor AND m.person_id = mentee);
END $$;

-- Whether two were partners before and, by this policy, are not to be again. A pair that did not come to its
-- end is never proposed again, whatever the reason.
CREATE OR REPLACE FUNCTION matching.were_partners(rules json, one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM matching.pair q
		WHERE (q.mentor_id = one AND q.mentee_id = other OR q.mentor_id = other AND q.mentee_id = one)
			AND (q.status = 'ended' OR q.status = 'completed'
				AND NOT coalesce((rules ->> 'earlier_partners')::boolean, false)));
END $$;

-- Whether a mentor on a list of this round, or a candidate for one, is still within the policy of the round.
CREATE OR REPLACE FUNCTION matching.suits(rules json, mentor uuid, mentee uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN matching.policy_refusal(rules, mentor, mentee) IS NULL
	AND NOT matching.were_partners(rules, mentor, mentee);

-- The rules of the present policy of a programme.
CREATE OR REPLACE FUNCTION matching.present_rules(programme uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT o.rules FROM matching.programme p
		JOIN matching.policy o ON o.programme_id = p.id AND o.number = p.policy_number
		WHERE p.id = programme);
END $$;

-- The rules of the version that a round names, or those of a what-if round.
CREATE OR REPLACE FUNCTION matching.round_rules(round uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT coalesce(r.rules, o.rules) FROM matching.round r
		JOIN matching.policy o ON o.programme_id = r.programme_id
		AND o.number = r.policy_number WHERE r.id = round);
END $$;

-- The most points that two people can have for each criterion under a policy.
CREATE OR REPLACE FUNCTION matching.points_most(rules json) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_object_agg(w.key, 255 * w.value::int)
	FROM json_each_text(coalesce(rules -> 'points', rules -> 'weights')) w WHERE w.value::int > 0);

-- Mentors on a full shortlist of a round.
CREATE OR REPLACE FUNCTION matching.list_size(round uuid) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce((matching.round_rules(round) ->> 'shortlist_size')::int, 3);

-- How many relations at once the policy allows in a role; null: as many as the person takes.
CREATE OR REPLACE FUNCTION matching.relations_most(programme uuid, side text) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT CASE side WHEN 'mentor' THEN p.mentor_relations ELSE p.mentee_relations END
		FROM matching.programme p WHERE p.id = programme);
END $$;

-- Places of an enrolment: those that the person offers, and that the policy allows.
CREATE OR REPLACE FUNCTION matching.places_of(e matching.enrolment) RETURNS int
LANGUAGE sql STABLE
RETURN least(e.capacity::int, matching.relations_most(e.programme_id, e.role));

-- How many more pairs an enrolment has room for, and what holds it there: the smallest of what the person
-- offers, what the policy allows, and what the settings allow a person over all programmes.
CREATE OR REPLACE FUNCTION matching.places_json(e matching.enrolment) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('free', greatest(v.free, 0), 'held_by', v.name)
		FROM (VALUES (1, 'capacity', e.capacity - e.taken),
				(2, 'policy', matching.relations_most(e.programme_id, e.role) - e.taken),
				(3, 'person_limits', matching.room_of(e.person_id, e.role))) v (place, name, free)
		WHERE v.free IS NOT NULL ORDER BY v.free, v.place LIMIT 1);
END $$;

-- Who takes part in a round, in which role and with how many places; whether they have answered a form, and
-- whether skill checks count. Whoever is not in the scope of its policy does not; the enrolment of a mentee
-- who would take part without that is in `outside`. For FROM, where the planner inlines it, which SET would
-- prevent; places are counted once (OFFSET).
CREATE OR REPLACE FUNCTION matching.round_sides(round uuid) RETURNS TABLE (person_id uuid,
	mentor_enrolment text, mentor_places int, mentee_enrolment text, mentee_places int, outside text,
	answered boolean, checks boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT e.person_id, max(e.id::text) FILTER (WHERE e.role = 'mentor'),
		coalesce(max(l.places) FILTER (WHERE e.role = 'mentor'), 0),
		max(e.id::text) FILTER (WHERE e.role = 'mentee' AND e.admitted),
		coalesce(max(l.places) FILTER (WHERE e.role = 'mentee' AND NOT EXISTS (
			SELECT FROM matching.shortlist s WHERE s.enrolment_id = e.id AND s.status = 'open')), 0),
		max(e.id::text) FILTER (WHERE e.role = 'mentee' AND NOT e.admitted),
		bool_or(EXISTS (SELECT FROM matching.enrolment o WHERE o.programme_id = e.programme_id
			AND o.person_id = e.person_id AND o.intake -> 0 IS NOT NULL)),
		bool_or((e.rules ->> 'skill_checks')::boolean)
	FROM matching.round_enrolment e CROSS JOIN LATERAL matching.room(e.person_id, e.role) f
		CROSS JOIN LATERAL (SELECT least(e.capacity - e.taken, f.places,
			(e.rules ->> (e.role || '_relations'))::int - e.taken) AS places OFFSET 0) l
	WHERE e.round_id = round AND (e.admitted OR e.role = 'mentee') AND l.places > 0
	GROUP BY e.person_id;
END;

-- What in the scope of a policy leaves this mentee out, and each member of it as it would have to be.
CREATE OR REPLACE FUNCTION matching.scope_changes(rules json, programme uuid, person uuid) RETURNS jsonb
LANGUAGE sql STABLE
RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', 'mentees_' || v.member, 'from', 1, 'to', 0,
		'upper', true, 'name', v.name, 'set', v.set) ORDER BY v.place), '[]')
	FROM profiles.candidate c, LATERAL (SELECT (rules -> 'mentees')::jsonb AS s) u, LATERAL (
			VALUES (1, 'departments_in', c.department, CASE WHEN c.department IS NULL THEN '[]'
				ELSE (u.s -> 'departments_in') || to_jsonb(c.department) END,
				jsonb_array_length(u.s -> 'departments_in') > 0
					AND (u.s -> 'departments_in' ? c.department) IS NOT TRUE),
			(2, 'departments_out', c.department, (u.s -> 'departments_out') - c.department,
				(u.s -> 'departments_out' ? c.department)),
			(3, 'locations', c.location, CASE WHEN c.location IS NULL THEN '[]'
				ELSE (u.s -> 'locations') || to_jsonb(c.location) END,
				jsonb_array_length(u.s -> 'locations') > 0
					AND (u.s -> 'locations' ? c.location) IS NOT TRUE),
			(4, 'must_have_skills', (SELECT string_agg(k.name, ', ' ORDER BY k.name)
					FROM jsonb_array_elements(u.s -> 'must_have_skills') m
						JOIN profiles.skill_view k ON k.skill_id = (m ->> 'skill_id')::uuid
					WHERE NOT matching.has_one_skill(m, programme, person)),
				(SELECT coalesce(jsonb_agg(m), '[]') FROM jsonb_array_elements(u.s -> 'must_have_skills') m
					WHERE matching.has_one_skill(m, programme, person)),
				NOT matching.has_skills(rules -> 'mentees', 'mentee', programme, person)))
			v (place, member, name, set, wrong)
	WHERE c.person_id = person AND v.wrong);

-- Whether a mentee wants to reach one of the skills that all must.
CREATE OR REPLACE FUNCTION matching.has_one_skill(skill jsonb, programme uuid, person uuid)
	RETURNS boolean
LANGUAGE sql STABLE
RETURN matching.has_skills(json_build_object('must_have_skills', json_build_array(skill)), 'mentee',
	programme, person);

-- Mentees whom the policy of a round leaves out, and who would have mentors without that: what to change.
-- Found by trying it (`outside`: how many mentors each would have, and which other rules would have to
-- change).
CREATE OR REPLACE FUNCTION matching.store_ways_in(r matching.round, outside json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, found, reason, counts,
		relaxation)
	SELECT r.id, e.id, e.person_id, 0, 'out_of_scope', '{}', json_build_object('yields', o.yields, 'rules',
		matching.scope_changes(e.rules, e.programme_id, e.person_id) || coalesce(o.rules, '[]'))
	FROM json_to_recordset(outside) AS o(enrolment_id uuid, yields int, rules jsonb)
		JOIN matching.round_enrolment e ON e.round_id = r.id AND e.id = o.enrolment_id
	WHERE e.role = 'mentee' AND NOT e.admitted AND NOT EXISTS ( -- who has no department is let in by none
		SELECT FROM jsonb_array_elements(matching.scope_changes(e.rules, e.programme_id, e.person_id)) c
		WHERE c ->> 'rule' IN ('mentees_departments_in', 'mentees_locations') AND c ->> 'name' IS NULL);
END $$;

-- Mentees with a free place whom the policy of a round leaves out are among those without a list, mentors
-- among those whom nobody was shown.
CREATE OR REPLACE FUNCTION matching.store_outside(r matching.round) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO matching.round_unmatched (round_id, enrolment_id, person_id, found, reason, counts)
	SELECT r.id, e.id, e.person_id, 0, 'out_of_scope', '{}'
	FROM matching.round_enrolment e WHERE e.round_id = r.id AND e.role = 'mentee' AND NOT e.admitted
	ON CONFLICT (round_id, enrolment_id) DO NOTHING;
	INSERT INTO matching.round_mentor (round_id, enrolment_id, person_id, lists, allowed, refused)
	SELECT r.id, e.id, e.person_id, 0, 0, '{"out_of_scope": 0}'
	FROM matching.round_enrolment e WHERE e.round_id = r.id AND e.role = 'mentor' AND NOT e.admitted
	ON CONFLICT (round_id, enrolment_id) DO NOTHING;
END $$;

-- A new pair keeps the hard rules of the policy: of the round whose list it was picked from, or else of the
-- present one, of which also the skills that everybody must have: a round has judged those. The safety of the
-- two has been judged before (pair_check); who pairs two people without a list also looks at languages, hours
-- and wants (objects/pair_create.sql).
CREATE OR REPLACE FUNCTION matching.pair_policy() RETURNS trigger
LANGUAGE plpgsql SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	rules json := (SELECT round_rules(s.round_id) FROM shortlist s WHERE s.id = new.shortlist_id);
	rule text;
	side text;
BEGIN
	IF rules IS NOT NULL AND were_partners(rules, new.mentor_id, new.mentee_id) THEN
		PERFORM common.refuse('earlier_partner');
	ELSIF rules IS NULL THEN
		rules := present_rules(new.programme_id);
		rule := CASE WHEN NOT admits(rules, 'mentor', new.programme_id, new.mentor_id) THEN 'mentor_scope'
			WHEN NOT admits(rules, 'mentee', new.programme_id, new.mentee_id) THEN 'mentee_scope' END;
	END IF;
	rule := coalesce(rule, policy_refusal(rules, new.mentor_id, new.mentee_id));
	IF rule IS NOT NULL THEN
		PERFORM common.refuse('policy_refuses', json_build_object('rule', rule));
	END IF;
	SELECT e.role INTO side FROM enrolment e
	WHERE e.id IN (new.mentor_enrolment_id, new.mentee_enrolment_id) AND e.taken > places_of(e)
	ORDER BY e.role DESC LIMIT 1;
	IF side = 'mentor' THEN
		PERFORM common.refuse('mentor_taken');
	ELSIF side = 'mentee' THEN
		PERFORM common.refuse('no_place', '{"side": "mentee"}');
	END IF;
	RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION matching.in_scope(json, text, text),
	matching.fulfils(json, text, uuid, uuid), matching.admits(json, text, uuid, uuid),
	matching.has_skills(json, text, uuid, uuid), matching.policy_refusal(json, uuid, uuid),
	matching.were_partners(json, uuid, uuid), matching.suits(json, uuid, uuid),
	matching.present_rules(uuid), matching.round_rules(uuid), matching.list_size(uuid),
	matching.points_most(json),
	matching.relations_most(uuid, text), matching.places_of(matching.enrolment),
	matching.places_json(matching.enrolment), matching.round_sides(uuid),
	matching.scope_changes(json, uuid, uuid),
	matching.has_one_skill(jsonb, uuid, uuid), matching.store_ways_in(matching.round, json),
	matching.store_outside(matching.round) TO upward_matching;

CREATE OR REPLACE TRIGGER pair_policy AFTER INSERT ON matching.pair
	FOR EACH ROW WHEN (new.status IN ('proposed', 'active')) EXECUTE FUNCTION matching.pair_policy();
