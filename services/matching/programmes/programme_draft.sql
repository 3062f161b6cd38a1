-- Statements of drafts: made from an earlier programme, or deleted.

-- copy_create: next year's programme, as a draft. Every column is copied but those of the programme's life.
WITH source AS (SELECT p AS was, p.id, p.starts_on, p.ends_on FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR SHARE OF p),
	dated AS (SELECT s.*, coalesce(:starts_on, (s.starts_on + interval '1 year')::date) AS begins
		FROM source s),
	new AS (INSERT INTO programme SELECT n.* FROM dated d, LATERAL json_populate_record(d.was,
			json_build_object('id', :id, 'title', coalesce(:title, (d.was).title), 'status', 'draft',
				'step', 'creation', 'came_from', NULL, 'winding_down', NULL, 'starts_on', d.begins,
				'ends_on', coalesce(:ends_on, d.begins + (d.ends_on - d.starts_on)),
				'enrolment_open', false, 'policy_number', 1, 'copy_of', d.id, 'created_by', :actor,
				'version', 1, 'created_at', common.now(), 'updated_at', common.now())) n
		RETURNING id),
	told AS (INSERT INTO common.outbox (type, subject_id) SELECT 'programme.created', n.id FROM new n)
SELECT CASE WHEN NOT EXISTS (SELECT FROM source) THEN common.refuse('not_found') END,
	(SELECT fill_copy(:programme_id, n.id, coalesce(:people, false), :message, :actor) FROM new n);

-- programme_delete: of a draft.
WITH target AS (SELECT p.id, p.version, p.status FROM programme p
		WHERE p.id = :programme_id AND coordinates(p.id, :actor, :roles) FOR UPDATE)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN (SELECT t.status FROM target t) <> 'draft' THEN
		common.refuse('wrong_state', (SELECT json_build_object('current_status', t.status) FROM target t))
	WHEN (SELECT t.version FROM target t) <> :if_match THEN common.refuse('stale')
	ELSE delete_draft(:programme_id) END;
