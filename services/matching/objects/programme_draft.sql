-- Drafts: a programme as a patch would leave it, next year's programme as a copy, a draft that is deleted.

-- Whether a request sets a level gap and says that levels do not count.
CREATE OR REPLACE FUNCTION matching.levels_contradict(body json) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce((body -> 'rules' ->> 'skills_only')::boolean, false)
	AND body -> 'rules' ->> 'min_level_gap' IS NOT NULL;

-- A programme as a merge patch would leave it, with the next policy number if its rules change. Whatever the
-- patch does not name stays, or is as another purpose has it.
CREATE OR REPLACE FUNCTION matching.programme_patched(was matching.programme, body json)
	RETURNS matching.programme
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	n programme;
	start programme := was;
	rules json := body -> 'rules';
	preset jsonb := purpose_rules(body ->> 'purpose');
BEGIN
	IF body ->> 'purpose' <> coalesce(was.purpose, '') THEN
		start.min_level_gap := (preset ->> 'min_level_gap')::int;
		start.line_distance := (preset ->> 'line_distance')::int;
		start.exposure_cap := (preset ->> 'exposure_cap')::int;
		start.mentor_relations := (preset ->> 'mentor_relations')::int;
		start.mentee_relations := (preset ->> 'mentee_relations')::int;
	END IF;
	SELECT * INTO n FROM json_populate_record(start, body);
	n.min_level_gap := CASE WHEN coalesce((rules ->> 'skills_only')::boolean,
			start.min_level_gap IS NULL AND rules -> 'min_level_gap' IS NULL) THEN NULL
		ELSE coalesce((rules ->> 'min_level_gap')::int, start.min_level_gap, 1) END;
	n.line_distance := CASE WHEN rules -> 'line_distance' IS NULL THEN start.line_distance
		WHEN rules ->> 'line_distance' <> 'any' THEN (rules ->> 'line_distance')::int END;
	n.exposure_cap := coalesce((rules ->> 'exposure_cap')::int, start.exposure_cap);
	n.policy_number := was.policy_number + ((n.purpose, n.min_level_gap, n.line_distance, n.exposure_cap,
			n.declared_kinds, n.skill_checks) IS DISTINCT FROM (was.purpose, was.min_level_gap,
			was.line_distance, was.exposure_cap, was.declared_kinds, was.skill_checks)
		OR NOT (n.focus_skills @> was.focus_skills AND n.focus_skills <@ was.focus_skills))::int;
	RETURN n;
END $$;

-- What would be wrong with the policy of a programme once it is patched, and was not before: the member of
-- the patch; null: nothing.
CREATE OR REPLACE FUNCTION matching.patched_fault(was matching.programme, wanted matching.programme)
	RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE f.place WHEN 1 THEN '/rules/skills_only' ELSE '/rules/min_level_gap' END
	FROM matching.policy o,
		matching.new_faults(o.rules::jsonb, matching.policy_rules(wanted, o.rules)::jsonb) f
	WHERE o.programme_id = was.id AND o.number = was.policy_number AND wanted.purpose = was.purpose
		AND wanted.policy_number > was.policy_number AND f.place < 3
	ORDER BY f.place LIMIT 1);

-- A new draft, as a patch of one that has nothing yet. In open learning people find their mentors themselves.
CREATE OR REPLACE FUNCTION matching.programme_made(id uuid, creator uuid, body json)
	RETURNS matching.programme
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN matching.programme_patched(json_populate_record(NULL::matching.programme, json_build_object('id', id,
	'status', 'draft', 'step', 'creation', 'enrolment_open', false, 'focus_skills', '{}', 'pick_days', 7,
	'answer_days', 3, 'policy_number', 0, 'declared_kinds', '{}', 'skill_checks', false,
	'self_search', body ->> 'purpose' = 'open_learning', 'auto_rounds', 'off', 'time_zone', 'UTC',
	'mentor_training', '{}', 'mentee_training', '{}', 'created_by', creator, 'version', 1,
	'created_at', common.now(), 'updated_at', common.now())), body);

-- Invites the people of a programme to its copy: those who took part and are in the company, each in the same
-- role, with a message of their own or the last one of that role. Returns the number of people without one.
CREATE OR REPLACE FUNCTION matching.invite_again(source uuid, copy uuid, message text, actor uuid) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	part record;
	invitation uuid;
	lacking int := 0;
