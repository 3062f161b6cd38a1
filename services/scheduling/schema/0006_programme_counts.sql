-- Counters (common.counter) of a programme's sessions, for its page: the sums of its pairs' counts.
LOCK TABLE scheduling.session_count IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION scheduling.count_sessions(was scheduling.session_count[],
	becomes scheduling.session_count[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.add_to_counter(c.programme_id, 'session ' || v.name, v.change)
	FROM (SELECT s.programme_id, sum(s.sign * s.open) AS open, sum(s.sign * s.held) AS held,
			sum(s.sign * s.missed) AS missed, sum(s.sign * s.unreported) AS unreported
		FROM (SELECT 1 AS sign, (b).* FROM unnest(becomes) b
			UNION ALL SELECT -1, (w).* FROM unnest(was) w) s
		GROUP BY s.programme_id) c,
		LATERAL (VALUES ('open', c.open), ('held', c.held), ('missed', c.missed),
			('unreported', c.unreported)) v (name, change)
	WHERE v.change <> 0;
END $$;

CREATE FUNCTION scheduling.session_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		PERFORM scheduling.count_sessions('{}', ARRAY(SELECT n::scheduling.session_count FROM new_rows n));
	ELSE
		PERFORM scheduling.count_sessions(ARRAY(SELECT o::scheduling.session_count FROM old_rows o),
			ARRAY(SELECT n::scheduling.session_count FROM new_rows n));
	END IF;
	RETURN NULL;
END $$;

SELECT common.attach_counters('scheduling.session_count', 'scheduling.session_counted');
SELECT scheduling.count_sessions('{}', array_agg(c)) FROM scheduling.session_count c;
