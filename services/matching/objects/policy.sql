-- The programme's rules as a policy: the values of the previous policy, except where the programme now says
-- otherwise. A wanted skill in the focus counts focus_weight times; "ample" half hours and shared items
-- earn full points.
CREATE OR REPLACE FUNCTION matching.policy_rules(p matching.programme, earlier json) RETURNS json
	LANGUAGE sql STABLE
RETURN (coalesce(earlier::jsonb, jsonb_build_object('purpose', p.purpose,
	'weights', matching.purpose_weights(p.purpose))
		|| '{"focus_weight": 2, "shortlist_size": 3, "two_departments": true, "shared_language": true,
			"need_covered": true, "common_half_hours": 2, "ample_half_hours": 20, "ample_interests": 4,
			"ample_exchange": 6, "ideal_level_gap": 4, "level_gap_fall": 40, "repeat_share": [0.3, 0.1]}')
	|| jsonb_build_object('difference_of', ARRAY['country', 'location', 'tenure'] || p.declared_kinds,
		'skill_checks', p.skill_checks, 'min_level_gap', p.min_level_gap,
		'line_distance', p.line_distance, 'exposure_cap', p.exposure_cap, 'focus_skills',
		array_to_json(ARRAY(SELECT DISTINCT s FROM unnest(p.focus_skills) s ORDER BY s))))::json;

-- The rules of a policy as a round uses them: a focus skill that was merged since counts as the skill it was
-- merged into.
CREATE OR REPLACE FUNCTION matching.current_rules(rules json) RETURNS json
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (rules::jsonb || jsonb_build_object('focus_skills', array_to_json(ARRAY(SELECT DISTINCT s.current_id
	FROM json_array_elements_text(rules -> 'focus_skills') f
		JOIN profiles.skill_view s ON s.skill_id = f::uuid ORDER BY s.current_id))))::json;

CREATE OR REPLACE FUNCTION matching.policy_json(o matching.policy) RETURNS json
LANGUAGE sql STABLE SET search_path = matching, pg_catalog, pg_temp
RETURN json_build_object('number', o.number, 'programme', matching.programme_reference(o.programme_id),
	'purpose', o.rules ->> 'purpose',
	'rules', json_build_object('min_level_gap', coalesce((o.rules ->> 'min_level_gap')::int, 0),
		'line_distance', coalesce(o.rules ->> 'line_distance', 'any'),
		'skills_only', o.rules ->> 'min_level_gap' IS NULL,
		'exposure_cap', (o.rules ->> 'exposure_cap')::int),
	'weights', o.rules -> 'weights', 'focus_weight', (o.rules ->> 'focus_weight')::int,
	'focus_skills', coalesce((SELECT json_agg(json_build_object('id', s.skill_id, 'name', s.name)
		ORDER BY s.name)
		FROM json_array_elements_text(o.rules -> 'focus_skills') f
			JOIN profiles.skill_view s ON s.skill_id = f::uuid), '[]'),
	'bounds', (SELECT json_object_agg(b.key, b.value ORDER BY b.key) FROM json_each(o.rules) b
		WHERE b.key NOT IN ('purpose', 'min_level_gap', 'line_distance', 'exposure_cap', 'weights',
			'focus_weight',
			'focus_skills')),
	'created_at', common.instant(o.created_at), 'version', 1, 'can', '[]'::json,
	'links', json_build_object('self', '/api/v1/programmes/' || o.programme_id || '/policies/' || o.number,
		'programme', '/api/v1/programmes/' || o.programme_id));

GRANT EXECUTE ON FUNCTION matching.policy_rules(matching.programme, json), matching.current_rules(json),
	matching.policy_json(matching.policy) TO upward_matching;
