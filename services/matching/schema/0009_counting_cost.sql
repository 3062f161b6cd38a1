-- Counting is a part of every pair's cost: each place taken or freed updates an enrolment. The transition
-- tables are read where they are, since arrays of rows passed on as parameters were planned afresh at every
-- call; and an update that changes nothing that is counted ends with one aggregate of a few short columns.
CREATE FUNCTION matching.counters_of(role text, status text, ever_invited boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN array_remove(ARRAY[CASE WHEN ever_invited THEN role || ' invited' END,
	CASE WHEN status IN ('interested', 'declined') THEN role || ' ' || status
		WHEN status IN ('enrolled', 'paused', 'completed') THEN role || ' enrolled' END], NULL);

CREATE OR REPLACE FUNCTION matching.enrolment_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		PERFORM common.add_to_counter(c.programme_id, c.name, c.change)
		FROM (SELECT n.programme_id, k.name, count(*) AS change
			FROM new_rows n, unnest(matching.counters_of(n.role, n.status, n.ever_invited)) k (name)
			GROUP BY n.programme_id, k.name) c;
	ELSE
		PERFORM common.add_to_counter(c.programme_id, c.name, c.change)
		FROM (SELECT g.programme_id, k.name, sum(g.change)::bigint AS change
			FROM (SELECT v.programme_id, v.role, v.status, v.ever_invited, sum(v.change) AS change
					FROM (SELECT n.programme_id, n.role, n.status, n.ever_invited, 1 AS change FROM new_rows n
						UNION ALL SELECT o.programme_id, o.role, o.status, o.ever_invited, -1
							FROM old_rows o) v
					GROUP BY v.programme_id, v.role, v.status, v.ever_invited HAVING sum(v.change) <> 0) g,
				unnest(matching.counters_of(g.role, g.status, g.ever_invited)) k (name)
			GROUP BY g.programme_id, k.name HAVING sum(g.change) <> 0) c;
	END IF;
	RETURN NULL;
END $$;
DROP FUNCTION matching.count_enrolments(matching.enrolment[], matching.enrolment[]);
DROP FUNCTION matching.counters_of(matching.enrolment);
