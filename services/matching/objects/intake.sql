-- Intake forms: kinds of questions, what is wrong with a form or an answer, and what rounds make of answers.

-- A question without a kind is a choice if it has options.
CREATE OR REPLACE FUNCTION matching.question_kind(q json) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(q ->> 'kind', CASE WHEN json_array_length(coalesce(q -> 'options', '[]')) > 0 THEN 'choice'
	ELSE 'text' END);

-- How many items an answer may have; null: the kind has no items.
CREATE OR REPLACE FUNCTION matching.question_most(q json) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN CASE matching.question_kind(q) WHEN 'choice' THEN coalesce((q ->> 'most')::int, 1)
	WHEN 'skills' THEN coalesce((q ->> 'most')::int, 5)
	WHEN 'interests' THEN coalesce((q ->> 'most')::int, 10) END;

CREATE OR REPLACE FUNCTION matching.question_json(q json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('key', q ->> 'key', 'text', q ->> 'text', 'kind', matching.question_kind(q),
	'required', coalesce((q ->> 'required')::boolean, false), 'options', coalesce(q -> 'options', '[]'),
	'most', matching.question_most(q),
	'min', CASE WHEN matching.question_kind(q) = 'scale' THEN coalesce((q ->> 'min')::int, 1) END,
	'max', CASE WHEN matching.question_kind(q) = 'scale' THEN coalesce((q ->> 'max')::int, 5) END,
	'shared', coalesce((q ->> 'shared')::boolean, false));

-- The first member of a form's questions that does not fit its kind, as a pointer; null: none.
CREATE OR REPLACE FUNCTION matching.form_fault(questions json) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT '/questions/' || g.place - 1 || f.member
	FROM json_array_elements(questions) WITH ORDINALITY AS g (q, place),
		LATERAL (SELECT matching.question_kind(g.q) AS kind, matching.question_json(g.q) AS r) k,
		LATERAL (VALUES ('/options', (k.kind = 'choice') <> (json_array_length(k.r -> 'options') > 0)),
			('/min', k.kind <> 'scale' AND g.q ->> 'min' IS NOT NULL),
			('/max', k.kind <> 'scale' AND g.q ->> 'max' IS NOT NULL
				OR (k.r ->> 'max')::int <= (k.r ->> 'min')::int),
			('/most', k.r ->> 'most' IS NULL AND g.q ->> 'most' IS NOT NULL
				OR k.kind = 'choice' AND (k.r ->> 'most')::int > json_array_length(k.r -> 'options')),
			('/shared', k.kind <> 'choice' AND (k.r ->> 'shared')::boolean)) f (member, wrong)
	WHERE f.wrong ORDER BY g.place LIMIT 1);

-- The items of an answer that do not fit its question, as pointers within the answer.
CREATE OR REPLACE FUNCTION matching.item_faults(q json, a json) RETURNS TABLE (pointer text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT '/' || m.name FROM json_each(a) m (name, items)
	WHERE json_typeof(m.items) = 'array'
		AND (json_array_length(m.items) = 0 OR json_array_length(m.items) > matching.question_most(q))
	UNION ALL
	SELECT '/number' WHERE (a ->> 'number')::int NOT BETWEEN (matching.question_json(q) ->> 'min')::int
		AND (matching.question_json(q) ->> 'max')::int
	UNION ALL
	SELECT '/value' WHERE matching.question_kind(q) = 'choice' AND a ->> 'value' IS NOT NULL
		AND a ->> 'value' NOT IN (SELECT o FROM json_array_elements_text(q -> 'options') o)
	UNION ALL
	SELECT '/values/' || v.place - 1
	FROM json_array_elements_text(a -> 'values') WITH ORDINALITY v (said, place)
	WHERE matching.question_kind(q) = 'choice'
		AND v.said NOT IN (SELECT o FROM json_array_elements_text(q -> 'options') o)
	UNION ALL
	SELECT '/skills/' || s.place - 1 || '/skill_id'
	FROM json_array_elements(a -> 'skills') WITH ORDINALITY s (said, place)
	WHERE NOT EXISTS (SELECT FROM profiles.skill_view k
			WHERE k.skill_id = (s.said ->> 'skill_id')::uuid AND NOT k.retired)
		OR EXISTS (SELECT FROM json_array_elements(a -> 'skills') WITH ORDINALITY o (said, place)
			WHERE o.place < s.place AND o.said ->> 'skill_id' = s.said ->> 'skill_id')
	UNION ALL
	SELECT '/hours/' || h.place - 1 || '/ends'
	FROM json_array_elements(a -> 'hours') WITH ORDINALITY h (said, place)
	WHERE (h.said ->> 'ends')::time <= (h.said ->> 'starts')::time;
END;

-- What is wrong with one answer, as a pointer within it; null: nothing.
CREATE OR REPLACE FUNCTION matching.answer_fault(q json, a json) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT coalesce(
		(SELECT '/' || m.name FROM json_object_keys(a) m (name)
			WHERE m.name <> 'key' AND m.name <> ALL (k.members) LIMIT 1),
		(SELECT '/' || k.members[1] WHERE 1 <> (SELECT count(*) FROM json_object_keys(a) m (name)
			WHERE m.name <> 'key')),
		(SELECT f.pointer FROM matching.item_faults(q, a) f LIMIT 1))
	FROM (SELECT CASE matching.question_kind(q) WHEN 'choice' THEN '{value,values}'
			WHEN 'scale' THEN '{number}' WHEN 'skills' THEN '{skills}' WHEN 'interests' THEN '{values}'
			WHEN 'hours' THEN '{hours}' ELSE '{value}' END::text[] AS members) k);

