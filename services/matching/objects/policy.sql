-- The starting policy for each purpose, besides its weights. Read only when a programme is created: it may
-- change without changing any existing policy. A wanted skill in the focus counts focus_weight times; "ample"
-- half hours and shared items earn full points. What a policy does not name does not restrict it.
CREATE OR REPLACE FUNCTION matching.purpose_rules(purpose text) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN '{"focus_weight": 2, "shortlist_size": 3, "two_departments": true, "shared_language": true,
	"need_covered": true, "common_half_hours": 2, "ample_half_hours": 20, "ample_interests": 4,
	"ample_exchange": 6, "ideal_level_gap": 4, "level_gap_fall": 40, "repeat_share": [0.3, 0.1],
	"min_level_gap": 1, "max_level_gap": null, "line_distance": null, "exposure_cap": 6,
	"other_department": false, "same_country": false, "languages": [], "earlier_partners": false,
	"mentor_relations": 5, "mentee_relations": 2}'::jsonb || CASE purpose
	WHEN 'inclusion' THEN '{"min_level_gap": 2}'::jsonb
	WHEN 'cross_function' THEN '{"other_department": true}'
	WHEN 'open_learning' THEN '{"min_level_gap": null, "mentee_relations": 5}'
	ELSE '{}' END;

-- The programme's rules as a policy: the values of the previous policy, or of its purpose, except where the
-- programme now says otherwise. Where levels do not count there is no largest gap either.
CREATE OR REPLACE FUNCTION matching.policy_rules(p matching.programme, earlier json) RETURNS json
	LANGUAGE sql STABLE
RETURN (coalesce(earlier::jsonb, matching.purpose_rules(p.purpose)
		|| jsonb_build_object('purpose', p.purpose, 'weights', matching.purpose_weights(p.purpose)))
	|| jsonb_build_object('difference_of', ARRAY['country', 'location', 'tenure'] || p.declared_kinds,
		'skill_checks', p.skill_checks, 'min_level_gap', p.min_level_gap,
		'line_distance', p.line_distance, 'exposure_cap', p.exposure_cap, 'focus_skills',
		array_to_json(ARRAY(SELECT DISTINCT s FROM unnest(p.focus_skills) s ORDER BY s)))
	|| CASE WHEN p.min_level_gap IS NULL THEN '{"max_level_gap": null}' ELSE '{}' END::jsonb)::json;

-- Weights as rounds use them: they add up to 128 at most. Others are reduced in proportion, to 1 at least.
CREATE OR REPLACE FUNCTION matching.points_of(weights jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT CASE WHEN w.total <= 128 THEN weights ELSE (SELECT jsonb_object_agg(x.key,
		CASE x.value::int WHEN 0 THEN 0 ELSE greatest(1, x.value::int * 122 / w.total) END)
		FROM jsonb_each_text(weights) x) END
	FROM (SELECT sum(x.value::int) AS total FROM jsonb_each_text(weights) x) w);

-- One side of a policy without empty lists; null if nothing is left.
CREATE OR REPLACE FUNCTION matching.scope_of(side jsonb) RETURNS jsonb
	LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT jsonb_object_agg(x.key, x.value) FROM jsonb_each(side) x
	WHERE jsonb_array_length(x.value) > 0);

-- A policy with the members of a request in place of its own. What follows from a neighbour that changed
-- follows: where levels do not count there is no largest gap, a list of fewer than three need not span two
-- departments, and ample hours are not below the minimum.
CREATE OR REPLACE FUNCTION matching.merged_rules(earlier json, body json) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	was jsonb := earlier;
	asked jsonb := body;
	said jsonb := coalesce(asked -> 'bounds', '{}') || coalesce(asked -> 'rules', '{}');
	made jsonb := was || (said - '{skills_only,line_distance}'::text[]);
