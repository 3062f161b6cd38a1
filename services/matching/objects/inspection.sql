-- What stood in the way of a mentee or a mentor in a round, and what would help.

-- The members of a policy (PolicyChanges in api/matching/round.yaml) that a relaxation stored by a round
-- changes.
CREATE OR REPLACE FUNCTION matching.relaxed_members(relaxation json) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_strip_nulls(json_build_object(
		'rules', json_object_agg(m.name, m.value) FILTER (WHERE m.part = 'rules'),
		'bounds', json_object_agg(m.name, m.value) FILTER (WHERE m.part = 'bounds')))
	FROM json_to_recordset(relaxation -> 'rules') AS x(rule text, "to" int, upper boolean)
		JOIN LATERAL (VALUES ('hours', 'bounds', 'common_half_hours', to_json(x."to")),
			('language', 'bounds', 'shared_language', to_json(false)),
			('language', 'rules', 'languages', '[]'::json),
			('need', 'bounds', 'need_covered', to_json(false)),
			('department', 'rules', 'other_department', to_json(false)),
			('country', 'rules', 'same_country', to_json(false)),
			('junior', 'rules', CASE WHEN x.upper THEN 'max_level_gap' ELSE 'min_level_gap' END,
				to_json(x."to")),
			('line_distance', 'rules', 'line_distance', to_json(x."to"::text))) m (rule, part, name, value)
			ON m.rule = x.rule);

-- On how many lists a round has shown one mentor at most.
CREATE OR REPLACE FUNCTION matching.applied_cap(round uuid) RETURNS int
LANGUAGE sql STABLE
RETURN (SELECT coalesce(r.exposure_cap, (matching.round_rules(r.id) ->> 'exposure_cap')::int)
	FROM matching.round r WHERE r.id = round);

-- The change of the rules that would help a mentee: what a round has found, or a higher exposure cap where
-- the mentors are on too many lists already; null: none is known.
CREATE OR REPLACE FUNCTION matching.helping_change(relaxation json, reason text, cap int) RETURNS json
LANGUAGE sql STABLE
RETURN coalesce(CASE WHEN relaxation ->> 'yields' IS NOT NULL THEN matching.relaxed_members(relaxation) END,
	CASE WHEN reason = 'contended' AND cap < 100 THEN json_build_object('rules',
		json_build_object('exposure_cap', cap + 1)) END);

-- The requests with which a coordinator can try that change in a what-if round, and make it the policy.
CREATE OR REPLACE FUNCTION matching.helping_actions(programme uuid, change json) RETURNS json
LANGUAGE sql STABLE
RETURN CASE WHEN change IS NULL THEN '[]' ELSE (SELECT json_build_array(
	json_build_object('operation', 'round_create', 'method', 'POST', 'href', '/api/v1/rounds', 'body',
		json_build_object('programme_id', p.id, 'what_if', true, 'policy', change)),
	json_build_object('operation', 'policy_create', 'method', 'POST', 'href',
		'/api/v1/programmes/' || p.id || '/policies', 'body',
		jsonb_build_object('based_on', p.policy_number) || change::jsonb))
	FROM matching.programme p WHERE p.id = programme) END;

-- Numbers of people by the rule that refused them, in words, the most first. `discreet`: for a participant,
-- who learns of no refusal of their person and of no number below five.
CREATE OR REPLACE FUNCTION matching.refused_json(counts json, people text, discreet boolean) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT coalesce(json_agg(json_build_object('rule', c.rule, people, CASE WHEN NOT discreet
			OR common.enough(c.n::bigint) THEN c.n::int END, 'text', m.text, 'relax', m.relax)
		ORDER BY CASE WHEN NOT discreet OR common.enough(c.n::bigint) THEN c.n::int ELSE 0 END DESC, c.rule),
		'[]')
	FROM json_each_text(counts) c (rule, n) JOIN common.message m ON m.key = 'rule.' || c.rule
	WHERE NOT discreet OR c.rule NOT IN ('role', 'blocked'));

-- A relaxation as it is shown; a participant learns which rules, not by how much.
CREATE OR REPLACE FUNCTION matching.relaxation_json(relaxation json, discreet boolean) RETURNS json
LANGUAGE sql STABLE
RETURN CASE WHEN relaxation ->> 'yields' IS NOT NULL THEN json_build_object(
	'yields', CASE WHEN NOT discreet OR common.enough((relaxation ->> 'yields')::bigint)
		THEN (relaxation ->> 'yields')::int END,
	'rules', (SELECT json_agg(json_build_object('rule', x.rule,
			'from', CASE WHEN NOT discreet THEN x."from" END,
			'to', CASE WHEN NOT discreet THEN x."to" END, 'text', m.relax) ORDER BY x.rule)
		FROM json_to_recordset(relaxation -> 'rules') AS x(rule text, "from" int, "to" int)
			JOIN common.message m ON m.key = 'rule.' || x.rule)) END;

