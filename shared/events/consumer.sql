-- consumer_peek(consumer text): whether events wait behind the cursor; no row where it is new.
-- Takes no lock and no transaction id, so that idle polling leaves no trace.
SELECT EXISTS (SELECT FROM common.outbox e
	WHERE (e.xid, e.id) > (c.xid, c.id) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())) AS pending
FROM common.cursor c WHERE c.name = :consumer;

-- consumer_register(consumer text): a cursor at the beginning of time.
INSERT INTO common.cursor (name) VALUES (:consumer) ON CONFLICT DO NOTHING;

-- consumer_batch(consumer text, most int): locks the cursor and reads the events behind it whose
-- transactions all ended before the oldest one still running. No rows: nothing, or another process
-- is at it.
WITH c AS MATERIALIZED (SELECT xid, id FROM common.cursor WHERE name = :consumer FOR UPDATE SKIP LOCKED)
SELECT e.id, e.type, e.subject_id, e.data, common.instant(e.occurred_at) AS occurred_at, e.xid
FROM c CROSS JOIN LATERAL (SELECT o.* FROM common.outbox o
	WHERE (o.xid, o.id) > (c.xid, c.id) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
	ORDER BY o.xid, o.id LIMIT :most) e
ORDER BY e.xid, e.id;

-- consumer_move(consumer text, xid xid8, id bigint): the last event passed.
UPDATE common.cursor SET (xid, id, moved_at) = (SELECT :xid, :id, common.now()) WHERE name = :consumer;