BEGIN
	FOR part IN SELECT e.role, array_agg(e.person_id ORDER BY e.person_id) AS people,
			coalesce(message, (SELECT i.message FROM invitation i WHERE i.programme_id = source
				AND i.role = e.role AND NOT i.preview
				ORDER BY i.created_at DESC, i.id DESC LIMIT 1)) AS message
		FROM enrolment e JOIN profiles.card k ON k.person_id = e.person_id AND k.status <> 'inactive'
		WHERE e.programme_id = source AND e.status IN ('enrolled', 'paused', 'completed') GROUP BY e.role
	LOOP
		IF part.message IS NULL THEN
			lacking := lacking + cardinality(part.people);
			CONTINUE;
		END IF;
		invitation := common.new_id();
		INSERT INTO invitation (id, programme_id, role, message, found, invited, created_by)
		VALUES (invitation, copy, part.role, part.message, cardinality(part.people),
			cardinality(part.people), actor);
		INSERT INTO enrolment (id, programme_id, person_id, role, step, enrolled_by, invitation_id,
			ever_invited)
		SELECT common.new_id(), copy, u, part.role, 'invitation', actor, invitation, true
		FROM unnest(part.people) u;
	END LOOP;
	RETURN lacking;
END $$;

-- What belongs to a copy besides its own row: policy, forms, resources, coordinators, cohorts, and whom the
-- programme keeps apart; people, if asked, who join the cohorts that they fit now.
CREATE OR REPLACE FUNCTION matching.fill_copy(source uuid, copy uuid, people boolean, message text,
	actor uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = matching, pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO policy (programme_id, number, rules, created_by)
	SELECT copy, 1, o.rules, actor FROM policy o JOIN programme p ON p.id = o.programme_id
	WHERE o.programme_id = source AND o.number = p.policy_number;
	INSERT INTO form (id, programme_id, role, number, questions, created_by)
	SELECT common.new_id(), copy, f.role, 1, f.questions, actor FROM form f
	WHERE f.programme_id = source AND NOT EXISTS (SELECT FROM form g
		WHERE g.programme_id = f.programme_id AND g.role = f.role AND g.number > f.number);
	INSERT INTO resource (id, programme_id, title, url, text, role, phase, place, created_by)
	SELECT common.new_id(), copy, r.title, r.url, r.text, r.role, r.phase, r.place, actor
	FROM resource r WHERE r.programme_id = source;
	INSERT INTO coordinator (programme_id, person_id)
	SELECT copy, c.person_id FROM coordinator c JOIN profiles.card k ON k.person_id = c.person_id
	WHERE c.programme_id = source AND k.status <> 'inactive';
	WITH made AS (INSERT INTO cohort (id, programme_id, number, title, departments, locations, level_min,
			level_max, created_by)
		SELECT common.new_id(), copy, c.number, c.title, c.departments, c.locations, c.level_min, c.level_max,
			actor
		FROM cohort c WHERE c.programme_id = source RETURNING id, number)
	INSERT INTO cohort_person (cohort_id, person_id)
	SELECT m.id, n.person_id FROM made m JOIN cohort c ON c.programme_id = source AND c.number = m.number
		JOIN cohort_person n ON n.cohort_id = c.id
		JOIN profiles.card k ON k.person_id = n.person_id AND k.status <> 'inactive';
	INSERT INTO programme_exclusion (id, programme_id, department, person_id, other_id, reason, created_by)
	SELECT common.new_id(), copy, x.department, x.person_id, x.other_id, x.reason, actor
	FROM programme_exclusion x WHERE x.programme_id = source;
	IF people AND invite_again(source, copy, message, actor) > 0 THEN
		PERFORM common.refuse('unprocessable', '{"pointer": "/message"}');
	END IF;
END $$;

-- Deletes a draft with everything that was prepared in it. Nobody has seen it but its coordinators.
CREATE OR REPLACE FUNCTION matching.delete_draft(programme uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM matching.programme p WHERE p.id = $1 AND p.status = 'draft') THEN
		PERFORM common.refuse('wrong_state');
	END IF;
	DELETE FROM matching.enrolment e WHERE e.programme_id = $1;
	DELETE FROM matching.invitation i WHERE i.programme_id = $1;
	DELETE FROM matching.form f WHERE f.programme_id = $1;
	DELETE FROM matching.resource r WHERE r.programme_id = $1;
	DELETE FROM matching.cohort_person n USING matching.cohort c
	WHERE c.id = n.cohort_id AND c.programme_id = $1;
	DELETE FROM matching.cohort c WHERE c.programme_id = $1;
	DELETE FROM matching.programme_exclusion x WHERE x.programme_id = $1;
	DELETE FROM matching.policy o WHERE o.programme_id = $1;
	DELETE FROM matching.coordinator c WHERE c.programme_id = $1;
	DELETE FROM common.counter c WHERE c.about = $1;
	DELETE FROM matching.programme p WHERE p.id = $1;
	INSERT INTO common.outbox (type, subject_id) VALUES ('programme.deleted', $1);
END $$;

GRANT EXECUTE ON FUNCTION matching.levels_contradict(json),
	matching.programme_patched(matching.programme, json),
	matching.patched_fault(matching.programme, matching.programme),
	matching.programme_made(uuid, uuid, json),
	matching.invite_again(uuid, uuid, text, uuid), matching.fill_copy(uuid, uuid, boolean, text, uuid),
	matching.delete_draft(uuid) TO upward_matching;
