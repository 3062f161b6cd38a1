-- What stood in the way of a mentee or a mentor in a round, and what would help.

-- The members of a policy (PolicyChanges in api/matching/round.yaml) that a relaxation stored by a round
-- changes.
CREATE OR REPLACE FUNCTION matching.relaxed_members(relaxation json) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_strip_nulls(json_build_object(
		'rules', json_object_agg(m.name, m.value) FILTER (WHERE m.part = 'rules'),
		'bounds', json_object_agg(m.name, m.value) FILTER (WHERE m.part = 'bounds'),
		'mentees', json_object_agg(m.name, m.value) FILTER (WHERE m.part = 'mentees')))
	FROM json_to_recordset(relaxation -> 'rules') AS x(rule text, "to" int, upper boolean, set json)
		JOIN LATERAL (VALUES ('hours', 'bounds', 'common_half_hours', to_json(x."to")),
			('language', 'bounds', 'shared_language', to_json(false)),
			('language', 'rules', 'languages', '[]'::json),
			('need', 'bounds', 'need_covered', to_json(false)),
			('department', 'rules', 'other_department', to_json(false)),
			('country', 'rules', 'same_country', to_json(false)),
			('junior', 'rules', CASE WHEN x.upper THEN 'max_level_gap' ELSE 'min_level_gap' END,
				to_json(x."to")),
			('line_distance', 'rules', 'line_distance', to_json(x."to"::text)),
			('exposure', 'rules', 'exposure_cap', to_json(x."to")),
			('list_size', 'bounds', 'shortlist_size', to_json(x."to")),
			(CASE WHEN x.set IS NOT NULL THEN x.rule END, 'mentees', substr(x.rule, length('mentees_') + 1),
				x.set)) m (rule, part, name, value)
			ON m.rule = x.rule);

-- On how many lists a round has shown one mentor at most.
CREATE OR REPLACE FUNCTION matching.applied_cap(round uuid) RETURNS int
LANGUAGE sql STABLE
RETURN (SELECT coalesce(r.exposure_cap, (matching.round_rules(r.id) ->> 'exposure_cap')::int)
	FROM matching.round r WHERE r.id = round);

-- The requests with which a coordinator can try a relaxation in a what-if round, and make it the policy.
CREATE OR REPLACE FUNCTION matching.helping_actions(programme uuid, relaxation json) RETURNS json
LANGUAGE sql STABLE
RETURN CASE WHEN relaxation ->> 'yields' IS NULL THEN '[]' ELSE (SELECT json_build_array(
	json_build_object('operation', 'round_create', 'method', 'POST', 'href', '/api/v1/rounds', 'body',
		json_build_object('programme_id', p.id, 'what_if', true, 'policy', c.change)),
	json_build_object('operation', 'policy_create', 'method', 'POST', 'href',
		'/api/v1/programmes/' || p.id || '/policies', 'body',
		jsonb_build_object('based_on', p.policy_number) || c.change::jsonb))
	FROM matching.programme p CROSS JOIN LATERAL (SELECT matching.relaxed_members(relaxation) AS change) c
	WHERE p.id = programme) END;

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

-- The rules of a relaxation, each with a sentence that says what to set (the group `relaxation` of
-- api/messages.yaml).
CREATE OR REPLACE FUNCTION matching.relaxed_rules(relaxation json) RETURNS TABLE (rule text, "from" int,
	"to" int, change text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT x.rule, x."from", x."to", replace(replace(replace(m.text, '{from}', x."from"::text), '{to}',
		x."to"::text), '{name}', coalesce(x.name, '-'))
	FROM json_to_recordset(relaxation -> 'rules') AS x(rule text, "from" int, "to" int, upper boolean,
			name text)
		LEFT JOIN common.message m ON m.key = 'relaxation.' || CASE
			WHEN x.rule = 'junior' AND x.upper THEN 'largest_gap' WHEN x.rule = 'junior' THEN 'smallest_gap'
			WHEN x.rule = 'line_distance' AND x."from" = 0 THEN 'line_any' ELSE x.rule END;
END;

-- A relaxation in words: what to set, and how many it brings.
CREATE OR REPLACE FUNCTION matching.relaxation_text(relaxation json) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT string_agg(x.change, ' ' ORDER BY x.rule) || ' ' || replace(m.text, '{n}',
		relaxation ->> 'yields')
	FROM matching.relaxed_rules(relaxation) x JOIN common.message m ON m.key = 'relaxation.'
		|| CASE relaxation ->> 'yields' WHEN '1' THEN 'yields_one' ELSE 'yields' END
	GROUP BY m.text);

