-- Statements of busy calendars. C reads the files; only times are stored.

-- busy_calendar_list: the actor's, oldest first.
-- unprepared
-- updated_since: c.updated_at
SELECT busy_calendar_json(c) AS body, c.created_at, c.id
FROM busy_calendar c
WHERE c.person_id = :actor AND (:after_id IS NULL OR (c.created_at, c.id) > (:after_created_at, :after_id))
ORDER BY c.created_at, c.id
LIMIT :limit + 1;

-- busy_calendar_read: one of the actor's.
SELECT busy_calendar_json(c) AS body, c.version FROM busy_calendar c
WHERE c.id = :busy_calendar_id AND c.person_id = :actor;

-- busy_calendar_zone(actor uuid): the time zone of whole days, and the days that are looked at.
SELECT coalesce(c.time_zone, 'UTC') AS zone,
	extract(epoch FROM common.today()::timestamp AT TIME ZONE 'UTC')::bigint - 86400 AS begins
FROM (SELECT) one LEFT JOIN profiles.candidate c ON c.person_id = :actor;

-- busy_calendar_add(id uuid, actor uuid, name text, url text, starts bigint[], ends bigint[]): of an uploaded
-- file, or of an address, which has no times yet.
SELECT add_busy_calendar(:id, :actor, :name, :url), store_busy(:id, :actor, :starts, :ends);

-- busy_calendar_delete: its times are free again.
WITH target AS (SELECT c.id, c.version FROM busy_calendar c
		WHERE c.id = :busy_calendar_id AND c.person_id = :actor),
	gone AS (DELETE FROM busy_calendar c USING target t WHERE c.id = t.id AND t.version = :if_match
		RETURNING c.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- busy_calendar_claim(): the calendar that has waited longest to be fetched, of somebody who is still here.
-- Whoever has claimed it is left alone for five minutes.
WITH due AS (SELECT c.id FROM busy_calendar c JOIN profiles.card k ON k.person_id = c.person_id
			AND k.status <> 'inactive'
		WHERE c.next_fetch_at <= common.now()
		ORDER BY c.next_fetch_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
UPDATE busy_calendar c SET next_fetch_at = common.now() + interval '5 minutes', version = c.version + 1
FROM due WHERE c.id = due.id
RETURNING c.id, c.person_id, c.url, c.etag, c.modified;

-- busy_calendar_store(id uuid, person_id uuid, etag text, modified text, starts bigint[], ends bigint[]):
-- what was read; it is fetched again after a quarter of an hour.
WITH kept AS (UPDATE busy_calendar c SET etag = :etag, modified = :modified, last_fetched_at = common.now(),
			last_error = NULL, failures = 0, next_fetch_at = common.now() + interval '15 minutes',
			version = c.version + 1
		WHERE c.id = :id RETURNING c.id)
SELECT store_busy(k.id, :person_id, :starts, :ends) FROM kept k;

-- busy_calendar_unchanged(id uuid): the server says that it is as it was. It is read again once a day all the
-- same: recurrences come into view as time passes.
UPDATE busy_calendar c SET last_fetched_at = common.now(), last_error = NULL, failures = 0,
	next_fetch_at = common.now() + interval '15 minutes', version = c.version + 1,
	etag = CASE WHEN date_trunc('day', c.last_fetched_at, 'UTC') = date_trunc('day', common.now(), 'UTC')
		THEN c.etag END,
	modified = CASE WHEN date_trunc('day', c.last_fetched_at, 'UTC') = date_trunc('day', common.now(), 'UTC')
		THEN c.modified END
WHERE c.id = :id;

-- busy_calendar_fail(id uuid, error text): what was read before stays for a day. It is tried again after a
-- quarter of an hour, then less and less often, at least once a day.
WITH failed AS (UPDATE busy_calendar c SET last_error = :error, failures = c.failures + 1,
			next_fetch_at = common.now() + least(interval '15 minutes' * (1 << least(c.failures, 7)),
				interval '1 day'),
			version = c.version + 1
		WHERE c.id = :id
		RETURNING c.id, coalesce(c.last_fetched_at, '-infinity') < common.now() - interval '1 day' AS old)
DELETE FROM busy_window w USING failed f WHERE f.old AND w.calendar_id = f.id;

-- busy_window_forget(): those that have been over for a day.
DELETE FROM busy_window w WHERE upper(w.during) < common.now() - interval '1 day';
