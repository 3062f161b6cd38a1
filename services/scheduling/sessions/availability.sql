-- Statements of people's free windows and of exceptions from their weekly hours. The windows themselves are
-- found by services/scheduling/calendar.

-- availability_facts(person_id uuid, actor uuid, begins timestamptz, ends timestamptz): the facts about one
-- person (calendar_facts) and the window, for the person and for partners of active pairs to whom they show
-- their weekly hours. No row: it is neither. person: whose they are.
WITH target AS (SELECT p.person_id FROM (SELECT coalesce(:person_id, :actor) AS person_id) p
		WHERE p.person_id = :actor
			OR EXISTS (SELECT FROM matching.pair_member m
				WHERE m.person_id = :actor AND m.partner_id = p.person_id AND m.status = 'active')
			AND profiles.shows(:actor, p.person_id, 'weekly_hours')),
	frame AS (SELECT f.begins, least(greatest(coalesce(:ends, f.begins + interval '14 days'), f.begins),
			f.begins + interval '92 days', upper(common.years())) AS ends
		FROM (SELECT greatest(coalesce(:begins, common.now()), common.now()) AS begins) f)
SELECT 0 AS place, c.fact, 0 AS who, c.number, c.begins, c.ends, c.said
FROM target t, frame f, calendar_facts(t.person_id, f.begins, f.ends, NULL) c
UNION ALL
SELECT 0, 'window', 0, 0, ceil(extract(epoch FROM f.begins))::bigint, extract(epoch FROM f.ends)::bigint,
	t.person_id::text
FROM target t, frame f
ORDER BY place, fact, who, number, begins;

-- exception_list: the actor's that are not over, by their first day.
-- unprepared
-- updated_since: e.created_at
SELECT exception_json(e) AS body, e.starts_on, e.id
FROM exception e
WHERE e.person_id = :actor AND upper(e.during) > wall(:actor, common.now())
	AND (:after_id IS NULL OR (e.starts_on, e.id) > (:after_starts_on, :after_id))
ORDER BY e.starts_on, e.id
LIMIT :limit + 1;

-- exception_read: one of the actor's.
SELECT exception_json(e) AS body, e.version FROM exception e
WHERE e.id = :exception_id AND e.person_id = :actor;

-- exception_create: for oneself.
SELECT add_exception(e) FROM (SELECT :id AS id, :actor AS person_id, :kind AS kind, :starts_on AS starts_on,
		coalesce(:ends_on, :starts_on) AS ends_on, :starts AS starts, :ends AS ends, :note AS note) n,
	LATERAL json_populate_record(NULL::exception, row_to_json(n)) e;

-- exception_delete: the weekly hours hold again.
WITH target AS (SELECT e.id, e.version FROM exception e
		WHERE e.id = :exception_id AND e.person_id = :actor),
	gone AS (DELETE FROM exception e USING target t WHERE e.id = t.id AND t.version = :if_match
		RETURNING e.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- exception_forget(): those that have been over for a day everywhere.
DELETE FROM exception e WHERE upper(e.during) < (common.now() AT TIME ZONE 'UTC') - interval '2 days';