-- What is wrong with the answers to a form: where, and about which question.
CREATE OR REPLACE FUNCTION matching.intake_faults(questions json, given json)
RETURNS TABLE (pointer text, question text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH asked AS (SELECT q.body ->> 'key' AS key, q.body FROM json_array_elements(questions) q (body)),
		said AS (SELECT a.body ->> 'key' AS key, a.body, a.place - 1 AS place
			FROM json_array_elements(given) WITH ORDINALITY a (body, place)),
		judged AS (SELECT s.place, s.key, CASE WHEN q.key IS NULL
				OR EXISTS (SELECT FROM said o WHERE o.key = s.key AND o.place < s.place) THEN '/key'
			ELSE matching.answer_fault(q.body, s.body) END AS fault
			FROM said s LEFT JOIN asked q ON q.key = s.key)
	SELECT '/answers/' || j.place || j.fault, j.key FROM judged j WHERE j.fault IS NOT NULL
	UNION ALL
	SELECT '/answers', q.key FROM asked q
	WHERE (q.body ->> 'required')::boolean AND NOT EXISTS (SELECT FROM said s WHERE s.key = q.key);
END;

-- An answer as text.
CREATE OR REPLACE FUNCTION matching.answer_text(a json) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(a ->> 'value', a ->> 'number',
	(SELECT string_agg(v, ', ') FROM json_array_elements_text(a -> 'values') v),
	(SELECT string_agg(k.name || ' ' || (s ->> 'level'), ', ' ORDER BY k.name)
		FROM json_array_elements(a -> 'skills') s
			JOIN profiles.skill_view k ON k.skill_id = (s ->> 'skill_id')::uuid),
	(SELECT string_agg((h ->> 'weekday') || ' ' || (h ->> 'starts') || '-' || (h ->> 'ends'), ', ')
		FROM json_array_elements(a -> 'hours') h), '');

-- Answers to the role's latest form, checked: as text by key, and by kind.
CREATE OR REPLACE FUNCTION matching.read_intake(programme uuid, part text, given json, OUT answers json,
	OUT intake json, OUT form uuid)
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	f form;
	wrong record;
BEGIN
	SELECT * INTO f FROM form x WHERE x.programme_id = programme AND x.role = part ORDER BY x.number DESC
		LIMIT 1;
	form := f.id;
	SELECT * INTO wrong FROM intake_faults(coalesce(f.questions, '[]'), coalesce(given, '[]')) LIMIT 1;
	IF FOUND THEN
		PERFORM common.refuse('unprocessable', json_build_object('pointer', wrong.pointer,
			'question', wrong.question));
	END IF;
	SELECT coalesce(json_object_agg(a ->> 'key', answer_text(a)), '{}'),
		coalesce(json_agg(a::jsonb || jsonb_build_object('kind', question_kind(q))), '[]')
	INTO answers, intake
	FROM json_array_elements(given) a JOIN json_array_elements(f.questions) q ON q ->> 'key' = a ->> 'key';
END $$;

-- The answers of an enrolment by kind; those given before there were kinds are text.
CREATE OR REPLACE FUNCTION matching.intake_json(e matching.enrolment) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE WHEN json_array_length(e.intake) = 0
		THEN (SELECT coalesce(json_agg(json_build_object('key', t.key, 'kind', 'text', 'value', t.value)),
			'[]') FROM json_each_text(e.answers) t)
		ELSE (SELECT json_agg(CASE a ->> 'kind' WHEN 'skills' THEN (a::jsonb || jsonb_build_object('skills',
				(SELECT jsonb_agg(jsonb_build_object('skill', jsonb_build_object('id', k.skill_id,
					'name', k.name), 'level', s -> 'level') ORDER BY k.name)
				FROM json_array_elements(a -> 'skills') s
					JOIN profiles.skill_view k ON k.skill_id = (s ->> 'skill_id')::uuid)))::json ELSE a END)
			FROM json_array_elements(e.intake) a) END;
END $$;

-- What intake answers mean for matching, one row each: a skill that a mentee wants to reach or a mentor can
-- teach, at this level; an interest, or what was chosen where the question is shared; free hours.
CREATE OR REPLACE VIEW matching.intake_fact AS
SELECT e.programme_id, e.person_id, e.role, k.current_id AS skill_id, (s ->> 'level')::smallint AS level,
	NULL::text AS interest, NULL::json AS hours
FROM matching.enrolment e, json_array_elements(e.intake) a, json_array_elements(a -> 'skills') s
	JOIN profiles.skill_view k ON k.skill_id = (s ->> 'skill_id')::uuid
WHERE e.intake -> 0 IS NOT NULL
UNION ALL
SELECT e.programme_id, e.person_id, e.role, NULL, NULL, v.said, NULL
FROM matching.enrolment e, json_array_elements(e.intake) a,
	LATERAL (SELECT a ->> 'value' WHERE a ->> 'kind' = 'choice' AND a ->> 'value' IS NOT NULL
		UNION ALL SELECT json_array_elements_text(a -> 'values')) v (said)
WHERE e.intake -> 0 IS NOT NULL AND (a ->> 'kind' = 'interests'
	OR a ->> 'kind' = 'choice' AND EXISTS (SELECT FROM matching.form f, json_array_elements(f.questions) q
		WHERE f.id = e.form_id AND q ->> 'key' = a ->> 'key' AND (q ->> 'shared')::boolean))
UNION ALL
SELECT e.programme_id, e.person_id, e.role, NULL, NULL, NULL, h
FROM matching.enrolment e, json_array_elements(e.intake) a, json_array_elements(a -> 'hours') h
WHERE e.intake -> 0 IS NOT NULL;

-- Those below are for rounds, which ask for each person: the planner takes them into its plan, as long as
-- they have no SET. What a person's profile offers to teach, and what it wants; with `checks` also what a
-- skill check has found.
CREATE OR REPLACE FUNCTION matching.profile_offers(person uuid) RETURNS TABLE (skill_id uuid, level smallint)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT s.skill_id, s.current FROM profiles.candidate_skill s
	WHERE s.person_id = person AND s.offered AND s.current > 0;
END;

CREATE OR REPLACE FUNCTION matching.profile_wants(person uuid, checks boolean)
RETURNS TABLE (skill_id uuid, current smallint, target smallint) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT c.skill_id, c.current, c.target FROM profiles.candidate_want c
	WHERE c.person_id = person AND (checks OR NOT c.checked);
END;

-- What a person offers to teach in a programme. An answer counts instead of the profile.
CREATE OR REPLACE FUNCTION matching.round_offers(programme uuid, person uuid)
RETURNS TABLE (skill_id uuid, level smallint) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT i.skill_id, max(i.level) FROM matching.intake_fact i
	WHERE i.programme_id = programme AND i.person_id = person AND i.role = 'mentor' AND i.skill_id IS NOT NULL
	GROUP BY i.skill_id
	UNION ALL
	SELECT s.skill_id, s.level FROM matching.profile_offers(person) s
	WHERE NOT EXISTS (SELECT FROM matching.intake_fact i WHERE i.programme_id = programme
		AND i.person_id = person AND i.role = 'mentor' AND i.skill_id = s.skill_id);
END;

-- What a person wants to learn in a programme. An answer counts instead of the profile, which still says what
-- the person knows already; with `checks`, so does a strength of a skill that the profile does not name. (It
-- is no offer: a test does not volunteer anybody.)
CREATE OR REPLACE FUNCTION matching.round_wants(programme uuid, person uuid, checks boolean)
RETURNS TABLE (skill_id uuid, current smallint, target smallint) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT i.skill_id, coalesce(max(s.current), max(t.level), 0::smallint), max(i.level)
	FROM matching.intake_fact i
		LEFT JOIN profiles.candidate_skill s ON s.person_id = i.person_id AND s.skill_id = i.skill_id
		LEFT JOIN profiles.candidate_strength t ON checks AND t.person_id = i.person_id
			AND t.skill_id = i.skill_id
	WHERE i.programme_id = programme AND i.person_id = person AND i.role = 'mentee' AND i.skill_id IS NOT NULL
	GROUP BY i.skill_id HAVING max(i.level) > coalesce(max(s.current), max(t.level), 0)
	UNION ALL
	SELECT c.skill_id, c.current, c.target FROM matching.profile_wants(person, checks) c
	WHERE NOT EXISTS (SELECT FROM matching.intake_fact i WHERE i.programme_id = programme
		AND i.person_id = person AND i.role = 'mentee' AND i.skill_id = c.skill_id);
END;

CREATE OR REPLACE FUNCTION matching.round_interests(programme uuid, person uuid)
RETURNS TABLE (interest text) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT c.interest FROM profiles.candidate_interest c WHERE c.person_id = person
	UNION
	SELECT i.interest FROM matching.intake_fact i
	WHERE i.programme_id = programme AND i.person_id = person AND i.interest IS NOT NULL;
END;

-- Free hours, as answered or else from the profile.
CREATE OR REPLACE FUNCTION matching.round_hours(programme uuid, person uuid)
RETURNS TABLE (weekday int, starts time, ends time) LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT (i.hours ->> 'weekday')::int, (i.hours ->> 'starts')::time, (i.hours ->> 'ends')::time
	FROM matching.intake_fact i
	WHERE i.programme_id = programme AND i.person_id = person AND i.hours IS NOT NULL
	UNION ALL
	SELECT h.weekday::int, h.starts, h.ends FROM profiles.candidate_hours h
	WHERE h.person_id = person AND NOT EXISTS (SELECT FROM matching.intake_fact i
		WHERE i.programme_id = programme AND i.person_id = person AND i.hours IS NOT NULL);
END;

-- The same as arrays, for one person: [skill, level], [skill, level, target], interests, [day from 0, minute,
-- minute].
CREATE OR REPLACE FUNCTION matching.offers_in(programme uuid, person uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(json_build_array(o.skill_id, o.level) ORDER BY o.skill_id), '[]')
	FROM matching.round_offers(programme, person) o);