-- A relaxation as it is shown; a participant learns which rules, not by how much.
CREATE OR REPLACE FUNCTION matching.relaxation_json(relaxation json, discreet boolean) RETURNS json
LANGUAGE sql STABLE
RETURN CASE WHEN relaxation ->> 'yields' IS NOT NULL THEN json_build_object(
	'yields', CASE WHEN NOT discreet OR common.enough((relaxation ->> 'yields')::bigint)
		THEN (relaxation ->> 'yields')::int END,
	'text', CASE WHEN NOT discreet THEN matching.relaxation_text(relaxation) END,
	'rules', (SELECT json_agg(json_build_object('rule', x.rule,
			'from', CASE WHEN NOT discreet THEN x."from" END,
			'to', CASE WHEN NOT discreet THEN x."to" END, 'text', m.relax,
			'change', CASE WHEN NOT discreet THEN x.change END) ORDER BY x.rule)
		FROM matching.relaxed_rules(relaxation) x JOIN common.message m ON m.key = 'rule.' || x.rule)) END;

CREATE OR REPLACE FUNCTION matching.unmatched_json(u matching.round_unmatched, programme uuid) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('mentee', profiles.card_json(u.person_id), 'found', u.found,
		'reason', u.reason, 'text', m.text, 'relax', m.relax, 'rules', u.counts,
		'refused', matching.refused_json(u.counts, 'mentors', false),
		'relaxation', matching.relaxation_json(u.relaxation, false),
		'actions', matching.helping_actions(programme, u.relaxation),
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

-- What a mentee of a round wants to learn and nobody on their latest list of it teaches, as far as they have
-- said it and show it to the viewer.
CREATE OR REPLACE FUNCTION matching.open_wants_json(e matching.enrolment, round uuid, viewer uuid,
	discreet boolean) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = matching, pg_catalog, pg_temp AS $$
DECLARE
	told text[] := CASE WHEN viewer <> e.person_id THEN told_wants(e.person_id, e.programme_id) END;
BEGIN
	IF NOT 'skills_wanted' = ANY (profiles.seen_fields(viewer,
			CASE WHEN viewer <> e.person_id THEN '{programme_admin}'::text[] END, e.person_id)) THEN
		RETURN '[]';
	END IF;
	RETURN (SELECT coalesce(json_agg(json_build_object('skill', k.name, 'state', w.open, 'text', m.text,
			'relax', m.relax, 'rules', CASE WHEN w.open = 'refused'
				THEN refused_json(w.refused, 'people', discreet) ELSE '[]' END,
			'relaxation', relaxation_json(w.relaxation, discreet),
			'actions', CASE WHEN discreet THEN '[]' ELSE helping_actions(e.programme_id, w.relaxation) END)
			ORDER BY w.place), '[]')
		FROM round_want w JOIN profiles.skill_view k ON k.skill_id = w.skill_id
			JOIN common.message m ON m.key = 'want.' || w.open
		WHERE w.round_id = open_wants_json.round AND w.enrolment_id = e.id
			AND (viewer = e.person_id OR k.name = ANY (told)) AND NOT EXISTS (
			SELECT FROM shortlist_entry x WHERE x.lifts[w.place] > 0 AND x.shortlist_id = (
				SELECT s.id FROM shortlist s WHERE s.round_id = w.round_id AND s.enrolment_id = e.id
				ORDER BY s.id DESC LIMIT 1)));
END $$;

-- Why an enrolment got no more than it did in that round. A mentor is not told of shortlists.
CREATE OR REPLACE FUNCTION matching.why_not_json(e matching.enrolment, viewer uuid, discreet boolean)
	RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('enrolment_id', e.id, 'role', e.role,
		'round_id', CASE WHEN NOT discreet THEN r.id END, 'as_of', common.instant(r.finished_at),
		'found', CASE WHEN e.role = 'mentee' AND r.id IS NOT NULL THEN coalesce(u.found,
			(matching.round_rules(r.id) ->> 'shortlist_size')::int) END,
		'reason', u.reason, 'text', m.text, 'relax', m.relax,
		'rules', coalesce(matching.refused_json(coalesce(u.counts, t.refused), 'people', discreet), '[]'),
		'relaxation', matching.relaxation_json(coalesce(u.relaxation, t.relaxation), discreet),
		'actions', CASE WHEN discreet THEN '[]' ELSE matching.helping_actions(e.programme_id,
			coalesce(u.relaxation, t.relaxation)) END,
		'wants', CASE WHEN e.role = 'mentee' AND r.id IS NOT NULL
			THEN matching.open_wants_json(e, r.id, viewer, discreet) ELSE '[]' END,
		'next_round_after', CASE WHEN e.status = 'enrolled' THEN
			common.instant(matching.next_round_after(e.programme_id)) END,
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
	RETURN (SELECT json_build_object('relax', coalesce(CASE WHEN u.relaxation ->> 'yields' IS NOT NULL
				THEN matching.relaxation_text(u.relaxation) END, m.relax),
			'relaxation', matching.relaxation_json(u.relaxation, false),
			'next_round_after', common.instant(matching.next_round_after(e.programme_id)),
			'actions', CASE WHEN u.relaxation ->> 'yields' IS NOT NULL
			THEN matching.helping_actions(e.programme_id, u.relaxation)
			ELSE json_build_array(json_build_object('operation', 'round_create', 'method', 'POST',
				'href', '/api/v1/rounds', 'body', json_build_object('programme_id', e.programme_id))) END)
		FROM matching.enrolment e LEFT JOIN matching.round_unmatched u ON u.enrolment_id = e.id
				AND u.round_id = matching.last_round_of(e.id, false)
			LEFT JOIN common.message m ON m.key = 'shortlist_reason.' || u.reason
		WHERE e.id = part);
END $$;

-- A mentor on no list of a round.
CREATE OR REPLACE FUNCTION matching.not_shown_json(t matching.round_mentor, mentees int) RETURNS json
LANGUAGE sql STABLE
RETURN (SELECT json_build_object('mentor', profiles.card_json(t.person_id), 'reason', w.reason,
		'text', m.text, 'relax', m.relax, 'allowed', t.allowed,
		'refused', matching.refused_json(t.refused, 'mentees', false),
		'relaxation', matching.relaxation_json(t.relaxation, false),
		'actions', matching.helping_actions((SELECT r.programme_id FROM matching.round r
			WHERE r.id = t.round_id), t.relaxation),
		'links', json_build_object('why_not', '/api/v1/enrolments/' || t.enrolment_id || '/why-not'))
	FROM (SELECT CASE WHEN t.refused ->> 'out_of_scope' IS NOT NULL THEN 'out_of_scope'
			WHEN mentees = 0 THEN 'no_mentees' WHEN t.allowed > 0 THEN 'not_chosen'
			ELSE 'not_allowed' END AS reason) w
		JOIN common.message m ON m.key = 'not_shown.' || w.reason);

GRANT EXECUTE ON FUNCTION matching.relaxed_members(json), matching.relaxed_rules(json),
	matching.relaxation_text(json), matching.applied_cap(uuid),
	matching.helping_actions(uuid, json), matching.refused_json(json, text, boolean),
	matching.relaxation_json(json, boolean), matching.unmatched_json(matching.round_unmatched, uuid),
	matching.last_round_of(uuid, boolean), matching.open_wants_json(matching.enrolment, uuid, uuid, boolean),
	matching.why_not_json(matching.enrolment, uuid, boolean),
	matching.not_shown_json(matching.round_mentor, int) TO upward_matching;
GRANT EXECUTE ON FUNCTION matching.way_out(uuid) TO upward_evaluation;
