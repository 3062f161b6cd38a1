-- For each purpose of a programme, a goal that is SMART.
CREATE OR REPLACE VIEW evaluation.goal_example (purpose, specific, unit, baseline, target) AS VALUES
	('digital_skills', 'Answer questions of colleagues on the company network myself, without help.',
		'answers a month', 0, 4),
	('inclusion', 'In my team''s meetings, everybody who wants to has spoken before I say what I think.',
		'meetings a month', 1, 4),
	('market_insight', 'Try what competitors offer as young customers use it, and tell my team what I learn.',
		'products tried', 0, 5),
	('innovation', 'Bring ideas of junior colleagues into the plans of my department, as small trials.',
		'trials begun', 0, 3),
	('retention', 'Ask people early in their career what would keep them here, and change one thing a month.',
		'things changed', 0, 6),
	('open_learning', 'Explain what I have learned to colleagues of another department, in a short talk.',
		'talks given', 0, 2),
	('cross_function', 'Follow one order through another department, and tell my team what I found there.',
		'orders followed', 0, 4);

-- The example for a programme as a partner could propose it today.
CREATE OR REPLACE FUNCTION evaluation.goal_example_json(programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('specific', e.specific, 'measure', json_build_object('unit', e.unit,
		'baseline', e.baseline, 'target', e.target),
		'due_on', greatest(common.today() + 1, least(common.today() + 90, p.ends_on)))
	FROM matching.programme_view p JOIN evaluation.goal_example e ON e.purpose = p.purpose
	WHERE p.programme_id = programme);

-- Every weakness of a goal as an error in the request, with an example of one that would pass; null if it is
-- SMART. Substance is counted in characters, not in words, so that it means the same in every script.
CREATE OR REPLACE FUNCTION evaluation.goal_weaknesses(specific text, unit text, baseline numeric,
	target numeric, skill uuid,
	due_on date, programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (WITH words AS (SELECT regexp_replace(specific, '\s', '', 'g') AS letters),
		weak (pointer, code, message) AS (
			SELECT '/specific', 'too_vague', 'say in 20 characters or more what will be different'
				FROM words w
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
		'pointer', w.pointer, 'code', w.code, 'message', w.message)),
		'example', evaluation.goal_example_json(programme)) END
	FROM weak w);

-- A goal as one of its pair sees it; null for anyone else.
CREATE OR REPLACE FUNCTION evaluation.goal_json(g evaluation.goal, viewer uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = evaluation, pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('id', g.id, 'pair_id', g.pair_id, 'specific', g.specific,
			'measure', json_build_object('unit', g.unit, 'baseline', trim_scale(g.baseline),
				'target', trim_scale(g.target)),
			'skill', (SELECT json_build_object('id', k.skill_id, 'name', k.name) FROM profiles.skill_view s
					JOIN profiles.skill_view k ON k.skill_id = s.current_id
				WHERE s.skill_id = g.skill_id),
			'due_on', g.due_on, 'status', g.status,
			'proposed_by', CASE WHEN g.proposed_by = m.person_id THEN m.side
				WHEN m.side = 'mentor' THEN 'mentee' ELSE 'mentor' END,
			'progress', json_build_object('entries', p.entries, 'latest', trim_scale(p.latest)),
			'achieved', trim_scale(g.achieved),
			'met', CASE WHEN g.achieved IS NOT NULL
				THEN (g.achieved - g.target) * sign(g.target - g.baseline) >= 0 END,
			'reason', g.reason, 'agreed_at', common.instant(g.agreed_at),
			'closed_at', common.instant(g.closed_at), 'created_at', common.instant(g.created_at),
			'updated_at', common.instant(g.updated_at), 'version', g.version,
			'can', CASE WHEN m.status <> 'active' THEN '[]' ELSE array_to_json(array_remove(
				common.actions('goal', g.status, '{pair_member}'),
					CASE WHEN g.proposed_by = viewer THEN 'agreement' END)) END,
			'links', json_build_object('self', '/api/v1/goals/' || g.id,
				'pair', '/api/v1/pairs/' || g.pair_id, 'progress', '/api/v1/goals/' || g.id || '/progress'))
		FROM matching.pair_member m,
			LATERAL (SELECT count(*) AS entries, (array_agg(x.value ORDER BY x.created_at DESC, x.id DESC)
					FILTER (WHERE x.value IS NOT NULL))[1] AS latest
				FROM evaluation.progress x WHERE x.goal_id = g.id) p
		WHERE m.pair_id = g.pair_id AND m.person_id = viewer);
END $$;

-- What is known of goals outside of their pairs: no words.
CREATE OR REPLACE VIEW evaluation.goal_state AS
SELECT g.id AS goal_id, g.pair_id, g.status, g.due_on FROM evaluation.goal g;
GRANT SELECT ON evaluation.goal_state TO upward_evaluation;

CREATE OR REPLACE FUNCTION evaluation.pair_goals(pair uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(SELECT g.id FROM evaluation.goal g WHERE g.pair_id = pair);
END $$;
GRANT EXECUTE ON FUNCTION evaluation.pair_goals(uuid) TO upward_evaluation;

GRANT SELECT ON evaluation.goal_example TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.goal_weaknesses(text, text, numeric, numeric, uuid, date, uuid),
	evaluation.goal_example_json(uuid), evaluation.goal_json(evaluation.goal, uuid) TO upward_evaluation;

-- Before a goal is proposed or takes a step: the pair must be active, nobody agrees to their own text, and it
-- is noted whose words these are.
CREATE OR REPLACE FUNCTION evaluation.goal_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	pair text := (SELECT m.status FROM matching.pair_member m
		WHERE m.pair_id = new.pair_id AND m.side = 'mentor');
BEGIN
	IF pair <> 'active' THEN
		PERFORM common.refuse('pair_not_active', json_build_object('current_status', pair));
	END IF;
	IF tg_op = 'INSERT' THEN
		new.worded_by := new.proposed_by;
	ELSIF new.step = 'rewording' THEN
		new.worded_by := CASE WHEN (new.specific, new.unit) IS DISTINCT FROM (old.specific, old.unit)
			THEN new.proposed_by ELSE coalesce(old.worded_by, old.proposed_by) END;
		new.of_both := old.of_both OR new.worded_by <> coalesce(old.worded_by, old.proposed_by);
	ELSIF new.step = 'agreement' THEN
		IF old.proposed_by = common.actor() THEN
			PERFORM common.refuse_step('goal', new.step, old.status);
		END IF;
		new.agreed_at := common.now();
	ELSIF new.step IN ('completion', 'abandonment') THEN
		new.closed_at := common.now();
	END IF;
	RETURN new;
END $$;

CREATE OR REPLACE FUNCTION evaluation.goal_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.tell_step('goal', new.step, CASE tg_op WHEN 'UPDATE' THEN old.status END, new.id,
		json_build_object('pair_id', new.pair_id, 'by', common.actor()));
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER _guard BEFORE INSERT OR UPDATE OF step ON evaluation.goal
	FOR EACH ROW EXECUTE FUNCTION evaluation.goal_guard();
CREATE OR REPLACE TRIGGER goal_follow AFTER INSERT OR UPDATE OF step ON evaluation.goal
	FOR EACH ROW EXECUTE FUNCTION evaluation.goal_follow();
