-- Statements of presets: the policies that programmes start with.

-- preset_list: one for each purpose, with what it is for.
-- unprepared
SELECT policy_content(r.rules) || jsonb_build_object('text', u.text) AS body, u.purpose
FROM (SELECT substr(m.key, 9) AS purpose, m.text FROM common.message m WHERE m.key LIKE 'purpose.%') u,
	LATERAL (SELECT (purpose_rules(u.purpose) || jsonb_build_object('purpose', u.purpose, 'weights',
		purpose_weights(u.purpose), 'focus_skills', '[]'::json, 'difference_of',
		'{country,location,tenure}'::text[], 'skill_checks', false))::json AS rules) r
WHERE (:after_purpose IS NULL OR u.purpose > :after_purpose)
ORDER BY u.purpose
LIMIT :limit + 1;
