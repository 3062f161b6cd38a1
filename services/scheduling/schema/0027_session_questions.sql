-- Reminders of sessions that wait for an answer; and whom to ask whether a session took place.
ALTER TABLE scheduling.message DROP CONSTRAINT message_about,
	ADD CONSTRAINT message_about CHECK (about IN ('pick', 'answer', 'agreement', 'sessions', 'report',
		'confirm', 'announcement')) NOT VALID;
CREATE INDEX session_unreported ON scheduling.session (ends_at) WHERE status = 'unreported';
