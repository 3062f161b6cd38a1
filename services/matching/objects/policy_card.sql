-- The policy of a programme in plain words, from the sentences of api/messages.yaml (groups card_…). {n}
-- stands for what the policy says.

-- What must hold, each with the value that its sentence names; a rule that the policy does not have is null.
CREATE OR REPLACE FUNCTION matching.card_rules(rules json) RETURNS TABLE (place bigint, rule text, value text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT v.place, v.said[1], v.said[2]
	FROM unnest(ARRAY['junior', 'skills_only', 'largest_gap', 'closeness', 'line_any', 'line_distance',
			'other_department', 'same_country', 'shared_language', 'languages', 'hours', 'need_covered',
			'exclusions', 'declined', 'earlier_never', 'earlier_completed', 'wishes', 'exposure', 'list_size',
			'two_departments', 'backgrounds', 'mentor_relations', 'mentee_relations'],
		ARRAY[rules ->> 'min_level_gap', CASE WHEN rules ->> 'min_level_gap' IS NULL THEN '' END,
			CASE WHEN rules ->> 'min_level_gap' IS NOT NULL THEN rules ->> 'max_level_gap' END, '',
			CASE WHEN rules ->> 'line_distance' IS NULL THEN '' END, rules ->> 'line_distance',
			CASE WHEN (rules ->> 'other_department')::boolean THEN '' END,
			CASE WHEN (rules ->> 'same_country')::boolean THEN '' END,
			CASE WHEN (rules ->> 'shared_language')::boolean THEN '' END,
			(SELECT string_agg(l, ', ' ORDER BY l) FROM json_array_elements_text(rules -> 'languages') l),
			nullif(rules ->> 'common_half_hours', '0'),
			CASE WHEN (rules ->> 'need_covered')::boolean THEN '' END, '', '',
			CASE WHEN (rules ->> 'earlier_partners')::boolean IS NOT TRUE THEN '' END,
			CASE WHEN (rules ->> 'earlier_partners')::boolean THEN '' END, '', rules ->> 'exposure_cap',
			rules ->> 'shortlist_size', CASE WHEN (rules ->> 'two_departments')::boolean THEN '' END,
			CASE WHEN (rules -> 'weights' ->> 'difference')::int > 0
				AND (rules -> 'repeat_share' ->> 1)::numeric < 1 THEN '' END,
			rules ->> 'mentor_relations', rules ->> 'mentee_relations'])
		WITH ORDINALITY w (rule, value, place)
		CROSS JOIN LATERAL (SELECT w.place, ARRAY[w.rule, w.value] AS said) v
	WHERE w.value IS NOT NULL;
END;

-- Who takes part, by the scope of both sides.
CREATE OR REPLACE FUNCTION matching.card_scope(rules json) RETURNS TABLE (place bigint, rule text, value text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 100 + row_number() OVER (ORDER BY s.side DESC, k.kind), s.side || '_' || k.kind, x.value
	FROM (VALUES ('mentors'), ('mentees')) s (side)
		CROSS JOIN (VALUES ('departments_in'), ('departments_out'), ('locations'),
			('must_have_skills')) k (kind)
		CROSS JOIN LATERAL (SELECT string_agg(CASE k.kind WHEN 'must_have_skills'
				THEN (SELECT v.name FROM profiles.skill_view v WHERE v.skill_id = (e ->> 'skill_id')::uuid)
				ELSE e #>> '{}' END, ', ') AS value
			FROM json_array_elements(rules -> s.side -> k.kind) e) x
	WHERE x.value IS NOT NULL;
END;

-- The weights of a policy that count: that of the level gap does not where levels do not.
CREATE OR REPLACE FUNCTION matching.counting_weights(rules json) RETURNS TABLE (key text, value text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT w.key, w.value FROM json_each_text(rules -> 'weights') w
	WHERE w.value <> '0' AND (w.key <> 'level_gap' OR rules ->> 'min_level_gap' IS NOT NULL);
END;

-- The sentences of a group, in the order of their codes' numbers; `left_out`, with commas between, are not
-- said.
CREATE OR REPLACE FUNCTION matching.card_sentences(part text, left_out text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_agg(m.text ORDER BY m.key) FROM common.message m
	WHERE starts_with(m.key, part || '.')
		AND split_part(m.key, '.', 2) <> ALL (string_to_array(left_out, ',')));

CREATE OR REPLACE FUNCTION matching.policy_card(p matching.programme) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('programme', matching.programme_reference(p.id),
		'policy_version', p.policy_number, 'purpose', json_build_object('code', p.purpose, 'text',
			(SELECT m.text FROM common.message m WHERE m.key = 'purpose.' || p.purpose)),
		'factors', (SELECT coalesce(json_agg(json_build_object('factor', w.key, 'share',
				round(100.0 * w.value::int / t.total)::int, 'text', m.text)
				ORDER BY w.value::int DESC, w.key), '[]')
			FROM matching.counting_weights(o.rules) w
				JOIN common.message m ON m.key = 'score_part.' || w.key,
				(SELECT sum(x.value::int) AS total FROM matching.counting_weights(o.rules) x) t),
		'focus_skills', (SELECT coalesce(json_agg(s.name ORDER BY s.name), '[]')
			FROM profiles.skill_view s WHERE s.skill_id IN (SELECT f::uuid
				FROM json_array_elements_text(o.rules -> 'focus_skills') f)),
		'never', matching.card_sentences('card_never',
			CASE WHEN p.declared_kinds = '{}' THEN 'e_declared' ELSE 'd_declarations' END
			|| CASE WHEN matching.current_rules(o.rules)::jsonb -> 'difference_of' ? 'age_band'
				THEN ',a_person' ELSE ',a_portrait' END),
		'rules', (SELECT json_agg(json_build_object('rule', r.rule, 'text', replace(m.text, '{n}', r.value))
				ORDER BY r.place)
			FROM (SELECT * FROM matching.card_rules(o.rules)
				UNION ALL SELECT * FROM matching.card_scope(o.rules)) r
				JOIN common.message m ON m.key = 'card_rule.' || r.rule),
		'decisions', matching.card_sentences('card_decision', ''),
		'objection', matching.card_sentences('card_objection', ''), 'version', p.policy_number,
		'links', json_build_object('self', '/api/v1/programmes/' || p.id || '/policy-card',
			'programme', '/api/v1/programmes/' || p.id))
	FROM matching.policy o WHERE o.programme_id = p.id AND o.number = p.policy_number);

GRANT EXECUTE ON FUNCTION matching.counting_weights(json), matching.card_rules(json),
	matching.card_scope(json), matching.card_sentences(text, text),
	matching.policy_card(matching.programme) TO upward_matching;
