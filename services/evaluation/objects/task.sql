-- What waits in evaluation, and for whom; what waits anywhere; the work list (kinds: api/tasks.yaml; form:
-- matching.task).

-- Of what was written here it knows nothing: feedback that was given is taken out where its author asks (my_tasks).
CREATE OR REPLACE VIEW evaluation.task AS
SELECT m.person_id, m.programme_id, v.kind, v.since, v.due_on::timestamp AT TIME ZONE 'UTC' AS due_at, m.pair_id,
	m.partner_id, CASE m.side WHEN 'mentee' THEN m.person_id ELSE m.partner_id END AS mentee_id,
	CASE m.side WHEN 'mentor' THEN m.person_id ELSE m.partner_id END AS mentor_id, v.object_id,
	NULL::uuid AS part_id, NULL::text AS reason, NULL::json AS numbers
FROM matching.pair_member m CROSS JOIN LATERAL (
		SELECT 'propose_goal' AS kind, a.signed_at AS since, NULL::date AS due_on, m.pair_id AS object_id
		FROM scheduling.agreement_view a
		WHERE a.pair_id = m.pair_id AND a.status = 'signed'
			AND NOT EXISTS (SELECT FROM evaluation.goal g WHERE g.pair_id = m.pair_id AND g.status <> 'abandoned')
		UNION ALL
		SELECT CASE g.status WHEN 'proposed' THEN 'agree_goal' ELSE 'close_goal' END,
			CASE g.status WHEN 'proposed' THEN g.updated_at ELSE (g.due_on + 1)::timestamp AT TIME ZONE 'UTC' END,
			CASE g.status WHEN 'agreed' THEN g.due_on END, g.id
		FROM evaluation.goal g
		WHERE g.pair_id = m.pair_id AND (g.status = 'proposed' AND g.proposed_by <> m.person_id
			OR g.status = 'agreed' AND g.due_on < common.today())) v
WHERE m.status = 'active'
UNION ALL
SELECT d.person_id, d.programme_id, CASE d.phase WHEN 'pre' THEN 'take_pre_assessment' ELSE 'take_post_assessment' END,
	NULL, d.due_at, NULL, NULL, d.person_id, NULL, d.assessment_id, d.attempt_id, NULL, NULL
FROM evaluation.assessment_due d
UNION ALL
SELECT d.person_id, d.programme_id, 'give_feedback', NULL, d.due_at, d.pair_id, d.partner_id, d.partner_id, d.person_id,
	d.pair_id, NULL, d.wave, NULL
FROM evaluation.feedback_due d
UNION ALL
SELECT NULL, p.programme_id, f.rule, f.since, NULL, f.pair_id, NULL, f.mentee_id, f.mentor_id, f.pair_id, NULL, NULL,
	f.numbers
FROM matching.programme_view p CROSS JOIN LATERAL evaluation.pair_flags(p.programme_id) f;

-- All that waits, with what the catalogue says of it.
CREATE OR REPLACE VIEW evaluation.waiting AS
SELECT w.*, k.waits_for, k.noun, k.text, k.work, k.work_days, k.work_can, k.work_remind, k.work_of, k.discreet, k.shown,
	k.confidential, k.event, CASE WHEN w.part_id IS NULL THEN k.action ELSE k.part_action END AS action,
	'/api/v1/' || k.noun || 's/' || w.object_id || coalesce('/' || k.part || '/' || w.part_id, '') AS link
FROM (SELECT * FROM matching.task UNION ALL SELECT * FROM scheduling.task UNION ALL SELECT * FROM evaluation.task) w
	JOIN common.task_kind k ON k.kind = w.kind;

-- What waits for one person, and where they coordinate for their programmes. Its plan is made once: to plan the views
-- anew for each call takes longer than to read them. Where a programme has no coordinator, it
-- waits for each programme_admin to take it over; all else of it waits until then. Such tasks are matching's.
CREATE OR REPLACE FUNCTION evaluation.my_tasks(actor uuid, roles text[]) RETURNS SETOF evaluation.waiting
LANGUAGE plpgsql VOLATILE SET search_path = evaluation, pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY SELECT w.* FROM evaluation.waiting w
	WHERE w.person_id = my_tasks.actor AND w.shown AND NOT (w.kind = 'give_feedback' AND EXISTS (
		SELECT FROM evaluation.acting(my_tasks.actor) a, LATERAL (SELECT f.id FROM evaluation.feedback f
			WHERE f.author_id = a.actor AND f.pair_id = w.pair_id AND f.wave = w.reason OFFSET 0) f))
	UNION ALL
	SELECT t.*, k.waits_for, k.noun, k.text, k.work, k.work_days, k.work_can, k.work_remind, k.work_of, k.discreet, k.shown,
		k.confidential, k.event, k.action, '/api/v1/' || k.noun || 's/' || t.object_id
	FROM matching.task t JOIN common.task_kind k ON k.kind = t.kind AND k.shown
	WHERE t.person_id IS NULL AND 'programme_admin' = ANY (my_tasks.roles) AND (t.kind = 'take_over' OR t.programme_id IN (
		SELECT c.programme_id FROM matching.programme_coordinator c WHERE c.person_id = my_tasks.actor));
END $$;

-- Where the operations that help with a row are called.
CREATE OR REPLACE FUNCTION evaluation.work_links(can text[], link text, pair uuid) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN json_strip_nulls(json_build_object(
	'patch', CASE WHEN 'patch' = ANY (can) THEN link END,
	'message_create', CASE WHEN 'message_create' = ANY (can) THEN '/api/v1/messages' END,
	'round_create', CASE WHEN 'round_create' = ANY (can) THEN '/api/v1/rounds' END,
	'review_create', CASE WHEN 'review_create' = ANY (can) THEN '/api/v1/pairs/' || pair || '/reviews' END,
	'resumption', CASE WHEN 'resumption' = ANY (can) THEN '/api/v1/pairs/' || pair || '/resumption' END,
	'agreements', '/api/v1/agreements?pair_id=' || pair));

GRANT SELECT ON evaluation.task, evaluation.waiting TO upward_evaluation;
GRANT EXECUTE ON FUNCTION evaluation.my_tasks(uuid, text[]), evaluation.work_links(text[], text, uuid)
	TO upward_evaluation;
