-- Goals of a pair: SMART, agreed by both, with a log of progress. Only the two of the pair read them;
-- of a programme's goals others see counts alone.

-- proposed → agreed (by the one who did not word it; an edit asks the other again) → completed | abandoned.
CREATE TABLE evaluation.goal (
	id uuid CONSTRAINT goal_id PRIMARY KEY,
	pair_id uuid NOT NULL,
	specific text NOT NULL CONSTRAINT goal_specific_some CHECK (specific <> ''),
	unit text NOT NULL CONSTRAINT goal_unit_some CHECK (unit <> ''),
	baseline numeric(14, 4) NOT NULL,
	target numeric(14, 4) NOT NULL,
	skill_id uuid,
	due_on date NOT NULL,
	status text NOT NULL DEFAULT 'proposed',
	proposed_by uuid NOT NULL,       -- whose words these are: the other one agrees
	agreed_at timestamptz,
	achieved numeric(14, 4),         -- the measure when it was completed
	reason text CONSTRAINT goal_reason CHECK (reason IN
		('no_longer_relevant', 'out_of_reach', 'replaced', 'no_time', 'other')),
	closed_at timestamptz,           -- completed or abandoned
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	updated_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT goal_measurable CHECK (target <> baseline),
	CONSTRAINT goal_status CHECK (CASE status
		WHEN 'proposed' THEN num_nonnulls(achieved, reason, closed_at) = 0
		WHEN 'agreed' THEN num_nonnulls(achieved, reason, closed_at) = 0
		WHEN 'completed' THEN reason IS NULL AND num_nulls(achieved, closed_at) = 0
		WHEN 'abandoned' THEN achieved IS NULL AND num_nulls(reason, closed_at) = 0 ELSE false END)
);
CREATE INDEX goal_by_pair ON evaluation.goal (pair_id, created_at DESC, id DESC);

-- What happened on the way. An entry is not changed afterwards.
CREATE TABLE evaluation.progress (
	id uuid CONSTRAINT progress_id PRIMARY KEY,
	goal_id uuid NOT NULL CONSTRAINT progress_goal REFERENCES evaluation.goal (id),
	author_id uuid NOT NULL,
	value numeric(14, 4),            -- the measure on that day, in the goal's unit
	note text,
	session_id uuid,
	version bigint NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT common.now(),
	CONSTRAINT progress_says_something CHECK (value IS NOT NULL OR note IS NOT NULL)
);
CREATE INDEX progress_by_goal ON evaluation.progress (goal_id, created_at DESC, id DESC);

GRANT SELECT, INSERT, UPDATE ON evaluation.goal TO upward_evaluation;
GRANT SELECT, INSERT ON evaluation.progress TO upward_evaluation;

-- Every weakness of a goal as a fault of the request; null where it is SMART. Substance is counted in
-- characters, not in words, so that it means the same in every script.
CREATE FUNCTION evaluation.goal_weaknesses(specific text, unit text, baseline numeric, target numeric, skill uuid,
	due_on date, programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (WITH words AS (SELECT regexp_replace(specific, '\s', '', 'g') AS letters),
		weak (pointer, code, message) AS (
			SELECT '/specific', 'too_vague', 'say in 20 characters or more what will be different' FROM words w
			WHERE length(w.letters) < 20
				OR (SELECT count(DISTINCT c) FROM regexp_split_to_table(w.letters, '') c) < 8
			UNION ALL SELECT '/measure/unit', 'not_a_unit', 'names what is counted'
			WHERE unit !~ '[[:alpha:]%]'
			UNION ALL SELECT '/measure/target', 'no_change', 'differs from the baseline'
			WHERE round(target, 4) = round(baseline, 4)
			UNION ALL SELECT '/skill_id', 'unknown_reference', 'is a skill of the taxonomy that is in use'
			WHERE skill IS NOT NULL
				AND NOT EXISTS (SELECT FROM profiles.skill_view s WHERE s.skill_id = skill AND NOT s.retired)
			UNION ALL SELECT '/due_on', 'in_the_past', 'lies in the future' WHERE due_on <= common.today()
			UNION ALL SELECT '/due_on', 'after_programme', 'is not after the end of the programme'
			FROM matching.programme_view p WHERE p.programme_id = programme AND due_on > p.ends_on)
	SELECT CASE WHEN count(*) > 0 THEN json_build_object('errors', json_agg(json_build_object(
		'pointer', w.pointer, 'code', w.code, 'message', w.message))) END
	FROM weak w);

-- A goal as one of its pair sees it; null for anybody else.
CREATE FUNCTION evaluation.goal_json(g evaluation.goal, viewer uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('id', g.id, 'pair_id', g.pair_id, 'specific', g.specific,
		'measure', json_build_object('unit', g.unit, 'baseline', trim_scale(g.baseline), 'target', trim_scale(g.target)),
		'skill', (SELECT json_build_object('id', s.skill_id, 'name', s.name) FROM profiles.skill_view s
			WHERE s.skill_id = g.skill_id),
		'due_on', g.due_on, 'status', g.status,
		'proposed_by', CASE WHEN g.proposed_by = m.person_id THEN m.side WHEN m.side = 'mentor' THEN 'mentee'
			ELSE 'mentor' END,
		'progress', json_build_object('entries', p.entries, 'latest', trim_scale(p.latest)),
		'achieved', trim_scale(g.achieved),
		'met', CASE WHEN g.achieved IS NOT NULL THEN (g.achieved - g.target) * sign(g.target - g.baseline) >= 0 END,
		'reason', g.reason, 'agreed_at', common.instant(g.agreed_at), 'closed_at', common.instant(g.closed_at),
		'created_at', common.instant(g.created_at), 'updated_at', common.instant(g.updated_at),
		'version', g.version,
		'can', CASE WHEN m.status <> 'active' THEN '[]'
			WHEN g.status = 'agreed' THEN json_build_array('progress_create', 'completion', 'abandonment')
			WHEN g.status <> 'proposed' THEN '[]'
			WHEN g.proposed_by = viewer THEN json_build_array('patch', 'abandonment')
			ELSE json_build_array('patch', 'agreement', 'abandonment') END,
		'links', json_build_object('self', '/api/v1/goals/' || g.id, 'pair', '/api/v1/pairs/' || g.pair_id,
			'progress', '/api/v1/goals/' || g.id || '/progress'))
	FROM matching.pair_member m,
		LATERAL (SELECT count(*) AS entries, (array_agg(x.value ORDER BY x.created_at DESC, x.id DESC)
				FILTER (WHERE x.value IS NOT NULL))[1] AS latest
			FROM evaluation.progress x WHERE x.goal_id = g.id) p
	WHERE m.pair_id = g.pair_id AND m.person_id = viewer);

CREATE FUNCTION evaluation.progress_json(p evaluation.progress) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN json_build_object('id', p.id, 'goal_id', p.goal_id, 'author', profiles.card_json(p.author_id),
	'value', trim_scale(p.value), 'note', p.note, 'session_id', p.session_id,
	'created_at', common.instant(p.created_at), 'version', p.version, 'can', '[]'::json,
	'links', json_strip_nulls(json_build_object('self', '/api/v1/goals/' || p.goal_id || '/progress/' || p.id,
		'goal', '/api/v1/goals/' || p.goal_id, 'session', '/api/v1/sessions/' || p.session_id)));

GRANT EXECUTE ON FUNCTION evaluation.goal_weaknesses(text, text, numeric, numeric, uuid, date, uuid),
	evaluation.goal_json(evaluation.goal, uuid), evaluation.progress_json(evaluation.progress) TO upward_evaluation;
