-- From what on the rules of flags count.

-- What holds in each programme, a row for each rule, and its default: days as in api/tasks.yaml, which were
-- chosen by the simulation; sessions in a row. Defaults do not depend on a row: a list looks each up once.
CREATE OR REPLACE VIEW evaluation.flag_rule AS
SELECT p.programme_id, v.rule, coalesce(v.chosen, v.otherwise) AS threshold, v.otherwise
FROM matching.programme_view p LEFT JOIN evaluation.flag_threshold t ON t.programme_id = p.programme_id,
	LATERAL (VALUES ('missed_twice', t.missed_twice, 2), ('declining', t.declining, 2),
		('overdue_cadence', t.overdue_cadence,
			(SELECT k.work_days FROM common.task_kind k WHERE k.kind = 'overdue_cadence')),
		('nothing_booked', t.nothing_booked,
			(SELECT k.work_days FROM common.task_kind k WHERE k.kind = 'nothing_booked')),
		('unreported', t.unreported,
			(SELECT k.work_days FROM common.task_kind k WHERE k.kind = 'unreported')),
		('stale_goals', t.stale_goals,
			(SELECT k.work_days FROM common.task_kind k WHERE k.kind = 'stale_goals')))
		v (rule, chosen, otherwise);

-- After how many days each rule that counts days counts in a programme: {rule: days}.
CREATE OR REPLACE FUNCTION evaluation.flag_days(programme uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT jsonb_object_agg(r.rule, r.threshold) FROM evaluation.flag_rule r
		WHERE r.programme_id = programme AND r.rule NOT IN ('missed_twice', 'declining'));
END $$;

CREATE OR REPLACE FUNCTION evaluation.flag_threshold_json(programme uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = evaluation, pg_catalog, pg_temp
RETURN (SELECT json_build_object('rules', json_agg(json_build_object('rule', r.rule, 'threshold', r.threshold,
			'default', r.otherwise,
			'unit', CASE WHEN r.rule IN ('missed_twice', 'declining')
				THEN 'sessions' ELSE 'days' END) ORDER BY r.rule),
		'version', coalesce((SELECT t.version FROM evaluation.flag_threshold t
			WHERE t.programme_id = programme), 0), 'can', '["put"]'::json,
		'links', json_build_object('programme', '/api/v1/programmes/' || programme,
			'flags', '/api/v1/flags?programme_id=' || programme))
	FROM evaluation.flag_rule r WHERE r.programme_id = programme);

GRANT SELECT ON evaluation.flag_rule TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.flag_days(uuid),
	evaluation.flag_threshold_json(uuid) TO upward_evaluation;
