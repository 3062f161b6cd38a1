-- The existing rows obey it too.
ALTER TABLE scheduling.preference VALIDATE CONSTRAINT preference_reminder;
