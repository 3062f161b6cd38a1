-- The existing rows obey them too.
ALTER TABLE scheduling.session VALIDATE CONSTRAINT session_kept;
ALTER TABLE scheduling.participant VALIDATE CONSTRAINT participant_part;
ALTER TABLE scheduling.session_history VALIDATE CONSTRAINT session_history_change;
