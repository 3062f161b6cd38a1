-- Sessions that a pair has lost because it was on hold, and how they come back: at their own times, once the
-- pair goes on and somebody asks for it.

-- Those that are still ahead and that nothing was booked in place of.
CREATE OR REPLACE VIEW scheduling.lost_session AS
SELECT s.* FROM scheduling.session s
WHERE s.status = 'cancelled' AND s.reason = 'pair_suspended' AND s.restored_as IS NULL
	AND s.starts_at > common.now()
	AND NOT EXISTS (SELECT FROM scheduling.session o WHERE o.pair_id = s.pair_id AND o.status <> 'cancelled'
		AND o.starts_at < s.ends_at AND o.ends_at > s.starts_at);

-- Whether one of them can come back: both are free at its time. Runs with the owner's rights, because other
-- services read the tasks.
CREATE OR REPLACE FUNCTION scheduling.is_restorable(pair uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN EXISTS (SELECT FROM scheduling.lost_session s WHERE s.pair_id = pair
		AND NOT EXISTS (SELECT FROM matching.pair_member m JOIN scheduling.participant p
				ON p.person_id = m.person_id AND p.live
			WHERE m.pair_id = pair AND p.during && tstzrange(s.starts_at, s.ends_at)
				AND upper(p.during) > common.now()));
END $$;

-- Books one of them again, for the open date of the plan that is nearest; outside the partner's hours, or if
-- it was only proposed, as a proposal. Returns why it cannot be booked, or null.
CREATE OR REPLACE FUNCTION scheduling.restore_session(s scheduling.session, meeting uuid, actor uuid)
	RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO scheduling.session (id, pair_id, kind, step, starts_at, ends_at, time_zone, utc_offset, mode,
		place, agenda, link, booked_by, planned)
	SELECT meeting, s.pair_id, b.kind, b.step, s.starts_at, s.ends_at, s.time_zone, s.utc_offset, s.mode,
		s.place, s.agenda, s.link, actor,
		(SELECT p.number FROM scheduling.plan p JOIN scheduling.agreement a ON a.id = p.agreement_id
			AND a.pair_id = s.pair_id AND a.status = 'signed'
		WHERE p.session_id IS NULL AND s.kind = 'regular'
		ORDER BY abs(p.due_on - (s.starts_at AT TIME ZONE 'UTC')::date), p.number LIMIT 1)
	FROM scheduling.bookable(s.pair_id, actor, s.kind, s.starts_at,
		(extract(epoch FROM s.ends_at - s.starts_at) / 60)::int, s.came_from = 'proposed') b;
	RETURN NULL;
EXCEPTION
	WHEN exclusion_violation THEN
		RETURN 'overlap';
	WHEN unique_violation THEN -- they have met to get to know each other
		RETURN 'too_many_meetings';
	WHEN SQLSTATE 'UP001' THEN
		IF sqlerrm NOT IN ('week_full', 'too_many_meetings', 'agreement_missing') THEN
			RAISE;
		END IF;
		RETURN sqlerrm;
END $$;

-- Books all of them again that can be booked. One that cannot keeps its reason and does not undo the others.
-- There is one notification, as of a series.
CREATE OR REPLACE FUNCTION scheduling.restore_sessions(pair uuid, actor uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	one scheduling.session;
	agreement uuid;
	meeting uuid;
	why text;
	booked int := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM matching.pair_member m WHERE m.pair_id = pair AND m.person_id = actor) THEN
		PERFORM common.refuse('unknown_reference', '{"pointer": "/pair_id"}');
	END IF;
	PERFORM scheduling.pair_is_active(pair);
	agreement := scheduling.hold_agreement(pair); -- of two at once, the second sees what the first has booked
	FOR one IN SELECT s.* FROM scheduling.session s
		WHERE s.id IN (SELECT l.id FROM scheduling.lost_session l WHERE l.pair_id = pair)
		ORDER BY s.starts_at, s.id FOR NO KEY UPDATE
	LOOP
		meeting := common.new_id();
		why := scheduling.restore_session(one, meeting, actor);
		booked := booked + (why IS NULL)::int;
		UPDATE scheduling.session s SET not_restored = why,
			restored_as = CASE WHEN why IS NULL THEN meeting END
		WHERE s.id = one.id;
	END LOOP;
	IF booked > 0 AND agreement IS NOT NULL THEN
		INSERT INTO common.outbox (type, subject_id, data)
		VALUES ('agreement.booked', agreement, json_build_object('pair_id', pair, 'by', actor,
			'sessions', booked));
	END IF;
END $$;

-- What became of each session that the pair has lost and whose time is ahead.
CREATE OR REPLACE FUNCTION scheduling.restoration_json(pair uuid) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT json_build_object('pair_id', pair, 'booked', count(s.restored_as),
			'sessions', coalesce(json_agg(json_build_object('session_id', s.id,
				'starts_at', common.instant(s.starts_at), 'ends_at', common.instant(s.ends_at),
				'result', CASE WHEN s.restored_as IS NOT NULL THEN 'booked' ELSE s.not_restored END,
				'restored_as', s.restored_as) ORDER BY s.starts_at, s.id), '[]'),
			'links', json_build_object('pair', '/api/v1/pairs/' || pair,
				'sessions', '/api/v1/sessions?pair_id=' || pair))
		FROM scheduling.session s
		WHERE s.pair_id = pair AND s.status = 'cancelled' AND s.reason = 'pair_suspended'
			AND s.starts_at > common.now() AND num_nonnulls(s.restored_as, s.not_restored) = 1);
END $$;

GRANT EXECUTE ON FUNCTION scheduling.is_restorable(uuid) TO upward_scheduling, upward_evaluation;
GRANT EXECUTE ON FUNCTION scheduling.restore_session(scheduling.session, uuid, uuid),
	scheduling.restore_sessions(uuid, uuid), scheduling.restoration_json(uuid) TO upward_scheduling;
GRANT SELECT ON scheduling.lost_session TO upward_scheduling;
