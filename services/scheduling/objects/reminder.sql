-- Reminders of sessions: one for each of the two, as long before it as they wish.

-- When a person is reminded of a session; null: never. Where that moment is quiet for them, once it no longer
-- is; where that would be too late, a day earlier, and so on for a week.
CREATE OR REPLACE FUNCTION scheduling.reminds_at(person uuid, starts timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	p scheduling.preference;
	zone text := coalesce((SELECT c.time_zone FROM profiles.candidate c WHERE c.person_id = person), 'UTC');
	wished timestamptz;
	here timestamp;
	moment timestamp;
	ours json := common.setting_value('quiet_hours');
BEGIN
	SELECT * INTO p FROM scheduling.preference x WHERE x.person_id = person;
	FOR day IN 0..7 LOOP
		EXIT WHEN p.session_reminder_minutes = 0;
		wished := starts - make_interval(days => day, mins => coalesce(p.session_reminder_minutes, 1440));
		here := wished AT TIME ZONE zone;
		moment := scheduling.undisturbed(p, person, here, ours);
		wished := CASE WHEN moment = here THEN wished ELSE moment AT TIME ZONE zone END;
		IF wished < starts THEN
			RETURN wished;
		END IF;
	END LOOP;
	RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN -- a zone that this PostgreSQL does not know
	RETURN starts - make_interval(mins => coalesce(p.session_reminder_minutes, 1440));
END $$;

-- How many minutes before a session the calendar of a person gives an alarm; 0: none.
CREATE OR REPLACE FUNCTION scheduling.alarm_minutes(person uuid) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN coalesce((SELECT p.session_reminder_minutes FROM scheduling.preference p
		WHERE p.person_id = person), 1440);
END $$;

-- Plans the reminders of a session that was booked, moved or cancelled. Where the time for one has passed
-- already, there is none: the two have just heard of the session.
CREATE OR REPLACE FUNCTION scheduling.plan_reminders(s scheduling.session) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	DELETE FROM scheduling.session_reminder r WHERE r.session_id = s.id;
	INSERT INTO scheduling.session_reminder (session_id, person_id, remind_at)
	SELECT s.id, m.person_id, r.at
	FROM matching.pair_member m, LATERAL scheduling.reminds_at(m.person_id, s.starts_at) r (at)
	WHERE m.pair_id = s.pair_id AND s.status IN ('proposed', 'confirmed') AND r.at > common.now();
END $$;

-- A person wishes otherwise. Whoever books one of their sessions holds the same lock.
CREATE OR REPLACE FUNCTION scheduling.preference_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(8, hashtext(new.person_id::text));
	DELETE FROM scheduling.session_reminder r WHERE r.person_id = new.person_id;
	INSERT INTO scheduling.session_reminder (session_id, person_id, remind_at)
	SELECT p.session_id, p.person_id, r.at
	FROM scheduling.participant p, LATERAL scheduling.reminds_at(p.person_id, lower(p.during)) r (at)
	WHERE p.person_id = new.person_id AND p.live AND p.part = 0 AND upper(p.during) > common.now()
		AND r.at > common.now();
	RETURN NULL;
END $$;

-- Whether a reminder, or a question about a session, still has its reason. It has lost it once the session is
-- cancelled, moved, over or answered.
CREATE OR REPLACE FUNCTION scheduling.still_holds(n scheduling.notification) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN n.kind NOT IN ('session_soon', 'confirm_reminder', 'session_unreported', 'report_reminder')
		OR EXISTS (SELECT FROM scheduling.session s WHERE s.id = n.subject_id AND CASE n.kind
			WHEN 'session_soon' THEN s.status = 'confirmed' AND s.starts_at = n.due_at
				AND s.starts_at > common.now()
			WHEN 'confirm_reminder' THEN s.status = 'proposed'
				AND s.proposed_by IS DISTINCT FROM n.person_id AND s.starts_at > common.now()
			ELSE s.status = 'unreported' END);
END $$;

-- After a step of a session: reminders of it that have lost their reason no longer wait to be read.
CREATE OR REPLACE FUNCTION scheduling.settle_reminders(s scheduling.session) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE scheduling.notification n SET read_at = common.now(), version = n.version + 1
	WHERE n.person_id IN (SELECT m.person_id FROM matching.pair_member m WHERE m.pair_id = s.pair_id)
		AND n.kind IN ('session_soon', 'confirm_reminder', 'report_reminder') AND n.subject_id = s.id
		AND n.read_at IS NULL AND NOT scheduling.still_holds(n);
END $$;

GRANT EXECUTE ON FUNCTION scheduling.reminds_at(uuid, timestamptz), scheduling.alarm_minutes(uuid),
	scheduling.still_holds(scheduling.notification) TO upward_scheduling;

CREATE OR REPLACE TRIGGER preference_follow
	AFTER INSERT OR UPDATE OF session_reminder_minutes, quiet_starts, quiet_ends, working_hours
	ON scheduling.preference FOR EACH ROW EXECUTE FUNCTION scheduling.preference_follow();
