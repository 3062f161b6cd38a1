-- A session that was cancelled while its pair was on hold: the one that was booked in its place, or why that
-- was not possible the last time.
ALTER TABLE scheduling.session ADD restored_as uuid, ADD not_restored text,
	ADD CONSTRAINT session_restored CHECK (num_nonnulls(restored_as, not_restored) = 0
		OR status = 'cancelled' AND num_nonnulls(restored_as, not_restored) = 1 AND coalesce(not_restored IN
			('overlap', 'week_full', 'too_many_meetings', 'agreement_missing'), true)) NOT VALID;
