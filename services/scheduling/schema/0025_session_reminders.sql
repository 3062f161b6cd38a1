-- How long before a session a person wants to be reminded of it; 0: not at all.
ALTER TABLE scheduling.preference ADD session_reminder_minutes int NOT NULL DEFAULT 1440,
	ADD CONSTRAINT preference_reminder CHECK (session_reminder_minutes BETWEEN 0 AND 20160) NOT VALID;

-- Who is still to be reminded of which session, and when (scheduling.reminds_at). A row goes with its
-- reminder, and as soon as its session is cancelled.
CREATE TABLE scheduling.session_reminder (
	session_id uuid NOT NULL CONSTRAINT session_reminder_session REFERENCES scheduling.session (id),
	person_id uuid NOT NULL,
	remind_at timestamptz NOT NULL,
	CONSTRAINT session_reminder_once PRIMARY KEY (session_id, person_id)
);
CREATE INDEX session_reminder_due ON scheduling.session_reminder (remind_at);
CREATE INDEX session_reminder_person ON scheduling.session_reminder (person_id);
COMMENT ON TABLE scheduling.session_reminder IS 'unaudited: follows from sessions and preferences';
GRANT SELECT, INSERT, UPDATE, DELETE ON scheduling.session_reminder TO upward_scheduling;

-- Those of sessions that are booked already; whether it is quiet then is looked at when the time has come.
INSERT INTO scheduling.session_reminder (session_id, person_id, remind_at)
SELECT p.session_id, p.person_id, lower(p.during) - interval '1 day' FROM scheduling.participant p
WHERE p.live AND p.part = 0 AND lower(p.during) > common.now() + interval '1 day';