BEGIN
	IF coalesce((said ->> 'skills_only')::boolean, NOT said ? 'min_level_gap'
			AND was ->> 'min_level_gap' IS NULL) THEN
		made := made || '{"min_level_gap": null, "max_level_gap": null}';
	ELSIF made ->> 'min_level_gap' IS NULL THEN
		made := made || '{"min_level_gap": 1}';
	END IF;
	IF said ? 'line_distance' THEN
		made := made || jsonb_build_object('line_distance', nullif(said ->> 'line_distance', 'any')::int);
	END IF;
	IF NOT said ? 'two_departments' AND (made ->> 'shortlist_size')::int < 3 THEN
		made := made || '{"two_departments": false}';
	END IF;
	IF NOT said ? 'ample_half_hours' THEN
		made := made || jsonb_build_object('ample_half_hours', greatest((made ->> 'ample_half_hours')::int,
			(made ->> 'common_half_hours')::int));
	END IF;
	made := made || jsonb_build_object('weights', made -> 'weights' || coalesce(asked -> 'weights', '{}'),
		'focus_weight', coalesce(asked -> 'focus_weight', made -> 'focus_weight'),
		'focus_skills', coalesce(asked -> 'focus_skills', made -> 'focus_skills'),
		'mentors', matching.scope_of(coalesce(made -> 'mentors', '{}')
			|| coalesce(asked -> 'mentors', '{}')),
		'mentees', matching.scope_of(coalesce(made -> 'mentees', '{}')
			|| coalesce(asked -> 'mentees', '{}')));
	RETURN jsonb_strip_nulls(made) || jsonb_build_object('min_level_gap', made -> 'min_level_gap',
		'line_distance', made -> 'line_distance', 'max_level_gap', made -> 'max_level_gap',
		'points', matching.points_of(made -> 'weights'));
END $$;

