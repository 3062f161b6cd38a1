-- The existing rows obey it too.
ALTER TABLE scheduling.session VALIDATE CONSTRAINT session_restored;