CREATE OR REPLACE FUNCTION matching.wants_in(programme uuid, person uuid, checks boolean) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(json_build_array(w.skill_id, w.current, w.target)
		ORDER BY w.skill_id), '[]')
	FROM matching.round_wants(programme, person, checks) w);

CREATE OR REPLACE FUNCTION matching.interests_in(programme uuid, person uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(i.interest ORDER BY i.interest), '[]')
	FROM matching.round_interests(programme, person) i);

CREATE OR REPLACE FUNCTION matching.hours_in(programme uuid, person uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(matching.window_json(h.weekday, h.starts, h.ends)
		ORDER BY h.weekday, h.starts), '[]')
	FROM matching.round_hours(programme, person) h);

CREATE OR REPLACE FUNCTION matching.window_json(weekday int, starts time, ends time) RETURNS json
LANGUAGE sql IMMUTABLE
RETURN json_build_array(weekday - 1, extract(epoch FROM starts)::int / 60,
	extract(epoch FROM ends)::int / 60);

GRANT SELECT ON matching.intake_fact TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.question_kind(json), matching.question_most(json),
	matching.question_json(json), matching.form_fault(json), matching.item_faults(json, json),
	matching.answer_fault(json, json), matching.intake_faults(json, json), matching.answer_text(json),
	matching.read_intake(uuid, text, json), matching.intake_json(matching.enrolment),
	matching.offers_in(uuid, uuid), matching.wants_in(uuid, uuid, boolean),
	matching.interests_in(uuid, uuid), matching.hours_in(uuid, uuid), matching.profile_offers(uuid),
	matching.profile_wants(uuid, boolean), matching.round_offers(uuid, uuid),
	matching.round_wants(uuid, uuid, boolean), matching.round_interests(uuid, uuid),
	matching.round_hours(uuid, uuid), matching.window_json(int, time, time) TO upward_matching;
