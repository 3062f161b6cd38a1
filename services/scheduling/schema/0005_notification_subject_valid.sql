-- The existing rows obey it too.
ALTER TABLE scheduling.notification VALIDATE CONSTRAINT notification_subject;
