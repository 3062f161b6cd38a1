-- Statements of the thresholds of flags.

-- flag_threshold_read: for coordinators.
SELECT flag_threshold_json(p.programme_id) AS body, coalesce((SELECT t.version FROM flag_threshold t
	WHERE t.programme_id = p.programme_id), 0) AS version
FROM matching.programme_view p
WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles);

-- flag_threshold_put: all of them; one that is null or left out follows the default.
WITH target AS (SELECT p.programme_id, coalesce((SELECT t.version FROM flag_threshold t
			WHERE t.programme_id = p.programme_id), 0) AS version
		FROM matching.programme_view p
		WHERE p.programme_id = :programme_id AND coordinates(p.programme_id, :actor, :roles)),
	new AS (INSERT INTO flag_threshold AS f (programme_id, overdue_cadence, nothing_booked, missed_twice,
			unreported, stale_goals, declining)
		SELECT t.programme_id, :overdue_cadence, :nothing_booked, :missed_twice, :unreported, :stale_goals,
			:declining FROM target t
		WHERE :if_match IS NULL OR t.version = :if_match
		ON CONFLICT (programme_id) DO UPDATE SET overdue_cadence = excluded.overdue_cadence,
			nothing_booked = excluded.nothing_booked, missed_twice = excluded.missed_twice,
			unreported = excluded.unreported, stale_goals = excluded.stale_goals,
			declining = excluded.declining, version = f.version + 1
		RETURNING programme_id)
SELECT CASE WHEN NOT EXISTS (SELECT FROM target) THEN common.refuse('not_found')
	WHEN NOT EXISTS (SELECT FROM new) THEN common.refuse('stale') END;
