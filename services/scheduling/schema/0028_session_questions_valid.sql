-- The existing rows obey it too.
ALTER TABLE scheduling.message VALIDATE CONSTRAINT message_about;