-- What is wrong with a policy as a whole: codes of api/problems.yaml, the members, and the values that do not
-- go together.
CREATE OR REPLACE FUNCTION matching.policy_faults(rules jsonb)
	RETURNS TABLE (place int, code text, pointer text, said jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 1, 'policy_contradiction', '/weights', '{"channels": 0}' || (rules -> 'weights')
	WHERE NOT EXISTS (SELECT FROM jsonb_each_text(rules -> 'weights') w WHERE w.value <> '0'
		AND (w.key <> 'level_gap' OR rules ->> 'min_level_gap' IS NOT NULL))
	UNION ALL SELECT 2, 'policy_contradiction', '/rules/max_level_gap',
		jsonb_build_array(rules -> 'max_level_gap', rules -> 'min_level_gap')
	WHERE (rules ->> 'max_level_gap')::int < (rules ->> 'min_level_gap')::int
	UNION ALL SELECT 3, 'policy_contradiction', '/rules/languages', rules -> 'languages'
	WHERE jsonb_array_length(coalesce(rules -> 'languages', '[]')) > 0
		AND NOT (rules ->> 'shared_language')::boolean
	UNION ALL SELECT 4, 'policy_contradiction', '/bounds/two_departments', rules -> 'shortlist_size'
	WHERE (rules ->> 'two_departments')::boolean AND (rules ->> 'shortlist_size')::int < 3
	UNION ALL SELECT 5, 'policy_contradiction', '/bounds/ample_half_hours',
		jsonb_build_array(rules -> 'ample_half_hours', rules -> 'common_half_hours')
	WHERE (rules ->> 'ample_half_hours')::int < (rules ->> 'common_half_hours')::int
	UNION ALL SELECT 6, 'policy_contradiction', '/bounds/repeat_share', rules -> 'repeat_share'
	WHERE (rules -> 'repeat_share' ->> 1)::numeric > (rules -> 'repeat_share' ->> 0)::numeric
	UNION ALL SELECT 7, 'unknown_reference', '/focus_skills', rules -> 'focus_skills'
	WHERE EXISTS (SELECT FROM jsonb_array_elements_text(rules -> 'focus_skills') s
		WHERE s::uuid NOT IN (SELECT k.skill_id FROM profiles.skill_view k))
	UNION ALL SELECT f.place, f.code, f.pointer, f.said FROM matching.scope_faults(rules) f;
END;

-- The same of its two sides.
CREATE OR REPLACE FUNCTION matching.scope_faults(rules jsonb)
	RETURNS TABLE (place int, code text, pointer text, said jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 8, 'policy_contradiction', '/' || v.side || '/departments_out', rules -> v.side
	FROM (VALUES ('mentors'), ('mentees')) v (side)
	WHERE EXISTS (SELECT FROM jsonb_array_elements_text(rules -> v.side -> 'departments_in') d
		WHERE rules -> v.side -> 'departments_out' ? d)
	UNION ALL SELECT 9, 'unknown_reference',
		'/' || v.side || '/must_have_skills/' || m.place - 1 || '/skill_id', m.skill
	FROM (VALUES ('mentors'), ('mentees')) v (side),
		jsonb_array_elements(rules -> v.side -> 'must_have_skills') WITH ORDINALITY m (skill, place)
	WHERE (m.skill ->> 'skill_id')::uuid NOT IN (SELECT k.skill_id FROM profiles.skill_view k)
	UNION ALL SELECT 10, 'duplicate_items', d.pointer, rules -> d.side -> 'must_have_skills'
	FROM matching.named_twice(rules) d
	UNION ALL SELECT 11, 'policy_contradiction', '/rules/other_department',
		jsonb_build_array(rules -> 'mentors' -> 'departments_in', rules -> 'mentees' -> 'departments_in')
	WHERE (rules ->> 'other_department')::boolean AND 1 = (SELECT count(DISTINCT d)
			FROM (VALUES ('mentors'), ('mentees')) v (side),
				jsonb_array_elements_text(rules -> v.side -> 'departments_in') d
			HAVING count(DISTINCT v.side) = 2);
END;

-- What is wrong with a policy and was not wrong in the same way with the one that it replaces: a policy from
-- before a rule, or before two skills became one, can be changed in everything else.
CREATE OR REPLACE FUNCTION matching.new_faults(earlier jsonb, rules jsonb)
	RETURNS TABLE (place int, code text, pointer text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT n.place, n.code, n.pointer
	FROM (SELECT * FROM matching.policy_faults(rules) EXCEPT SELECT * FROM matching.policy_faults(earlier)) n;
END;

-- What is wrong with a policy that somebody has just asked for in place of an earlier one; null: nothing.
-- Bounds of the level gap say something only where levels count, and somebody is in each department and place
-- that it names anew.
CREATE OR REPLACE FUNCTION matching.asked_fault(asked json, earlier json, rules jsonb, OUT code text,
	OUT pointer text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT f.code, f.pointer FROM (
		SELECT m.place, 'policy_contradiction' AS code, '/rules/' || m.name AS pointer
		FROM (VALUES (-2, 'min_level_gap'), (-1, 'max_level_gap')) m (place, name)
		WHERE rules ->> 'min_level_gap' IS NULL AND asked -> 'rules' ->> m.name IS NOT NULL
		UNION ALL SELECT n.place, n.code, n.pointer FROM matching.new_faults(earlier::jsonb, rules) n
		UNION ALL SELECT 20, 'unknown_reference', '/' || s.side || '/' || l.name || '/' || v.place - 1
		FROM (VALUES ('mentors'), ('mentees')) s (side),
			(VALUES ('departments_in'), ('departments_out'), ('locations')) l (name),
			json_array_elements_text(asked -> s.side -> l.name) WITH ORDINALITY v (said, place)
		WHERE ((earlier::jsonb -> s.side -> l.name) ? v.said) IS NOT TRUE
			AND NOT CASE l.name WHEN 'locations' THEN EXISTS (SELECT FROM profiles.card k
				WHERE k.location = v.said AND k.status <> 'inactive')
			ELSE EXISTS (SELECT FROM profiles.card k
				WHERE k.department = v.said AND k.status <> 'inactive') END) f
	ORDER BY f.place, f.pointer LIMIT 1;
END;

-- Skills that a side of a policy must have and names again, also under the name of one merged into it.
CREATE OR REPLACE FUNCTION matching.named_twice(rules jsonb) RETURNS TABLE (side text, pointer text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT m.side, '/' || m.side || '/must_have_skills/' || m.place - 1 || '/skill_id'
	FROM (SELECT v.side, s.place, row_number() OVER (PARTITION BY v.side, k.current_id ORDER BY s.place) AS n
		FROM (VALUES ('mentors'), ('mentees')) v (side),
			jsonb_array_elements(rules -> v.side -> 'must_have_skills') WITH ORDINALITY s (skill, place)
			JOIN profiles.skill_view k ON k.skill_id = (s.skill ->> 'skill_id')::uuid) m
	WHERE m.n > 1;
END;

-- The rules of a policy as a round uses them: a focus skill that was merged since counts as the skill it was
-- merged into. Where skills alone decide, age does not count either.
CREATE OR REPLACE FUNCTION matching.current_rules(rules json) RETURNS json
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (rules::jsonb || jsonb_build_object('difference_of', CASE WHEN rules ->> 'min_level_gap' IS NULL
		THEN (rules::jsonb -> 'difference_of') - 'age_band' ELSE rules::jsonb -> 'difference_of' END,
	'focus_skills', array_to_json(ARRAY(SELECT DISTINCT s.current_id
	FROM json_array_elements_text(rules -> 'focus_skills') f
		JOIN profiles.skill_view s ON s.skill_id = f::uuid ORDER BY s.current_id))))::json;

-- One side of a policy, as it is shown.
CREATE OR REPLACE FUNCTION matching.scope_json(scope json) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('departments_in', coalesce(scope -> 'departments_in', '[]'),
	'departments_out', coalesce(scope -> 'departments_out', '[]'),
	'locations', coalesce(scope -> 'locations', '[]'),
	'must_have_skills', coalesce((SELECT json_agg(json_build_object('skill',
			json_build_object('id', s.skill_id, 'name', s.name), 'level', m.level) ORDER BY s.name)
		FROM json_to_recordset(scope -> 'must_have_skills') AS m(skill_id uuid, level int)
			JOIN profiles.skill_view k ON k.skill_id = m.skill_id
			JOIN profiles.skill_view s ON s.skill_id = k.current_id), '[]'));

-- The hard rules of a policy, as they are shown. A version from before a rule existed does not have it.
CREATE OR REPLACE FUNCTION matching.hard_rules_json(rules json) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('min_level_gap', coalesce((rules ->> 'min_level_gap')::int, 0),
	'max_level_gap', (rules ->> 'max_level_gap')::int,
	'line_distance', coalesce(rules ->> 'line_distance', 'any'),
	'skills_only', rules ->> 'min_level_gap' IS NULL, 'exposure_cap', (rules ->> 'exposure_cap')::int,
	'other_department', coalesce((rules ->> 'other_department')::boolean, false),
	'same_country', coalesce((rules ->> 'same_country')::boolean, false),
	'languages', coalesce(rules -> 'languages', '[]'),
	'earlier_partners', coalesce((rules ->> 'earlier_partners')::boolean, false),
	'mentor_relations', (rules ->> 'mentor_relations')::int,
	'mentee_relations', (rules ->> 'mentee_relations')::int);

-- What a policy says, without which version of which programme it is.
CREATE OR REPLACE FUNCTION matching.policy_content(rules json) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('purpose', rules ->> 'purpose', 'rules', matching.hard_rules_json(rules),
	'weights', '{"channels": 0}'::jsonb || (rules -> 'weights')::jsonb,
	'focus_weight', (rules ->> 'focus_weight')::int,
	'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name)
		ORDER BY s.name)
		FROM profiles.skill_view s WHERE s.skill_id IN (SELECT k.current_id
			FROM json_array_elements_text(rules -> 'focus_skills') f
				JOIN profiles.skill_view k ON k.skill_id = f::uuid)), '[]'),
	'bounds', (SELECT json_object_agg(b.key, b.value ORDER BY b.key) FROM json_each(rules) b
		WHERE b.key NOT IN ('purpose', 'weights', 'points', 'focus_weight', 'focus_skills', 'mentors',
			'mentees', 'min_level_gap', 'max_level_gap', 'line_distance', 'exposure_cap', 'other_department',
			'same_country', 'languages', 'earlier_partners', 'mentor_relations', 'mentee_relations')),
	'mentors', matching.scope_json(rules -> 'mentors'), 'mentees', matching.scope_json(rules -> 'mentees'));

CREATE OR REPLACE FUNCTION matching.policy_json(o matching.policy) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN (matching.policy_content(o.rules) || jsonb_build_object('number', o.number,
	'programme', matching.programme_reference(o.programme_id),
	'created_at', common.instant(o.created_at), 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || o.programme_id || '/policies/' || o.number,
		'programme', '/api/v1/programmes/' || o.programme_id)))::json;

-- One side of a policy, as a request says it.
CREATE OR REPLACE FUNCTION matching.scope_request(scope json) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN '{"departments_in": [], "departments_out": [], "locations": [], "must_have_skills": []}'::jsonb
	|| coalesce(scope::jsonb, '{}');

-- A version as the request that would write it again.
CREATE OR REPLACE FUNCTION matching.policy_request(o matching.policy) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT jsonb_build_object('based_on', o.number,
		'rules', jsonb_strip_nulls((c.content -> 'rules') - CASE WHEN o.rules ->> 'min_level_gap' IS NULL
			THEN 'min_level_gap' ELSE '' END), 'weights', c.content -> 'weights',
		'focus_weight', c.content -> 'focus_weight', 'focus_skills', o.rules -> 'focus_skills',
		'bounds', (c.content -> 'bounds') - '{difference_of,skill_checks}'::text[],
		'mentors', matching.scope_request(o.rules -> 'mentors'),
		'mentees', matching.scope_request(o.rules -> 'mentees'))
	FROM (SELECT matching.policy_content(o.rules) AS content) c);

