-- Counters (common.counter) of a programme's enrolments and pairs, for its page and its funnel.
LOCK TABLE matching.enrolment, matching.pair IN SHARE ROW EXCLUSIVE MODE;
CREATE INDEX pair_mentor_part ON matching.pair (mentor_enrolment_id);

-- The counters in which an enrolment is; 'paired', which depends on its pairs, is not among them.
CREATE FUNCTION matching.counters_of(e matching.enrolment) RETURNS text[] LANGUAGE sql IMMUTABLE
RETURN array_remove(ARRAY[CASE WHEN e.ever_invited THEN e.role || ' invited' END,
	CASE WHEN e.status IN ('interested', 'declined') THEN e.role || ' ' || e.status
		WHEN e.status IN ('enrolled', 'paused', 'completed') THEN e.role || ' enrolled' END], NULL);

CREATE FUNCTION matching.count_enrolments(was matching.enrolment[], becomes matching.enrolment[])
	RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM common.add_to_counter(c.programme_id, c.name, c.change)
	FROM (SELECT v.programme_id, v.name, sum(v.change) AS change
		FROM (SELECT e.programme_id, unnest(matching.counters_of(e)) AS name, 1 AS change
				FROM unnest(becomes) e
			UNION ALL SELECT e.programme_id, unnest(matching.counters_of(e)), -1 FROM unnest(was) e) v
		GROUP BY v.programme_id, v.name HAVING sum(v.change) <> 0) c;
END $$;

CREATE FUNCTION matching.enrolment_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		PERFORM matching.count_enrolments('{}', ARRAY(SELECT n::matching.enrolment FROM new_rows n));
	ELSE
		PERFORM matching.count_enrolments(ARRAY(SELECT o::matching.enrolment FROM old_rows o),
			ARRAY(SELECT n::matching.enrolment FROM new_rows n));
	END IF;
	RETURN NULL;
END $$;

-- Whether a pair has begun, whatever became of it: the people in it count as paired.
CREATE FUNCTION matching.has_begun(p matching.pair) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN p.status IN ('active', 'suspended', 'completed', 'ended');

-- Pairs by status, and the enrolments that have a pair that has begun. These are locked, in the order in
-- which a pair takes its places: two pairs of one enrolment are counted one after the other.
CREATE FUNCTION matching.count_pairs(was matching.pair[], becomes matching.pair[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one record;
	pairs bigint;
BEGIN
	PERFORM common.add_to_counter(c.programme_id, 'pair ' || c.status, c.change)
	FROM (SELECT v.programme_id, v.status, sum(v.change) AS change
		FROM (SELECT p.programme_id, p.status, 1 AS change FROM unnest(becomes) p
			UNION ALL SELECT p.programme_id, p.status, -1 FROM unnest(was) p) v
		GROUP BY v.programme_id, v.status HAVING sum(v.change) <> 0) c;
	FOR one IN SELECT e.id, e.programme_id, e.role, c.change
		FROM (SELECT v.enrolment_id, sum(v.change) AS change
			FROM (SELECT unnest(ARRAY[p.mentor_enrolment_id, p.mentee_enrolment_id]) AS enrolment_id, p.change
				FROM (SELECT (b).*, 1 AS change FROM unnest(becomes) b WHERE matching.has_begun(b)
					UNION ALL SELECT (w).*, -1 FROM unnest(was) w WHERE matching.has_begun(w)) p) v
			GROUP BY v.enrolment_id HAVING sum(v.change) <> 0) c
			JOIN matching.enrolment e ON e.id = c.enrolment_id
		ORDER BY e.person_id FOR NO KEY UPDATE OF e
	LOOP
		pairs := CASE one.role
			WHEN 'mentor' THEN (SELECT count(*) FROM matching.pair p
				WHERE p.mentor_enrolment_id = one.id AND matching.has_begun(p))
			ELSE (SELECT count(*) FROM matching.pair p
				WHERE p.mentee_enrolment_id = one.id AND matching.has_begun(p)) END;
		IF (pairs > 0) <> (pairs - one.change > 0) THEN
			PERFORM common.add_to_counter(one.programme_id, one.role || ' paired', sign(one.change)::bigint);
		END IF;
	END LOOP;
END $$;

CREATE FUNCTION matching.pair_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tg_op = 'INSERT' THEN
		PERFORM matching.count_pairs('{}', ARRAY(SELECT n::matching.pair FROM new_rows n));
	ELSE
		PERFORM matching.count_pairs(ARRAY(SELECT o::matching.pair FROM old_rows o),
			ARRAY(SELECT n::matching.pair FROM new_rows n));
	END IF;
	RETURN NULL;
END $$;

SELECT common.attach_counters('matching.enrolment', 'matching.enrolment_counted'),
	common.attach_counters('matching.pair', 'matching.pair_counted');
INSERT INTO common.counter (about, name, value)
SELECT e.programme_id, c.name, count(*)
FROM matching.enrolment e, LATERAL unnest(matching.counters_of(e)) c (name) GROUP BY e.programme_id, c.name
UNION ALL
SELECT p.programme_id, 'pair ' || p.status, count(*) FROM matching.pair p GROUP BY p.programme_id, p.status
UNION ALL
SELECT e.programme_id, e.role || ' paired', count(*) FROM matching.enrolment e
WHERE e.id IN (SELECT p.mentor_enrolment_id FROM matching.pair p WHERE matching.has_begun(p)
	UNION SELECT p.mentee_enrolment_id FROM matching.pair p WHERE matching.has_begun(p))
GROUP BY e.programme_id, e.role;
