-- What a notification is about is the subject of an event, and api/events.yaml declares those.
ALTER TABLE scheduling.notification DROP CONSTRAINT notification_subject,
	ADD CONSTRAINT notification_subject CHECK (subject ~ '^[a-z_]+$') NOT VALID;
