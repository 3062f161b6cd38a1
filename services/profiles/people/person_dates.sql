-- What the clock does with people: joiners, leavers, leave.

-- person_dates_follow(): acts on dates that have come, 500 people at a time, as if somebody had changed their
-- status by hand; a row if there were any. Changes of standing take the reporting-line lock (7, 1) first.
-- unprepared
WITH day AS MATERIALIZED (SELECT common.today() AS today),
	due AS MATERIALIZED (SELECT d.id, day.today FROM day, people_due(day.today, 500) d(id)),
	locked AS MATERIALIZED (SELECT CASE WHEN EXISTS (SELECT FROM due)
		THEN pg_advisory_xact_lock(7, 1) END AS held),
	target AS MATERIALIZED (SELECT p.id, p.status AS was, status_by_dates(p, d.today) AS becomes, d.today
		FROM locked, due d JOIN person p ON p.id = d.id FOR NO KEY UPDATE OF p),
	new AS (UPDATE person p SET status = t.becomes,
			active_from = CASE WHEN p.active_from > t.today THEN p.active_from END,
			active_until = CASE WHEN p.active_until >= t.today THEN p.active_until END,
			on_leave_from = CASE WHEN p.on_leave_from > t.today AND t.becomes <> 'inactive'
				THEN p.on_leave_from END,
			on_leave_until = CASE WHEN p.on_leave_until >= t.today AND t.becomes <> 'inactive'
				THEN p.on_leave_until END,
			version = p.version + 1, updated_at = common.now()
		FROM target t WHERE p.id = t.id RETURNING p.id, t.was, t.becomes),
	told AS (INSERT INTO common.outbox (type, subject_id, data)
		SELECT CASE WHEN n.becomes = 'inactive' THEN 'person.deactivated'
				WHEN n.was = 'inactive' THEN 'person.reactivated' ELSE 'person.updated' END, n.id,
			'{"changed": ["status"]}'
		FROM new n WHERE n.becomes <> n.was)
SELECT FROM new LIMIT 1;
