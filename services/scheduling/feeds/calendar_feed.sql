-- Statements of calendar feeds. The token is stored as a hash; the URL is shown once.

-- calendar_feed_list: the actor's feeds.
-- unprepared
-- updated_since: f.updated_at
SELECT calendar_feed_json(f) AS body, f.created_at, f.id
FROM calendar_feed f
WHERE f.person_id = :actor AND (:after_id IS NULL OR (f.created_at, f.id) > (:after_created_at, :after_id))
ORDER BY f.created_at, f.id
LIMIT :limit + 1;

-- calendar_feed_read: one of the actor's feeds.
SELECT calendar_feed_json(f) AS body, f.version
FROM calendar_feed f WHERE f.id = :calendar_feed_id AND f.person_id = :actor;

-- calendar_feed_add(id uuid, actor uuid, kind text, token_hash text): at most ten active feeds per person.
WITH held AS (SELECT count(*) AS feeds FROM calendar_feed f WHERE f.person_id = :actor),
	new AS (INSERT INTO calendar_feed (id, person_id, kind, token_hash)
		SELECT :id, :actor, coalesce(:kind, 'full'), :token_hash FROM held WHERE held.feeds < 10 RETURNING id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('too_many_feeds') END;

-- calendar_feed_delete: from now on its URL returns 404.
WITH target AS (SELECT f.id, f.version FROM calendar_feed f
		WHERE f.id = :calendar_feed_id AND f.person_id = :actor FOR UPDATE),
	gone AS (DELETE FROM calendar_feed f USING target t WHERE f.id = t.id AND t.version = :if_match
		RETURNING f.id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM gone) THEN common.refuse('stale') END;

-- calendar_feed_open(token_hash text): the owner of the feed; records the day.
WITH feed AS (SELECT f.id, f.kind, f.person_id, f.last_fetched_on, c.display_name
		FROM calendar_feed f JOIN profiles.card c ON c.person_id = f.person_id
		WHERE f.token_hash = :token_hash AND c.status <> 'inactive'),
	used AS (UPDATE calendar_feed f SET last_fetched_on = common.today()
		FROM feed WHERE f.id = feed.id AND feed.last_fetched_on IS DISTINCT FROM common.today())
SELECT kind, person_id, display_name, extract(epoch FROM common.today())::bigint AS today FROM feed;

-- calendar_feed_sessions(person_id uuid): whole days, 30 back to 180 ahead, cancelled ones too; agreed times
-- that are kept while a move waits for an answer; and the gatherings at which the person has a place, with
-- their titles. Last, the minutes from the alarm to each.
WITH frame AS (SELECT tstzrange((common.today() - 30)::timestamp AT TIME ZONE 'UTC',
		(common.today() + 181)::timestamp AT TIME ZONE 'UTC') AS days)
SELECT c.id::text, c.starts, c.ends, c.status, c.sequence, c.changed, c.agenda, c.place, c.partner, c.mode,
	c.link, c.arrangements, NULL AS title, (SELECT alarm_minutes(:person_id)) AS alarm
FROM frame f, participant p JOIN session s ON s.id = p.session_id,
	LATERAL calendar_session(s, p.person_id) c
WHERE p.person_id = :person_id AND p.part = 0 AND p.during && f.days
UNION ALL
SELECT 'kept-' || s.id, extract(epoch FROM s.kept_starts_at)::bigint,
	extract(epoch FROM s.kept_ends_at)::bigint, 'confirmed', c.sequence, c.changed, c.agenda, c.place,
	c.partner, c.mode, c.link, c.arrangements, NULL, (SELECT alarm_minutes(:person_id))
FROM frame f, participant p JOIN session s ON s.id = p.session_id,
	LATERAL calendar_session(s, p.person_id) c
WHERE p.person_id = :person_id AND p.part = 0 AND is_kept(s)
	AND tstzrange(s.kept_starts_at, s.kept_ends_at) && f.days
UNION ALL
SELECT g.id::text, extract(epoch FROM g.starts_at)::bigint, extract(epoch FROM g.ends_at)::bigint, g.status,
	g.sequence, extract(epoch FROM g.updated_at)::bigint, coalesce(g.agenda, g.description), g.place, NULL,
	g.mode, g.link, NULL, g.title, (SELECT alarm_minutes(:person_id))
FROM frame f, places_of(:person_id) g
WHERE tstzrange(g.starts_at, g.ends_at) && f.days
ORDER BY starts, id;
