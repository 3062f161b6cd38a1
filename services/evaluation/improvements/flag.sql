-- Statements of flags.

-- flag_list: signs of trouble in the programmes that the actor coordinates, the oldest first.
-- unprepared
SELECT f.body, f.since, f.id FROM flag_rows(:actor, :roles, :programme_id) f
WHERE (:state IS NULL OR f.state = ANY (:state::text[]))
	AND (:after_id IS NULL OR (f.since, f.id) > (:after_since, :after_id))
ORDER BY f.since, f.id
LIMIT :limit + 1;

-- flag_read: one of these.
SELECT f.body, f.version FROM flag_rows(:actor, :roles) f WHERE f.id = :flag_id;

-- flag_intervention: what a coordinator does about it; a later one takes the place of the one before.
WITH target AS (SELECT f.id, f.programme_id, f.since, f.body FROM flag_rows(:actor, :roles) f
		WHERE f.id = :flag_id),
	new AS (INSERT INTO flag_case AS c (id, pair_id, programme_id, rule, since, numbers, action, note,
			intervened_at, handled_by)
		SELECT t.id, (t.body -> 'pair' ->> 'id')::uuid, t.programme_id, t.body ->> 'rule', t.since,
			t.body -> 'numbers', :action, :note, common.now(), :actor FROM target t
		ON CONFLICT (id) DO UPDATE SET action = excluded.action, note = excluded.note,
			intervened_at = excluded.intervened_at, handled_by = excluded.handled_by, version = c.version + 1
			WHERE c.resolved_at IS NULL
		RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state', '{"current_status": "resolved"}') END;

-- flag_resolution: it is off the work list for as long as this sign lasts.
WITH target AS (SELECT f.id, f.programme_id, f.since, f.body FROM flag_rows(:actor, :roles) f
		WHERE f.id = :flag_id),
	new AS (INSERT INTO flag_case AS c (id, pair_id, programme_id, rule, since, numbers, outcome, note,
			resolved_at, handled_by)
		SELECT t.id, (t.body -> 'pair' ->> 'id')::uuid, t.programme_id, t.body ->> 'rule', t.since,
			t.body -> 'numbers', :outcome, :note, common.now(), :actor FROM target t
		ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, note = coalesce(excluded.note, c.note),
			resolved_at = excluded.resolved_at, handled_by = excluded.handled_by, version = c.version + 1
			WHERE c.resolved_at IS NULL
		RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('wrong_state', '{"current_status": "resolved"}') END;
