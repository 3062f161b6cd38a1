-- consumer_look(consumers text[]): of each, in their order, whether it has to be called: events wait behind
-- its cursor, or it is new. Takes no lock and no transaction id, so that idle polling leaves no trace. The
-- first of the events is looked for, since for EXISTS the planner reads the whole table.
SELECT c.name IS NULL OR (SELECT e.id FROM common.outbox e
	WHERE (e.xid, e.id) > (c.xid, c.id) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
	ORDER BY e.xid, e.id LIMIT 1) IS NOT NULL AS pending
FROM unnest(:consumers) WITH ORDINALITY n (name, place) LEFT JOIN common.cursor c ON c.name = n.name
ORDER BY n.place;

-- consumer_peek(consumer text): whether events wait behind the cursor; no row where it is new.
SELECT (SELECT e.id FROM common.outbox e
	WHERE (e.xid, e.id) > (c.xid, c.id) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
	ORDER BY e.xid, e.id LIMIT 1) IS NOT NULL AS pending
FROM common.cursor c WHERE c.name = :consumer;

-- consumer_register(consumer text): a cursor at the beginning of time.
INSERT INTO common.cursor (name) VALUES (:consumer) ON CONFLICT DO NOTHING;

-- consumer_batch(consumer text, types text[], most int): locks the cursor and reads the events behind
-- it of these types (NULL: of all), whose transactions all ended before the oldest one still running.
-- After the last of them a row without a type says how far the cursor may go over the others.
-- Without a row there is nothing, or another process is at it.
WITH c AS MATERIALIZED (SELECT xid, id FROM common.cursor WHERE name = :consumer FOR UPDATE SKIP LOCKED),
	due AS MATERIALIZED (SELECT e.* FROM c CROSS JOIN LATERAL (SELECT o.* FROM common.outbox o
		WHERE (o.xid, o.id) > (c.xid, c.id) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
			AND (:types IS NULL OR o.type = ANY (:types))
		ORDER BY o.xid, o.id LIMIT :most) e),
	far AS (SELECT e.* FROM c CROSS JOIN LATERAL (SELECT o.xid, o.id FROM common.outbox o
		WHERE (o.xid, o.id) > (c.xid, c.id) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
		ORDER BY o.xid DESC, o.id DESC LIMIT 1) e
		WHERE (SELECT count(*) FROM due) < :most)
SELECT d.id, d.type, d.subject_id, d.data, common.instant(d.occurred_at) AS occurred_at, d.xid FROM due d
UNION ALL
SELECT f.id, NULL, NULL, NULL, NULL, f.xid FROM far f WHERE NOT EXISTS (SELECT FROM due d WHERE d.id = f.id)
ORDER BY xid, id;

-- consumer_move(consumer text, xid xid8, id bigint): the last event passed.
UPDATE common.cursor SET (xid, id, moved_at) = (SELECT :xid, :id, common.now()) WHERE name = :consumer;