CREATE OR REPLACE FUNCTION matching.unmatched_json(u matching.round_unmatched, programme uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('mentee', profiles.card_json(u.person_id), 'found', u.found,
		'reason', u.reason, 'text', m.text, 'relax', m.relax, 'rules', u.counts,
		'refused', matching.refused_json(u.counts, 'mentors', false),
		'relaxation', matching.relaxation_json(u.relaxation, false),
		'actions', matching.helping_actions(programme, matching.helping_change(u.relaxation, u.reason,
			matching.applied_cap(u.round_id))),
		'links', json_build_object('why_not', '/api/v1/enrolments/' || u.enrolment_id || '/why-not'))
	FROM (SELECT 'shortlist_reason.' || u.reason AS key) k LEFT JOIN common.message m ON m.key = k.key);

-- The latest round that an enrolment was in and that the reader may know of: participants know of those that
-- were published, coordinators also of one that is ready.
CREATE OR REPLACE FUNCTION matching.last_round_of(part uuid, discreet boolean) RETURNS uuid
LANGUAGE sql STABLE
RETURN (SELECT r.id FROM matching.round r JOIN (
		SELECT u.round_id FROM matching.round_unmatched u WHERE u.enrolment_id = part
		UNION SELECT s.round_id FROM matching.shortlist s WHERE s.enrolment_id = part
		UNION SELECT m.round_id FROM matching.round_mentor m WHERE m.enrolment_id = part) x
		ON x.round_id = r.id
	WHERE NOT r.what_if AND r.status = ANY (CASE WHEN discreet
		THEN '{publishing,published,superseded,taking_back,rolled_back}'::text[]
		ELSE '{ready,publishing,published,superseded,taking_back,rolled_back}' END)
	ORDER BY r.created_at DESC, r.id DESC LIMIT 1);

-- Why an enrolment got no more than it did in that round. A mentor is not told of shortlists.
CREATE OR REPLACE FUNCTION matching.why_not_json(e matching.enrolment, discreet boolean) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('enrolment_id', e.id, 'role', e.role,
		'round_id', CASE WHEN NOT discreet THEN r.id END, 'as_of', common.instant(r.finished_at),
		'found', CASE WHEN e.role = 'mentee' AND r.id IS NOT NULL THEN coalesce(u.found,
			(matching.round_rules(r.id) ->> 'shortlist_size')::int) END,
		'reason', u.reason, 'text', m.text, 'relax', m.relax,
		'rules', coalesce(matching.refused_json(coalesce(u.counts, t.refused), 'people', discreet), '[]'),
		'relaxation', matching.relaxation_json(u.relaxation, discreet),
		'actions', CASE WHEN discreet THEN '[]' ELSE matching.helping_actions(e.programme_id,
			matching.helping_change(u.relaxation, u.reason, matching.applied_cap(r.id))) END,
		'links', json_build_object('enrolment', '/api/v1/enrolments/' || e.id))
	FROM (SELECT matching.last_round_of(e.id, discreet) AS id) l LEFT JOIN matching.round r ON r.id = l.id
		LEFT JOIN matching.round_unmatched u ON u.round_id = r.id AND u.enrolment_id = e.id
		LEFT JOIN matching.round_mentor t ON t.round_id = r.id AND t.enrolment_id = e.id
		LEFT JOIN common.message m ON m.key = 'shortlist_reason.' || u.reason);

-- What helps a mentee who waits for a list: what to relax, in words, and the requests that try it and make
-- it; where nothing is known to be in the way, the one that starts a round. For coordinators.
CREATE OR REPLACE FUNCTION matching.way_out(part uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('relax', m.relax, 'actions', CASE WHEN c.change IS NOT NULL
			THEN matching.helping_actions(e.programme_id, c.change)
			ELSE json_build_array(json_build_object('operation', 'round_create', 'method', 'POST',
				'href', '/api/v1/rounds', 'body', json_build_object('programme_id', e.programme_id))) END)
		FROM matching.enrolment e LEFT JOIN matching.round_unmatched u ON u.enrolment_id = e.id
				AND u.round_id = matching.last_round_of(e.id, false)
			CROSS JOIN LATERAL (SELECT matching.helping_change(u.relaxation, u.reason,
				matching.applied_cap(u.round_id)) AS change) c
			LEFT JOIN common.message m ON m.key = 'shortlist_reason.' || u.reason
		WHERE e.id = part);
END $$;

-- A mentor on no list of a round.
CREATE OR REPLACE FUNCTION matching.not_shown_json(t matching.round_mentor, mentees int) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('mentor', profiles.card_json(t.person_id), 'reason', w.reason,
		'text', m.text, 'relax', m.relax, 'allowed', t.allowed,
		'refused', matching.refused_json(t.refused, 'mentees', false))
	FROM (SELECT CASE WHEN t.refused ->> 'out_of_scope' IS NOT NULL THEN 'out_of_scope'
			WHEN mentees = 0 THEN 'no_mentees' WHEN t.allowed > 0 THEN 'not_chosen'
			ELSE 'not_allowed' END AS reason) w
		JOIN common.message m ON m.key = 'not_shown.' || w.reason);

GRANT EXECUTE ON FUNCTION matching.relaxed_members(json), matching.helping_change(json, text, int),
	matching.applied_cap(uuid),
	matching.helping_actions(uuid, json), matching.refused_json(json, text, boolean),
	matching.relaxation_json(json, boolean), matching.unmatched_json(matching.round_unmatched, uuid),
	matching.last_round_of(uuid, boolean), matching.why_not_json(matching.enrolment, boolean),
	matching.not_shown_json(matching.round_mentor, int) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.way_out(uuid) TO upward_evaluation;
