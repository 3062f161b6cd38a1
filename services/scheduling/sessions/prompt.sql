-- Statements of guided questions; the texts are in prompts_<language>.c.

-- prompt_session(session_id uuid, actor uuid): the purpose of the programme, how far the two have come (the
-- first session opens, the one for the last date of the plan closes), and the organisation's language.
SELECT p.purpose, CASE WHEN NOT EXISTS (SELECT FROM session e WHERE e.pair_id = s.pair_id
			AND e.starts_at < s.starts_at AND e.status NOT IN ('cancelled', 'missed'))
		THEN 'opening'
		WHEN (SELECT d.number = (SELECT max(l.number) FROM plan l WHERE l.agreement_id = d.agreement_id)
			FROM plan d WHERE d.session_id = s.id) THEN 'closing'
		ELSE 'middle' END AS phase,
	common.setting_value('locale') #>> '{}' AS language
FROM session s JOIN matching.pair_member m ON m.pair_id = s.pair_id AND m.person_id = :actor
	JOIN matching.programme_view p ON p.programme_id = m.programme_id
WHERE s.id = :session_id;