GRANT EXECUTE ON FUNCTION matching.scope_request(json), matching.policy_request(matching.policy)
	TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.policy_rules(matching.programme, json), matching.current_rules(json),
	matching.purpose_rules(text), matching.points_of(jsonb),
	matching.scope_of(jsonb), matching.merged_rules(json, json), matching.policy_faults(jsonb),
	matching.scope_faults(jsonb), matching.new_faults(jsonb, jsonb),
	matching.asked_fault(json, json, jsonb), matching.named_twice(jsonb),
	matching.scope_json(json), matching.hard_rules_json(json), matching.policy_content(json),
	matching.policy_json(matching.policy) TO upward_matching;

-- A skill that a policy, an intake answer or a round names is not deleted.
CREATE OR REPLACE TRIGGER skill_unused_in_matching BEFORE DELETE ON profiles.skill
	FOR EACH ROW EXECUTE FUNCTION profiles.skill_unused('matching.policy', 'rules', 'matching.programme',
		'focus_skills', 'matching.enrolment', 'intake', 'matching.round', 'rules', 'matching.round_want',
		'skill_id');
CREATE OR REPLACE TRIGGER policy_holds_skills BEFORE INSERT OR UPDATE OF rules ON matching.policy FOR EACH ROW
	EXECUTE FUNCTION profiles.hold_skills('rules', '$.focus_skills[*]', '$.*.must_have_skills[*].skill_id');
CREATE OR REPLACE TRIGGER round_holds_skills BEFORE INSERT OR UPDATE OF rules ON matching.round FOR EACH ROW
	WHEN (new.rules IS NOT NULL)
	EXECUTE FUNCTION profiles.hold_skills('rules', '$.focus_skills[*]', '$.*.must_have_skills[*].skill_id');
CREATE OR REPLACE TRIGGER programme_holds_skills BEFORE INSERT OR UPDATE OF focus_skills ON matching.programme
	FOR EACH ROW EXECUTE FUNCTION profiles.hold_skills('focus_skills', '$[*]');
CREATE OR REPLACE TRIGGER enrolment_holds_skills BEFORE INSERT OR UPDATE OF intake ON matching.enrolment
	FOR EACH ROW WHEN (new.intake -> 0 IS NOT NULL)
	EXECUTE FUNCTION profiles.hold_skills('intake', '$[*].skills[*].skill_id');
